/** For tests: a solution with a planted mistake, as a file of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../packages/course/src/frame/grade.ts";
import { planted } from "./mistakes.ts";
import type { Mistake } from "./mistakes.ts";

/** The functions that lose their points through the mistake, each with what the student reads. */
export async function lostBy(mistake: Mistake): Promise<Record<string, string>> {
  const { practical: name } = mistake;
  const text = readFileSync(
    new URL(`../../packages/course/src/${name}/solution.ts`, import.meta.url),
    "utf8",
  );
  const folder = mkdtempSync(join(tmpdir(), "chainrule-slip-"));
  try {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, planted(text, mistake));
    const { functions } = await grade(name, file);
    const lost = functions.filter(({ earned, points }) => earned < points);
    return Object.fromEntries(
      lost.map((one) => [one.name, one.checks.find(({ ok }) => !ok)?.found ?? "not checked"]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
