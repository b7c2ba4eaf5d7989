/** Tensor functions made of ops: softmax, losses, activations, layers as functions, metrics. */
import "../graph/eager.ts";

export { gelu, glu, leakyRelu, mish, prelu, selu, silu } from "./activations.ts";
export type { GELUOptions } from "./activations.ts";
export {
  chunk,
  diag,
  maskedFill,
  repeat,
  roll,
  split,
  squeeze,
  tile,
  tril,
  triu,
  unsqueeze,
  view,
} from "./arranging.ts";
export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from "./binary.ts";
export type { BinaryLogitsOptions } from "./binary.ts";
export { crossEntropy, nllLoss } from "./cross-entropy.ts";
export type { ClassIndexOptions, ClassWeightOptions, CrossEntropyOptions } from "./cross-entropy.ts";
export { cosineEmbeddingLoss, cosineSimilarity, klDivLoss, smoothL1Loss } from "./divergence.ts";
export type { KLDivOptions } from "./divergence.ts";
export { dropout } from "./dropout.ts";
export { einsum } from "./einsum.ts";
export { embedding } from "./embedding.ts";
export {
  acosh,
  all,
  any,
  asinh,
  atanh,
  cosh,
  isfinite,
  isnan,
  log2,
  logaddexp,
  norm,
  rsqrt,
  sinh,
  square,
  std,
  tan,
} from "./formulas.ts";
export { hingeLoss, multiMarginLoss, probabilityHingeLoss } from "./hinge.ts";
export type { HingeOptions } from "./hinge.ts";
export { linear } from "./linear.ts";
export { accuracy, confusionMatrix, precisionRecallF1, r2, rmse, topKAccuracy } from "./metrics.ts";
export type { ClassFigures, PrecisionRecallF1 } from "./metrics.ts";
export { batchNorm, layerNorm } from "./norm.ts";
export type { BatchNormOptions, LayerNormOptions } from "./norm.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export { huberLoss, l1Loss, mseLoss, squaredError } from "./regression.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export { argsort, nonzero, sort, topk } from "./sorting.ts";
export type { Sorted } from "./sorting.ts";
