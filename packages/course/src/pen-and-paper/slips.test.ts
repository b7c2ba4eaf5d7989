/** Slips of the sheet's subject, and the points that they cost. */
import { expect, test } from "vitest";
import { lostBy } from "../../../../test/course/slips.ts";

test.each([
  [
    "relu′(0) = 1",
    'if (f === "relu") return s > 0 ? 1 : 0;',
    'if (f === "relu") return s >= 0 ? 1 : 0;',
    { slope: "relu′(0) is 1, expected 0" },
  ],
  [
    "PP-2: no derivative on the way to δ₁",
    "const delta1 = delta2 * W2 * slope(f1, s1);",
    "const delta1 = delta2 * W2;",
    { chainBackward: expect.stringMatching(/^delta1 is /) },
  ],
  [
    "PP-5: softmax's derivative as if it were element by element",
    "(i === j ? pi - pi * pj : -pi * pj)",
    "(i === j ? pi - pi * pj : 0)",
    { softmaxJacobian: expect.stringMatching(/^the Jacobian\[0, 1\] is 0/) },
  ],
])("%s", async (_what, from, to, lost) => {
  expect(await lostBy("pen-and-paper", from, to)).toEqual(lost);
});
