/** Cross-entropy from logits, and the negative log-likelihood from log-probabilities. */
import { where } from "../ops/arithmetic.ts";
import { composite } from "../ops/composite.ts";
import { isFloat } from "../tensor/dtype.ts";
import { requireCount } from "../tensor/check.ts";
import { between, requireTensor } from "../tensor/options.ts";
import type { Check } from "../tensor/options.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { classTarget, classWeight, classesLast, fourOfThree, pick, pickEach } from "./classes.ts";
import { checkLoss, reduced, reducedTex, refuseProbabilities } from "./reduction.ts";
import type { LossOptions, Reduction } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";

export interface ClassWeightOptions extends LossOptions {
  /** The weight of each class, [classes]. */
  readonly weight?: Tensor;
}

/** The options of losses from class indices. */
export interface ClassIndexOptions extends ClassWeightOptions {
  /** Examples with this target have no loss and do not count in the mean, as padding. Default: none. */
  readonly ignoreIndex?: number;
}

export interface CrossEntropyOptions extends ClassIndexOptions {
  /** ε in [0, 1]: the target becomes (1 − ε) · target + ε/classes. */
  readonly labelSmoothing?: number;
}

interface Given {
  readonly x: Tensor;
  readonly target: Tensor;
  readonly weight?: Tensor;
}
interface Settings {
  readonly reduction: Reduction;
  readonly labelSmoothing: number;
}

/** The target as a smoothed distribution: (1 − ε) · target + ε/classes. */
function distribution({ x, target }: Given, { labelSmoothing }: Settings): Tensor {
  const classes = x.shape[x.rank - 1];
  const p = isFloat(target.dtype) ? target : target.oneHot(classes, x.dtype);
  return labelSmoothing === 0 ? p : p.mul(1 - labelSmoothing).add(labelSmoothing / classes);
}

/** q, the factor of −ln p of each class: the target distribution times the class weights. */
function shares(tensors: Given, settings: Settings): Tensor {
  const q = distribution(tensors, settings);
  return tensors.weight ? q.mul(tensors.weight) : q;
}

/** q ln p for each class, 0 where q is 0: the limit, also where p is 0 and its logarithm −∞. */
function products(q: Tensor, logp: Tensor): Tensor {
  return where(q.eq(0), 0, q.mul(logp));
}

/**
 * The divisor of the mean: the number of examples, or for class indices with weights the sum of the examples' weights.
 */
function divisor({ x, target, weight }: Given): Tensor | number {
  if (weight && !isFloat(target.dtype)) return pickEach(weight, target).sum();
  return x.size / x.shape[x.rank - 1];
}

/** The incoming gradient of each example's loss, in a shape that broadcasts over the classes. */
function perExample(g: Tensor, tensors: Given, { reduction }: Settings): Tensor {
  if (reduction === "none") return g.reshape([...g.shape, 1]);
  return reduction === "sum" ? g : g.div(divisor(tensors));
}

const settings = (reduction: Reduction, labelSmoothing = 0): Settings => ({ reduction, labelSmoothing });

const fromLogits = composite(
  "crossEntropy",
  (tensors: Given, settings: Settings) => {
    const { x, target, weight } = tensors;
    const { reduction, labelSmoothing } = settings;
    const logp = logSoftmax(x);
    if (isFloat(target.dtype) || labelSmoothing > 0)
      return reduced(products(shares(tensors, settings), logp).sum(-1).neg(), reduction, divisor(tensors));
    // gather, not a product with 0 and 1: 0 · ln 0 of another class would be NaN
    const losses = pick(logp, target).neg();
    return weight
      ? reduced(losses.mul(pickEach(weight, target)), reduction, divisor(tensors))
      : reduced(losses, reduction);
  },
  {
    tex: ({ x, target }, settings) => reducedTex(call("CE", x, target), settings),
    vjp: {
      // (softmax(x) Σq − q) g; for a distribution Σq = 1, which gives the course's ŷ − y
      x: (g, _y, tensors, settings) => {
        const { x, target, weight } = tensors;
        const q = shares(tensors, settings);
        const p = softmax(x);
        const sumsToOne = !isFloat(target.dtype) && !weight;
        return (sumsToOne ? p : p.mul(q.sum(-1, true))).sub(q).mul(perExample(g, tensors, settings));
      },
      target: (g, _y, tensors, settings) => {
        const logp = logSoftmax(tensors.x).mul(settings.labelSmoothing - 1);
        return (tensors.weight ? logp.mul(tensors.weight) : logp).mul(perExample(g, tensors, settings));
      },
      weight: (g, y, tensors, settings) => {
        const { x, target } = tensors;
        const classes = x.shape[x.rank - 1];
        const perClass = (t: Tensor): Tensor => t.reshape([t.size / classes, classes]).sum(0);
        const losses = products(distribution(tensors, settings), logSoftmax(x));
        const direct = perClass(losses.mul(perExample(g, tensors, settings))).neg();
        if (settings.reduction !== "mean" || isFloat(target.dtype)) return direct;
        // the divisor Σ w depends on the weights too: −L/Σw for each example of the class
        const counts = perClass(target.oneHot(classes, x.dtype));
        return direct.sub(counts.mul(perExample(g.mul(y), tensors, settings)));
      },
    },
    tests: {
      domain: { target: [0.1, 0.9], weight: [0.5, 2] },
      examples: [
        { inputs: { x: [4, 3], target: fourOfThree, weight: [3] }, attrs: settings("mean", 0.2) },
        { inputs: { x: [4, 3], target: fourOfThree, weight: [3] }, attrs: settings("sum") },
        { inputs: { x: [2, 3], target: [2, 3], weight: [3] }, attrs: settings("mean", 0.1) },
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: settings("mean") },
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: settings("none") },
        { inputs: { x: [2, 3], target: [2, 3] }, attrs: settings("none") },
        { inputs: { x: [3], target: [3] }, attrs: settings("sum", 0.3) },
      ],
    },
  },
);

const requireWhole: Check = (where, name, value) => requireCount(where, name, value, Number.MIN_SAFE_INTEGER);

/** The losses of the examples whose target is not the ignored index; their mean is over these examples alone. */
function withoutIgnored(
  losses: (target: Tensor) => Tensor,
  target: Tensor,
  ignored: number,
  weight: Tensor | undefined,
  reduction: Reduction,
): Tensor {
  const kept = target.ne(ignored);
  const safe = where(kept, target, 0);
  const each = losses(safe);
  const masked = where(kept, each, 0);
  const counts = weight ? pickEach(weight, safe).mul(kept.to(weight.dtype)) : kept.to(each.dtype);
  return reduced(masked, reduction, counts.sum());
}

/**
 * Cross-entropy of logits: per example −Σ_c q_c ln softmax(x)_c, where q is one-hot for a class index, or the given
 * probabilities. Output [N, C], [C] or [N, C, …]; target int32 indices [N], [] or [N, …], or probabilities of the
 * output's shape. `mean` divides by N, or for indices with `weight` by the sum of the examples' weights, as PyTorch's
 * cross_entropy. The gradient of the mean loss is (softmax(x) − q)/N.
 * @throws ShapeError, DTypeError for another target
 * @example
 * const logits = tensor([[2, 0], [0, 0]]);
 * crossEntropy(logits, tensor([0, 1], { dtype: "int32" })).item(); // ≈ 0.410
 */
export function crossEntropy(output: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const reduction = checkLoss("crossEntropy", output, target, options, {
    labelSmoothing: between(0, 1),
    weight: requireTensor,
    ignoreIndex: requireWhole,
  });
  const { labelSmoothing = 0, ignoreIndex } = options;
  if (ignoreIndex !== undefined && target.dtype === "int32") {
    const rest = { labelSmoothing, weight: options.weight };
    const losses = (safe: Tensor): Tensor => crossEntropy(output, safe, { ...rest, reduction: "none" });
    return withoutIgnored(losses, target, ignoreIndex, options.weight, reduction);
  }
  const y = classTarget("crossEntropy", output.shape, target, true);
  const weight = classWeight("crossEntropy", output.shape, options.weight);
  return fromLogits({ x: classesLast(output), target: y, weight }, { reduction, labelSmoothing });
}

const fromLogProbabilities = composite(
  "nllLoss",
  (tensors: Given, { reduction }: { reduction: Reduction }) => {
    const { x, target, weight } = tensors;
    const losses = pick(x, target).neg();
    if (!weight) return reduced(losses, reduction);
    return reduced(losses.mul(pickEach(weight, target)), reduction, divisor(tensors));
  },
  {
    tex: ({ x, target }, settings) => reducedTex(call("NLL", x, target), settings),
    tests: {
      domain: { weight: [0.5, 2] },
      examples: [
        { inputs: { x: [4, 3], target: fourOfThree, weight: [3] }, attrs: { reduction: "mean" } },
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: { reduction: "mean" } },
        { inputs: { x: [4, 3], target: fourOfThree }, attrs: { reduction: "none" } },
      ],
    },
  },
);

/**
 * Negative log-likelihood: −x[class] from log-probabilities x, such as `logSoftmax` gives. Output [N, C], [C] or [N, C,
 * …], target int32 indices; `mean` divides by the number of examples, or by the sum of their class weights.
 * @throws ShapeError, DTypeError for a target that holds no class index per example
 * @example
 * nllLoss(logSoftmax(tensor([[0, 0]])), tensor([1], { dtype: "int32" })).item(); // ≈ 0.693
 */
export function nllLoss(output: Tensor, target: Tensor, options: ClassIndexOptions = {}): Tensor {
  const reduction = checkLoss("nllLoss", output, target, options, {
    weight: requireTensor,
    ignoreIndex: requireWhole,
  });
  if (options.ignoreIndex !== undefined) {
    const losses = (safe: Tensor): Tensor =>
      nllLoss(output, safe, { weight: options.weight, reduction: "none" });
    return withoutIgnored(losses, target, options.ignoreIndex, options.weight, reduction);
  }
  const y = classTarget("nllLoss", output.shape, target);
  const weight = classWeight("nllLoss", output.shape, options.weight);
  const x = classesLast(output);
  refuseProbabilities("nllLoss", x);
  return fromLogProbabilities({ x, target: y, weight }, { reduction });
}
