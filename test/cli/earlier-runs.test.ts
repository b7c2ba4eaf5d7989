/** The current code reads run folders and a half-done sweep that commit 43c891e wrote, and finishes the sweep. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands, sweepCommand } from "../fixtures/runs-43c891e/commands.ts";
import { inTurn } from "./in-turn.ts";
import { freshFolder } from "./process.ts";

const fixtures = join(import.meta.dirname, "../fixtures/runs-43c891e");
const expected = (file: string): string => readFileSync(join(fixtures, "expected", file), "utf8");
const names = Object.keys(commands);

/** A copy in which the word FOLDER is replaced by the absolute path of the table. */
function copy(): string {
  const cwd = freshFolder();
  cpSync(fixtures, cwd, { recursive: true });
  const record = join(cwd, "houses/run.json");
  writeFileSync(record, readFileSync(record, "utf8").replace("FOLDER", cwd));
  return cwd;
}

/** The lines without the column `actual` of numbers, which 43c891e cut to the digits of float32 (A1). */
function withoutActual(csv: string): string[][] {
  const [names, ...rows] = csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const at = names[1] === "value" ? names.indexOf("actual") : -1;
  return [names, ...rows].map((row) => (at < 0 ? row : row.toSpliced(at, 1)));
}

test("A1: predict writes the numbers of the file, not their float32", async () => {
  const cwd = copy();
  const [{ stdout }] = await inTurn([{ command: "predict houses --rows test", cwd }]);
  const prices = readFileSync(join(fixtures, "houses.csv"), "utf8");
  const actual = stdout
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",")[2]);
  for (const price of actual) expect(prices).toContain(price);
});

test("eval repeats their metrics, predict their lines, and compare reads them all", async () => {
  const cwd = copy();
  const done = await inTurn([
    ...names.flatMap((name) => [`eval ${name} --json`, `predict ${name} --rows test`]).map((command) => ({ command, cwd })),
    { command: `compare ${names.join(" ")} --json`, cwd },
  ]); // prettier-ignore
  expect(done.map(({ code }) => code)).toEqual(done.map(() => 0));
  names.forEach((name, i) => {
    expect(done[2 * i].events[0]).toMatchObject(JSON.parse(expected(`${name}-eval.json`)));
    expect(done[2 * i].events[0].same).toBe(true);
    expect(withoutActual(done[2 * i + 1].stdout)).toEqual(withoutActual(expected(`${name}-predict.csv`)));
  });
  expect(done.at(-1)!.events[0]).toMatchObject(JSON.parse(expected("compare.json")));
});

test("the sweep resumes after its second run, with the results of an uninterrupted sweep", async () => {
  const cwd = copy();
  const [{ code, stdout, stderr }] = await inTurn([{ command: `${sweepCommand} --out sweep`, cwd }]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("2 runs done before");
  expect(readFileSync(join(cwd, "sweep/results.json"), "utf8")).toBe(expected("sweep-results.json"));
});
