/** `loadRun`: the run folders of commit 43c891e answer rows as `chainrule predict` of that commit did, to the last digit. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError, ValueError } from "chainrule";
import { describe, expect, test } from "vitest";
import { loadRun } from "chainrule/node";
import { loadRun as loadFiles, sourceOf } from "chainrule/runs";
import type { DataName, LoadedRun, Prediction, PredictionRows } from "chainrule/runs";

const fixtures = join(import.meta.dirname, "fixtures/runs-43c891e");
const folder = (name: string): string => join(fixtures, name);
const load = (name: string): LoadedRun => loadRun(folder(name));

interface Expected {
  readonly rows: readonly number[];
  readonly predictions: readonly Prediction[];
}

/** The lines of `predict --rows test`: row numbers, and the class with its probabilities or the value. */
function expectedOf(name: string): Expected {
  const text = readFileSync(join(fixtures, `expected/${name}-predict.csv`), "utf8");
  const [head, ...lines] = text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  const classNames = head.slice(3).map((column) => column.replace(/^p_/, ""));
  return {
    rows: lines.map(([row]) => Number(row)),
    predictions: lines.map(([, predicted, , ...probabilities]) =>
      head[1] === "value"
        ? { value: Number(predicted) }
        : {
            class: predicted,
            probabilities: Object.fromEntries(classNames.map((one, k) => [one, Number(probabilities[k])])),
          },
    ),
  };
}

/** The inputs of test rows of named data, as lists of numbers. */
async function listsOf({ settings }: LoadedRun, rows: readonly number[]): Promise<number[][]> {
  const { data, test: own } = await sourceOf(settings.data as DataName).draw!(settings);
  const { data: values, shape } = (own ?? data).inputs;
  const width = shape[1];
  return rows.map((row) => Array.from(values.slice(row * width, (row + 1) * width) as Float64Array));
}

/** Objects of lists, the names in reverse order. */
function objectsOf(names: readonly string[], lists: readonly (readonly unknown[])[]): object[] {
  return lists.map((list) => Object.fromEntries(names.map((name, i) => [name, list[i]]).reverse()));
}

/** The fixture's houses as a program has them: numbers, texts, null for what is missing. */
function houses(rows: readonly number[]): Record<string, unknown>[] {
  const [head, ...lines] = readFileSync(join(fixtures, "houses.csv"), "utf8").trimEnd().split("\n");
  const names = head.split(",");
  return rows.map((row) => {
    const cells = lines[row].split(",").map((cell) => (cell === "" || /[a-z]/.test(cell) ? cell || null : Number(cell)));
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]).reverse());
  }); // prettier-ignore
}

const csvOf = (rows: readonly object[]): string =>
  [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))]
    .map((cells) => `${cells.join()}\n`)
    .join("");

describe("the numbers of chainrule predict", () => {
  test("a number in the target's units, by column name or as CSV, gaps filled", async () => {
    const { rows, predictions } = expectedOf("houses");
    const run = load("houses");
    const asked = houses(rows);
    expect(asked.some((row) => Object.values(row).includes(null))).toBe(true);
    expect(await run.predict(asked)).toEqual(predictions);
    expect(await run.predict(csvOf(asked))).toEqual(predictions);
    expect(await run.predict(asked.map(({ size, age, district }) => ({ district, size, age })))).toEqual(
      predictions,
    );
  });

  test.each(["circles", "iris", "digits"])("classes with probabilities: %s", async (name) => {
    const { rows, predictions } = expectedOf(name);
    const run = load(name);
    const lists = await listsOf(run, rows);
    expect(await run.predict(lists)).toEqual(predictions);
    expect(await run.predict(lists.map((list) => Float64Array.from(list)))).toEqual(predictions);
    const names = run.preprocess.plan.features.map((feature) => feature.name);
    const objects = objectsOf(names, lists);
    expect(await run.predict(objects as PredictionRows)).toEqual(predictions);
    expect(await run.predict(csvOf(objects))).toEqual(predictions);
    expect(await run.predict(new TextEncoder().encode(csvOf(objects)))).toEqual(predictions);
  });

  test("requests at the same time take turns, each with the numbers that it has alone", async () => {
    const { rows, predictions } = expectedOf("digits");
    const run = load("digits");
    const lists = await listsOf(run, rows.slice(0, 4));
    const alone: Prediction[] = [];
    for (const list of lists) alone.push(...(await run.predict([list])));
    const together = await Promise.all(lists.map((list) => load("digits").predict([list])));
    expect(together.flat()).toEqual(alone);
    expect((await Promise.all(lists.map((list) => run.predict([list])))).flat()).toEqual(alone);
    // a product of few rows adds in another order, so the last digit may differ from that among other rows
    alone.forEach((one, i) => {
      const [found, expected] = [one, predictions[i]].map((each) => Object.values("class" in each ? each.probabilities : {})); // prettier-ignore
      found.forEach((p, k) => expect(p).toBeCloseTo(expected[k], 6));
    });
    expect(await run.predict([])).toEqual([]);
  });

  test("the reference kernels give the same classes", async () => {
    const run = loadRun(folder("circles"), { device: null });
    const { rows, predictions } = expectedOf("circles");
    const found = await run.predict(await listsOf(run, rows));
    expect(found.map((one) => "class" in one && one.class)).toEqual(predictions.map((one) => "class" in one && one.class)); // prettier-ignore
  });
});

describe("what a run holds", () => {
  test("its settings, its model and the metrics it ended with", () => {
    const { settings, model, preprocess, results, status } = load("houses");
    expect([settings.data, settings.net, status]).toEqual(["houses.csv", [5, 6, 1], "done"]);
    expect([model.parameterCount(), model.training]).toEqual([43, false]);
    expect(preprocess.plan.features.map(({ name }) => name)).toEqual(["size", "age", "district"]);
    expect(results.testRmse).toBe(80228.7263367913);
  });

  const bytes = (name: string, file: string): Uint8Array =>
    new Uint8Array(readFileSync(join(folder(name), file)));
  const files = ["run.json", "preprocess.json", "model.safetensors"];

  test("it is loaded from bytes alone, as a page has them", async () => {
    const { rows, predictions } = expectedOf("iris");
    const map = new Map(files.map((file) => [file, bytes("iris", file)]));
    const run = loadFiles(map);
    const lists = await listsOf(run, rows);
    expect(await run.predict(lists)).toEqual(predictions);
    const object = Object.fromEntries(files.map((file) => [file, bytes("iris", file).slice().buffer]));
    expect(await loadFiles(object).predict(lists)).toEqual(predictions);
  });

  test("a file that is missing, text for bytes, and a damaged file are refused by name", () => {
    const map = new Map<string, Uint8Array | string>(files.map((file) => [file, bytes("iris", file)]));
    const spoilt = (file: string, content?: Uint8Array | string) => () => {
      const other = new Map(map);
      if (content === undefined) other.delete(file);
      else other.set(file, content);
      return loadFiles(other);
    };
    expect(spoilt("preprocess.json")).toThrow("the run has no file preprocess.json; found run.json, model.safetensors"); // prettier-ignore
    expect(spoilt("model.safetensors", "{}")).toThrow(
      "model.safetensors: it was given as text; give its bytes",
    );
    expect(spoilt("run.json", "{")).toThrow(/^run\.json is not JSON: /);
    expect(() => loadRun(join(fixtures, "expected"))).toThrow(/expected.run\.json/);
  });
});

const house = { size: 100, age: 20, district: "north" };
const gapless = async (): Promise<LoadedRun> => {
  const files = ["run.json", "preprocess.json", "model.safetensors"];
  const map = new Map<string, Uint8Array | string>(files.map((file) => [file, readFileSync(join(folder("houses"), file))]));
  const preprocess = readFileSync(join(folder("houses"), "preprocess.json"), "utf8");
  map.set("preprocess.json", preprocess.replace('"missing": "mean"', '"missing": "drop"'));
  return loadFiles(map);
}; // prettier-ignore

describe("rows that are refused", () => {
  // prettier-ignore
  const cases: [what: string, run: () => LoadedRun | Promise<LoadedRun>, rows: unknown, message: string][] = [
    ["a column that is missing", () => load("houses"), [house, { size: 1, Age: 2, district: "north" }], 'predict: row 1: the column "age" is missing; found "size", "Age", "district"; names are matched exactly: did you mean "age" by "Age"?'],
    ["undefined", () => load("houses"), [{ ...house, age: undefined }], 'predict: row 0: the column "age" is missing; found "size", "district"'],
    ["a category that the run does not know", () => load("houses"), [house, { ...house, district: "west" }], 'predict: row 1, column "district": unknown category "west"; known: "harbour", "north", "south"'],
    ["a text for a number", () => load("houses"), [{ ...house, size: "100" }], 'predict: row 0, column "size": expected a number, found "100"; a value that is missing is null'],
    ["NaN", () => load("houses"), [house, house, { ...house, age: NaN }], 'predict: row 2, column "age": expected a number, found NaN; a value that is missing is null'],
    ["Infinity", () => load("circles"), [[0, -Infinity]], 'predict: row 0, column "x2": expected a number, found -Infinity; a value that is missing is null'],
    ["a number for a text", () => load("houses"), [{ ...house, district: 3 }], 'predict: row 0, column "district": expected a text, found 3; known: "harbour", "north", "south"'],
    ["what float32 cannot hold", () => load("houses"), [{ ...house, size: 1e300 }], 'predict: row 0, column "size": 1e+300 overflows float32; use float64, or leave the column out (drop)'],
    ["a gap that the run does not fill", () => load("circles"), [{ x1: 0, x2: 1 }, { x1: null, x2: 1 }], 'predict: row 1, column "x1": the value is missing (it is null); 1 row lacks it; a run trained with --missing mean fills such gaps'],
    ["a gap that the run left out", gapless, [house, { ...house, district: "" }], 'predict: row 1, column "district": the value is missing (it is ""); 1 row lacks it; a run trained with --missing mean fills such gaps'],
    ["a gap in CSV that the run left out", gapless, "size,age,district\n1,2,north\n1,,north\n", 'predict: line 3, column "age": the value is missing (the cell is empty); 1 row lacks it; a run trained with --missing mean fills such gaps'],
    ["a list for a run with names", () => load("houses"), [house, [1, 2, "north"]], `predict: row 1 is a list, and ${folder("houses")} takes columns by name: "size", "age", "district"`],
    ["too few numbers", () => load("circles"), [[0, 1], [0]], "predict: row 1: expected 2 values, one for each column, found 1"],
    ["a row that is not an object", () => load("circles"), [null], "predict: row 0: expected an object with the values by column name, found null"],
    ["a row that is not in a list", () => load("houses"), house, "predict: expected a list of rows, CSV text or the bytes of a file; put a single row in a list"],
    ["a word in CSV", () => load("houses"), "size,age,district\nlarge,2,north\n", 'predict: line 2, column "size": "large" stands among numbers; correct it, leave it empty if it is missing, or read the column as text'],
    ["no text", () => load("houses"), "", "predict: the file is empty; expected a line of names and rows below it"],
    ["a column that CSV lacks", () => load("circles"), "x1,y\n1,2\n", `predict: the column "x2" is missing; found "x1", "y"; ${folder("circles")} takes 2 columns`],
  ];

  test.each(cases)("%s", async (_what, run, rows, message) => {
    const error: unknown = await (
      await run()
    )
      .predict(rows as PredictionRows)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Array.isArray(rows) || typeof rows === "string" ? FormatError : ValueError);
    expect((error as Error).message).toBe(message);
  });
});
