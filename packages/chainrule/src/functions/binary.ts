/** Binary cross-entropy, from logits and from probabilities. */
import { requireTensor } from "../tensor/options.ts";
import { composite } from "../ops/composite.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLoss, reduced, reducedTex, requireProbabilities, requireSameShape } from "./reduction.ts";
import type { LossOptions, Reduced } from "./reduction.ts";

const inputs = { x: [2, 3], target: [2, 3] };
const examples = (["mean", "sum", "none"] as const).map((reduction) => ({ inputs, attrs: { reduction } }));

interface Given {
  /** The output of the network: probabilities or logits. */
  readonly x: Tensor;
  readonly target: Tensor;
}

/** The incoming gradient of each element's loss. */
function perElement(g: Tensor, like: Tensor, { reduction }: Reduced): Tensor {
  return reduction === "mean" ? g.div(like.size) : g;
}

const fromProbabilities = composite(
  "binaryCrossEntropy",
  ({ x: p, target: t }: Given, { reduction }: Reduced) => {
    // PyTorch's bound: ln 0 counts as −100, so a certain but wrong prediction costs 100 and not ∞
    const yes = p.log().clamp(-100, Infinity);
    const no = p.neg().log1p().clamp(-100, Infinity);
    return reduced(t.mul(yes).add(t.neg().add(1).mul(no)).neg(), reduction);
  },
  {
    tex: ({ x, target }, settings) => reducedTex(call("BCE", x, target), settings),
    vjp: {
      // (p − t)/(p(1 − p)); the denominator is bounded, because p may be 0 or 1
      x: (g, _y, { x: p, target: t }, attrs) => {
        const spread = p.mul(p.neg().add(1)).clamp(1e-12, Infinity);
        return p
          .sub(t)
          .div(spread)
          .mul(perElement(g, p, attrs));
      },
      target: (g, _y, { x: p }, attrs) => {
        const odds = p.log().clamp(-100, Infinity).sub(p.neg().log1p().clamp(-100, Infinity));
        return odds.neg().mul(perElement(g, p, attrs));
      },
    },
    tests: { domain: { x: [0.1, 0.9], target: [0, 1] }, examples },
  },
);

/**
 * Binary cross-entropy of probabilities p: −[t ln p + (1 − t) ln(1 − p)], averaged over all elements. Logarithms are
 * bounded by −100 as in PyTorch. For logits, `binaryCrossEntropyWithLogits` is exact.
 * @throws ShapeError when the shapes differ
 * @example
 * binaryCrossEntropy(tensor([0.5, 0.8]), tensor([1, 1])).item(); // ≈ 0.458
 */
export function binaryCrossEntropy(output: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  const reduction = checkLoss("binaryCrossEntropy", output, target, options, {});
  requireSameShape("binaryCrossEntropy", output, target);
  const advice = "for scores of any size, binaryCrossEntropyWithLogits";
  requireProbabilities("binaryCrossEntropy", "the output", output, advice);
  requireProbabilities("binaryCrossEntropy", "the target", target);
  return fromProbabilities({ x: output, target }, { reduction });
}

const fromLogits = composite(
  "binaryCrossEntropyWithLogits",
  ({ x, target: t }: Given, { reduction }: Reduced) => {
    const losses = t.mul(x.neg().softplus()).add(t.neg().add(1).mul(x.softplus()));
    return reduced(losses, reduction);
  },
  {
    tex: ({ x, target }, settings) => reducedTex(call("BCE", call("\\sigma", x), target), settings),
    vjp: {
      x: (g, _y, { x, target }, attrs) =>
        x
          .sigmoid()
          .sub(target)
          .mul(perElement(g, x, attrs)),
      target: (g, _y, { x }, attrs) => x.neg().mul(perElement(g, x, attrs)),
    },
    tests: { domain: { target: [0, 1] }, examples },
  },
);

export interface BinaryLogitsOptions extends LossOptions {
  /** The weight of the positive class, one number or one per output: it multiplies t ln(1 + e⁻ˣ). */
  readonly posWeight?: Tensor;
}

/**
 * Binary cross-entropy of logits x: t ln(1 + e⁻ˣ) + (1 − t) ln(1 + eˣ), averaged over all elements; the derivative by x
 * is σ(x) − t. Both are computed without overflow. `posWeight` weighs the first term, for classes of unequal size.
 * @throws ShapeError when the shapes differ, ValueError for a target that is not a probability
 * @example
 * binaryCrossEntropyWithLogits(tensor([0, 1000]), tensor([1, 0]), { reduction: "sum" }).item(); // ≈ 1000.693
 */
export function binaryCrossEntropyWithLogits(
  output: Tensor,
  target: Tensor,
  options: BinaryLogitsOptions = {},
): Tensor {
  const reduction = checkLoss("binaryCrossEntropyWithLogits", output, target, options, {
    posWeight: requireTensor,
  });
  requireSameShape("binaryCrossEntropyWithLogits", output, target);
  requireProbabilities("binaryCrossEntropyWithLogits", "the target", target);
  const { posWeight } = options;
  if (posWeight === undefined) return fromLogits({ x: output, target }, { reduction });
  const positive = target.mul(posWeight).mul(output.neg().softplus());
  return reduced(positive.add(target.neg().add(1).mul(output.softplus())), reduction);
}
