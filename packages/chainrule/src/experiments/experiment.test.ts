import { describe, expect, test } from "vitest";
import { ValueError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { exactJson, parseExactJson } from "./canonical.ts";
import { experimentFigures } from "./figures.ts";
import {
  experiment,
  formatTable,
  plan,
  rankingTable,
  resultsOf,
  runTable,
  summarize,
  toCsv,
  toJson,
} from "./index.ts";
import type { ExperimentEvent, Measured, Outcome, Results } from "./index.ts";

const vary = { lr: [0.1, 1], rule: ["sgd", "adam"] };

async function all<S>(events: AsyncIterable<ExperimentEvent<S>>): Promise<ExperimentEvent<S>[]> {
  const list = [];
  for await (const event of events) list.push(event);
  return list;
}

async function results<S>(events: AsyncIterable<ExperimentEvent<S>>): Promise<Results<S>> {
  const last = (await all(events)).at(-1);
  if (last?.event !== "done") throw new Error("no done event");
  return last.results;
}

describe("plan", () => {
  test("has every combination with every seed; the last setting changes fastest", () => {
    const { runs, settings, names, seeds } = plan({ vary, seeds: 2 });
    expect(settings).toEqual([
      { lr: 0.1, rule: "sgd" },
      { lr: 0.1, rule: "adam" },
      { lr: 1, rule: "sgd" },
      { lr: 1, rule: "adam" },
    ]);
    expect(runs.map(({ setting, seed }) => [setting, seed])).toEqual(
      [0, 1, 2, 3].flatMap((setting) => [0, 1].map((seed) => [setting, seed])),
    );
    expect([names, seeds]).toEqual([
      ["lr", "rule"],
      [0, 1],
    ]);
  });

  test("derives run ids from settings, seed and version, in any order of the names", () => {
    const ids = (options: Parameters<typeof plan>[0]) => plan(options).runs.map(({ id }) => id);
    const base = ids({ vary, seeds: 2, version: "1" });
    expect(new Set(base).size).toBe(8);
    expect(base.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
    expect(ids({ vary: { rule: vary.rule, lr: vary.lr }, seeds: 2, version: "1" }).sort()).toEqual(
      [...base].sort(),
    );
    expect(ids({ vary: { ...vary, lr: [1] }, seeds: [1], version: "1" })).toEqual([base[5], base[7]]);
    expect(ids({ vary, seeds: 2, version: "2" })).not.toContain(base[0]);
  });

  test("gives all runs the data order of the first seed with the option", () => {
    const orders = (sameOrder: boolean) =>
      plan({ vary, seeds: [4, 5], sameOrder }).runs.map(({ orderSeed }) => orderSeed);
    expect(new Set(orders(true))).toEqual(new Set([4]));
    expect(new Set(orders(false))).toEqual(new Set([4, 5]));
  });

  test("samples combinations without repetition, and distributions within their bounds", () => {
    const few = plan({ vary: { a: [1, 2, 3], b: [1, 2, 3] }, seeds: 1, sample: 7 });
    expect(new Set(few.settings.map(({ a, b }) => `${a} ${b}`)).size).toBe(7);
    const drawn = plan({
      vary: {
        lr: { draw: "log-uniform", low: 1e-4, high: 1 },
        units: { draw: "integer", low: 8, high: 10 },
        rate: { draw: "uniform", low: -1, high: 1 },
        rule: ["sgd", "adam"],
      },
      seeds: 1,
      sample: 200,
    });
    const values = (name: "lr" | "units" | "rate") => drawn.settings.map((one) => one[name]);
    // Half of the rates lie below the middle of the logarithm.
    const small = values("lr").filter((lr) => lr < 1e-2).length;
    expect([small > 75, small < 125]).toEqual([true, true]);
    expect(new Set(values("units"))).toEqual(new Set([8, 9]));
    expect(values("rate").every((rate) => rate >= -1 && rate < 1)).toBe(true);
    expect(new Set(drawn.settings.map(({ rule }) => rule)).size).toBe(2);
    const again = { vary: { lr: { draw: "uniform", low: 0, high: 1 } }, seeds: 1, sample: 2 } as const;
    expect(plan(again)).toEqual(plan(again));
    expect(plan({ ...again, sampleSeed: 1 }).settings).not.toEqual(plan(again).settings);
  });

  test.each([
    ["no values", { vary: { a: [] }, seeds: 1 }, /"a" has no values/],
    ["no seeds", { vary, seeds: [] }, /seeds is empty/],
    ["a seed twice", { vary, seeds: [1, 1] }, /not all different/],
    ["a bad seed", { vary, seeds: [-1] }, /a seed must be/],
    ["a value twice", { vary: { a: [1, 1] }, seeds: 1 }, /are planned twice/],
    ["a number that JSON does not know", { vary: { a: [NaN] }, seeds: 1 }, /settings.settings.a is NaN/],
    [
      "a distribution in a grid",
      { vary: { a: { draw: "uniform", low: 0, high: 1 } }, seeds: 1 },
      /needs sample/,
    ],
    [
      "a bad distribution",
      { vary: { a: { draw: "log-uniform", low: 0, high: 1 } }, seeds: 1, sample: 1 },
      /above 0/,
    ],
    ["a larger sample than there is", { vary, seeds: 1, sample: 5 }, /more than the 4 combinations/],
  ] as [string, Parameters<typeof plan>[0], RegExp][])("refuses %s", (_what, options, message) => {
    expect(() => plan(options)).toThrow(ValueError);
    expect(() => plan(options)).toThrow(message);
  });
});

describe("experiment", () => {
  const measure = ({
    settings,
    seed,
  }: {
    settings: { lr: number; rule: string };
    seed: number;
  }): Measured => {
    if (settings.rule === "adam" && settings.lr === 1 && seed === 1) throw new Error("it diverged");
    const noise = new Generator(seed).normal() / 100;
    return {
      accuracy: 0.9 - settings.lr / 10 + (settings.rule === "adam" ? 0.05 : 0) + noise,
      loss: settings.lr,
      curve: [3, 2, settings.lr],
    };
  };
  const trial = experiment({ vary, seeds: 3, measure });

  test("yields an event per run, and goes on after a run that fails", async () => {
    const events = await all(trial.run());
    expect(events.map(({ event }) => event)).toEqual([
      "start",
      ...Array.from({ length: 12 }, () => "run"),
      "done",
    ]);
    expect(events[0]).toEqual({ event: "start", runs: 12, done: 0 });
    const done = events.at(-1);
    if (done?.event !== "done") throw new Error("no done event");
    expect(done.stopped).toBeUndefined();
    expect(done.results.outcomes.map(({ error }) => error).filter(Boolean)).toEqual(["it diverged"]);
  });

  test("stops on its signal, and reuses earlier outcomes", async () => {
    const stop = new AbortController();
    const seen: Outcome[] = [];
    for await (const event of trial.run({ signal: stop.signal })) {
      if (event.event === "run") seen.push(event.outcome);
      if (seen.length === 5) stop.abort();
      if (event.event === "done") expect(event.stopped).toBe(true);
    }
    expect(seen).toHaveLength(5);
    const rest = await all(trial.run({ outcomes: seen }));
    expect(rest[0]).toEqual({ event: "start", runs: 12, done: 5 });
    expect(rest).toHaveLength(9);
    const strip = (outcomes: readonly Outcome[]) => outcomes.map(({ seconds: _seconds, ...one }) => one);
    const last = rest.at(-1);
    if (last?.event !== "done") throw new Error("no done event");
    expect(strip(last.results.outcomes)).toEqual(strip((await results(trial.run())).outcomes));
  });

  test("a run whose measure returns no numbers has failed", async () => {
    const bad = experiment({ vary, seeds: 1, measure: () => ({ a: "1" }) as unknown as Measured });
    const { outcomes } = await results(bad.run());
    expect(outcomes[0].error).toMatch(/returned "a" that is neither a number/);
  });

  test("ranks by the mean over seeds; settings with failed runs come last", async () => {
    const { ranking } = summarize(await results(trial.run()), { measure: "accuracy", better: "largest" });
    expect(ranking.map(({ rank, setting, seeds, failed }) => [rank, setting, seeds.length, failed])).toEqual([
      [1, 1, 3, 0],
      [2, 0, 3, 0],
      [3, 2, 3, 0],
      [4, 3, 2, 1],
    ]);
    // Both settings have the same noise, so the paired difference has none.
    expect(ranking[1].againstBest?.difference).toBeCloseTo(-0.05, 12);
    expect(ranking[1].againstBest?.deviation).toBeLessThan(1e-12);
    expect(ranking[3].againstBest?.pairs).toBe(2);
    expect(ranking[3].errors).toEqual(["it diverged"]);
    const loss = summarize(await results(trial.run()), { measure: "loss", better: "smallest" });
    expect(loss.ranking[0].settings).toEqual({ lr: 0.1, rule: "sgd" });
    expect(() =>
      summarize({ plan: trial.plan, outcomes: [] }, { measure: "x", better: "largest" }),
    ).not.toThrow();
    const other = await results(trial.run());
    expect(() => summarize(other, { measure: "x", better: "largest" })).toThrow(/there are accuracy, loss/);
  });

  test("a second measure, if given, decides between equal means", async () => {
    const equal = experiment({
      vary: { a: [1, 2, 3] },
      seeds: 2,
      measure: ({ settings }) => ({ accuracy: 1, loss: 4 - settings.a }),
    });
    const by = { measure: "accuracy", better: "largest" } as const;
    const order = (more: object) => async () =>
      summarize(await results(equal.run()), { ...by, ...more }).ranking.map(({ settings }) => settings.a);
    expect(await order({})()).toEqual([1, 2, 3]);
    expect(await order({ ties: { measure: "loss", better: "smallest" } })()).toEqual([3, 2, 1]);
  });

  test("means that differ only by rounding are ties", async () => {
    const accuracies: Record<string, number[]> = {
      a: [0.1, 0.2, 0.3],
      b: [0.3, 0.2, 0.1],
      c: [0.2, 0.2, 0.2],
    };
    const losses: Record<string, number> = { a: 0.9, b: 0.5, c: 0.1 };
    const tied = experiment({
      vary: { name: ["a", "b", "c"] },
      seeds: 3,
      measure: ({ settings: { name }, seed }) => ({ accuracy: accuracies[name][seed], loss: losses[name] }),
    });
    const by = {
      measure: "accuracy",
      better: "largest",
      ties: { measure: "loss", better: "smallest" },
    } as const;
    const { ranking } = summarize(await results(tied.run()), by);
    expect(ranking.map(({ settings }) => settings.name)).toEqual(["c", "b", "a"]);
  });

  test("intervals end at the range of the measure, and are not cut without a range", async () => {
    const two = experiment({
      vary: { a: [1, 2] },
      seeds: [0, 1],
      measure: ({ settings, seed }) => ({ accuracy: settings.a === 1 ? 1 - 0.1 * seed : 0.4 * seed }),
    });
    const done = await results(two.run());
    const by = { measure: "accuracy", better: "largest" } as const;
    const [free] = summarize(done, by).ranking;
    expect(free.measures.accuracy.interval[1]).toBeCloseTo(0.95 + 12.706 * 0.05, 3);
    const summary = summarize(done, { ...by, ranges: { accuracy: [0, 1] } });
    const [best, other] = summary.ranking;
    expect(best.measures.accuracy.interval[0]).toBeCloseTo(0.95 - 12.706 * 0.05, 3);
    expect(best.measures.accuracy.interval[1]).toBe(1);
    expect(other.measures.accuracy.interval).toEqual([0, 1]);
    expect(other.againstBest?.interval).toEqual([-1, 1]);
    expect(summary.by).toEqual({ ...by, level: 0.95 });
  });

  test("a setting whose mean is NaN is not the best", async () => {
    const lost = experiment({
      vary: { a: [1, 2] },
      seeds: 1,
      measure: ({ settings }) => ({ x: settings.a === 1 ? NaN : 5 }),
    });
    for (const better of ["largest", "smallest"] as const) {
      const { ranking } = summarize(await results(lost.run()), { measure: "x", better });
      expect(ranking[0].settings).toEqual({ a: 2 });
    }
  });

  test("tables, CSV and JSON do not depend on the order in which runs ended", async () => {
    const { outcomes } = await results(trial.run());
    const texts = (order: readonly Outcome[]) => {
      const mixed = resultsOf(
        trial.plan,
        new Map(order.map((one) => [one.id, { ...one, seconds: Math.random() }])),
      );
      const summary = summarize(mixed, { measure: "accuracy", better: "largest" });
      return [
        formatTable(rankingTable(mixed, summary)).join("\n"),
        toCsv(runTable(mixed)),
        toJson(mixed, summary),
        ...experimentFigures(mixed, summary).map(({ svg }) => svg),
      ];
    };
    const [table, csv, json] = texts(outcomes);
    expect(texts(outcomes.toReversed())).toEqual(texts(outcomes));
    expect(table.split("\n")[0]).toMatch(/^rank\s+lr\s+rule\s+runs\s+accuracy\s+95 %/);
    expect(table).toContain("2 (1 failed)");
    expect(csv.split("\r\n")).toHaveLength(14);
    expect(csv).toContain("it diverged");
    expect((parseExactJson(json) as { runs: unknown[] }).runs).toHaveLength(12);
  });

  test("draws each figure that has something to show", async () => {
    const done = await results(trial.run());
    const figures = experimentFigures(done, summarize(done, { measure: "accuracy", better: "largest" }));
    expect(figures.map(({ name }) => name)).toEqual(["ranking", "map-lr-rule", "curve-curve", "runs"]);
    // A map of settings that never differ in one value alone would be a diagonal.
    const unlike = new Set(done.plan.runs.flatMap(({ id, setting }) => (setting % 3 === 0 ? [id] : [])));
    const some = { ...done, outcomes: done.outcomes.filter(({ id }) => unlike.has(id)) };
    expect(
      experimentFigures(some, summarize(some, { measure: "accuracy", better: "largest" })).map(
        ({ name }) => name,
      ),
    ).toEqual(["ranking", "curve-curve", "runs"]);
    expect(
      experimentFigures(
        { ...done, outcomes: [] },
        summarize({ ...done, outcomes: [] }, { measure: "a", better: "largest" }),
      ),
    ).toEqual([]);
  });
});

test("exact JSON keeps every number", () => {
  const values = { a: [NaN, Infinity, -Infinity, -0, 0, 1 / 3, 5e-324], b: { number: 3 }, c: null, d: "NaN" };
  const back = parseExactJson(exactJson(values)) as typeof values;
  expect(back).toEqual(values);
  expect(back.a.map((value) => Object.is(value, -0))).toEqual(values.a.map((value) => Object.is(value, -0)));
});

test("CSV quotes the fields that need it", () => {
  expect(toCsv({ columns: ["a", 'b"'], rows: [["x,y", "two\nlines"]] })).toBe(
    'a,"b"""\r\n"x,y","two\nlines"\r\n',
  );
});
