/**
 * Scaling of inputs: x ↦ (x − offset)/scale per feature. It is fitted on the training part alone and saved with the
 * model.
 */
import { where } from "../ops/arithmetic.ts";
import { requireFiniteRows } from "./finite.ts";
import { quote } from "../formats/refusal.ts";
import { requirePositive } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { allocate } from "../tensor/dtype.ts";
import { checkOptions, oneOf, requireObject, requireTensor } from "../tensor/options.ts";

export type ScalingKind = "none" | "unit" | "standard" | "minmax";

/** A fitted scaling as plain data: one number for all features, or one per feature. */
export interface Scaling {
  readonly kind: ScalingKind;
  readonly offset: readonly number[];
  readonly scale: readonly number[];
  /** "float64" if it was fitted to numbers of this type, which are then scaled before they are rounded to another. */
  readonly precision?: "float64";
}

/**
 * Fits a scaling to rows [N, F].
 *
 * none: unchanged. unit: divided by `maximum`, the largest number of the format. standard: the offset is the mean, the
 * scale the standard deviation of the given rows (divisor N). minmax: to [0, 1]. A constant feature is only shifted.
 * An error calls a feature by its name among `names`, the names of the columns, or by its number.
 * @throws ValueError naming row and column of a number that is not finite; for "unit" without a maximum above 0, and for a feature whose range overflows float64
 */
export function fitScaling(
  kind: ScalingKind,
  inputs: Tensor,
  maximum?: number,
  names?: readonly string[],
): Scaling {
  requireTensor("fitScaling", "the inputs", inputs);
  if (kind === "none") return { kind, offset: [0], scale: [1] };
  if (kind === "unit") {
    if (maximum === undefined)
      throw new ValueError("fitScaling", '"unit" needs the maximum to divide by, such as 255 for bytes');
    requirePositive("fitScaling", "the maximum", maximum);
    return { kind, offset: [0], scale: [maximum] };
  }
  if (kind !== "standard" && kind !== "minmax")
    throw new ValueError(
      "fitScaling",
      `the kind must be one of none, unit, standard, minmax, not "${String(kind)}"`,
    );
  requireFiniteRows("fitScaling", "the inputs", inputs, names);
  const wide = inputs.to("float64");
  const unit = fromValues(
    Float64Array.from(wide.abs().max(0).data, squareUnit),
    [inputs.shape[1]],
    "float64",
  );
  const low = wide.min(0);
  const range = wide.max(0).sub(low);
  const far = range.data.findIndex((value) => value === Infinity);
  const name = names?.[far];
  if (far >= 0)
    throw new ValueError(
      "fitScaling",
      `${name === undefined ? `feature ${far}` : `column ${quote(name)}`} reaches from ${low.data[far]} to ${wide.max(0).data[far]}, and their difference overflows; scale it down before`,
    );
  const safe = wide.div(unit);
  const [offset, scale] =
    kind === "standard"
      ? [safe.mean(0).mul(unit), safe.variance(0, { correction: 0 }).sqrt().mul(unit)]
      : [low, range];
  // The computed mean of equal numbers may differ from that number by rounding, and their deviation from 0.
  const constant = range.eq(0);
  return {
    kind,
    ...(inputs.dtype === "float64" && { precision: "float64" }),
    offset: [...where(constant, low, offset).data],
    scale: [...where(constant, 1, scale).data],
  };
}

/**
 * The divisor for numbers up to a size before they are squared, since the squares of huge and tiny numbers overflow or
 * underflow; mostly 1.
 */
export function squareUnit(size: number): number {
  return size > 1e150 || (size > 0 && size < 1e-150) ? size : 1;
}

export interface ApplyScalingOptions {
  /** The type of the scaled rows; default float64 for inputs of float64, else float32. */
  readonly dtype?: "float32" | "float64";
}

/**
 * The scaled rows (x − offset)/scale [N, F], computed in float64 and rounded once. Keep large numbers such as timestamps in
 * float64 until here: float32 has 7 digits, so 1600000000 and 1600000001 are the same float32.
 * @throws ValueError for rows of another width than the scaling was fitted to
 * @example
 * const times = tensor([[1600000000], [1600000001], [1600000002]], { dtype: "float64" });
 * applyScaling(fitScaling("minmax", times), times, { dtype: "float32" }).toArray(); // [ [ 0 ], [ 0.5 ], [ 1 ] ]
 */
export function applyScaling(scaling: Scaling, inputs: Tensor, options: ApplyScalingOptions = {}): Tensor {
  requireObject("applyScaling", "the scaling", scaling, "fitScaling makes it");
  requireTensor("applyScaling", "the inputs", inputs);
  const { kind, offset, scale, precision } = scaling;
  if (!Array.isArray(offset) || !Array.isArray(scale))
    throw new ValueError("applyScaling", "the scaling has no lists offset and scale", {
      advice: "fitScaling makes it",
    });
  const { dtype = inputs.dtype === "float64" ? "float64" : "float32" } = checkOptions(
    "applyScaling",
    options,
    {
      dtype: oneOf("float32", "float64"),
    },
  );
  if (kind === "none") return options.dtype === undefined ? inputs : inputs.to(dtype);
  const features = offset.length;
  const width = inputs.shape[inputs.rank - 1];
  if (features > 1 && features !== width)
    throw new ValueError(
      "applyScaling",
      `the scaling was fitted to ${features} features, these rows have ${width}`,
    );
  // a scaling that was fitted to float32 is applied to float32
  const x = precision === "float64" ? inputs.data : inputs.to(dtype).data;
  const out = allocate(dtype, x.length);
  for (let i = 0; i < x.length; i++) {
    const feature = features > 1 ? i % features : 0;
    out[i] = (x[i] - offset[feature]) / scale[feature];
  }
  return fromValues(out, inputs.shape, dtype);
}
