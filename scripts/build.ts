/**
 * Build what is published: JavaScript and types into each package's dist, a tarball of each in build/, and
 * checks on the tarballs: publint, attw, and a project elsewhere that installs them and uses every sub-path.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { packages, root, run } from "./command.ts";
import { compile } from "./compile.ts";
import { checkConsumer } from "./consumer.ts";
import { pack } from "./pack.ts";

for (const name of packages) await compile(name);

const folder = join(root, "build");
rmSync(folder, { recursive: true, force: true });
const tarballs = packages.map((name) => pack(name, folder));
for (const tarball of tarballs) {
  run("publint", ["run", tarball, "--strict"]);
  run("attw", [tarball, "--profile", "esm-only", "--format", "table-flipped"]);
}
checkConsumer(tarballs);
