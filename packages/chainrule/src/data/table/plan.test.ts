import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, ValueError } from "../../tensor/errors.ts";
import { applyFeatures, applyPlan, describeTable, inputNames, keptRows } from "./index.ts";
import { planColumns, readTable, unscaleTarget } from "./index.ts";
import type { Plan, PlanOptions } from "./index.ts";

const fruit = readTable("mass,colour,kind\n1,red,apple\n2,blue,plum\n4,red,apple\n5,green,apple\n", {
  name: "fruit.csv",
});

describe("describeTable", () => {
  test("ranges, means, different values and missing cells", () => {
    const table = readTable("n,t,w\n1,b,\n,a,\n-3,b,\n.5,NA,\n1,b,\n", { name: "f" });
    expect(describeTable(table)).toEqual({
      name: "f",
      rows: 5,
      separator: ",",
      header: true,
      notes: [],
      columns: [
        {
          name: "n",
          type: "number",
          missing: { count: 1, firstLine: 3, firstText: "" },
          distinct: 3,
          min: -3,
          max: 1,
          mean: -0.125,
          whole: false,
          values: [
            { value: -3, count: 1 },
            { value: 0.5, count: 1 },
            { value: 1, count: 2 },
          ],
        },
        {
          name: "t",
          type: "text",
          missing: { count: 1, firstLine: 5, firstText: "NA" },
          distinct: 2,
          values: [
            { value: "b", count: 3 },
            { value: "a", count: 1 },
          ],
        },
        { name: "w", type: "number", missing: { count: 5, firstLine: 2, firstText: "" }, distinct: 0 },
      ],
    });
  });

  test("counts agree with a plain loop, and too many values are not listed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -15, max: 15 }), { minLength: 1, maxLength: 80 }), (numbers) => {
        const [one] = describeTable(readTable(`a,b\n${numbers.map((n) => `${n},1\n`).join("")}`)).columns;
        const different = [...new Set(numbers)].sort((a, b) => a - b);
        expect(one).toMatchObject({
          distinct: different.length,
          min: different[0],
          max: different.at(-1),
          whole: true,
        });
        expect(one.mean).toBe(numbers.reduce((a, b) => a + b, 0) / numbers.length);
        if (different.length > 20) expect(one.values).toBeUndefined();
        else
          expect(one.values).toEqual(
            different.map((value) => ({ value, count: numbers.filter((n) => n === value).length })),
          );
      }),
    );
  });

  test("a mean of the largest numbers is finite", () => {
    expect(describeTable(readTable("a,b\n1e308,1\n1e308,1\n")).columns[0].mean).toBe(1e308);
  });
});

describe("planColumns", () => {
  test("the last column is the target, texts become categories in alphabetical order", () => {
    expect(planColumns(fruit)).toEqual({
      task: "classification",
      reason: "kind holds text (2 different values)",
      target: { name: "kind", type: "text", classNames: ["apple", "plum"] },
      features: [
        { name: "mass", type: "number" },
        { name: "colour", type: "text", categories: ["blue", "green", "red"] },
      ],
      missing: "refuse",
      notes: [`class "plum" has a single row`],
    });
  });

  test("a plan is plain data", () => {
    const plan = planColumns(fruit, { target: "mass", missing: "mean", targetScaling: "standard" });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test.each<[string, string, string, string]>([
    ["text", "a,b,a,c", "classification", "y holds text (3 different values)"],
    ["few whole numbers", "0,1,1,0", "classification", "y holds 2 different whole numbers"],
    ["whole numbers that hardly recur", "3,1,2,0", "regression", "y holds 4 different whole numbers"],
    ["fractions", "0.5,1,0.5,1", "regression", "y holds 2 different numbers"],
  ])("the task by the target: %s", (_what, target, task, reason) => {
    const rows = target.split(",").map((y, i) => `${i},${y}\n`);
    expect(planColumns(readTable(`x,y\n${rows.join("")}`))).toMatchObject({ task, reason });
  });

  test("more than twenty different whole numbers mean regression, unless the task is given", () => {
    const rows = Array.from({ length: 63 }, (_, i) => `${i},${(i % 21) * 2}\n`).join("");
    const table = readTable(`x,y\n${rows}`);
    expect(planColumns(table).task).toBe("regression");
    const plan = planColumns(table, { task: "classification" });
    expect(plan.target).toMatchObject({ classNames: expect.arrayContaining(["0", "40"]) });
    expect(applyPlan(plan, table).targets.toArray()).toEqual(Array.from({ length: 63 }, (_, i) => i % 21));
  });

  test("takes the class names from the first line", () => {
    const table = readTable("2,1,u,v\n5,1\n6,0\n");
    const plan = planColumns(table);
    expect(plan.reason).toBe("the first line names y's classes");
    const { targets, info } = applyPlan(plan, table);
    expect([targets.toArray(), info.classNames]).toEqual([
      [1, 0],
      ["u", "v"],
    ]);
  });

  test("keeps the features in the order given and drops the rest", () => {
    expect(inputNames(planColumns(fruit, { features: ["colour", "mass"] }))).toEqual([
      "colour=blue",
      "colour=green",
      "colour=red",
      "mass",
    ]);
    const plan = planColumns(fruit, { target: "mass", drop: ["kind"] });
    expect(inputNames(plan)).toEqual(["colour=blue", "colour=green", "colour=red"]);
    expect(planColumns(fruit, { drop: ["kind"] }).target.name).toBe("colour");
  });

  const columns = `fruit.csv has no column "weight"; its columns are "mass", "colour", "kind"`;
  test.each<[PlanOptions, string]>([
    [{ target: "weight" }, `planColumns: target: ${columns}`],
    [{ features: ["mass", "weight"] }, `planColumns: feature: ${columns}`],
    [{ drop: ["weight"] }, `planColumns: drop: ${columns}`],
    [{ target: "mass", drop: ["mass"] }, `planColumns: the target "mass" is among the columns to drop`],
    [{ target: "mass", features: ["mass"] }, `planColumns: the target "mass" is among the features`],
    [{ features: ["mass", "mass"] }, `planColumns: the feature "mass" is named twice`],
    [{ features: ["mass"], drop: ["mass"] }, `planColumns: "mass" is both a feature and a column to drop`],
    [{ drop: ["mass", "colour"] }, `planColumns: no features are left beside the target "kind"`],
    [
      { features: ["mass", "colour", "kind"] },
      "planColumns: no column is left to predict; name a target, or fewer features",
    ],
  ])("options that do not fit: %j", (options, message) => {
    expect(() => planColumns(fruit, options)).toThrow(ValueError);
    expect(() => planColumns(fruit, options)).toThrow(message);
  });

  test.each<[string, string, PlanOptions, string]>([
    [
      "regression on text",
      "x,y\n1,a\n2,b\n",
      { task: "regression" },
      `f: column "y": regression needs numbers to predict, this column holds text; choose another target, or classification`,
    ],
    [
      "one class only",
      "x,y\n1,a\n2,a\n",
      {},
      `f: column "y": one class only ("a" in every row), so there is nothing to tell apart; choose another target`,
    ],
    [
      "one number only",
      "x,y\n1,7\n2,7\n",
      {},
      `f: column "y": one class only ("7" in every row), so there is nothing to tell apart; choose another target`,
    ],
    [
      "an empty column",
      "x,z,y\n1,,a\n2,NA,b\n",
      {},
      `f: column "z": missing in every row; leave the column out (drop)`,
    ],
    [
      "a name in each row",
      `x,y\n${Array.from({ length: 1001 }, (_, i) => `n${i},${i % 2}\n`).join("")}`,
      {},
      `f: column "x": text with 1001 different values, each of which would be an input (at most 1000); leave the column out (drop)`,
    ],
    [
      "a missing value",
      "x,y\n1,a\nNaN,b\n,b\n",
      {},
      `f: line 3, column "x": the value is missing (the cell holds "NaN"); 2 rows lack it; say what to do with missing values (missing: "drop" or "mean"), or leave the column out (drop)`,
    ],
    [
      "a missing target, which has no mean",
      "x,y\n1,a\n2,\n3,b\n",
      { missing: "mean" },
      `f: line 3, column "y": the value is missing (the cell is empty); 1 row lacks it; a target cannot be filled in; leave such rows out (missing: "drop")`,
    ],
  ])("columns that cannot serve: %s", (_what, text, options, message) => {
    const table = readTable(text, { name: "f" });
    expect(() => planColumns(table, options)).toThrow(new FormatError(message));
  });

  test("a missing value matters only in columns that are used", () => {
    const table = readTable("x,z,y\n1,2,a\n2,,b\n3,4,a\n");
    expect(inputNames(planColumns(table, { drop: ["z"] }))).toEqual(["x"]);
    expect(inputNames(planColumns(table, { features: ["x"], target: "y" }))).toEqual(["x"]);
  });
});

describe("applyPlan", () => {
  test("inputs, targets and their names", () => {
    const { inputs, targets, info } = applyPlan(planColumns(fruit), fruit, { dtype: "float64" });
    expect(inputs.dtype).toBe("float64");
    expect(inputs.toArray()).toEqual([
      [1, 0, 0, 1],
      [2, 1, 0, 0],
      [4, 0, 0, 1],
      [5, 0, 1, 0],
    ]);
    expect([targets.dtype, targets.toArray()]).toEqual(["int32", [0, 1, 0, 0]]);
    expect(info).toEqual({
      featureNames: ["mass", "colour=blue", "colour=green", "colour=red"],
      classNames: ["apple", "plum"],
    });
  });

  test("scales the target on the rows to train on, and scales it back", () => {
    const table = readTable("x,y\n1,10.5\n2,14.5\n3,99\n");
    const plan = planColumns(table, { targetScaling: "standard", rows: [0, 1] });
    expect(plan.target).toEqual({ name: "y", type: "number", offset: 12.5, scale: 2 });
    const { targets, info } = applyPlan(plan, table);
    expect(targets.toArray()).toEqual([[-1], [1], [43.25]]);
    expect([...unscaleTarget(plan, targets.data)]).toEqual([10.5, 14.5, 99]);
    expect(info).toEqual({ featureNames: ["x"], targetNames: ["y"] });
  });

  test("scales targets of any size, unless their range overflows", () => {
    const planned = (...values: string[]) =>
      planColumns(readTable(`x,y\n${values.map((value, i) => `${i},${value}\n`).join("")}`), {
        task: "regression",
        targetScaling: "standard",
      }).target;
    expect(planned("1e300", "3e300")).toMatchObject({ offset: 2e300, scale: 1e300 });
    expect(planned("1e-300", "3e-300")).toMatchObject({ offset: 2e-300, scale: 1e-300 });
    expect(planned("7", "7")).toMatchObject({ offset: 7, scale: 1 });
    expect(() => planned("-1.5e308", "-1.5e308", "-1.5e308", "1.7e308")).toThrow(
      /column "y": the range of its numbers overflows/,
    );
  });

  test("notes categories and classes that no row to train on holds", () => {
    const table = readTable("c,size,kind\nx,1,a\ny,2,b\nx,1,a\ny,2,b\nz,3,a\n?,3,d\n".replace("?", "w"));
    const notes = (options: object) => planColumns(table, options).notes;
    const single = 'class "d" has a single row';
    expect(notes({})).toEqual([single]);
    expect(notes({ rows: [0, 1, 2, 3, 5] })).toEqual([
      single,
      'c: no row to train on holds "z", so nothing is learnt of it',
    ]);
    expect(notes({ rows: [0, 1, 2, 3] })).toEqual([
      single,
      'kind: no row to train on holds "d", so nothing is learnt of it',
      'c: no row to train on holds "w", "z", so nothing is learnt of them',
    ]);
    expect(notes({ rows: [0, 1, 2, 3], target: "size", task: "classification" })).toEqual([
      'size: no row to train on holds "3", so nothing is learnt of it',
      'c: no row to train on holds "w", "z", so nothing is learnt of them',
      'kind: no row to train on holds "d", so nothing is learnt of it',
    ]);
  });

  test("a saved plan applies to another table by names: any order, more columns, no target", () => {
    const plan = JSON.parse(JSON.stringify(planColumns(fruit))) as Plan;
    const other = readTable("kind,other,colour,mass\nplum,q,blue,9\nplum,r,red,8\n", {
      types: [...plan.features, plan.target],
    });
    const { inputs, targets } = applyPlan(plan, other);
    expect(inputs.toArray()).toEqual([
      [9, 1, 0, 0],
      [8, 0, 0, 1],
    ]);
    expect(targets.toArray()).toEqual([1, 1]);
    const without = readTable("colour,mass\nblue,9\nred,8\n");
    expect(applyFeatures(plan, without).toArray()).toEqual(inputs.toArray());
  });

  test("any order of columns gives the same inputs", () => {
    const columns = { a: ["1", "2", "3"], b: ["u", "v", "u"], c: ["7", "8", "9"], y: ["p", "q", "q"] };
    const tableOf = (names: readonly string[]): string =>
      [names, ...[0, 1, 2].map((row) => names.map((name) => columns[name as "a"][row]))].join("\n");
    const table = readTable(tableOf(["a", "b", "c", "y"]));
    const plan = planColumns(table);
    const expected = applyPlan(plan, table).inputs.toArray();
    fc.assert(
      fc.property(fc.shuffledSubarray(["a", "b", "c", "y"], { minLength: 4 }), (names) => {
        expect(applyPlan(plan, readTable(tableOf(names))).inputs.toArray()).toEqual(expected);
      }),
    );
  });

  const gaps = readTable("n,t,y\n1,a,p\n,a,q\n5,,p\n9,b,q\n", { name: "f" });

  test("drops rows with missing values, and reports which rows it kept", () => {
    const plan = planColumns(gaps, { missing: "drop" });
    expect([...keptRows(plan, gaps)]).toEqual([0, 3]);
    expect(applyPlan(plan, gaps).inputs.toArray()).toEqual([
      [1, 1, 0],
      [9, 0, 1],
    ]);
    expect(applyPlan(plan, gaps).targets.toArray()).toEqual([0, 1]);
  });

  test("fills missing values with the mean and the most frequent text of the rows to train on", () => {
    const plan = planColumns(gaps, { missing: "mean", rows: [1, 2, 3] });
    expect(plan.features).toEqual([
      { name: "n", type: "number", fill: 7 },
      { name: "t", type: "text", categories: ["a", "b"], fill: "a" },
    ]);
    expect(applyPlan(plan, gaps).inputs.toArray()).toEqual([
      [1, 1, 0],
      [7, 1, 0],
      [5, 1, 0],
      [9, 0, 1],
    ]);
    const empty = readTable("n,t\n,\n,b\n");
    expect(applyFeatures(plan, empty).toArray()).toEqual([
      [7, 1, 0],
      [7, 0, 1],
    ]);
  });

  test("dropping every row is refused", () => {
    const table = readTable("n,m,y\n1,,p\n,2,q\n", { name: "f" });
    expect(() => applyPlan(planColumns(table, { missing: "drop" }), table)).toThrow(
      new FormatError(
        `f: every row lacks a value (columns "n", "m"), so dropping them leaves none; leave a column out (drop)`,
      ),
    );
  });

  test.each<[string, string, string]>([
    [
      "a column that is missing",
      "mass,kind\n1,apple\n2,plum\n",
      `g: the column "colour" is missing; found "mass", "kind"`,
    ],
    [
      "a table without names",
      "1,red,apple\n2,red,apple\n",
      `g: the columns "mass", "colour", "kind" are missing; found "x1", "x2", "y"; the file has no line of names`,
    ],
    [
      "an unseen category",
      "mass,colour,kind\n1,red,apple\n2,pink,apple\n",
      `g: line 3, column "colour": unknown category "pink"; known: "blue", "green", "red"`,
    ],
    [
      "an unseen class",
      "mass,colour,kind\n1,red,apple\n2,blue,pear\n",
      `g: line 3, column "kind": unknown class "pear"; known: "apple", "plum"`,
    ],
    [
      "text for numbers",
      "mass,colour,kind\n,red,apple\nheavy,blue,plum\n",
      `g: line 3, column "mass": expected a number, found "heavy"`,
    ],
    [
      "numbers for text",
      "mass,colour,kind\n1,3,apple\n2,4,plum\n",
      `g: line 2, column "colour": expected text, found the number 3; if numbers are among its categories, read the table with the plan's types`,
    ],
    [
      "a missing value",
      "mass,colour,kind\n1,red,apple\n2,NA,plum\n",
      `g: line 3, column "colour": the value is missing (the cell holds "NA"); 1 row lacks it; say what to do with missing values (missing: "drop" or "mean"), or leave the column out (drop); if "NA" is a value, name the words that mean missing without it (na)`,
    ],
    [
      "what float32 cannot hold",
      "mass,colour,kind\n1,red,apple\n1e300,red,plum\n",
      `g: line 3, column "mass": 1e+300 overflows float32; use float64, or leave the column out (drop)`,
    ],
  ])("refused: %s", (_what, text, message) => {
    const table = readTable(text, { name: "g" });
    expect(() => applyPlan(planColumns(fruit), table)).toThrow(new FormatError(message));
  });

  test("an unseen class that is a number", () => {
    const plan = planColumns(readTable("x,y\n1,0\n2,1\n3,0\n4,1\n"));
    expect(() => applyPlan(plan, readTable("x,y\n1,0\n2,7\n", { name: "g" }))).toThrow(
      `g: line 3, column "y": unknown class 7; known: "0", "1"`,
    );
  });
});
