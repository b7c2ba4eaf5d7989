/** Scaling of inputs, fitted on the training part alone and kept with the model: x ↦ (x − offset)/scale per feature. */
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
 */
export function fitScaling(kind: ScalingKind, inputs: Tensor, maximum = 1): Scaling {
  if (kind === "none") return { kind, offset: [0], scale: [1] };
  if (kind === "unit") {
    if (!(maximum > 0)) throw new ValueError("fitScaling", `the maximum must be above 0, not ${maximum}`);
    return { kind, offset: [0], scale: [maximum] };
  }
  const wide = inputs.to("float64");
  if (kind === "standard") {
    const deviation = wide.variance(0, { correction: 0 }).sqrt();
    return { kind, offset: [...wide.mean(0).data], scale: Array.from(deviation.data, orOne) };
  }
  const low = wide.min(0);
  return { kind, offset: [...low.data], scale: Array.from(wide.max(0).sub(low).data, orOne) };
}

function orOne(scale: number): number {
  return scale === 0 ? 1 : scale;
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
