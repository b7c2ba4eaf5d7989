import { expect, test } from "vitest";
import { FormatError } from "../../tensor/errors.ts";
import { parsePlan, planColumns, readTable } from "./index.ts";

const table = readTable("n,t,y\n1,a,1\n,b,0\n3,b,1\n4,,0\n");
const plan = planColumns(table, { missing: "mean" });

test.each([
  ["classes by number", plan],
  ["classes by text", planColumns(table, { target: "t", missing: "drop" })],
  ["a number to predict", planColumns(table, { target: "n", missing: "drop", targetScaling: "standard" })],
])("comes back from JSON: %s", (_what, saved) => {
  expect(parsePlan(JSON.parse(JSON.stringify({ ...saved, more: 1 })))).toEqual(saved);
});

test.each<[string, string]>([
  ["null", `f: expected an object, found "null"`],
  ["[]", `f: expected an object, found "[]"`],
  [
    `{"__proto__":{"task":"regression"}}`,
    `f: task: expected "classification" or "regression", found nothing`,
  ],
  [`{"task":"classification"}`, "f: features: expected a list, found nothing"],
  [`{"task":"classification","features":[{"name":7}]}`, `f: features[0].name: expected a text, found "7"`],
  [
    `{"task":"classification","features":[{"name":"t","type":"text","categories":["a","a"]}]}`,
    `f: features[0].categories: expected different values, one at least, found "[\\"a\\",\\"a\\"]"`,
  ],
  [
    `{"task":"classification","features":[{"name":"t","type":"text","categories":["a"],"fill":"b"}]}`,
    `f: features[0].fill: expected "a", found "\\"b\\""`,
  ],
  [
    `{"task":"classification","features":[],"target":{"name":"y","type":"number","classNames":["u","v"],"values":[0]}}`,
    `f: target.values: expected 2 numbers, found "[0]"`,
  ],
  [
    `{"task":"regression","features":[],"target":{"name":"y","type":"number","offset":0,"scale":0}}`,
    `f: target.scale: expected a number above 0, found "0"`,
  ],
  [
    `{"task":"regression","features":[],"target":{"name":"y","type":"number","offset":1e999,"scale":1}}`,
    `f: target.offset: expected a number, found "null"`,
  ],
  [
    `{"task":"regression","features":[],"target":{"name":"y","type":"number","offset":0,"scale":1}}`,
    `f: features: expected one feature or more, found "[]"`,
  ],
  [
    JSON.stringify({ ...plan, target: { ...plan.target, name: "n" } }),
    `f: features: expected names that differ, from the target's too, found `,
  ],
  [
    JSON.stringify({ ...plan, missing: "guess" }),
    `f: missing: expected "refuse" or "drop" or "mean", found "\\"guess\\""`,
  ],
])("refused: %s", (text, message) => {
  expect(() => parsePlan(JSON.parse(text), { name: "f" })).toThrow(FormatError);
  expect(() => parsePlan(JSON.parse(text), { name: "f" })).toThrow(message);
});
