/** Examples in rows: the inputs, and the targets to predict from them. */
import { indexSelect } from "../ops/select.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { oneOf, requireObject, requireTensor } from "../tensor/options.ts";
import { formatShape } from "../tensor/shape.ts";
import { convert } from "../tensor/dtype.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LabelledPoints, MeasuredPoints } from "./synthetic/points.ts";

/** Facts about the columns of a data set; reports and later predictions use them. */
export interface DatasetInfo {
  readonly featureNames?: readonly string[];
  /** The names of the classes; present if and only if the targets are class indices. */
  readonly classNames?: readonly string[];
  readonly targetNames?: readonly string[];
  /** Height and width, where a row of inputs is a grey image. */
  readonly image?: readonly [rows: number, columns: number];
}

/** Inputs [N, …] with targets [N] (int32 class indices) or [N, K] (numbers to predict). */
export class Dataset {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  readonly info: DatasetInfo;

  /** @throws ShapeError when inputs and targets differ in the number of rows */
  constructor(inputs: Tensor, targets: Tensor, info: DatasetInfo = {}) {
    requireTensor("Dataset", "the inputs", inputs);
    requireTensor("Dataset", "the targets", targets);
    if (inputs.rank === 0 || targets.rank === 0 || inputs.shape[0] !== targets.shape[0])
      throw new ShapeError(
        "Dataset",
        [inputs.shape, targets.shape],
        `inputs ${formatShape(inputs.shape)} and targets ${formatShape(targets.shape)} differ in the number of rows (axis 0)`,
      );
    this.inputs = inputs;
    this.targets = targets;
    this.info = info;
  }

  /** The number of examples. */
  get length(): number {
    return this.inputs.shape[0];
  }

  /** The rows at `indices`, as one batch. */
  batch(indices: Int32Array): Batch {
    const rows = fromValues(indices, [indices.length], "int32");
    return {
      inputs: indexSelect(this.inputs, rows, 0),
      targets: indexSelect(this.targets, rows, 0),
      indices,
    };
  }

  /** The rows at `indices`, as a data set of its own. */
  subset(indices: Int32Array): Dataset {
    const { inputs, targets } = this.batch(indices);
    return new Dataset(inputs, targets, this.info);
  }
}

/** Some rows of a data set, with their row numbers. */
export interface Batch {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  readonly indices: Int32Array;
}

/** Makes synthetic points into a data set. Labels become classes; without labels, the target is one number. */
export function fromPoints(
  points: LabelledPoints | MeasuredPoints,
  dtype: "float32" | "float64" = "float32",
): Dataset {
  requireObject("fromPoints", "the points", points, "moons(…) and its like make them");
  if (!ArrayBuffer.isView(points.features))
    throw new ValueError("fromPoints", "the points have no features", {
      advice: "moons(…) and its like make them",
    });
  oneOf("float32", "float64")("fromPoints", "the type", dtype);
  const count = points.features.length / points.featureCount;
  const inputs = fromValues(convert(points.features, dtype), [count, points.featureCount], dtype);
  const featureNames = Array.from({ length: points.featureCount }, (_, i) => `x${i + 1}`);
  if ("labels" in points)
    return new Dataset(inputs, fromValues(points.labels, [count], "int32"), {
      featureNames,
      classNames: Array.from({ length: points.classCount }, (_, label) => String(label)),
    });
  return new Dataset(inputs, fromValues(convert(points.targets, dtype), [count, 1], dtype), {
    featureNames,
    targetNames: ["y"],
  });
}
