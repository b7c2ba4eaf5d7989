/**
 * Trains on the tables of the course with one short command each, and checks mean test metrics over five seeds. Each
 * command runs in a real process.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chainrule } from "./process.ts";

const folder = process.env.CHAINRULE_DATA;
const tabular = folder === undefined ? undefined : join(folder, "tabular");
const here = tabular !== undefined && existsSync(tabular);

async function meanOf(data: string, figure: string): Promise<number> {
  const figures: number[] = [];
  const one = async (seed: number): Promise<void> => {
    const { code, stderr, events } = await chainrule(`train --data ${data} --seed ${seed} --json`, {
      env: { CHAINRULE_DATA: folder },
    });
    expect([code, stderr]).toEqual([0, ""]);
    figures.push(events.at(-1)?.[figure] as number);
  };
  await Promise.all([one(0), one(1)]);
  await Promise.all([one(2), one(3)]);
  await one(4);
  return figures.reduce((sum, one) => sum + one, 0) / 5;
}

it("iris: 93 % and more", async () => {
  expect(await meanOf(here ? join(tabular, "iris.csv") : "iris", "testAccuracy")).toBeGreaterThanOrEqual(
    0.93,
  );
});

// the other tables are not part of the repository
it.skipIf(!here).each(["wine", "breast-cancer"])("%s: 95 % and more", async (data) => {
  expect(await meanOf(data, "testAccuracy")).toBeGreaterThanOrEqual(0.95);
});

// the closed-form linear fit has 0.0985
it.skipIf(!here)("photoz: a root mean squared error below the linear fit's 0.0985", async () => {
  expect(await meanOf("photoz", "testRmse")).toBeLessThanOrEqual(0.0985);
});
