/**
 * Build what is published: JavaScript and types into each package's dist, a tarball of each in build/, and
 * checks on the tarballs: publint, attw, and a project elsewhere that installs them and uses every sub-path.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packages, root, run } from "./command.ts";
import { checkConsumer } from "./consumer.ts";
import { pack } from "./pack.ts";

for (const name of packages) {
  rmSync(join(root, "packages", name, "dist"), { recursive: true, force: true });
  run("tsc", ["-p", `packages/${name}/tsconfig.build.json`]);
  finishDeclarations(join(root, "packages", name, "dist"));
}

const folder = join(root, "build");
rmSync(folder, { recursive: true, force: true });
const tarballs = packages.map((name) => pack(name, folder));
for (const tarball of tarballs) {
  run("publint", ["run", tarball, "--strict"]);
  run("attw", [tarball, "--profile", "esm-only", "--format", "table-flipped"]);
}
checkConsumer(tarballs);

/** The compiler rewrites `./x.ts` to `./x.js` in JavaScript and leaves it in declarations; older compilers trip over it. */
function finishDeclarations(dist: string): void {
  for (const path of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".d.ts")) continue;
    const text = readFileSync(join(dist, path), "utf8");
    const finished = text.replace(/\b(from|import|module)(\s*\(?\s*)"(\.[^"]*)\.ts"/g, '$1$2"$3.js"');
    writeFileSync(join(dist, path), finished);
  }
}
