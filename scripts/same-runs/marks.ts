/** The points that each practical gives: its solution, its skeleton, and the solution with each planted mistake. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mistakes, planted } from "../../test/course/mistakes.ts";
import type { Case } from "./cases.ts";
import { chainrule, run } from "./checkout.ts";
import type { Checkout } from "./checkout.ts";
import { requireExit } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";

const course = "packages/course/src";
/** The mistakes are planted in this checkout's solutions, and both checkouts mark the same files. */
const own = join(import.meta.dirname, "../..", course);

const practicals = readdirSync(own, { recursive: true, encoding: "utf8" })
  .flatMap((file) => /^([^/]+)\/solution\.ts$/.exec(file)?.[1] ?? [])
  .sort();

export const marks: readonly Case[] = practicals.map((practical) => ({
  name: `marks-${practical}`,
  about: `practical check ${practical} with solution, skeleton and planted mistakes`,
  skip: () => undefined,
  outcome: (checkout, folder) => marksOf(checkout, practical, folder),
}));

async function marksOf(checkout: Checkout, practical: string, cwd: string): Promise<Outcome> {
  const check = (path: string): Promise<string> => points(checkout, practical, path, cwd);
  await start(checkout, practical, join(cwd, "skeleton"));
  const outcome: Outcome = {
    solution: await check(join(checkout.root, course, practical, "solution.ts")),
    skeleton: await check(join(cwd, "skeleton")),
  };
  const solution = readFileSync(join(own, practical, "solution.ts"), "utf8");
  for (const [i, mistake] of mistakes.filter((one) => one.practical === practical).entries()) {
    const file = join(cwd, `mistake-${i}.ts`);
    writeFileSync(file, planted(solution, mistake));
    outcome[`mistake "${mistake.says}"`] = await check(file);
  }
  return outcome;
}

/** Writes the student's folder, without the packages that `practical start` would put beside it. */
async function start(checkout: Checkout, practical: string, to: string): Promise<void> {
  const program = `const { startPractical } = await import("chainrule-course");
    await startPractical(${JSON.stringify(practical)}, ${JSON.stringify(to)}, { pack: () => {} });`;
  const args = ["--conditions=chainrule-source", "--input-type=module", "--eval", program];
  requireExit(await run(checkout, args, { cwd: checkout.root }), 0);
}

/** A line for each function with its points; the wording of the checks may change. */
async function points(checkout: Checkout, practical: string, path: string, cwd: string): Promise<string> {
  const ended = await chainrule(checkout, ["practical", "check", practical, path, "--json"], { cwd });
  if (ended.code !== 0) requireExit(ended, 1);
  const { functions, earned, points } = JSON.parse(ended.stdout) as {
    functions: { name: string; points: number; earned: number }[];
    earned: number;
    points: number;
  };
  return [
    ...functions.map((one) => `${one.name}: ${one.earned} of ${one.points}`),
    `all: ${earned} of ${points}`,
  ].join("\n");
}
