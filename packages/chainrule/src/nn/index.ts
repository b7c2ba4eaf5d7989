/** Networks: modules, layers and their initialisation. */
import "../graph/eager.ts";

export {
  ELU,
  GELU,
  GLU,
  Identity,
  LeakyReLU,
  LogSoftmax,
  Mish,
  PReLU,
  ReLU,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
} from "./activations.ts";
export { BatchNorm1d } from "./batch-norm.ts";
export type { BatchNormLayerOptions } from "./batch-norm.ts";
export { Dropout } from "./dropout.ts";
export { Embedding } from "./embedding.ts";
export { Flatten } from "./flatten.ts";
export { init } from "./init.ts";
export type { InitOptions, KaimingOptions, Nonlinearity } from "./init.ts";
export type { LayerOptions } from "./layer.ts";
export { LayerNorm } from "./layer-norm.ts";
export { Linear, initializeLinear } from "./linear.ts";
export { Module } from "./module.ts";
export type { LoadReport, StateDict } from "./module.ts";
export { Sequential } from "./sequential.ts";
