import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root } from "./code.ts";

export type Ending = { code: number | null; stdout: string; stderr: string };

/**
 * A folder outside the checkout where snippets of documentation are type-checked and run like a reader's programs, but
 * with the library's sources.
 */
export class SnippetFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "chainrule-snippets-"));

  constructor() {
    symlinkSync(join(root, "node_modules"), join(this.path, "node_modules"));
    const compilerOptions = { moduleDetection: "force", noUnusedLocals: false, noImplicitReturns: false };
    this.write("package.json", JSON.stringify({ type: "module" }));
    this.write(
      "tsconfig.json",
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        compilerOptions,
        include: ["*.ts"],
        exclude: [],
      }),
    );
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  run(name: string): Promise<Ending> {
    return this.#spawn(process.execPath, ["--conditions=chainrule-source", join(this.path, name)]);
  }

  /** The compiler's errors in the snippets, by file name; another test covers the library's own files. */
  async typeErrors(): Promise<Map<string, string[]>> {
    const tsc = join(root, "node_modules/.bin/tsc");
    const { stdout, stderr, code } = await this.#spawn(tsc, [
      "--noEmit",
      "-p",
      this.path,
      "--pretty",
      "false",
    ]);
    const errors = new Map<string, string[]>();
    for (const line of `${stdout}${stderr}`.split("\n").filter((one) => /^\S.*error TS/.test(one))) {
      const name = basename(line.split("(")[0]);
      errors.set(name, [...(errors.get(name) ?? []), line]);
    }
    if (code !== 0 && errors.size === 0) throw new Error(`tsc ended with ${code}: ${stdout}${stderr}`);
    return errors;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #spawn(command: string, args: string[]): Promise<Ending> {
    return new Promise((resolve, reject) => {
      // Snippets print plain text in any terminal.
      const plain = { NO_COLOR: "1", FORCE_COLOR: undefined, CHAINRULE_QUICK: "1" };
      // and leave their files here
      const env = { ...process.env, ...plain, TMPDIR: this.path };
      const child = spawn(command, args, { cwd: this.path, stdio: ["ignore", "pipe", "pipe"], env });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });
  }
}
