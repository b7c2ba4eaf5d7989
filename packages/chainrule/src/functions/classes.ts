/**
 * Code shared by the classification losses: the class axis, the checks of a target, and picking the score of a class.
 */
import { isFloat } from "../tensor/dtype.ts";
import type { DType } from "../tensor/dtype.ts";
import { DTypeError, ShapeError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * The scores with their class axis last. In the input it is axis 1 of [N, C, …], as in PyTorch, or the only axis of
 * [C].
 */
export function classesLast(x: Tensor): Tensor {
  if (x.rank <= 2) return x;
  return x.permute([0, ...x.shape.slice(2).map((_, i) => i + 2), 1]);
}

/**
 * The target for scores of `shape`, in the layout of `classesLast`: a class index per example, or, if allowed, a
 * probability per class.
 */
export function classTarget(loss: string, shape: Shape, target: Tensor, probabilities = false): Tensor {
  if (shape.length === 0)
    throw new ShapeError(
      loss,
      [shape],
      "needs a score per class, [classes] or [examples, classes], not a scalar",
    );
  const classes = classesIn(shape);
  if (classes < 2)
    throw new ShapeError(
      loss,
      [shape],
      `the output ${formatShape(shape)} has ${classes === 1 ? "one column of scores" : "no scores"}, so the loss would be 0 for ever; ` +
        "two classes need two columns, or one column and binaryCrossEntropyWithLogits",
    );
  const perExample = shape.length === 1 ? [] : shape.toSpliced(1, 1);
  if (sameShape(target.shape, perExample)) {
    if (target.dtype === "int32") {
      requireClasses(loss, shape, target);
      return target;
    }
    throw new DTypeError(
      loss,
      `class indices are int32, not ${target.dtype}; convert the target with .to("int32")`,
    );
  }
  const asProbabilities = sameShape(target.shape, shape);
  if (asProbabilities && probabilities) {
    if (isFloat(target.dtype)) return classesLast(target);
    throw new DTypeError(
      loss,
      `a target ${formatShape(shape)} holds probabilities, floating-point numbers, not ${target.dtype}; ` +
        'convert it with .to("float32"), or one-hot rows to indices with .argmax(1)',
    );
  }
  throw new ShapeError(
    loss,
    [shape, target.shape],
    `output ${formatShape(shape)} and target ${formatShape(target.shape)} do not fit; the target needs a class index ` +
      `per example, ${formatShape(perExample)} of int32` +
      (probabilities ? `, or a probability per class, ${formatShape(shape)}` : "") +
      (asProbabilities ? "; one-hot rows become indices with .argmax(1)" : ""),
  );
}

/** How many classes scores of this shape have: axis 1, or the only axis of [C]. */
const classesIn = (shape: Shape): number => shape[Math.min(1, shape.length - 1)];

/** A trace has no values to check; there the ops throw for an index out of range. */
function requireClasses(loss: string, shape: Shape, target: Tensor): void {
  if (!target.hasValues) return;
  const classes = classesIn(shape);
  for (const index of target.data)
    if (!(index >= 0 && index < classes))
      throw new ShapeError(
        loss,
        [shape, target.shape],
        `class index ${index} is out of range 0 … ${classes - 1} for output ${formatShape(shape)}; labels start at 0`,
        "bad-index",
      );
}

/** Checks that there is one weight per class. */
export function classWeight(loss: string, shape: Shape, weight: Tensor | undefined): Tensor | undefined {
  if (weight === undefined) return undefined;
  const classes = classesIn(shape);
  if (weight.rank !== 1 || weight.shape[0] !== classes)
    throw new ShapeError(
      loss,
      [shape, weight.shape],
      `weight ${formatShape(weight.shape)} must have one number per class, [${classes}] for output ${formatShape(shape)}`,
    );
  return weight;
}

/** x[…, target[…]]: for each example the score of its class. */
export function pick(x: Tensor, target: Tensor): Tensor {
  return x.gather(target.reshape([...target.shape, 1]), -1).reshape(target.shape);
}

/** weight[target], in the target's shape. */
export function pickEach(weight: Tensor, target: Tensor): Tensor {
  return weight.indexSelect(target.reshape([-1]), 0).reshape(target.shape);
}

/** Class indices for the test calls of the loss records. */
export const fourOfThree: { shape: Shape; dtype: DType; values: readonly number[] } = {
  shape: [4],
  dtype: "int32",
  values: [2, 0, 1, 2],
};
