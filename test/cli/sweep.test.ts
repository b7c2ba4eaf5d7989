import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseExactJson } from "chainrule/experiments";
import { describe, expect, it } from "vitest";
import { parseXml } from "../xml.ts";
import { chainrule, filesIn, freshFolder, interrupted } from "./process.ts";

const grid = "sweep --data circles --samples 60 --lr 0.003,0.1 --batch 10,30 --epochs 4 --seeds 2";
const read = (...path: string[]): string => readFileSync(join(...path), "utf8");
const settingsOf = (event: Record<string, unknown>) => event.settings as Record<string, unknown>;

describe("chainrule sweep", () => {
  it("ranks every combination on validation rows, and looks at test rows once, for the best", async () => {
    const cwd = freshFolder();
    const { code, stderr, events } = await chainrule(`${grid} --json --out s`, { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(events.map(({ event }) => event)).toEqual([
      "start",
      ...Array.from({ length: 8 }, () => "run"),
      "test",
      "test",
      "done",
    ]);
    const runs = events.filter(({ event }) => event === "run");
    expect(new Set(runs.map((one) => `${JSON.stringify(settingsOf(one))} ${String(one.seed)}`)).size).toBe(8);
    // No run has seen its test rows.
    expect(runs.flatMap((one) => Object.keys(one)).filter((name) => name.startsWith("test"))).toEqual([]);
    const done = events.at(-1) as {
      ranking: { settings: object; measures: Record<string, { mean: number; values: number[] }> }[];
      winner: object;
      testAccuracy: number;
    };
    const means = done.ranking.map(({ measures }) => measures.validAccuracy.mean);
    expect(means).toEqual([...means].sort((a, b) => b - a));
    expect(done.winner).toEqual(done.ranking[0].settings);
    expect(filesIn(join(cwd, "s"))).toEqual([
      "report.html",
      "results.csv",
      "results.json",
      "runs.sqlite",
      "winner",
      "winner.sqlite",
    ]);

    // Each run is the one that train makes of the same flags.
    const best = done.winner as { lr: number; batch: number };
    const flags = `--data circles --samples 60 --lr ${best.lr} --batch ${best.batch} --epochs 4 --validation 0.1`;
    const trained = await chainrule(`train ${flags} --seed 1 --json --out t`, { cwd });
    const last = trained.events.at(-1) ?? {};
    expect(last.validAccuracy).toBe(done.ranking[0].measures.validAccuracy.values[1]);
    expect(events.find(({ event, seed }) => event === "test" && seed === 1)?.testLoss).toBe(last.testLoss);
    // And the winner's folders are run folders.
    const evaluated = await chainrule("eval s/winner/seed-1 --json", { cwd });
    expect(evaluated.events[0].same).toBe(true);
  });

  it("resumes in its folder after a kill, with the same bytes as an uninterrupted sweep", async () => {
    const cwd = freshFolder();
    const broken = await interrupted(`${grid} --out s`, { cwd, at: "run 3/8", by: "SIGKILL" });
    expect(broken.signal).toBe("SIGKILL");
    const again = await chainrule(`${grid} --out s`, { cwd });
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toMatch(/[3-8] runs done before/);
    await chainrule(`${grid} --out whole --quiet`, { cwd });
    for (const file of ["results.json", "results.csv"])
      expect(read(cwd, "s", file)).toBe(read(cwd, "whole", file));
  });

  it("stops on Ctrl-C, keeps its results, says how to resume, and exits with 130", async () => {
    const cwd = freshFolder();
    const long = grid.replace("--epochs 4", "--epochs 100");
    const { code, stderr } = await interrupted(`${long} --out s --workers 1`, {
      cwd,
      at: "run 1/8",
      by: "SIGINT",
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/stopped after [1-7] of 8 runs; the same command with --out s goes on/);
    const { runs } = parseExactJson(read(cwd, "s/results.json")) as { runs: unknown[] };
    expect(runs.length).toBeGreaterThan(0);
    const compared = await chainrule("compare s", { cwd });
    expect(compared.stdout).toMatch(/of 8 runs still to be done/);
  });

  it("tests another winner when another metric decides", async () => {
    const cwd = freshFolder();
    // With this seed mse has the smaller loss, and cross-entropy one more correct row.
    const flags =
      "sweep --data circles --samples 60 --loss cross-entropy,mse --lr 0.03 --epochs 20 --validation 0.3 --seeds 1 --seed 8";
    const winner = async (rank: string) => {
      const { code, events } = await chainrule(`${flags} --rank ${rank} --out s --json`, { cwd });
      const { winner: won } = events.at(-1) as { winner: { loss: string } };
      const { settings } = JSON.parse(read(cwd, "s/winner/seed-8/run.json")) as {
        settings: { loss: string };
      };
      return [code, won.loss, settings.loss];
    };
    expect(await winner("validLoss")).toEqual([0, "mse", "mse"]);
    expect(await winner("validAccuracy")).toEqual([0, "cross-entropy", "cross-entropy"]);
  });

  it("refuses another plan in the folder of a sweep, unless forced", async () => {
    const cwd = freshFolder();
    const one = "sweep --data circles --samples 40 --epochs 1 --seeds 1 --test none --workers 1";
    await chainrule(`${one} --lr 0.1 --out s --quiet`, { cwd });
    const refused = await chainrule(`${one} --lr 0.2 --out s`, { cwd });
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/s holds a sweep with other settings, seeds or rows/);
    const forced = await chainrule(`${one} --lr 0.2 --out s --force --json`, { cwd });
    expect([forced.code, settingsOf(forced.events[1]).lr]).toEqual([0, 0.2]);
    await chainrule("train --data circles --samples 40 --epochs 1 --out t --quiet", { cwd });
    const run = await chainrule(`${one} --out t --force`, { cwd });
    expect([run.code, existsSync(join(cwd, "t/run.json"))]).toEqual([2, true]);
  });

  it("reports failed runs, and fails itself when all runs fail", async () => {
    const cwd = freshFolder();
    const flags = "sweep --data line --optimizer sgd --epochs 20 --seeds 1 --test none --workers 1 --json";
    const some = await chainrule(`${flags} --lr 0.01,1e30 --out a`, { cwd });
    expect(some.code).toBe(0);
    const failed = some.events.find(({ error }) => error !== undefined);
    expect(failed?.error).toMatch(/epoch 1/);
    expect(some.events.at(-1)?.by).toMatchObject({ measure: "validRmse", better: "smallest" });
    const none = await chainrule(`${flags} --lr 1e30 --out b`, { cwd });
    expect([none.code, none.events.at(-1)?.winner]).toEqual([1, undefined]);
    expect(none.stderr).toMatch(/^chainrule: no run was measured; the first failed with: .*epoch 1/);
    const quiet = await chainrule(`${flags.replace(" --json", " --quiet")} --lr 1e30,1e31 --out c`, { cwd });
    expect([quiet.code, quiet.stdout]).toEqual([1, ""]);
    expect(quiet.stderr).toMatch(/^chainrule: no run was measured; .*; the runs are in c\n$/);
  });

  it("gives all runs the data order of the first seed by flag", async () => {
    const cwd = freshFolder();
    const flags = "sweep --data circles --samples 40 --epochs 2 --seeds 1,2 --test none --workers 1 --json";
    const ids = async (more: string, out: string) => {
      const { events } = await chainrule(`${flags} ${more} --out ${out}`, { cwd });
      return events.filter(({ event }) => event === "run").map(({ seed, validLoss }) => [seed, validLoss]);
    };
    const sorted = (list: unknown[][]) => list.toSorted(([a], [b]) => Number(a) - Number(b));
    const [own, same] = [sorted(await ids("", "a")), sorted(await ids("--same-order", "b"))];
    expect(same[0]).toEqual(own[0]);
    expect(same[1]).not.toEqual(own[1]);
  });

  it.each([
    ["--lr 0.1,fast", /--lr 0.1,fast is not a number/],
    ["--lr 0.1,,1", /--lr 0\.1,,1: a value of the list is empty/],
    ["--lr 0.1,0.1", /"0.1" stands in the list twice/],
    ["--lr 0.1,0.10", /"0.10" stands in the list twice, first as "0.1"/],
    ["--clip norm:1,norm:1.0", /"norm:1.0" stands in the list twice, first as "norm:1"/],
    ["--init normal:0.3,normal:3e-1", /"normal:3e-1" stands in the list twice/],
    ["--seeds 1,2 --seed 77", /--seeds 1,2 names every seed, so --seed 77 would do nothing/],
    ["--net 2-3-2,3-3-2", /--net 3-3-2 does not fit circles/],
    ["--optimizer adam,sgd --betas 0.9,0.99", /--betas does nothing with --optimizer sgd/],
    ["--validation none", /nothing to choose by/],
    [
      "--rank validRmse",
      /--rank validRmse does not fit classification; there are validAccuracy and validLoss/,
    ],
    ["--rank best", /--rank best must be one of validAccuracy/],
    ["--seeds 1,1", /--seeds 1,1: a seed stands in the list twice/],
    ["--seeds 0", /whole number from 1/],
    ["--sample 9 --lr 0.1,1", /more than the 2 combinations/],
    ["--data moon", /did you mean "moons"/],
  ])("refuses %s before anything is made", async (flags, message) => {
    const cwd = freshFolder();
    const { code, stdout, stderr } = await chainrule(`sweep --data circles --epochs 1 --out s ${flags}`, {
      cwd,
    });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBeLessThan(12);
    expect(filesIn(cwd)).toEqual([]);
  });
});

describe("chainrule compare", () => {
  it("compares runs in a table, and averages runs that differ only in the seed", async () => {
    const folder = freshFolder();
    const base = "train --data circles --samples 40 --epochs 3 --quiet";
    for (const [out, more] of [
      ["a", "--seed 0"],
      ["b", "--seed 1"],
      ["c", "--optimizer sgd"],
    ])
      await chainrule(`${base} ${more} --out ${out}`, { cwd: folder });
    const plain = await chainrule("compare a b c", { cwd: folder });
    expect([plain.code, plain.stderr]).toEqual([0, ""]);
    expect(plain.stdout).toMatch(/^folder +optimizer +lr +seed/);
    expect(plain.stdout).toMatch(/^Runs, by testAccuracy, the largest first$/m);
    const { events } = await chainrule("compare a b c --json", { cwd: folder });
    const [{ runs, groups }] = events as unknown as [
      {
        runs: { testAccuracy: number }[];
        groups: { ranking: { seeds: number[]; measures: Record<string, { mean: number }> }[] }[];
      },
    ];
    const adam = groups[0].ranking.find(({ seeds }) => seeds.length === 2);
    expect(adam?.measures.testAccuracy.mean).toBe((runs[0].testAccuracy + runs[1].testAccuracy) / 2);

    const written = await chainrule("compare a b c --out all.html", { cwd: folder });
    expect(written.stdout).toContain("all.html");
    expect(read(folder, "all.html").includes("<title>Comparison</title>")).toBe(true);
    await chainrule("compare a b c --out all.svg", { cwd: folder });
    expect(parseXml(read(folder, "all.svg")).name).toBe("svg");
    await chainrule("compare a b c --out all.png", { cwd: folder });
    const pixels = readFileSync(join(folder, "all.png"));
    expect(pixels.subarray(1, 4).toString()).toBe("PNG");
    // Width and height of the header: two columns of 400 and their gaps, at two pixels a unit.
    expect(pixels.readUInt32BE(16)).toBe(2 * (12 + 2 * 412));
    // optimizer and rate differ together, so a map of them would be a diagonal
    expect(read(folder, "all.html")).not.toContain("testAccuracy by optimizer and lr");

    await chainrule("train --data line --optimizer sgd --lr 1e30 --epochs 5 --out d --quiet", {
      cwd: folder,
    });
    const without = await chainrule("compare a d", { cwd: folder });
    expect([without.code, without.stderr]).toEqual([
      0,
      expect.stringMatching(/^left out: d diverged: .*epoch/),
    ]);

    const taken = await chainrule("figures all.html --out taken --scale 1", { cwd: folder });
    expect(taken.code).toBe(0);
    expect(filesIn(join(folder, "taken"))).toContain("testaccuracy-by-settings.png");
    // A run folder stands for its page.
    expect((await chainrule("figures a --out own --scale 1", { cwd: folder })).code).toBe(0);
    expect(filesIn(join(folder, "own"))).toContain("loss-after-each-epoch.png");
    const svg = await chainrule("figures all.html --out vectors --format svg --json", { cwd: folder });
    const [first] = svg.events[0].figures as string[];
    expect(parseXml(read(folder, first)).attributes.class).toContain("chainrule-plot");

    for (const [args, message] of [
      ["figures a/run.json", /has no figures of chainrule/],
      ["figures all.html --out taken", /is there and not empty; choose another one/],
      ["compare d", /nothing is left to compare: d diverged/],
      ["compare a --out a.gif", /must end in .html, .svg, .png/],
      ["compare a a/", /a is given twice/],
      ["compare missing", /there is no folder missing/],
      ["compare .", /is not a run folder/],
      ["compare", /compare: <folder> is missing/],
    ] as const) {
      const { code, stdout, stderr } = await chainrule(args, { cwd: folder });
      expect([args, code, stdout]).toEqual([args, 2, ""]);
      expect(stderr).toMatch(message);
    }
  });
});
