import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { named, parseXml, textOf } from "../xml.ts";
import type { XmlElement } from "../xml.ts";
import type { EpochEvent, PartMetrics } from "chainrule/train";
import { lossCurve } from "../../packages/cli/src/train/terminal-curve.ts";
import { chainrule, freshFolder } from "./process.ts";

const report = (...path: string[]): XmlElement =>
  parseXml(readFileSync(join(...path, "report.html"), "utf8").replace(/^<!doctype html>/, ""));
const json = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(join(...path), "utf8"));
const headings = (page: XmlElement): string[] => named(page, "h2").map(textOf);
const table = (page: XmlElement, caption: RegExp): string[][] => {
  const found = named(page, "table").find((one) => caption.test(textOf(named(one, "caption")[0])))!;
  return named(found, "tr").map((row) =>
    row.children.filter((cell) => typeof cell !== "string").map((cell) => textOf(cell)),
  );
};

describe("report.html", () => {
  it("of a run on points shows their plane and the run's final metrics", async () => {
    const cwd = freshFolder();
    await chainrule("train --data circles --samples 60 --epochs 3 --seed 4 --out r --quiet", { cwd });
    const page = report(cwd, "r");
    expect(headings(page)).toEqual([
      "Learning curves",
      "Decision boundary",
      "Classes",
      "Worst mistakes",
      "Settings and origin",
    ]);
    const { results, data } = json(cwd, "r", "run.json") as {
      results: { testAccuracy: number };
      data: { sha256: string };
    };
    const text = textOf(page).replaceAll("\u00a0", " ");
    const right = Math.round(60 * results.testAccuracy);
    expect(text).toContain(
      `${right} of 60 test rows are right, ${(100 * results.testAccuracy).toFixed(2)} %`,
    );
    expect(text).toContain(data.sha256);
    expect(table(page, /^Loss after each epoch/).map(([epoch]) => epoch)).toEqual([
      "epoch",
      "0",
      "1",
      "2",
      "3",
    ]);
    // each number of the confusion matrix is a row of the test set
    const counts = table(page, /^Confusion/)
      .slice(1)
      .flatMap((row) => row.slice(1).map(Number));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60);
  });

  it("counts the same rows as the accuracy, even if probabilities are equal after rounding", async () => {
    const cwd = freshFolder();
    await chainrule("train --data digits --init normal:1e-9 --epochs 0 --seed 3 --out r --quiet", { cwd });
    const { results } = json(cwd, "r", "run.json") as { results: { testAccuracy: number } };
    const right = Math.round(359 * results.testAccuracy);
    const [, counted] = /gets (\d+) of 359 test rows right/.exec(textOf(report(cwd, "r")))!;
    expect(Number(counted)).toBe(right);
  });

  it("is the same text for the same seed, except times and folders", async () => {
    const cwd = freshFolder();
    const text = async (seed: number, out: string): Promise<string> => {
      await chainrule(`train --data iris --epochs 2 --seed ${seed} --out ${out} --quiet`, { cwd });
      return readFileSync(join(cwd, out, "report.html"), "utf8").replaceAll(
        /<dt>Time.*|<dt>started.*|<footer>.*/g,
        "",
      );
    };
    const [one, again, other] = await Promise.all([text(1, "a"), text(1, "b"), text(2, "c")]);
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it("of a regression shows errors in the units of the data, scaled or not", async () => {
    const cwd = freshFolder();
    await chainrule("train --data bump --samples 80 --epochs 5 --out r --quiet", { cwd });
    const page = report(cwd, "r");
    expect(headings(page)).toEqual(["Learning curves", "Predictions", "Settings and origin"]);
    const { results } = json(cwd, "r", "run.json") as { results: { testRmse: number } };
    const [, , above] = table(page, /^Errors/).filter(([name]) => name === "± RMSE")[0];
    expect(Number(above)).toBeCloseTo(results.testRmse, 5);
  });

  it("shows rows of a user's CSV unchanged", async () => {
    const cwd = freshFolder();
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${1000 + 50 * i + ((i * 7) % 13)}`);
    writeFileSync(join(cwd, "growth.csv"), `week,height\n${rows.join("\n")}\n`);
    const { code, stderr } = await chainrule(
      "train --data growth.csv --epochs 3 --test last:10 --out r --quiet",
      { cwd },
    );
    expect([code, stderr]).toEqual([0, ""]);
    const page = report(cwd, "r");
    expect(named(page, "h1").map(textOf)).toEqual(["growth.csv: 1-32-1 relu"]);
    // It says how the table was read, without hints about flags.
    expect(textOf(page)).toContain("read astarget: height, the last column; task: regression, since");
    expect(textOf(page)).not.toContain("another with --target");
    const far = table(page, /farthest off/).slice(1);
    expect(far).toHaveLength(10);
    // row 50 + k of the file is week 50 + k
    for (const [row, value] of far) {
      const week = Number(row);
      expect(week).toBeGreaterThanOrEqual(50);
      expect(Number(value)).toBeCloseTo(1000 + 50 * week + ((week * 7) % 13), 2);
    }
  });

  it("is written for a run that diverged and for a run that was stopped", async () => {
    const cwd = freshFolder();
    await chainrule("train --data line --optimizer sgd --lr 1e6 --epochs 20 --out d --quiet", { cwd });
    expect(textOf(report(cwd, "d"))).toMatch(/Warning: The loss became \w+ in epoch \d+, batch \d+/);
    await chainrule("train --data spirals --epochs 100000 --json --out s", {
      cwd,
      watch: (stdout, signal) => {
        if (stdout.includes('"epoch":3,')) signal("SIGINT");
      },
    });
    expect(textOf(report(cwd, "s"))).toMatch(/Note: The run was stopped after \d+ of 100,000 epochs\./);
  });
});

describe("the loss as a curve of characters", () => {
  const history = (count: number, loss: (epoch: number) => number) =>
    Array.from({ length: count }, (_, epoch) => ({
      event: "epoch" as const,
      epoch,
      metrics: { train: { loss: loss(epoch) } },
      seconds: 0,
    }));
  const also = (event: EpochEvent, metrics: PartMetrics) => ({
    ...event,
    metrics: { ...event.metrics, ...metrics },
  });

  it("falls from left to right, and ends at the last epoch", () => {
    const lines = lossCurve(
      history(31, (epoch) => 31 - epoch),
      80,
    );
    expect(lines[0]).toBe("training loss");
    expect(lines[1]).toMatch(/^ {5}31\.0 ┼─/);
    expect(lines.at(-2)).toMatch(/^ {5}1\.00 ┤ +╰─+$/);
    expect(lines.at(-1)).toMatch(/^ +epoch 0 +30$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
    expect(
      Math.max(
        ...lossCurve(
          history(31, (epoch) => epoch),
          40,
        ).map((line) => line.length),
      ),
    ).toBeLessThan(40);
  });

  it("is the loss of the part that is watched", () => {
    const events = history(6, () => 2).map((event) => also(event, { test: { loss: 1 } }));
    expect(lossCurve(events, 80)[0]).toBe("test loss");
    expect(
      lossCurve(
        events.map((event) => also(event, { validation: { loss: 3 } })),
        80,
      )[0],
    ).toBe("validation loss");
    // A test set that is evaluated once at the end gives no curve.
    expect(lossCurve([...history(6, () => 2), { ...events[5] }], 80)[0]).toBe("training loss");
  });

  it("is left out for few epochs, NaN losses and narrow terminals, and drawn for constant losses", () => {
    expect(
      lossCurve(
        history(4, () => 1),
        80,
      ),
    ).toEqual([]);
    expect(
      lossCurve(
        history(30, () => NaN),
        80,
      ),
    ).toEqual([]);
    expect(
      lossCurve(
        history(30, () => 1),
        30,
      ),
    ).toEqual([]);
    for (const value of [0, 3, 1e-9])
      expect(
        lossCurve(
          history(9, () => value),
          80,
        ),
      ).toHaveLength(3);
  });
});
