import { expect, test } from "vitest";
import { requireBetween, requireCount, requireFinite, requirePositive, requireShare } from "./check.ts";

test.each([
  [() => requireCount("f", "n", 0), "f: n must be a whole number ≥ 1, not 0"],
  [() => requireCount("f", "n", 1.5, 0), "f: n must be a whole number ≥ 0, not 1.5"],
  [() => requireCount("f", "n", 4, 1, 3), "f: n must be a whole number from 1 to 3, not 4"],
  [() => requireFinite("f", "x", NaN), "f: x must be a finite number, not NaN"],
  [() => requirePositive("f", "x", 0), "f: x must be a finite number above 0, not 0"],
  [() => requirePositive("f", "x", "1" as never), 'f: x must be a finite number above 0, not "1"'],
  [() => requireBetween("f", "x", 0, 1), "f: x must be a number, at least 1, not 0"],
  [() => requireBetween("f", "x", 2, 0, 1), "f: x must be a number, from 0 to 1, not 2"],
  [() => requireBetween("f", "x", Infinity, 0), "f: x must be a number, at least 0, not Infinity"],
  [() => requireShare("f", "beta", 1), "f: beta must be at least 0 and below 1, not 1"],
])("refuses %s", (call, message) => {
  expect(call).toThrow(message);
});

test("returns the number", () => {
  expect([
    requireCount("f", "n", 3, 1, 3),
    requireFinite("f", "x", -1),
    requirePositive("f", "x", 0.5),
    requireBetween("f", "x", 1, 0, 1),
    requireShare("f", "beta", 0),
  ]).toEqual([3, -1, 0.5, 1, 0]);
});
