/** Metrics as plain numbers. They read values, so call them outside of a compiled step. */
import { requireItems, requireTensor } from "../tensor/options.ts";
import { isFloat } from "../tensor/dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireSameShape } from "./reduction.ts";

/** Whether a ranks before b: larger numbers come first, and NaN before all, as in argmax. */
function before(a: number, b: number): boolean {
  return a > b || (a !== a && b === b);
}

/** A class per row: the given indices, or the argmax of each row of scores, probabilities or one-hot numbers. */
function classesOf(where: string, what: string, x: Tensor): ArrayLike<number> {
  if (x.rank === 1) {
    if (x.dtype === "int32") return x.data;
    throw new DTypeError(
      where,
      `${what} ${formatShape(x.shape)} of ${x.dtype} holds no classes; pass scores [examples, classes] or int32 ` +
        'indices, from one score per example by .gt(0).to("int32")',
    );
  }
  if (x.rank === 2 && x.shape[1] === 1)
    throw new ShapeError(
      where,
      [x.shape],
      `${what} ${formatShape(x.shape)} has one score per example and so one class only; convert it to indices with ` +
        '.gt(0).to("int32").reshape([-1]) where the scores are logits',
    );
  if (x.rank !== 2 || x.shape[1] === 0)
    throw new ShapeError(
      where,
      [x.shape],
      `${what} must be [examples, classes] or int32 indices [examples], not ${formatShape(x.shape)}`,
    );
  return x.argmax(1).data;
}

function requireRows(where: string, output: Shape, target: Shape): void {
  if (output[0] !== target[0])
    throw new ShapeError(
      where,
      [output, target],
      `output ${formatShape(output)} has ${output[0]} examples, target ${formatShape(target)} has ${target[0]}`,
    );
}

/** The predicted and the true class of each example. */
function pairs(where: string, output: Tensor, target: Tensor): [ArrayLike<number>, ArrayLike<number>] {
  const predicted = classesOf(where, "output", output);
  const actual = classesOf(where, "target", target);
  requireRows(where, output.shape, target.shape);
  return [predicted, actual];
}

/**
 * The fraction of examples, 0 … 1, whose largest score is the target's class. Output [N, C] or predicted classes [N];
 * target int32 [N], or one-hot rows [N, C]. The first of equal scores counts as the largest. Without examples the
 * result is NaN.
 * @throws ShapeError, also for one column, DTypeError
 * @example
 * accuracy(tensor([[0.9, 0.1], [0.2, 0.8]]), tensor([0, 0], { dtype: "int32" })); // 0.5
 */
export function accuracy(output: Tensor, target: Tensor): number {
  requireTensor("accuracy", "the output", output);
  requireTensor("accuracy", "the target", target);
  const [predicted, actual] = pairs("accuracy", output, target);
  let right = 0;
  for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) right++;
  return right / actual.length;
}

/**
 * The fraction of examples whose class is among the k largest scores; k = 1 gives the accuracy.
 * @throws ShapeError, DTypeError, ValueError unless 1 ≤ k ≤ classes
 * @example
 * topKAccuracy(tensor([[3, 2, 1], [3, 2, 1]]), tensor([1, 2], { dtype: "int32" }), 2); // 0.5
 */
export function topKAccuracy(output: Tensor, target: Tensor, k: number): number {
  requireTensor("topKAccuracy", "the output", output);
  requireTensor("topKAccuracy", "the target", target);
  if (output.rank !== 2)
    throw new ShapeError(
      "topKAccuracy",
      [output.shape],
      `output must be scores [examples, classes], not ${formatShape(output.shape)}`,
    );
  const [rows, classes] = output.shape;
  const actual = classesOf("topKAccuracy", "target", target);
  requireRows("topKAccuracy", output.shape, target.shape);
  if (!Number.isInteger(k) || k < 1 || k > classes)
    throw new ValueError(
      "topKAccuracy",
      `k must be a whole number from 1 to ${classes}, the number of classes, not ${k}`,
    );
  const { data } = output;
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const own = requireClass("topKAccuracy", actual[row], classes);
    const score = data[row * classes + own];
    let ahead = 0;
    for (let j = 0; j < classes; j++) {
      const other = data[row * classes + j];
      if (before(other, score) || (j < own && !before(score, other))) ahead++;
    }
    if (ahead < k) right++;
  }
  return right / rows;
}

function requireClass(where: string, index: number, classes: number): number {
  if (!(index >= 0 && index < classes))
    throw new ShapeError(where, [[classes]], `class ${index} is not one of 0 … ${classes - 1}`, "bad-index");
  return index;
}

/**
 * The count of examples of each class (row) that were predicted as each class (column): result[actual][predicted].
 * `classes` defaults to the number of columns of the output, or to one more than the largest index.
 * @throws ShapeError, DTypeError
 * @example
 * const indices = (list: number[]) => tensor(list, { dtype: "int32" });
 * confusionMatrix(indices([0, 1, 1]), indices([0, 0, 1])); // [ [ 1, 1 ], [ 0, 1 ] ]
 */
export function confusionMatrix(output: Tensor, target: Tensor, classes?: number): number[][] {
  requireTensor("confusionMatrix", "the output", output);
  requireTensor("confusionMatrix", "the target", target);
  const [predicted, actual] = pairs("confusionMatrix", output, target);
  let count = Math.max(classes ?? 0, output.shape[1] ?? 0, target.shape[1] ?? 0);
  if (classes === undefined)
    for (let i = 0; i < actual.length; i++) count = Math.max(count, actual[i] + 1, predicted[i] + 1);
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < actual.length; i++) {
    const row = requireClass("confusionMatrix", actual[i], count);
    matrix[row][requireClass("confusionMatrix", predicted[i], count)]++;
  }
  return matrix;
}

export interface ClassFigures {
  /** The fraction of the examples predicted as this class that belong to it. */
  readonly precision: number;
  /** The fraction of the examples of this class that were predicted as it. */
  readonly recall: number;
  /** 2 · precision · recall/(precision + recall) */
  readonly f1: number;
  /** The number of examples of the class. */
  readonly support: number;
}

export interface PrecisionRecallF1 {
  readonly perClass: readonly ClassFigures[];
  /** The unweighted means over the classes; `support` is the number of examples. */
  readonly macro: ClassFigures;
}

/**
 * Precision, recall and F1 of each class from a confusion matrix, and their means over the classes. A ratio 0/0 is 0.
 * @example
 * precisionRecallF1([[2, 0], [1, 1]]).perClass[1]; // { precision: 1, recall: 0.5, f1: 0.6666666666666666, support: 2 }
 */
export function precisionRecallF1(matrix: readonly (readonly number[])[]): PrecisionRecallF1 {
  const rows = requireItems("precisionRecallF1", "the matrix", matrix);
  if (!rows.every((row) => Array.isArray(row) && row.length === rows.length))
    throw new ValueError("precisionRecallF1", "the matrix has a row and a column per class", {
      advice: "confusionMatrix makes it",
    });
  const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const perClass = matrix.map((row, k) => {
    const support = total(row);
    const taken = total(matrix.map((other) => other[k]));
    return {
      precision: ratio(row[k], taken),
      recall: ratio(row[k], support),
      f1: ratio(2 * row[k], support + taken),
      support,
    };
  });
  const mean = (name: keyof ClassFigures): number =>
    ratio(total(perClass.map((figures) => figures[name])), matrix.length);
  const macro = { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
  return { perClass, macro: { ...macro, support: total(perClass.map(({ support }) => support)) } };
}

function requireNumbers(where: string, output: Tensor, target: Tensor): void {
  requireSameShape(where, output, target);
  if (!isFloat(output.dtype))
    throw new DTypeError(where, `compares floating-point numbers, not ${output.dtype}`);
}

/**
 * The root of the mean squared difference over all elements, √(mean (output − target)²); NaN for no elements.
 * @throws ShapeError when the shapes differ
 * @example
 * rmse(tensor([[1], [-7]]), tensor([[0], [0]])); // 5
 */
export function rmse(output: Tensor, target: Tensor): number {
  requireTensor("rmse", "the output", output);
  requireTensor("rmse", "the target", target);
  requireNumbers("rmse", output, target);
  const [a, b] = [output.data, target.data];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return Math.sqrt(sum / a.length);
}

/**
 * The explained share of the target's variance, R² = 1 − Σ(target − output)²/Σ(target − mean)² per output column,
 * averaged over the columns. 1 is perfect, 0 as good as predicting the mean. A constant column gives 1 if predicted
 * exactly, else 0.
 * @throws ShapeError when the shapes differ
 * @example
 * r2(tensor([1, 2, 4]), tensor([1, 2, 3])); // 0.5
 */
export function r2(output: Tensor, target: Tensor): number {
  requireTensor("r2", "the output", output);
  requireTensor("r2", "the target", target);
  requireNumbers("r2", output, target);
  const [a, b] = [output.data, target.data];
  const rows = target.rank === 0 ? 1 : target.shape[0];
  const columns = target.size / rows;
  let explained = 0;
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    let constant = true;
    for (let i = column; i < b.length; i += columns) {
      sum += b[i];
      constant &&= b[i] === b[column];
    }
    // the mean of equal numbers is exactly that number; a rounded sum could differ
    const mean = constant ? b[column] : sum / rows;
    let residual = 0;
    let total = 0;
    for (let i = column; i < b.length; i += columns) {
      residual += (b[i] - a[i]) * (b[i] - a[i]);
      total += (b[i] - mean) * (b[i] - mean);
    }
    explained += total > 0 ? 1 - residual / total : residual === 0 ? 1 : 0;
  }
  return explained / columns;
}
