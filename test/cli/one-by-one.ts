/** Reads command lines from standard input, runs each in its folder, and prints what each of them printed. */
import { json } from "node:stream/consumers";
import { commandsFor } from "../../packages/cli/src/commands.ts";
import { run } from "../../packages/cli/src/program.ts";

const tasks = (await json(process.stdin)) as { words: string[]; cwd: string }[];
const said = { stdout: "", stderr: "" };
const print = process.stdout.write.bind(process.stdout);
for (const name of ["stdout", "stderr"] as const)
  process[name].write = (text) => {
    said[name] += String(text);
    return true;
  };

const ended: object[] = [];
for (const { words, cwd } of tasks) {
  Object.assign(said, { stdout: "", stderr: "" });
  process.exitCode = undefined;
  process.chdir(cwd);
  const code = (await run(await commandsFor(words), words)) ?? process.exitCode ?? 0;
  ended.push({ code, ...said });
}
process.exitCode = 0;
print(JSON.stringify(ended));
