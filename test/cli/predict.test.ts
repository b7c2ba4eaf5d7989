/** `chainrule predict`: rows of files and of the run itself, through the real process. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { digits } from "chainrule/data/digits";
import { writeIdx } from "chainrule/formats";
import { describe, expect, it } from "vitest";
import { csv, flowers, houseNames, houses, writeTables } from "./own-files.ts";
import { chainrule, freshFolder } from "./process.ts";

const bin = join(import.meta.dirname, "../../packages/cli/bin/chainrule.js");

/** A run on flowers in `f` and one on houses in `h`. */
async function trained(): Promise<string> {
  const cwd = freshFolder();
  writeTables(cwd);
  await Promise.all([
    chainrule("train --data flowers.csv --drop id --epochs 20 --out f --quiet", { cwd }),
    chainrule("train --data houses.csv --epochs 60 --out h --quiet", { cwd }),
  ]);
  return cwd;
}

/** The cells of CSV without quotes. */
const cells = (text: string): string[][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

describe("chainrule predict --rows", () => {
  it("prints the class of each test row, which gives the run's accuracy", async () => {
    const cwd = await trained();
    const { results } = JSON.parse(readFileSync(join(cwd, "f/run.json"), "utf8")) as {
      results: { testAccuracy: number; testLoss: number };
    };
    const { code, stdout, stderr } = await chainrule("predict f --rows test", { cwd });
    const [head, ...rows] = cells(stdout);
    expect(code).toBe(0);
    expect(head).toEqual(["row", "class", "actual", "p_aster", "p_daisy", "p_rose"]);
    const { test } = JSON.parse(readFileSync(join(cwd, "f/split.json"), "utf8")) as { test: number[] };
    expect(rows.map(([row]) => Number(row))).toEqual(test);
    const all = flowers();
    for (const [row, , actual] of rows) expect(actual).toBe(all[Number(row)][4]);
    const right = rows.filter(([, said, actual]) => said === actual).length;
    expect(right / rows.length).toBe(results.testAccuracy);
    for (const row of rows) {
      const probabilities = row.slice(3).map(Number);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(["aster", "daisy", "rose"][probabilities.indexOf(Math.max(...probabilities))]).toBe(row[1]);
    }
    expect(stderr).toMatch(/^test loss 0?\.?\d+ {2}\d+\.\d\d %\n$/);
    const { events } = await chainrule("predict f --rows test --json", { cwd });
    expect(events.at(-1)).toMatchObject({ event: "done", rows: 12, ...results && { testAccuracy: results.testAccuracy, testLoss: results.testLoss } }); // prettier-ignore
    expect(events[0]).toEqual({
      event: "row",
      row: test[0],
      class: rows[0][1],
      actual: rows[0][2],
      probabilities: { aster: Number(rows[0][3]), daisy: Number(rows[0][4]), rose: Number(rows[0][5]) },
    });
  });

  it("prints numbers in the table's units, which give the run's error", async () => {
    const cwd = await trained();
    const { results } = JSON.parse(readFileSync(join(cwd, "h/run.json"), "utf8")) as {
      results: { testRmse: number };
    };
    const { events } = await chainrule("predict h --rows test --json", { cwd });
    const rows = events.slice(0, -1) as { row: number; value: number; actual: number }[];
    const squares = rows.map(({ value, actual }) => (value - actual) * (value - actual));
    const rmse = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / rows.length);
    expect(rmse / results.testRmse).toBeCloseTo(1, 5);
    const all = houses();
    for (const { row, actual } of rows) expect(actual / Number(all[row][2])).toBeCloseTo(1, 6);
  });

  it("predicts the other parts, and runs on named data", async () => {
    const cwd = freshFolder();
    const { events } = await chainrule("train --data iris --epochs 5 --validation 30 --out r --json", {
      cwd,
    });
    for (const part of ["train", "validation", "test"] as const) {
      const { events: said } = await chainrule(`predict r --rows ${part} --json`, { cwd });
      expect(said).toHaveLength((events[0][part] as number) + 1);
      const name = part === "validation" ? "validAccuracy" : `${part}Accuracy`;
      expect(said.at(-1)?.[name]).toBe(events.at(-1)?.[name]);
    }
    await chainrule("train --data bump --epochs 2 --out b --quiet", { cwd });
    const { stdout } = await chainrule("predict b --rows test", { cwd });
    expect(cells(stdout)[0]).toEqual(["row", "value", "actual"]);
    expect(cells(stdout)).toHaveLength(201);
  });
});

describe("chainrule predict FILE", () => {
  it("finds columns by name, in any order and without the target, and scales like the run", async () => {
    const cwd = await trained();
    const own = cells((await chainrule("predict f --rows test", { cwd })).stdout).slice(1);
    const rows = flowers();
    const some = own.map(([row]) => rows[Number(row)]);
    writeFileSync(
      join(cwd, "new.csv"),
      csv(["more", "colour", "height", "width"], some.map(([id, width, height, colour]) => [`#${id}`, colour, height, width]), ";"), // prettier-ignore
    );
    const { code, stdout, stderr } = await chainrule("predict f new.csv", { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(cells(stdout)).toEqual([
      ["row", "class", "p_aster", "p_daisy", "p_rose"],
      ...own.map(([, said, , ...probabilities], i) => [String(i), said, ...probabilities]),
    ]);
  });

  it("reads standard input, gzipped or not", async () => {
    const cwd = await trained();
    const text = csv(houseNames.slice(0, 2), houses().map((row) => row.slice(0, 2))); // prettier-ignore
    const said = [text, gzipSync(text)].map((input) =>
      spawnSync(process.execPath, [bin, "predict", "h", "-"], { cwd, input, encoding: "utf8" }),
    );
    expect(said.map(({ status, stderr }) => [status, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(cells(said[0].stdout)).toHaveLength(81);
    expect(said[1].stdout).toBe(said[0].stdout);
    writeFileSync(join(cwd, "some.csv"), text);
    expect((await chainrule("predict h some.csv", { cwd })).stdout).toBe(said[0].stdout);
  });

  it("fills in or drops rows with gaps like the run", async () => {
    const cwd = freshFolder();
    const rows = houses();
    rows[3][0] = "NA";
    writeFileSync(join(cwd, "gaps.csv"), csv(houseNames, rows));
    await chainrule("train --data gaps.csv --missing drop --epochs 1 --out d --quiet", { cwd });
    await chainrule("train --data gaps.csv --missing mean --epochs 1 --out m --quiet", { cwd });
    const dropped = cells((await chainrule("predict d gaps.csv", { cwd })).stdout);
    expect(dropped.slice(1, 5).map(([row]) => row)).toEqual(["0", "1", "2", "4"]);
    expect(cells((await chainrule("predict m gaps.csv", { cwd })).stdout)).toHaveLength(81);
    // A file is read some rows at a time; perhaps none of the first rows is usable.
    const gap = rows[3];
    writeFileSync(
      join(cwd, "late.csv"),
      csv(houseNames, [...new Array<typeof gap>(20_000).fill(gap), ...rows]),
    );
    const late = await chainrule("predict d late.csv", { cwd });
    expect([late.code, late.stderr]).toEqual([0, ""]);
    expect(
      cells(late.stdout)
        .slice(0, 2)
        .map(([row]) => row),
    ).toEqual(["row", "20000"]);
    writeFileSync(join(cwd, "none.csv"), csv(houseNames, [gap, gap]));
    const none = await chainrule("predict d none.csv", { cwd });
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toMatch(
      /^chainrule: none\.csv: every row lacks a value, and d leaves such rows out; a run trained with --missing mean/,
    );
  });

  it("reads images from IDX and pixels from CSV for a run on images", async () => {
    const cwd = freshFolder();
    await chainrule("train --data digits --epochs 3 --out r --quiet", { cwd });
    const { inputs, targets } = digits();
    const pixels = Uint8Array.from(inputs.data as Float32Array);
    writeFileSync(join(cwd, "images.idx"), writeIdx([1797, 8, 8], pixels));
    writeFileSync(join(cwd, "images.gz"), gzipSync(writeIdx([1797, 8, 8], pixels)));
    const lines = Array.from({ length: 1797 }, (_, i) => [
      ...pixels.subarray(64 * i, 64 * i + 64),
      targets.data[i],
    ]);
    writeFileSync(join(cwd, "pixels.csv"), lines.map((line) => `${line.join(",")}\n`).join(""));
    const said = await Promise.all(
      ["images.idx", "images.gz", "pixels.csv"].map((file) => chainrule(`predict r ${file}`, { cwd })),
    );
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(said[1].stdout).toBe(said[0].stdout);
    expect(said[2].stdout).toBe(said[0].stdout);
    const rows = cells(said[0].stdout).slice(1);
    const right = rows.filter(([, digit], i) => Number(digit) === targets.data[i]).length;
    expect(right / 1797).toBeGreaterThan(0.85);
    const own = cells((await chainrule("predict r --rows test", { cwd })).stdout).slice(1);
    for (const [row, digit] of own) expect(rows[Number(row)][1]).toBe(digit);
  });

  it("reads points for a run on a synthetic set, by column names or by position", async () => {
    const cwd = freshFolder();
    await chainrule("train --data circles --epochs 3 --out r --quiet", { cwd });
    writeFileSync(join(cwd, "named.csv"), "x2,x1\n0.5,-1\n0,0.25\n");
    writeFileSync(join(cwd, "bare.csv"), "-1,0.5\n0.25,0\n");
    const named = await chainrule("predict r named.csv", { cwd });
    expect(cells(named.stdout)).toHaveLength(3);
    expect((await chainrule("predict r bare.csv", { cwd })).stdout).toBe(named.stdout);
  });

  it("ends when the reader of its output closes, and reads no more of its input than needed", async () => {
    const cwd = await trained();
    const rows = houses(200);
    const long = csv(
      houseNames,
      Array.from({ length: 150_000 }, (_, i) => rows[i % 200]),
    );
    writeFileSync(join(cwd, "long.csv"), long);
    const { code, stdout, stderr } = await chainrule("predict h long.csv", {
      cwd,
      watch: (_stdout, _signal, leave) => leave(),
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").length).toBeLessThan(100_000);
  });

  it("quotes class names that hold commas and quotes", async () => {
    const cwd = freshFolder();
    const rows = Array.from({ length: 12 }, (_, i) => `${i},${i % 2 ? '"so, so"' : '"""fine"""'}\n`);
    writeFileSync(join(cwd, "odd.csv"), `n,how\n${rows.join("")}`);
    await chainrule("train --data odd.csv --epochs 1 --out r --quiet", { cwd });
    const { stdout } = await chainrule("predict r odd.csv", { cwd });
    const lines = stdout.split("\n");
    expect(lines[0]).toBe('row,class,"p_""fine""","p_so, so"');
    expect(lines[1]).toMatch(/^0,("""fine"""|"so, so"),0\.\d+,0\.\d+$/);
  });
});
