/** A difference names what all wrong numbers have in common where there is such a thing, and only there. */
import { tensor } from "chainrule";
import {
  batchOf,
  describeDifference,
  difference,
  halfOfLoss,
  numericalGradient,
  outputsOf,
} from "chainrule/grade";
import type { Comparison, Value } from "chainrule/grade";
import { describe, expect, test } from "vitest";

function saidOf(got: unknown, expected: Value, comparison?: Comparison): string {
  const found = difference(got, expected, comparison);
  return found ? describeDifference("W", found) : "nothing";
}

/** What is said of a pattern, after the first wrong number. */
const patternOf = (got: Value, expected: Value, comparison?: Comparison): string =>
  saidOf(got, expected, comparison).replace(/^W(\[[\d, ]+\])? is [^,]+, expected [^;]+(; |$)/, "");

const right = [0.3, -0.7, 0, 0.11];
const times = (factor: number): number[] => right.map((value) => factor * value);
const factors = [...batchOf(5), ...outputsOf(3)];

test.each([
  [times(5), "every number is 5 times what is expected: summed over the batch of 5 and not averaged?"],
  [times(1 / 5), "every number is 1/5 of what is expected: divided by the batch size, 5, once too often?"],
  [
    times(1 / 3),
    "every number is 1/3 of what is expected: averaged over the 3 outputs too, which are to be added up?",
  ],
  [times(-1), "every number has the other sign: is a minus missing, or one too many?"],
  [
    times(2),
    "every number is 2 times what is expected: the ½ of the loss left out, or something counted twice?",
  ],
  [times(0.5), "every number is 1/2 of what is expected: a ½ too many?"],
  [
    times(-5),
    "every number is 5 times what is expected, with the other sign: summed over the batch of 5 and not averaged?",
  ],
  [times(1.7), "every number is 1.7 times what is expected"],
  [times(-0.25), "every number is -0.25 times what is expected"],
])("%j for four numbers", (got, says) => {
  expect(patternOf(got, right, { factors })).toBe(says);
});

test("one number that does not agree, or is not finite, and there is no factor", () => {
  expect(patternOf([1.5, -3.5, 0, 0.5500001], right, { factors, rel: 1e-9 })).toBe("3 of 4 numbers differ");
  expect(patternOf([1.5, -3.5, 0.001, 0.55], right, { factors })).toBe("4 of 4 numbers differ");
  expect(patternOf([1.5, -3.5, NaN, 0.55], right, { factors })).toBe("4 of 4 numbers differ");
  expect(patternOf([0, 0, 0, 0], right, { factors })).toBe("3 of 4 numbers differ");
  expect(patternOf([1, 2], [0, 0], { factors })).toBe("2 of 2 numbers differ");
});

test("of a lone number, and of numbers of one size, only a factor that has a reason is told", () => {
  expect(patternOf(1.7, 1, { factors })).toBe("");
  expect(patternOf(2, 1, { factors })).toBe("");
  expect(patternOf(2, 1, { factors: halfOfLoss })).toMatch(/^it is 2 times what is expected: the ½/);
  expect(patternOf(-1, 1)).toBe("it has the other sign: is a minus missing, or one too many?");
  expect(patternOf([0.34, -0.34], [0.2, -0.2])).toBe("2 of 2 numbers differ");
  expect(patternOf([0.1, -0.1], [0.2, -0.2])).toMatch(/a ½ too many\?$/);
});

test("a factor that two slips share names both", () => {
  expect(patternOf(times(2), right, { factors: batchOf(2) })).toMatch(
    /: summed over the batch of 2 and not averaged\? Or: the ½ of the loss left out/,
  );
});

test("a transposed matrix, of another shape or square", () => {
  const wide = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(patternOf(wide.transpose(), wide)).toBe(
    "W has shape [3, 2], expected [2, 3]; its transpose is right",
  );
  expect(patternOf(wide.transpose().mul(2), wide)).toBe("W has shape [3, 2], expected [2, 3]");
  const square = [
    [1, 2],
    [3, 4],
  ];
  expect(
    patternOf(
      [
        [1, 3],
        [2, 4],
      ],
      square,
    ),
  ).toBe("its transpose is right");
  expect(
    patternOf(
      [
        [1, 3],
        [2, 5],
      ],
      square,
    ),
  ).toBe("3 of 4 numbers differ");
});

describe("what differs", () => {
  test.each([
    [tensor([1, 2]), tensor([1, 2]), "nothing"],
    [[1, 2], tensor([1, 2]), "nothing"],
    [[1, 2.1], tensor([1, 2]), "W[1] is 2.1, expected 2; 1 of 2 numbers differ"],
    [tensor([[1, 2]]), tensor([1, 2]), "W has shape [1, 2], expected [2]"],
    [NaN, 1, "W is NaN, expected 1"],
    [NaN, NaN, "nothing"],
    ["1", 1, "W is a string, not a number"],
    [{ a: 1 }, tensor([1]), "W is an object with a, not a tensor"],
  ])("%j with %j: %s", (got, expected, says) => {
    expect(saidOf(got, expected)).toBe(says);
  });
});

test("the numerical gradient of a function of two inputs' products and squares", () => {
  const x = tensor(
    [
      [1, -2],
      [0.5, 3],
    ],
    { dtype: "float64" },
  );
  const slopes = numericalGradient((p) => p.pow(3).sum().item(), x);
  expect(slopes.shape).toEqual([2, 2]);
  Array.from(x.data).forEach((value, i) => expect(slopes.data[i]).toBeCloseTo(3 * value * value, 8));
  expect(Array.from(x.data)).toEqual([1, -2, 0.5, 3]);
});
