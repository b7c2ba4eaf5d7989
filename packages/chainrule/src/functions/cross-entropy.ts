/** Cross-entropy from logits, and the negative log-likelihood from log-probabilities. */
import { composite } from "../ops/composite.ts";
import { isFloat } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { classTarget, classWeight, classesLast, fourOfThree, pick, pickEach } from "./classes.ts";
import { checkedReduction, reduced } from "./reduction.ts";
import type { LossOptions, Reduction } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";

export interface ClassWeightOptions extends LossOptions {
  /** How much each class counts, [classes]. */
  readonly weight?: Tensor;
}

export interface CrossEntropyOptions extends ClassWeightOptions {
  /** ε in [0, 1]: the target becomes (1 − ε) · target + ε/classes. */
  readonly labelSmoothing?: number;
}

interface Settings {
  readonly reduction: Reduction;
  readonly labelSmoothing: number;
}

/** The tensors and settings of a call, from a body's arguments or from a gradient rule's; the weight may be absent. */
function parts([x, target, ...rest]: readonly unknown[]) {
  return {
    x: x as Tensor,
    target: target as Tensor,
    weight: rest.length > 1 ? (rest[0] as Tensor) : null,
    ...(rest[rest.length - 1] as Settings),
  };
}
type Parts = ReturnType<typeof parts>;

/** The target's distribution, smoothed: (1 − ε) · target + ε/classes. */
function distribution({ x, target, labelSmoothing }: Parts): Tensor {
  const classes = x.shape[x.rank - 1];
  const p = isFloat(target.dtype) ? target : target.oneHot(classes, x.dtype);
  return labelSmoothing === 0 ? p : p.mul(1 - labelSmoothing).add(labelSmoothing / classes);
}

/** q: how much −ln p of each class counts; the distribution, each class with its weight. */
function shares(all: Parts): Tensor {
  return all.weight ? distribution(all).mul(all.weight) : distribution(all);
}

/** What the mean divides by: the number of examples, for class indices the sum of their weights. */
function divisor({ x, target, weight }: Parts): Tensor | number {
  if (weight && !isFloat(target.dtype)) return pickEach(weight, target).sum();
  return x.size / x.shape[x.rank - 1];
}

/** The upstream gradient of each example's loss, to be spread over its classes. */
function perExample(g: Tensor, all: Parts): Tensor {
  if (all.reduction === "none") return g.reshape([...g.shape, 1]);
  return all.reduction === "sum" ? g : g.div(divisor(all));
}

const settings = (reduction: Reduction, labelSmoothing = 0): [Settings] => [{ reduction, labelSmoothing }];

const fromLogits = composite(
  "crossEntropy",
  (...args: readonly [x: Tensor, target: Tensor, ...([Settings] | [weight: Tensor, Settings])]) => {
    const all = parts(args);
    const { target, weight, reduction, labelSmoothing } = all;
    const logp = logSoftmax(all.x);
    if (isFloat(target.dtype) || labelSmoothing > 0)
      return reduced(shares(all).mul(logp).sum(-1).neg(), reduction, divisor(all));
    // picked, not multiplied by 0 and 1, so that ln 0 of another class is no NaN
    const losses = pick(logp, target).neg();
    return weight
      ? reduced(losses.mul(pickEach(weight, target)), reduction, divisor(all))
      : reduced(losses, reduction);
  },
  {
    tex: ([x, target]) => call("CE", x, target),
    vjp: [
      // (softmax(x) Σq − q) g; Σq = 1 for a distribution, which leaves the course's ŷ − y
      (g, _y, inputs, attrs) => {
        const all = parts([...inputs, ...attrs]);
        const q = shares(all);
        const p = softmax(all.x);
        const indices = !isFloat(all.target.dtype) && all.weight === null;
        return (indices ? p : p.mul(q.sum(-1, true))).sub(q).mul(perExample(g, all));
      },
      (g, _y, inputs, attrs) => {
        const all = parts([...inputs, ...attrs]);
        const logp = logSoftmax(all.x).mul(all.labelSmoothing - 1);
        return (all.weight ? logp.mul(all.weight) : logp).mul(perExample(g, all));
      },
      (g, y, inputs, attrs) => {
        const all = parts([...inputs, ...attrs]);
        const classes = all.x.shape[all.x.rank - 1];
        const perClass = (t: Tensor): Tensor => t.reshape([t.size / classes, classes]).sum(0);
        const direct = perClass(distribution(all).mul(logSoftmax(all.x)).mul(perExample(g, all))).neg();
        if (all.reduction !== "mean" || isFloat(all.target.dtype)) return direct;
        // the mean's divisor Σ w is the weight's too: −L/Σw for each example of the class
        return direct.sub(perClass(all.target.oneHot(classes, all.x.dtype)).mul(perExample(g.mul(y), all)));
      },
    ],
    tests: {
      examples: [
        { inputs: [[4, 3], fourOfThree], args: settings("mean") },
        { inputs: [[4, 3], fourOfThree], args: settings("none") },
        { inputs: [[4, 3], fourOfThree, [3]], args: settings("mean", 0.2) },
        { inputs: [[4, 3], fourOfThree, [3]], args: settings("sum") },
        { inputs: [[2, 3], [2, 3], [3]], args: settings("mean", 0.1) },
        {
          inputs: [
            [2, 3],
            [2, 3],
          ],
          args: settings("none"),
        },
        { inputs: [[3], [3]], args: settings("sum", 0.3) },
      ],
      domain: [
        [-2, 2],
        [0.1, 0.9],
        [0.5, 2],
      ],
    },
  },
);

/**
 * Cross-entropy of logits: per example −Σ_c q_c ln softmax(x)_c, where q is 1 at the class, or the given probabilities.
 * Output [N, C], [C] or [N, C, …]; target int32 indices [N], [] or [N, …], or probabilities of the output's shape.
 * `mean` divides by N, for indices with `weight` by the sum of the examples' weights, as PyTorch's cross_entropy does.
 * The gradient of the mean loss is (softmax(x) − q)/N.
 * @throws ShapeError, DTypeError for a target that is neither
 * @example
 * const logits = tensor([[2, 0], [0, 0]]);
 * crossEntropy(logits, tensor([0, 1], { dtype: "int32" })).item(); // ≈ 0.410
 */
export function crossEntropy(output: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new ValueError("crossEntropy", `labelSmoothing lies between 0 and 1, not at ${labelSmoothing}`);
  const y = classTarget("crossEntropy", output.shape, target, true);
  const weight = classWeight("crossEntropy", output.shape, options.weight);
  const own = { reduction: checkedReduction(options, "crossEntropy"), labelSmoothing };
  const x = classesLast(output);
  return weight ? fromLogits(x, y, weight, own) : fromLogits(x, y, own);
}

const fromLogProbabilities = composite(
  "nllLoss",
  (...args: readonly [x: Tensor, target: Tensor, ...([Settings] | [weight: Tensor, Settings])]) => {
    const all = parts(args);
    const losses = pick(all.x, all.target).neg();
    if (all.weight === null) return reduced(losses, all.reduction);
    return reduced(losses.mul(pickEach(all.weight, all.target)), all.reduction, divisor(all));
  },
  {
    tex: ([x, target]) => call("NLL", x, target),
    tests: {
      examples: [
        { inputs: [[4, 3], fourOfThree], args: settings("mean") },
        { inputs: [[4, 3], fourOfThree, [3]], args: settings("mean") },
        { inputs: [[4, 3], fourOfThree], args: settings("none") },
      ],
      domain: [
        [-2, 2],
        [0, 1],
        [0.5, 2],
      ],
    },
  },
);

/**
 * Negative log-likelihood: −x[class] from log-probabilities x, such as `logSoftmax` gives. Output [N, C], [C] or
 * [N, C, …], target int32 indices; `mean` divides by the examples, or by the sum of their class weights.
 * @throws ShapeError, DTypeError for a target that holds no class index per example
 * @example
 * nllLoss(logSoftmax(tensor([[0, 0]])), tensor([1], { dtype: "int32" })).item(); // ≈ 0.693
 */
export function nllLoss(output: Tensor, target: Tensor, options: ClassWeightOptions = {}): Tensor {
  const y = classTarget("nllLoss", output.shape, target);
  const weight = classWeight("nllLoss", output.shape, options.weight);
  const own = { reduction: checkedReduction(options, "nllLoss"), labelSmoothing: 0 };
  const x = classesLast(output);
  return weight ? fromLogProbabilities(x, y, weight, own) : fromLogProbabilities(x, y, own);
}
