/** Compile and pack what is published into a folder: node scripts/tarballs.ts FOLDER. `practical start` does so in a checkout. */
import { mkdtempSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { packages, root } from "./command.ts";
import { compile } from "./compile.ts";
import { pack } from "./pack.ts";

const target = resolve(process.argv[2]);
mkdirSync(target, { recursive: true });
mkdirSync(join(root, "build"), { recursive: true });
const folder = mkdtempSync(join(root, "build", "tarballs-"));
try {
  for (const name of packages) await compile(name);
  for (const name of packages) {
    const tarball = pack(name, folder);
    renameSync(tarball, join(target, basename(tarball)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
