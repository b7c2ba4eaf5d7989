/** For tests: grades a solution that has one mistake planted in it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../packages/course/src/marking/grade.ts";
import { planted } from "./mistakes.ts";
import type { Mistake } from "./mistakes.ts";

/** The message for each function that loses its points through the mistake. */
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
    const { functions } = await grade(name, file, { limit: 600_000 });
    const lost = functions.filter(({ earned, points }) => earned < points);
    return Object.fromEntries(
      lost.map((one) => [one.name, one.checks.find(({ ok }) => !ok)?.found ?? "not checked"]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
