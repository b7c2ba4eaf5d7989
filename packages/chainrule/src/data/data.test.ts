import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Generator, ValueError, arange, full, tensor } from "../index.ts";
import { DataLoader, Dataset, applyScaling, circles, fitScaling, fromPoints, split } from "./index.ts";
import { digits } from "./digits/index.ts";
import { iris } from "./iris/index.ts";

const numbered = (n: number): Dataset => new Dataset(arange(n).to("float32").reshape([n, 1]), arange(n));

describe("Dataset", () => {
  it("refuses inputs and targets of different length, with both shapes", () => {
    expect(() => new Dataset(tensor([[1], [2]]), tensor([1, 2, 3]))).toThrow(
      "inputs [2,1] and targets [3] differ in the number of rows",
    );
  });
  it("takes rows as a batch, and as a data set that keeps the facts about the columns", () => {
    const part = iris().subset(Int32Array.of(149, 0));
    expect(part.inputs.to("float64").toArray()).toEqual(
      [
        [5.9, 3, 5.1, 1.8],
        [5.1, 3.5, 1.4, 0.2],
      ].map((row) => row.map(Math.fround)),
    );
    expect(part.targets.toArray()).toEqual([2, 0]);
    expect(part.info.classNames).toEqual(["setosa", "versicolor", "virginica"]);
  });
  it("is made from synthetic points, with classes where the points have labels", () => {
    const set = fromPoints(circles({ samples: 10, generator: new Generator(1) }), "float64");
    expect([set.inputs.shape, set.inputs.dtype, set.targets.dtype, set.info.classNames]).toEqual([
      [10, 2],
      "float64",
      "int32",
      ["0", "1"],
    ]);
  });
});

describe("DataLoader", () => {
  it("visits every row once per epoch, with any batch size", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 45 }),
        fc.boolean(),
        (n, batchSize, shuffle) => {
          const loader = new DataLoader(numbered(n), { batchSize, shuffle, generator: new Generator(n) });
          const batches = [...loader.batches(3)];
          expect(batches).toHaveLength(loader.length);
          const rows = batches.flatMap((batch) => [...batch.targets.data]);
          expect(batches.every((batch) => batch.inputs.shape[0] <= batchSize)).toBe(true);
          expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
          if (!shuffle) expect(rows).toEqual(rows.toSorted((a, b) => a - b));
        },
      ),
    );
  });
  it("draws a new order each epoch, and the same order for the same seed and epoch", () => {
    const order = (seed: number, epoch: number): number[] =>
      [...new DataLoader(numbered(20), { generator: new Generator(seed) }).indices(epoch)].flatMap((rows) => [
        ...rows,
      ]);
    expect(order(1, 5)).toEqual(order(1, 5));
    expect(order(1, 5)).not.toEqual(order(1, 6));
    expect(order(1, 5)).not.toEqual(order(2, 5));
  });
  it("drops a smaller last batch with dropLast, takes all rows at once with full, and refuses bad sizes", () => {
    const sizes = (options: ConstructorParameters<typeof DataLoader>[1]): number[] =>
      [...new DataLoader(numbered(10), options).indices(1)].map((rows) => rows.length);
    expect(sizes({ batchSize: 4 })).toEqual([4, 4, 2]);
    expect(sizes({ batchSize: 4, dropLast: true })).toEqual([4, 4]);
    expect(sizes({ batchSize: "full" })).toEqual([10]);
    expect(() => sizes({ batchSize: 0 })).toThrow("batchSize must be a whole number ≥ 1");
    expect(() => sizes({ batchSize: 11, dropLast: true })).toThrow("leaves no batch");
  });
});

describe("the order option", () => {
  const rows = (order: number[]): number[] =>
    [
      ...new DataLoader(numbered(4), { batchSize: 3, order: () => Int32Array.from(order) }).indices(1),
    ].flatMap((batch) => [...batch]);
  it("is used unchanged, even with a row twice", () => {
    expect(rows([3, 1, 1, 0])).toEqual([3, 1, 1, 0]);
  });
  it.each([
    [[0, 1, 2], "DataLoader: the order names 3 rows, the data set has 4"],
    [[0, 1, 2, 3, 0], "DataLoader: the order names 5 rows, the data set has 4"],
    [[0, 1, 4, 2], "DataLoader: the order has 4 at place 2; rows are 0 … 3"],
    [[-1, 1, 0, 2], "DataLoader: the order has -1 at place 0; rows are 0 … 3"],
  ])("is refused: %j", (order, message) => {
    expect(() => rows(order)).toThrow(ValueError);
    expect(() => rows(order)).toThrow(message);
  });
});

describe("split", () => {
  it("splits all rows and holds back each class in proportion", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 60 }),
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        (labels, held) => {
          const n = labels.length;
          const parts = split(n, held, new Generator(3), labels);
          expect(parts.held).toHaveLength(Math.round(n * held));
          expect([...parts.held, ...parts.rest].toSorted((a, b) => a - b)).toEqual(labels.map((_, i) => i));
          for (const label of new Set(labels)) {
            const all = labels.filter((l) => l === label).length;
            const taken = [...parts.held].filter((row) => labels[row] === label).length;
            expect(Math.abs(taken - (all * parts.held.length) / n)).toBeLessThan(1);
          }
        },
      ),
    );
  });
  it("holds back a number of rows, or the last ones in order; the seed decides which", () => {
    expect([...split(6, { last: 2 }, new Generator(0)).held]).toEqual([4, 5]);
    expect(split(100, { count: 7 }, new Generator(0)).held).toHaveLength(7);
    expect(split(100, 0.3, new Generator(1)).held).toEqual(split(100, 0.3, new Generator(1)).held);
    expect(split(100, 0.3, new Generator(1)).held).not.toEqual(split(100, 0.3, new Generator(2)).held);
    expect(() => split(5, { count: 5 }, new Generator(0))).toThrow("cannot hold back 5 of 5 rows");
    expect(() => split(5, 1.5, new Generator(0))).toThrow("between 0 and 1");
  });
});

describe("scaling", () => {
  const rows = tensor([
    [1, 10, 5],
    [3, 30, 5],
    [5, 20, 5],
  ]);
  it("standard: mean 0 and deviation 1 per feature; a constant feature becomes 0", () => {
    const scaled = applyScaling(fitScaling("standard", rows), rows).to("float64");
    for (const [i, value] of [0, 0, 0].entries()) expect(scaled.mean(0).data[i]).toBeCloseTo(value, 6);
    expect(Array.from(scaled.variance(0, { correction: 0 }).data, (v) => Math.round(v * 1e6) / 1e6)).toEqual([
      1, 1, 0,
    ]);
  });
  it.each(["standard", "minmax"] as const)(
    "%s: a feature that never changes is shifted to 0 exactly",
    (kind) => {
      // by rounding, the mean of many 0.1 is not 0.1, and their deviation is not 0
      const tenth = full([1000, 1], 0.1, { dtype: "float64" });
      const scaling = fitScaling(kind, tenth);
      expect(scaling).toEqual({ kind, precision: "float64", offset: [0.1], scale: [1] });
      expect(applyScaling(scaling, tensor([[0.1], [0.2]], { dtype: "float64" })).toArray()).toEqual([
        [0],
        [0.1],
      ]);
    },
  );
  it.each([1e300, 1e-300])("standard: numbers around %d have a finite deviation above 0", (size) => {
    const wide = tensor([[1 * size], [3 * size], [5 * size]], { dtype: "float64" });
    const { offset, scale } = fitScaling("standard", wide);
    expect(offset[0] / size).toBeCloseTo(3, 12);
    expect(scale[0] / size).toBeCloseTo(Math.sqrt(8 / 3), 12);
  });
  it.each(["standard", "minmax"] as const)(
    "%s: refuses a feature that reaches further than a number can",
    (kind) => {
      const far = tensor([[0, -1.5e308], [1, 1.5e308]], { dtype: "float64" }); // prettier-ignore
      expect(() => fitScaling(kind, far)).toThrow(
        "fitScaling: feature 1 reaches from -1.5e+308 to 1.5e+308, and their difference overflows; scale it down before",
      );
      expect(() => fitScaling(kind, far, undefined, ["a", "b"])).toThrow(
        'fitScaling: column "b" reaches from',
      );
    },
  );
  it("unit needs a maximum", () => {
    expect(() => fitScaling("unit", rows)).toThrow(ValueError);
    expect(() => fitScaling("unit", rows)).toThrow(
      'fitScaling: "unit" needs the maximum to divide by, such as 255 for bytes',
    );
    expect(() => fitScaling("unit", rows, 0)).toThrow("the maximum must be a finite number above 0, not 0");
  });
  it("minmax: to [0, 1]; unit: by the format's maximum; none: untouched", () => {
    expect(applyScaling(fitScaling("minmax", rows), rows).toArray()).toEqual([
      [0, 0, 0],
      [0.5, 1, 0],
      [1, 0.5, 0],
    ]);
    expect(Array.from(applyScaling(fitScaling("unit", rows, 10), rows).data.subarray(0, 3))).toEqual(
      [0.1, 1, 0.5].map(Math.fround),
    );
    expect(applyScaling(fitScaling("none", rows), rows)).toBe(rows);
  });
  it("refuses an unknown kind", () => {
    expect(() => fitScaling("foo" as never, rows)).toThrow(
      'the kind must be one of none, unit, standard, minmax, not "foo"',
    );
  });
  it("applies a fitted scaling to other rows, and refuses another number of features", () => {
    const scaling = fitScaling("minmax", rows);
    expect(applyScaling(scaling, tensor([[9, 0, 5]])).toArray()).toEqual([[2, -0.5, 0]]);
    expect(() => applyScaling(scaling, tensor([[1, 2]]))).toThrow("fitted to 3 features, these rows have 2");
  });
});

describe("embedded data", () => {
  it("digits: 1797 images of 64 levels, about 180 a class", () => {
    const set = digits();
    expect([set.inputs.shape, set.inputs.min().item(), set.inputs.max().item()]).toEqual([[1797, 64], 0, 16]);
    const counts = set.targets.oneHot(10).sum(0).toArray();
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(set.inputs.sum().item()).toBe(561718);
  });
  it("iris: 50 of each kind, means as Fisher's", () => {
    const set = iris();
    expect(set.targets.oneHot(3).sum(0).toArray()).toEqual([50, 50, 50]);
    const means = set.inputs.mean(0).data;
    [5.843333, 3.057333, 3.758, 1.199333].forEach((mean, i) => expect(means[i]).toBeCloseTo(mean, 5));
  });
});
