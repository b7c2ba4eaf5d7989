/** Scaling of inputs, fitted on the training part alone and kept with the model: x ↦ (x − offset)/scale per feature. */
import { where } from "../ops/arithmetic.ts";
import { requirePositive } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { allocate } from "../tensor/dtype.ts";

export type ScalingKind = "none" | "unit" | "standard" | "minmax";

/** A fitted scaling as plain data; one number serves all features, or there is one for each. */
export interface Scaling {
  readonly kind: ScalingKind;
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/**
 * Fits a scaling to rows [N, F].
 *
 * none: as they are. unit: divided by `maximum`, what the format can hold. standard: offset the mean, scale the standard
 * deviation (of the rows as they are, divisor N). minmax: to [0, 1]. A feature that never changes is only shifted.
 * @throws ValueError for "unit" without a maximum above 0, and for a feature whose range is beyond what a number holds
 */
export function fitScaling(kind: ScalingKind, inputs: Tensor, maximum?: number): Scaling {
  if (kind === "none") return { kind, offset: [0], scale: [1] };
  if (kind === "unit") {
    if (maximum === undefined)
      throw new ValueError("fitScaling", '"unit" needs the maximum to divide by, such as 255 for bytes');
    requirePositive("fitScaling", "the maximum", maximum);
    return { kind, offset: [0], scale: [maximum] };
  }
  if (kind !== "standard" && kind !== "minmax")
    throw new ValueError("fitScaling", `"${String(kind)}" is none of none, unit, standard, minmax`);
  const wide = inputs.to("float64");
  const unit = fromValues(
    Float64Array.from(wide.abs().max(0).data, squareUnit),
    [inputs.shape[1]],
    "float64",
  );
  const low = wide.min(0);
  const range = wide.max(0).sub(low);
  const far = range.data.findIndex((value) => value === Infinity);
  if (far >= 0)
    throw new ValueError(
      "fitScaling",
      `feature ${far} reaches from ${low.data[far]} to ${wide.max(0).data[far]}, and their difference is no number; scale it down before`,
    );
  const safe = wide.div(unit);
  const [offset, scale] =
    kind === "standard"
      ? [safe.mean(0).mul(unit), safe.variance(0, { correction: 0 }).sqrt().mul(unit)]
      : [low, range];
  // the rounded mean and deviation of equal numbers need be neither that number nor 0
  const constant = range.eq(0);
  return {
    kind,
    offset: [...where(constant, low, offset).data],
    scale: [...where(constant, 1, scale).data],
  };
}

/** What numbers up to a size are divided by before they are squared, as the squares of huge and tiny ones are none: mostly 1. */
export function squareUnit(size: number): number {
  return size > 1e150 || (size > 0 && size < 1e-150) ? size : 1;
}

/** The scaled rows, computed in float64 and rounded once. */
export function applyScaling({ kind, offset, scale }: Scaling, inputs: Tensor): Tensor {
  if (kind === "none") return inputs;
  const features = offset.length;
  const width = inputs.shape[inputs.rank - 1];
  if (features > 1 && features !== width)
    throw new ValueError(
      "applyScaling",
      `the scaling was fitted to ${features} features, these rows have ${width}`,
    );
  const x = inputs.data;
  const out = allocate(inputs.dtype === "float64" ? "float64" : "float32", x.length);
  for (let i = 0; i < x.length; i++) {
    const feature = features > 1 ? i % features : 0;
    out[i] = (x[i] - offset[feature]) / scale[feature];
  }
  return fromValues(out, inputs.shape, inputs.dtype === "float64" ? "float64" : "float32");
}
