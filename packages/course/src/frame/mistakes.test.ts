/** Mistakes that students made, planted in the solutions: each loses the points of its function and no other. */
import { expect, test } from "vitest";
import { lostBy } from "../../../../test/course/slips.ts";

interface Mistake {
  readonly says: string;
  readonly practical: string;
  /** Text of the solution, which occurs once, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  /** The functions whose points are lost, with what the student is told. */
  readonly lost: Readonly<Record<string, RegExp>>;
}

const mistakes: readonly Mistake[] = [
  {
    says: "1: the hidden gradient without the derivative of tanh (E-3)",
    practical: "four-levels",
    from: ".mul(h.mul(h).neg().add(1))",
    to: "",
    lost: { backward: /^the gradient of Wh\[0, 0\] is .*; 12 of 12 numbers differ$/ },
  },
  {
    says: "2: a stray b in the gradient of the hidden bias (E-3)",
    practical: "four-levels",
    from: "bh: Dh.sum(0),",
    to: "bh: Dh.sum(0).mul(params.bh),",
    lost: { backward: /^the gradient of bh\[0\] is .*; 4 of 4 numbers differ$/ },
  },
  {
    says: "the gradient summed over the batch (E-4)",
    practical: "four-levels",
    from: ".div(X.shape[0]);",
    to: ";",
    lost: { backward: /^the gradient of Wh/ },
  },
  {
    says: "10: an element-wise product in place of the matrix product",
    practical: "l-layer",
    from: "W.matmul(a).add(b)",
    to: "W.mul(a).add(b)",
    lost: { linearForward: /mul|shape/ },
  },
  {
    says: "10: an element-wise product wherever the shapes allow it",
    practical: "l-layer",
    from: "W.matmul(a).add(b)",
    to: "(W.shape[0] === a.shape[0] && W.shape[1] === a.shape[1] ? W.mul(a) : W.matmul(a)).add(b)",
    lost: { linearForward: /^Z\[0, 0\] is .*; 9 of 9 numbers differ$/ },
  },
  {
    says: "the sign slip of the sigmoid (E-26)",
    practical: "l-layer",
    from: "  return Z.sigmoid(); //",
    to: "  return Z.neg().sigmoid(); //",
    lost: { activationForward: /^a\[0, 0\] is 0\.146/ },
  },
  {
    says: "one bias gradient for all outputs (E-21)",
    practical: "regression",
    from: "db: dZ.sum(0, true).transpose(), // db = column sums of dZ: a number for each output",
    to: "db: dZ.sum().reshape([1, 1]),",
    lost: { linregGradients: /^db has shape \[1, 1\], expected \[3, 1\]$/ },
  },
];

test.each(mistakes)("$practical, $says", async ({ practical, from, to, lost }) => {
  const found = await lostBy(practical, from, to);
  expect(Object.keys(found)).toEqual(Object.keys(lost));
  for (const [name, says] of Object.entries(found)) expect(says).toMatch(lost[name]);
});
