import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { all, named, parseXml, textOf } from "../../../../../test/xml.ts";
import type { XmlElement } from "../../../../../test/xml.ts";
import type { EpochEvent } from "../../train/events.ts";
import { runningMean } from "./curves.ts";
import { runReport } from "./report.ts";
import type { ClassOutcome, NumberOutcome, RunRecord } from "./record.ts";

const history: EpochEvent[] = [0, 1, 2, 3].map((epoch) => ({
  event: "epoch",
  epoch,
  metrics: {
    train: { loss: 1 / (1 + epoch), accuracy: 0.5 + 0.1 * epoch },
    test: { loss: 1.5 / (1 + epoch), accuracy: 0.5 + 0.05 * epoch },
  },
  seconds: 1,
}));

const outcome: ClassOutcome = {
  kind: "classes",
  part: "test",
  classNames: ["cat", "dog"],
  truth: [0, 0, 1, 1],
  predicted: [0, 1, 1, 1],
  probability: [0.9, 0.8, 0.7, 1],
  mistakes: [{ row: 17, truth: 0, predicted: 1, probability: 0.8 }],
};

const numbers: NumberOutcome = {
  kind: "numbers",
  part: "test",
  target: "z",
  truth: [0, 1, 2, 3],
  predicted: [0, 1.5, 2, 2],
  rows: [10, 11, 12, 13],
};

const record: RunRecord = {
  data: "animals.csv",
  task: "classification",
  net: [2, 4, 2],
  activation: "tanh",
  loss: "cross-entropy",
  parameters: 22,
  rows: { train: 40, validation: 0, test: 4 },
  status: "done",
  epochs: 3,
  history,
  batches: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4],
  batchesPerEpoch: 2,
  runningMeans: false,
  results: {
    epochs: 3,
    steps: 6,
    metrics: { train: { loss: 0.25, accuracy: 0.8 }, test: { loss: 0.375, accuracy: 0.75 } },
    seconds: 3.2,
  },
  outcome,
  facts: [{ title: "Training", facts: [["seed", "7"]] }],
  footer: "Made by hand.",
};

const read = (given: Partial<RunRecord>): XmlElement =>
  parseXml(runReport({ ...record, ...given }).replace(/^<!doctype html>/, ""));
const headings = (node: XmlElement): string[] => named(node, "h2").map(textOf);
const figures = (node: XmlElement): string[] =>
  all(node, (one) => one.attributes.role === "img").map((svg) => textOf(named(svg, "title")[0]));
const plain = (text: string): string => text.replaceAll("\u00a0", " ").trim();
const tableOf = (node: XmlElement, caption: RegExp): string[][] => {
  const found = named(node, "table").find((one) => caption.test(textOf(named(one, "caption")[0])));
  return named(found!, "tr").map((row) =>
    all(row, (one) => one.name === "th" || one.name === "td").map((cell) => plain(textOf(cell))),
  );
};

describe("a report on classes", () => {
  const page = read({});

  test("says who was trained, and the figures that one looks for first", () => {
    expect(textOf(named(page, "h1")[0])).toBe("animals.csv: 2-4-2 tanh");
    const lead = all(page, (one) => one.attributes.class === "lead").map(textOf);
    expect(lead).toEqual([
      "A network of 22 parameters, trained for 3 epochs on 40 rows by cross-entropy, gets 3 of 4 test rows right.",
    ]);
    const key = all(page, (one) => one.attributes.class === "key")[0];
    expect(key.children.filter((one) => typeof one !== "string").map((one) => plain(textOf(one)))).toEqual([
      "Test accuracy75.00 %loss 0.375, 4 rows",
      "Training accuracy80.00 %loss 0.25, 40 rows",
      "Best epoch3by test loss, of 3",
      "Parameters222-4-2",
      "Time3.2 s6 updates",
    ]);
    expect(textOf(named(page, "footer")[0])).toBe("Made by hand.");
  });

  test("has its sections and figures", () => {
    expect(headings(page)).toEqual(["Learning curves", "Classes", "Worst mistakes", "Settings and origin"]);
    expect(figures(page)).toEqual([
      "Loss after each epoch",
      "Accuracy after each epoch",
      "Loss of each batch",
      "Confusion on the test rows",
    ]);
  });

  test("has the numbers behind its curves", () => {
    expect(tableOf(page, /^Loss after/)).toEqual([
      ["epoch", "training", "test"],
      ["0", "1", "1.5"],
      ["1", "0.5", "0.75"],
      ["2", "0.333333", "0.5"],
      ["3", "0.25", "0.375"],
    ]);
    expect(tableOf(page, /^Accuracy/)[4]).toEqual(["3", "80", "65"]);
    expect(tableOf(page, /^Loss of each/)).toHaveLength(7);
  });

  test("has precision and recall, and the mistakes", () => {
    expect(tableOf(page, /Precision/)).toEqual([
      ["class", "precision", "recall", "F1", "rows"],
      ["cat", "100.00", "50.00", "66.67", "2"],
      ["dog", "66.67", "100.00", "80.00", "2"],
      ["mean of the classes", "83.33", "75.00", "73.33", "4"],
    ]);
    expect(tableOf(page, /probability for a wrong class/)).toEqual([
      ["row", "true class", "predicted", "its probability (%)"],
      ["17", "cat", "dog", "80.00"],
    ]);
  });

  test("shows mistakes as images where rows are some", () => {
    const image = { size: [1, 2], range: [0, 1] } as const;
    const mistakes = [{ ...outcome.mistakes[0], image: [0, 1] }];
    const node = read({ outcome: { ...outcome, image, mistakes } });
    expect(figures(node)).toContain("True class as predicted one, probability");
    expect(named(node, "text").map((one) => plain(textOf(one)))).toContain("cat as dog, 80 %");
  });

  test("says when none is wrong", () => {
    const node = read({ outcome: { ...outcome, predicted: outcome.truth, mistakes: [] } });
    expect(textOf(node)).toContain("No test row is wrong.");
  });

  test("draws the boundary of two classes as a heat map, and regions of more", () => {
    const grid = { from: 0, to: 1, count: 2 };
    const plane = { names: ["a", "b"], columns: grid, rows: grid, points: [] } as const;
    const two = read({ plane: { ...plane, values: [1, 0, 0, 1, 1, 0, 0, 1] } });
    expect(all(two, (one) => /chainrule-heat-map/.test(one.attributes.class ?? ""))).toHaveLength(1);
    expect(headings(two)[1]).toBe("Decision boundary");
    const three = read({
      outcome: { ...outcome, classNames: ["cat", "dog", "owl"] },
      plane: { ...plane, values: [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0] },
    });
    expect(all(three, (one) => /chainrule-regions/.test(one.attributes.class ?? ""))).toHaveLength(1);
  });

  test("shows first-layer weights as signed images", () => {
    const units = [{ unit: 1, name: "unit 1", values: [-2, 1] }];
    const node = read({ weights: { size: [1, 2], units, norms: [1, Math.sqrt(5)] } });
    expect(headings(node)).toContain("Weights");
    expect(tableOf(node, /^Units/)[1]).toEqual(["unit 1", "2.23607", "−2", "1"]);
  });
});

describe("a report on a number", () => {
  const rmse = history.map(({ epoch }) => ({
    event: "epoch" as const,
    epoch,
    metrics: { train: { loss: 1000 / 20 ** epoch, rmse: 1 / (1 + epoch) }, test: { loss: 1, rmse: 2 } },
    seconds: 0,
  }));
  const given = { task: "regression", outcome: numbers, history: rmse, loss: "mse", net: [1, 4, 1] } as const;
  const page = read(given);

  test("has predictions against the truth, errors, and the rows that are farthest off", () => {
    expect(headings(page)).toEqual(["Learning curves", "Predictions", "Settings and origin"]);
    expect(figures(page).slice(-2)).toEqual(["Predicted against true", "Errors"]);
    expect(tableOf(page, /farthest off/).slice(0, 3)).toEqual([
      ["row", "true", "predicted", "predicted − true"],
      ["13", "3", "2", "−1"],
      ["11", "1", "1.5", "0.5"],
    ]);
    // √(1.25 / 4) = 0.559: from the smallest true value to the largest, above and below
    const rows = tableOf(page, /^Predicted against true/).filter(([name]) => name === "± RMSE");
    expect(rows).toEqual([
      ["± RMSE", "0", "0.559017"],
      ["± RMSE", "3", "3.55902"],
      ["± RMSE", "0", "−0.559017"],
      ["± RMSE", "3", "2.44098"],
    ]);
    expect(textOf(all(page, (one) => one.attributes.class === "lead")[0])).toContain(
      "predicts z on 4 test rows with an error (RMSE) of 0.559.",
    );
  });

  test("has a log axis for losses that span two powers of ten", () => {
    const description = (node: XmlElement) => textOf(named(node, "desc")[0]);
    expect(description(page)).toContain("logarithmic in mse");
    expect(description(read({}))).not.toContain("logarithmic");
  });

  test("has the curve over one input, or the surface over two", () => {
    const points = [{ part: "train", x: [0, 1], y: [1, 2] }] as const;
    const fit = read({ ...given, fit: { name: "x", target: "z", curve: { x: [0, 1], y: [1, 2] }, points } });
    expect(figures(fit)).toContain("z over x");
    const grid = { from: 0, to: 1, count: 2 };
    const plane = { names: ["a", "b"], columns: grid, rows: grid, values: [1, 2, 3, 4], points: [] } as const;
    expect(figures(read({ ...given, plane }))).toContain("Predicted z");
  });
});

test("a run that diverged says so first, and shows no figures as if they were its end", () => {
  const node = read({
    status: "diverged",
    reason: "the loss became NaN in epoch 2, batch 1; try a smaller learning rate",
    history: history.slice(0, 2),
    batches: [1, 5, NaN],
    results: undefined,
    outcome: undefined,
  });
  const warning = all(node, (one) => one.attributes.class === "note warning").map(textOf);
  expect(warning).toEqual(["Warning: The loss became NaN in epoch 2, batch 1; try a smaller learning rate."]);
  expect(headings(node)).toEqual(["Learning curves", "Settings and origin"]);
  expect(textOf(node)).toContain("loss 0.75, after epoch 1, before it diverged");
  expect(textOf(all(node, (one) => one.attributes.class === "lead")[0])).toBe(
    "A network of 22 parameters, whose training on 40 rows by cross-entropy diverged after 1 whole epoch.",
  );
});

test("a run that diverged in its first epoch shows the last finite figures, and no curve of one point", () => {
  const lost = {
    ...history[1],
    metrics: { train: { loss: Infinity, rmse: Infinity }, test: { loss: NaN, rmse: NaN } },
  };
  const { train, test } = history[0].metrics;
  const before = { ...history[0], metrics: { train: { ...train!, rmse: 2 }, test: { ...test!, rmse: 3 } } };
  const node = read({
    task: "regression",
    status: "diverged",
    reason: "the loss became infinite in epoch 1, batch 2",
    history: [before, lost],
    batches: [1, Infinity],
    results: undefined,
    outcome: undefined,
  });
  expect(textOf(all(node, (one) => one.attributes.class === "lead")[0])).toMatch(
    /diverged in the first epoch\.$/,
  );
  const key = plain(textOf(all(node, (one) => one.attributes.class === "key")[0]));
  expect(key.replaceAll("\n", "")).toContain(
    "loss 1.5, before trainingTraining accuracy50.00 %loss 1, before trainingEpochs0of 3",
  );
  expect(figures(node)).toEqual([]);
  expect(plain(textOf(node))).toContain("Before training the error (RMSE) is 2 on the training rows");
  expect(textOf(node)).not.toMatch(/NaN|∞/);
});

test("a run that was stopped in its first epoch says how many updates it made", () => {
  const node = read({ status: "stopped", history: history.slice(0, 1), batches: [0.9, 0.8] });
  expect(textOf(all(node, (one) => one.attributes.class === "lead")[0])).toContain(
    "trained for 2 updates on",
  );
});

test("a run of no epochs and no test rows has a report too", () => {
  const node = read({
    history: history.slice(0, 1),
    batches: [],
    rows: { train: 4, validation: 0, test: 0 },
    epochs: 0,
  });
  expect(headings(node)[0]).toBe("Learning curves");
  expect(figures(node)).toEqual(["Confusion on the test rows"]);
});

describe("whatever numbers come, there is a whole page", () => {
  const value = fc.oneof(
    fc.double(),
    fc.double({ min: -3, max: 3 }),
    fc.constantFrom(NaN, Infinity, -Infinity, 0, 1e308, -1e308, 5e-324),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("", "</style>", "\ud800"),
  );
  const events = fc.array(fc.tuple(value, value, value, value), { maxLength: 12 }).map((rows) =>
    rows.map(([trained, tested, first, second], epoch) => ({
      event: "epoch" as const,
      epoch,
      metrics: {
        train: { loss: trained, accuracy: first, rmse: first },
        test: { loss: tested, accuracy: second, rmse: second },
      },
      seconds: 0,
    })),
  );
  const shared = {
    data: text,
    loss: text,
    history: events,
    batches: fc.array(value, { maxLength: 40 }),
    batchesPerEpoch: fc.integer({ min: 1, max: 9 }),
    runningMeans: fc.boolean(),
    status: fc.constantFrom("done" as const, "stopped" as const, "diverged" as const),
    facts: fc.constant([]),
  };
  const ends = (values: readonly number[]) => ({ from: values[0], to: values[1], count: 2 });
  const whole = (given: Partial<RunRecord>): void => {
    const page = read({ results: undefined, ...given });
    expect(named(page, "h1")).toHaveLength(1);
    expect(named(page, "script")).toEqual([]);
  };

  test("of classes", () => {
    const rows = fc.array(fc.tuple(fc.nat(2), fc.nat(2), value), { maxLength: 20 });
    const record = fc.record({ ...shared, rows, names: fc.array(text, { minLength: 3, maxLength: 3 }) });
    const grid = fc.array(fc.double({ noNaN: true, min: -9, max: 9 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(record, grid, fc.array(value, { minLength: 12, maxLength: 12 }), (given, [low], values) => {
        const { rows: all, names, ...rest } = given;
        const plane = {
          names: ["a", "b"],
          columns: ends([low, low + 1]),
          rows: ends([low, low + 2]),
          values,
          points: [],
        } as const;
        const mistakes = all.flatMap(([truth, predicted, probability], row) =>
          truth === predicted ? [] : [{ row, truth, predicted, probability, image: [probability, 0] }],
        );
        const outcome: ClassOutcome = {
          kind: "classes",
          part: "test",
          classNames: names,
          truth: all.map(([truth]) => truth),
          predicted: all.map(([, predicted]) => predicted),
          probability: all.map(([, , probability]) => probability),
          mistakes,
          image: { size: [1, 2], range: [0, 1] },
        };
        const units = values
          .slice(0, 2)
          .map((one, unit) => ({ unit, name: names[0], values: [one, values[5]] }));
        const weights = { size: [1, 2] as const, units, norms: values.slice(0, 2) };
        const counts = { train: 9, validation: 0, test: all.length };
        whole({ ...rest, plane, outcome, weights, rows: counts });
      }),
      { numRuns: 80, seed: 1 },
    );
  });

  test("of numbers", () => {
    const rows = fc.array(fc.tuple(value, value), { maxLength: 20 });
    fc.assert(
      fc.property(
        fc.record({ ...shared, rows, target: text }),
        fc.array(value, { minLength: 4, maxLength: 4 }),
        (given, values) => {
          const { rows: all, target, ...rest } = given;
          const outcome: NumberOutcome = {
            kind: "numbers",
            part: "test",
            target,
            truth: all.map(([truth]) => truth),
            predicted: all.map(([, predicted]) => predicted),
            rows: all.map((_, row) => row),
          };
          const grid = ends([0, 1]);
          const plane = { names: ["a", "b"], columns: grid, rows: grid, values, points: [] } as const;
          const points = [{ part: "test" as const, x: values, y: values }];
          const fit = { name: target, target, curve: { x: values, y: values.toReversed() }, points };
          whole({ ...rest, task: "regression", plane, fit, outcome });
        },
      ),
      { numRuns: 80, seed: 1 },
    );
  });
});

test("a long run is thinned, and says so", () => {
  const batches = Float64Array.from({ length: 200_001 }, (_, i) => 1 / (1 + i));
  const text = runReport({ ...record, batches, batchesPerEpoch: 200_001 });
  expect(text).toContain("(200 of 200001 rows: every 1006th and the last)");
  expect(text).toContain(
    "Of each stretch of the curve the first, the last, the smallest and the largest loss are drawn.",
  );
  expect(text.length).toBeLessThan(300_000);
});

test("a running mean is that of the values up to a place, also behind a huge one", () => {
  expect([...runningMean([1, 3, 5, 7], 2)]).toEqual([1, 2, 4, 6]);
  expect([...runningMean([1, 3, 5, 7], 9)]).toEqual([1, 2, 3, 4]);
  expect([...runningMean([3, 1e300, 3, 3, 3, 6, 9], 3)].slice(4)).toEqual([3, 4, 6]);
  const values = Array.from({ length: 50 }, (_, i) => (i * 37) % 11);
  for (const width of [1, 2, 7, 49, 50]) {
    const slow = values.map((_, i) => {
      const seen = values.slice(Math.max(0, i - width + 1), i + 1);
      return seen.reduce((sum, one) => sum + one, 0) / seen.length;
    });
    expect([...runningMean(values, width)]).toEqual(slow);
  }
});
