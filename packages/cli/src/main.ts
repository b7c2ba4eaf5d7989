/** The command line, as the bin starts it. */
import { commandsFor } from "./commands.ts";
import { exitCodes } from "./failure.ts";
import { run } from "./program.ts";

// A run goes on to its end when nobody reads its output any more: it is in the folder.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || process.exitCode === exitCodes.failure) return;
    process.exitCode = exitCodes.failure;
    process.stderr.write(`chainrule: cannot write the output: ${error.message}\n`);
  });

const words = process.argv.slice(2);
const code = await run(await commandsFor(words), words);
if (code !== undefined) process.exitCode = code;
