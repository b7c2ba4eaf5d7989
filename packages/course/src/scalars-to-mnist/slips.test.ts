/** The report's slips in a student's file, and the points that they cost. */
import { expect, test } from "vitest";
import { lostBy } from "../../../../test/course/slips.ts";

test.each([
  [
    "E-32: dl/dh reported as the gradient of b",
    "dW: x.map((xi) => dk.map((dj) => xi * dj)), db: dk,",
    "dW: x.map((xi) => dk.map((dj) => xi * dj)), db: dh,",
    { backwardNumbers: "db is dl/dh; b is added before the sigmoid, so multiply by h (1 − h)" },
  ],
  [
    "E-37: class 0 written into the backward pass",
    "dy = y.map((yj, j) => (j === target ? -1 / yj : 0))",
    "dy = y.map((yj, j) => (j === 0 ? -1 / yj : 0))",
    { backwardNumbers: "dy[0] is -1.2289347, expected 0; 2 of 2 numbers differ" },
  ],
  [
    "the sum of the batch's gradients for their mean",
    "y.sub(targets.oneHot(classes)).div(B)",
    "y.sub(targets.oneHot(classes)).div(1 || B)",
    { backwardBatch: expect.stringMatching(/^dW\[0, 0\] is /) },
  ],
  [
    "the spread divided by runs instead of runs − 1",
    "/ (runs - 1)",
    "/ runs",
    { acrossRuns: expect.stringMatching(/^the deviation, divided by runs − 1/) },
  ],
])("%s", async (_what, from, to, lost) => {
  expect(await lostBy("scalars-to-mnist", from, to)).toEqual(lost);
});
