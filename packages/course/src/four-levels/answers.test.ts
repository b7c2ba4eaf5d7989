/** The numbers of the model answers. */
import { Parameter, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { crossEntropy, softmax } from "chainrule/functions";
import { expect, test } from "vitest";

/** The probabilities after one step of 0.1 down the loss, in the scores. */
function after(yhat: readonly number[], loss: (scores: Tensor) => Tensor): number[] {
  const scores = new Parameter(tensor([yhat], { dtype: "float64" }).log());
  loss(scores).backward();
  return Array.from(softmax(scores.sub(scores.grad!.mul(0.1)), 1).data);
}
const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(3)));

test("question 8: a step down the cross-entropy may raise a wrong class, never the likeliest one", () => {
  const down = (yhat: readonly number[], right: number): number[] =>
    after(yhat, (scores) => crossEntropy(scores, tensor([right], { dtype: "int32" })));
  expect(rounded(down([0.9, 0.05, 0.05], 1))).toEqual([0.887, 0.059, 0.054]);
  for (const [a, b] of [
    [0.98, 0.01],
    [0.5, 0.01],
    [0.3, 0.1],
    [0.34, 0.33],
  ])
    expect(down([a, b, 1 - a - b], 1)[a > 1 - a - b ? 0 : 2]).toBeLessThan(Math.max(a, 1 - a - b));
});

test("question 8: through the scores, a step down the square loss may move a class away from its label", () => {
  const target = tensor([[0, 0, 1]], { dtype: "float64" });
  const moved = after([0.6, 0.39, 0.01], (scores) => softmax(scores, 1).sub(target).pow(2).sum());
  expect(rounded(moved)[1]).toBe(0.395);
});
