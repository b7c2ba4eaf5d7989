/** Compiling a workspace into its dist: JavaScript, types, and the files of the course that are read as they are. */
import { cpSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./command.ts";

export function compile(workspace: string): void {
  const folder = join(root, "packages", workspace);
  const dist = join(folder, "dist");
  rmSync(dist, { recursive: true, force: true });
  run("tsc", ["-p", `packages/${workspace}/tsconfig.build.json`]);
  finishDeclarations(dist);
  // what the practicals are read from: tasks, answers, points, and skeletons that nobody compiles
  for (const path of globSync("*/{*.md,points.json,skeleton.ts}", { cwd: join(folder, "src") }))
    cpSync(join(folder, "src", path), join(dist, path));
}

/** The compiler rewrites `./x.ts` to `./x.js` in JavaScript and leaves it in declarations; older compilers trip over it. */
function finishDeclarations(dist: string): void {
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".d.ts")) continue;
    const text = readFileSync(join(dist, path), "utf8");
    const finished = text.replace(/\b(from|import|module)(\s*\(?\s*)"(\.[^"]*)\.ts"/g, '$1$2"$3.js"');
    writeFileSync(join(dist, path), finished);
  }
}
