/** Binary cross-entropy, from logits and from probabilities. */
import { composite } from "../ops/composite.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkedReduction, reduced, requireSameShape } from "./reduction.ts";
import type { LossOptions, Reduction } from "./reduction.ts";

const pair = [
  [2, 3],
  [2, 3],
];
const examples = [
  { inputs: pair, args: ["mean"] },
  { inputs: pair, args: ["sum"] },
  { inputs: pair, args: ["none"] },
];

/** The upstream gradient of each element's loss. */
function perElement(g: Tensor, like: Tensor, reduction: unknown): Tensor {
  return reduction === "mean" ? g.div(like.size) : g;
}

const fromProbabilities = composite(
  "binaryCrossEntropy",
  (p: Tensor, t: Tensor, reduction: Reduction) => {
    // PyTorch's bound: ln 0 counts as −100, so that a sure and wrong answer costs 100 and not ∞
    const yes = p.log().clamp(-100, Infinity);
    const no = p.neg().log1p().clamp(-100, Infinity);
    return reduced(t.mul(yes).add(t.neg().add(1).mul(no)).neg(), reduction);
  },
  {
    tex: ([p, t]) => call("BCE", p, t),
    vjp: [
      // (p − t)/(p(1 − p)), bounded where p is 0 or 1
      (g, _y, [p, t], [reduction]) => {
        const spread = p.mul(p.neg().add(1)).clamp(1e-12, Infinity);
        return p
          .sub(t)
          .div(spread)
          .mul(perElement(g, p, reduction));
      },
      (g, _y, [p], [reduction]) => {
        const odds = p.log().clamp(-100, Infinity).sub(p.neg().log1p().clamp(-100, Infinity));
        return odds.neg().mul(perElement(g, p, reduction));
      },
    ],
    tests: {
      examples,
      domain: [
        [0.1, 0.9],
        [0, 1],
      ],
    },
  },
);

/**
 * Binary cross-entropy of probabilities p: −[t ln p + (1 − t) ln(1 − p)], averaged over all elements; logarithms are
 * bounded by −100 as in PyTorch. From logits, `binaryCrossEntropyWithLogits` is exact.
 * @throws ShapeError when the shapes differ
 * @example
 * binaryCrossEntropy(tensor([0.5, 0.8]), tensor([1, 1])).item(); // ≈ 0.458
 */
export function binaryCrossEntropy(output: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  requireSameShape("binaryCrossEntropy", output, target);
  return fromProbabilities(output, target, checkedReduction(options, "binaryCrossEntropy"));
}

const fromLogits = composite(
  "binaryCrossEntropyWithLogits",
  (x: Tensor, t: Tensor, reduction: Reduction) => {
    const losses = t.mul(x.neg().softplus()).add(t.neg().add(1).mul(x.softplus()));
    return reduced(losses, reduction);
  },
  {
    tex: ([x, t]) => call("BCE", { text: `\\sigma\\left(${x.text}\\right)`, binds: 5 }, t),
    vjp: [
      (g, _y, [x, t], [reduction]) =>
        x
          .sigmoid()
          .sub(t)
          .mul(perElement(g, x, reduction)),
      (g, _y, [x], [reduction]) => x.neg().mul(perElement(g, x, reduction)),
    ],
    tests: {
      examples,
      domain: [
        [-2, 2],
        [0, 1],
      ],
    },
  },
);

/**
 * Binary cross-entropy of logits x: t ln(1 + e⁻ˣ) + (1 − t) ln(1 + eˣ), averaged over all elements; the derivative by x
 * is σ(x) − t. Neither overflows.
 * @throws ShapeError when the shapes differ
 * @example
 * binaryCrossEntropyWithLogits(tensor([0, 1000]), tensor([1, 0]), { reduction: "sum" }).item(); // ≈ 1000.693
 */
export function binaryCrossEntropyWithLogits(
  output: Tensor,
  target: Tensor,
  options: LossOptions = {},
): Tensor {
  requireSameShape("binaryCrossEntropyWithLogits", output, target);
  return fromLogits(output, target, checkedReduction(options, "binaryCrossEntropyWithLogits"));
}
