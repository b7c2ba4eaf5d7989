/**
 * One folder for all temporary files of a test run and of the processes that it starts. It is removed at the end, and
 * the run fails if a test left a file in it.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Node's own compile cache, for the command line's quick start. */
const nodes = "node-compile-cache";

export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-tests-"));
  process.env.TMPDIR = folder;
  return () => {
    const left = readdirSync(folder).filter((name) => name !== nodes);
    rmSync(folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`the tests left behind: ${left.join(", ")}`);
  };
}
