/** The table of runs: a line for each run, or a column where the terminal is too narrow for that. */
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { tableOf } from "./compare.ts";

const table = {
  columns: ["folder", "seed", "testLoss"],
  rows: [
    ["a", "0", "0.25"],
    ["b", "1", "0.5"],
  ],
};

test("is as wide as the terminal has room for", () => {
  const plain = (width: number): string[] => tableOf(table, width).map(stripVTControlCharacters);
  expect(plain(22)).toEqual(["folder  seed  testLoss", "a          0      0.25", "b          1       0.5"]);
  expect(plain(21).map((line) => line.split(/ +/))).toEqual([
    ["folder", "a", "b"],
    ["seed", "0", "1"],
    ["testLoss", "0.25", "0.5"],
  ]);
});
