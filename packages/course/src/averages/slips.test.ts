/** One rule written as another book has it, and the points that this costs. */
import { describe, expect, test } from "vitest";
import { lostBy } from "../../../../test/course/slips.ts";

describe("E-22, E-23, E-24: the same name for another rule loses that rule's points and no others", () => {
  test.each([
    [
      "the lecture's momentum as PyTorch's sum",
      "const V = before.map((v, i) => beta * v + (1 - beta) * g[i]);\n  return { w: w.map((wi, i) => wi - lr * V[i]), memory: V };",
      "const V = before.map((v, i) => beta * v + g[i]);\n  return { w: w.map((wi, i) => wi - lr * V[i]), memory: V };",
      { momentum: "w after one step[0] is -1, expected -0.1; 2 of 2 numbers differ" },
    ],
    [
      "PyTorch's momentum as the lecture's average",
      "memory === null ? g : memory.map((v, i) => mu * v + (1 - dampening) * g[i])",
      "(memory ?? w.map(() => 0)).map((v, i) => mu * v + (1 - mu) * g[i])",
      { momentumTorch: "w after one step[0] is -0.1, expected -1; 2 of 2 numbers differ" },
    ],
    [
      "RMSProp without ε",
      "(Math.sqrt(S[i]) + eps)",
      "Math.sqrt(S[i])",
      { rmsprop: "a gradient of 0 gives NaN; ε is missing in the denominator" },
    ],
    [
      "Adam with ε inside the root",
      "(Math.sqrt(S[i] / (1 - b2 ** t)) + eps)",
      "Math.sqrt(S[i] / (1 - b2 ** t) + eps)",
      {
        adam: "a gradient of 1e-6 moves w by 0.01 and not by 0.99: ε is inside the root, as the transcript has it",
      },
    ],
    [
      "Adam without bias correction",
      "V[i] / (1 - b1 ** t) / (Math.sqrt(S[i] / (1 - b2 ** t)) + eps)",
      "V[i] / (Math.sqrt(S[i]) + eps)",
      { adam: "w after one step without ε[0] is -0.47434165, expected -0.15; 2 of 2 numbers differ" },
    ],
  ])("%s", async (_what, from, to, lost) => {
    expect(await lostBy("averages", from, to)).toEqual(lost);
  });
});
