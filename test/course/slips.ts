/** For tests: a solution with one slip in it, as a file of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../packages/course/src/frame/grade.ts";

/** The functions that lose their points when `from`, which occurs once in the solution, is replaced, and what the student reads. */
export async function lostBy(name: string, from: string, to: string): Promise<Record<string, string>> {
  const text = readFileSync(
    new URL(`../../packages/course/src/${name}/solution.ts`, import.meta.url),
    "utf8",
  );
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`"${from}" occurs ${parts.length - 1} times in ${name}/solution.ts`);
  const folder = mkdtempSync(join(tmpdir(), "chainrule-slip-"));
  try {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, parts.join(to));
    const { functions } = await grade(name, file);
    const lost = functions.filter(({ earned, points }) => earned < points);
    return Object.fromEntries(
      lost.map((one) => [one.name, one.checks.find(({ ok }) => !ok)?.found ?? "not checked"]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
