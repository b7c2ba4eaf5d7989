/** What the wrong numbers of a student have in common is told where it is so, and only there. */
import { tensor } from "chainrule";
import { expect, test } from "vitest";
import { CheckFailure, same } from "./compare.ts";
import type { Comparison, Value } from "./compare.ts";
import { batchOf, halfOfLoss, outputsOf } from "./pattern.ts";

function saidOf(got: Value, expected: Value, comparison?: Comparison): string {
  try {
    same("W", got, expected, comparison);
  } catch (error) {
    expect(error).toBeInstanceOf(CheckFailure);
    return (error as Error).message.replace(/^W(\[[\d, ]+\])? is [^,]+, expected [^;]+(; |$)/, "");
  }
  return "nothing";
}

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
  expect(saidOf(got, right, { factors })).toBe(says);
});

test("one number that does not agree, or is not finite, and there is no factor", () => {
  expect(saidOf([1.5, -3.5, 0, 0.5500001], right, { factors, rel: 1e-9 })).toBe("3 of 4 numbers differ");
  expect(saidOf([1.5, -3.5, 0.001, 0.55], right, { factors })).toBe("4 of 4 numbers differ");
  expect(saidOf([1.5, -3.5, NaN, 0.55], right, { factors })).toBe("4 of 4 numbers differ");
  expect(saidOf([0, 0, 0, 0], right, { factors })).toBe("3 of 4 numbers differ");
  expect(saidOf([1, 2], [0, 0], { factors })).toBe("2 of 2 numbers differ");
});

test("of a lone number, and of numbers of one size, only a factor that has a reason is told", () => {
  expect(saidOf(1.7, 1, { factors })).toBe("");
  expect(saidOf(2, 1, { factors })).toBe("");
  expect(saidOf(2, 1, { factors: halfOfLoss })).toMatch(/^it is 2 times what is expected: the ½/);
  expect(saidOf(-1, 1)).toBe("it has the other sign: is a minus missing, or one too many?");
  expect(saidOf([0.34, -0.34], [0.2, -0.2])).toBe("2 of 2 numbers differ");
  expect(saidOf([0.1, -0.1], [0.2, -0.2])).toMatch(/a ½ too many\?$/);
});

test("a factor that two slips share names both", () => {
  expect(saidOf(times(2), right, { factors: batchOf(2) })).toMatch(
    /: summed over the batch of 2 and not averaged\? Or: the ½ of the loss left out/,
  );
});

test("a transposed matrix, of another shape or square", () => {
  const wide = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(saidOf(wide.transpose(), wide)).toBe("W has shape [3, 2], expected [2, 3]; its transpose is right");
  expect(saidOf(wide.transpose().mul(2), wide)).toBe("W has shape [3, 2], expected [2, 3]");
  const square = [
    [1, 2],
    [3, 4],
  ];
  expect(
    saidOf(
      [
        [1, 3],
        [2, 4],
      ],
      square,
    ),
  ).toBe("its transpose is right");
  expect(
    saidOf(
      [
        [1, 3],
        [2, 5],
      ],
      square,
    ),
  ).toBe("3 of 4 numbers differ");
});
