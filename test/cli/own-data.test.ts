/** `train`, `eval` and `check` on a user's own CSV files, through the real process. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";
import { csv, flowerNames, flowers, houseNames, houses, writeTables } from "./own-files.ts";
import { chainrule, filesIn, freshFolder } from "./process.ts";

type Json = Record<string, unknown>;
const json = (...path: string[]): Json => JSON.parse(readFileSync(join(...path), "utf8")) as Json;

function tables(): string {
  const cwd = freshFolder();
  writeTables(cwd);
  return cwd;
}

describe("train on a CSV file", () => {
  it("reports the target, the task, its reason and how to change it, within 80 columns", async () => {
    const cwd = tables();
    const { code, stdout, stderr } = await chainrule("train --data flowers.csv --drop id --epochs 30", {
      cwd,
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").slice(0, 6)).toEqual([
      "flowers.csv: 5-32-3 relu, 291 parameters, seed 0",
      "48 training, 12 test rows; scale standard",
      "cross-entropy, adam, learning rate 0.003, batch 32, 30 epochs",
      "target: kind, the last column; another with --target",
      "task: classification, since kind holds text (3 different values); --task changes",
      "  it",
    ]);
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(filesIn(join(cwd, "runs"))).toEqual(["flowers-1"]);
  });

  it("keeps names, order, categories, scaling and the target's scaling, fitted on the training rows", async () => {
    const cwd = tables();
    await chainrule("train --data flowers.csv --drop id --epochs 1 --out f --quiet", { cwd });
    const kept = json(cwd, "f/preprocess.json");
    expect(kept).toMatchObject({
      task: "classification",
      featureNames: ["width", "height", "colour=blue", "colour=red", "colour=white"],
      categories: { colour: ["blue", "red", "white"] },
      classNames: ["aster", "daisy", "rose"],
      targetNames: ["kind"],
      targetScaling: null,
    });
    await chainrule("train --data houses.csv --epochs 1 --out h --quiet", { cwd });
    const { train, test } = json(cwd, "h/split.json") as Record<string, number[]>;
    expect([...train, ...test].sort((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, row) => row));
    const rows = houses().map((row) => row.map(Number));
    const mean = (column: number): number =>
      train.reduce((sum, row) => sum + rows[row][column], 0) / train.length;
    const { scaling, targetScaling } = json(cwd, "h/preprocess.json") as {
      scaling: { offset: number[] };
      targetScaling: { offset: number };
    };
    expect(scaling.offset[0]).toBeCloseTo(mean(0), 4);
    expect(scaling.offset[1]).toBeCloseTo(mean(1), 4);
    expect(targetScaling.offset).toBeCloseTo(mean(2), 6);
  });

  it("trains on numbers of any size, and refuses a column whose range overflows", async () => {
    const cwd = freshFolder();
    const table = (x: (i: number) => string, y: (i: number) => string): string =>
      csv(
        ["x", "y"],
        Array.from({ length: 40 }, (_, i) => [x(i), y(i)]),
      );
    writeFileSync(
      join(cwd, "y.csv"),
      table(String, (i) => `${i}e300`),
    );
    writeFileSync(
      join(cwd, "x.csv"),
      table((i) => `${i}e200`, String),
    );
    writeFileSync(join(cwd, "far.csv"), table((i) => (i % 2 === 0 ? "-1.5e308" : "1.5e308"), String)); // prettier-ignore
    for (const [data, unit] of [
      ["y.csv", 1e300],
      ["x.csv", 1],
    ] as const) {
      const flags = "--dtype float64 --epochs 150 --task regression --json --out r --force";
      const { code, events } = await chainrule(`train --data ${data} ${flags}`, { cwd });
      const { testRmse, testR2 } = events.at(-1) as { testRmse: number; testR2: number };
      expect([code, testRmse / unit < 5, testR2 > 0.8]).toEqual([0, true, true]);
      const evaluated = await chainrule("eval r --json", { cwd });
      expect(evaluated.events[0]).toMatchObject({ same: true, testRmse });
    }
    const far = await chainrule("train --data far.csv --dtype float64 --out f", { cwd });
    expect([far.code, far.stdout]).toEqual([1, ""]);
    expect(far.stderr).toMatch(/^chainrule: column "x" reaches from -1\.5e\+308 to 1\.5e\+308/);
  });

  it("splits in proportion to the classes", async () => {
    const cwd = tables();
    await chainrule("train --data flowers.csv --test 0.2 --epochs 0 --out r --quiet", { cwd });
    const { test } = json(cwd, "r/split.json") as { test: number[] };
    expect([0, 1, 2].map((kind) => test.filter((row) => row % 3 === kind).length)).toEqual([4, 4, 4]);
  });

  it("reports regression errors in the table's own units", async () => {
    const cwd = tables();
    const { events } = await chainrule("train --data houses.csv --epochs 150 --json", { cwd });
    const done = events.at(-1) as { testRmse: number; testR2: number };
    // prices spread by about 90,000, and their noise by 1,500
    expect(done.testRmse).toBeGreaterThan(500);
    expect(done.testRmse).toBeLessThan(20_000);
    expect(done.testR2).toBeGreaterThan(0.95);
  });

  // For each flag: the settings that it changes, and that the run differs.
  const settings: [flags: string, expected: object][] = [
    [
      "--target height",
      { target: "height", task: "regression", features: ["id", "width", "colour", "kind"] },
    ],
    ["--features width,height", { features: ["width", "height"], target: "kind" }],
    ["--drop id,colour", { drop: ["id", "colour"], features: ["width", "height"] }],
    ["--target id --task classification --test last:2", { task: "classification", test: { last: 2 } }],
    ["--missing drop", { missing: "drop" }],
    ["--missing mean", { missing: "mean" }],
    ["--test 0.5", { test: 0.5 }],
    ["--test 7", { test: { count: 7 } }],
    ["--test last:9", { test: { last: 9 } }],
    ["--test more.csv", { test: "own" }],
    ["--test none", { test: "none" }],
    ["--validation 9", { validation: { count: 9 }, testAt: "end" }],
    ["--scale none", { scale: "none" }],
    ["--scale unit", { scale: "unit" }],
    ["--scale minmax", { scale: "minmax" }],
  ];

  it("has every flag for columns and rows in the settings, and each changes the metrics", async () => {
    const cwd = tables();
    const rows = flowers();
    rows[7][1] = "NA";
    writeFileSync(join(cwd, "gaps.csv"), csv(flowerNames, rows));
    writeFileSync(join(cwd, "more.csv"), csv(flowerNames, flowers(15)));
    const base = (flags: string): string => `train --epochs 2 --json --data ${flags}`;
    const figures = (events: Json[]): string =>
      JSON.stringify(events.slice(1).map(({ seconds: _seconds, out: _out, ...rest }) => rest));
    const commands = ["", ...settings.map(([flags]) => flags)].map((flags) =>
      base(`${flags.startsWith("--missing") ? "gaps.csv" : "flowers.csv"} ${flags}`),
    );
    const [plain, ...ended] = await inTurn(commands.map((command) => ({ command, cwd })));
    const faults = settings.flatMap(([flags, expected], i) => {
      const { code, stderr, events } = ended[i];
      if (code !== 0) return [`${flags}: exit ${code}: ${stderr}`];
      expect(events[0].settings, flags).toMatchObject(expected);
      expect(JSON.stringify(events[0].settings), flags).not.toContain("/");
      return figures(events) === figures(plain.events) ? [`${flags}: changes nothing`] : [];
    });
    expect(faults).toEqual([]);
  });

  it("reads gzipped files, semicolons and quotes alike", async () => {
    const cwd = tables();
    writeFileSync(join(cwd, "packed.csv.gz"), gzipSync(csv(houseNames, houses())));
    writeFileSync(join(cwd, "semi.csv"), `\uFEFF${csv(houseNames, houses(), ";").replace("size", '"size"')}`);
    const runs = await Promise.all(
      ["houses.csv", "packed.csv.gz", "semi.csv"].map((data) =>
        chainrule(`train --data ${data} --epochs 1 --json`, { cwd }),
      ),
    );
    const losses = runs.map(({ events }) => events.at(-1)?.testLoss);
    expect(losses[0]).toBeTypeOf("number");
    expect(losses.slice(1)).toEqual([losses[0], losses[0]]);
    expect(filesIn(join(cwd, "runs"))).toEqual(["houses-1", "packed-1", "semi-1"]);
  });

  it("reports categories and classes that no training row holds", async () => {
    const cwd = freshFolder();
    const rows = Array.from({ length: 20 }, (_, i) => [
      i < 16 ? "xy"[i % 2] : "z",
      String(i % 5),
      "ab"[i % 2],
    ]);
    writeFileSync(join(cwd, "late.csv"), csv(["c", "n", "kind"], [...rows, ["x", "1", "d"]]));
    const { code, stdout } = await chainrule("train --data late.csv --test last:5 --epochs 1", { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('note: c: no row to train on holds "z", so nothing is learnt of it');
    expect(stdout).toContain('note: kind: no row to train on holds "d", so nothing is learnt of it');
  });

  it("reports rows that it left out and values that it filled in", async () => {
    const cwd = freshFolder();
    const rows = flowers();
    rows[7][1] = "";
    rows[8][3] = "?";
    writeFileSync(join(cwd, "gaps.csv"), csv(flowerNames, rows));
    const dropped = await chainrule("train --data gaps.csv --missing drop --epochs 0 --out d", { cwd });
    expect(dropped.stdout).toContain("note: 2 of 60 rows lack a value and are left out");
    const { train, test } = json(cwd, "d/split.json") as Record<string, number[]>;
    const kept = [...train, ...test].sort((a, b) => a - b);
    expect(kept).toEqual(Array.from({ length: 60 }, (_, row) => row).filter((row) => row !== 7 && row !== 8));
    const filled = await chainrule("train --data gaps.csv --missing mean --epochs 0 --out m", { cwd });
    expect(filled.stdout).toMatch(
      /note: missing values are filled in: 1 of width by 1\.\d+, 1 of colour by \w+/,
    );
  });
});

describe("eval of a run on a CSV file", () => {
  const commands = [
    "--data flowers.csv --epochs 3",
    "--data flowers.csv --epochs 3 --dtype float64 --target colour --test last:20",
    "--data houses.csv --epochs 3 --loss huber --scale minmax",
    "--data houses.csv --epochs 3 --test more.csv",
    "--data gaps.csv --epochs 3 --missing drop --validation 6",
    "--data gaps.csv --epochs 3 --missing mean",
  ];
  it.each(commands)("repeats the metrics of %s to the last digit, from any working folder", async (flags) => {
    const cwd = tables();
    const rows = flowers();
    for (const row of [3, 20, 41]) rows[row][2] = "NA";
    writeFileSync(join(cwd, "gaps.csv"), csv(flowerNames, rows));
    writeFileSync(join(cwd, "more.csv"), csv(houseNames, houses(100).slice(80)));
    const { events } = await chainrule(`train ${flags} --json --out r`, { cwd });
    const { code, stderr, events: lines } = await chainrule(["eval", join(cwd, "r"), "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const figures = Object.entries(events.at(-1) ?? {}).filter(([name]) => name.startsWith("test"));
    expect(figures.length).toBeGreaterThan(1);
    expect(lines[0]).toMatchObject({ ...Object.fromEntries(figures), same: true, rows: events[0].test });
  });

  it("matches columns by name, in any order and among other columns", async () => {
    const cwd = tables();
    await chainrule("train --data flowers.csv --drop id --epochs 3 --out r --quiet", { cwd });
    const rows = flowers(90).slice(60);
    writeFileSync(join(cwd, "a.csv"), csv(flowerNames, rows));
    writeFileSync(
      join(cwd, "b.csv"),
      csv(["kind", "other", "colour", "height", "width"], rows.map(([id, width, height, colour, kind]) => [kind, `t${id}`, colour, height, width])), // prettier-ignore
    );
    const [a, b] = await Promise.all(
      ["a.csv", "b.csv"].map((data) => chainrule(`eval r --data ${data} --json`, { cwd })),
    );
    expect(a.events[0]).toMatchObject({ data: "a.csv", rows: 30 });
    expect(b.events[0]).toEqual({ ...a.events[0], data: "b.csv" });
  });

  it("reads the run's own file from another place, and refuses a changed or missing file", async () => {
    const cwd = tables();
    await chainrule("train --data houses.csv --epochs 1 --out r --quiet", { cwd });
    writeFileSync(join(cwd, "moved.csv"), csv(houseNames, houses(), ";"));
    const moved = await chainrule("eval r --data moved.csv", { cwd });
    expect(moved.stdout).toContain("moved.csv: 16 test rows of the run");
    writeFileSync(join(cwd, "houses.csv"), csv(houseNames, houses(79)));
    const changed = await chainrule("eval r", { cwd });
    expect(changed.code).toBe(1);
    expect(changed.stderr).toContain(
      "r: the numbers of houses.csv are not those of the run: their sha256 is ",
    );
    const others = await chainrule("predict r --rows test --data houses.csv", { cwd });
    expect([others.code, others.stdout]).toEqual([1, ""]);
    expect(others.stderr).toMatch(/ and was .*…; chainrule predict r FILE predicts from other rows$/m);
    rmSync(join(cwd, "houses.csv"));
    const gone = await chainrule("eval r", { cwd });
    expect(gone.code).toBe(1);
    expect(gone.stderr.trimEnd()).toBe(
      `chainrule: cannot read ${join(cwd, "houses.csv")}: there is no such file (ENOENT); if the data are elsewhere, name them with --data`,
    );
  });
});

describe("check on a CSV file", () => {
  it("shows a table with a line for each parameter of the network", async () => {
    const cwd = tables();
    const { code, stdout, stderr } = await chainrule(
      "check --data flowers.csv --drop id --net 5-4-3 --activation tanh",
      { cwd },
    );
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("flowers.csv: 5-4-3 tanh, cross-entropy, seed 0");
    expect(lines.slice(4, 8).map((line) => line.split(" ")[0])).toEqual([
      "0.weight",
      "0.bias",
      "2.weight",
      "2.bias",
    ]);
    expect(filesIn(cwd)).toEqual(["flowers.csv", "houses.csv"]);
  });
});

describe("A1: large numbers are centred before they are rounded to float32", () => {
  const start = 1_600_000_000;
  const rows = Array.from({ length: 200 }, (_, i) => `${start + i},${i / 200}`);

  it("a column of timestamps trains as in float64", async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, "times.csv"), ["t,y", ...rows].join("\n"));
    const r2: number[] = [];
    for (const dtype of ["float32", "float64"]) {
      const command = `train --data times.csv --net 1-1 --lr 0.1 --epochs 100 --dtype ${dtype} --out ${dtype} --quiet`;
      expect((await chainrule(command, { cwd })).code).toBe(0);
      r2.push((json(cwd, dtype, "run.json").results as { testR2: number }).testR2);
    }
    expect(r2[0]).toBeGreaterThan(0.9999);
    expect(r2[1]).toBeCloseTo(r2[0], 6);
    expect((json(cwd, "float32", "preprocess.json").scaling as { scale: number[] }).scale[0]).toBeCloseTo(
      57,
      0,
    );
  });

  it("data info and predict show all digits of such numbers", async () => {
    const cwd = freshFolder();
    const turned = rows.map((row) => row.split(",").reverse().join(","));
    writeFileSync(join(cwd, "times.csv"), ["y,t", ...turned].join("\n"));
    expect((await chainrule("data info times.csv", { cwd })).stdout).toContain("1600000000 … 1600000199");
    await chainrule("train --data times.csv --net 1-1 --lr 0.1 --epochs 100 --out run --quiet", { cwd });
    const { stdout } = await chainrule("predict run --rows test", { cwd });
    const [row, value, actual] = stdout.split("\n")[1].split(",").map(Number);
    expect(actual).toBe(start + row);
    expect(Math.abs(value - actual)).toBeLessThan(0.5);
    expect((await chainrule("eval run", { cwd })).stdout).toContain("equal to the run's own metrics");
  });
});
