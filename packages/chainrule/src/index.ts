/** Chainrule: tensors, their ops, and the graph they form. Importing it installs the eager evaluator. */
import "./graph/eager.ts";

export { Tensor } from "./tensor/tensor.ts";
export {
  arange,
  eye,
  full,
  linspace,
  ones,
  onesLike,
  rand,
  randint,
  randn,
  randperm,
  tensor,
  zeros,
  zerosLike,
} from "./tensor/create.ts";
export type { RandomOptions, TensorData, TensorOptions } from "./tensor/create.ts";
export type { DType, Values } from "./tensor/dtype.ts";
export type { Axes, Shape } from "./tensor/shape.ts";
export { atom, binding, call, infix, operator, power, times, within } from "./tensor/tex.ts";
export type { Tex } from "./tensor/tex.ts";
export type { Nested } from "./tensor/print.ts";
export * from "./tensor/errors.ts";
export type { GeneratorState } from "./tensor/random/index.ts";
export { Generator, RandomState, defaultGenerator, manualSeed } from "./tensor/random/index.ts";

export { concat, where, stack } from "./ops/index.ts";
export { ops, records } from "./ops/index.ts";
export type { OpName } from "./ops/index.ts";
export type { Move, Moves } from "./ops/moves.ts";
export type { Range } from "./ops/slice.ts";
export { defineOp } from "./ops/define.ts";
export type {
  Binary,
  Example,
  Kernel,
  Op,
  OpKind,
  OpRecord,
  OpSpec,
  OpTests,
  TensorLike,
  Unary,
  Vjp,
} from "./ops/define.ts";
export { composite } from "./ops/composite.ts";
export type { CompositeOptions, CompositeTests, CompositeVjp, Tensors } from "./ops/composite.ts";
export { Parameter, StateCell, snapshot, state } from "./ops/state.ts";
export type { Snapshot, StateOptions } from "./ops/state.ts";
export { isGradEnabled, named, noGrad } from "./ops/emit.ts";
export type {
  CompositeCall,
  Device,
  Executable,
  GradientSlot,
  Launch,
  Program,
  Slot,
  SlotName,
  Started,
  Step,
  Work,
} from "./devices/device.ts";
export { reference } from "./devices/reference.ts";

export type { GradientOptions } from "./graph/gradients.ts";
export { gradients } from "./graph/gradients.ts";
export { customOp } from "./functional/custom-op.ts";
export type { CustomArrayOp, CustomOp } from "./functional/custom-op.ts";
export { grad, hessian, jacobian, valueAndGrad, vjp } from "./functional/derivatives.ts";
export { gradcheck } from "./functional/gradcheck.ts";
export type { GradcheckEntry, GradcheckOptions, GradcheckReport } from "./functional/gradcheck.ts";
export { traceProgram } from "./functional/trace-program.ts";
export type { TraceProgramOptions } from "./functional/trace-program.ts";
export { compile } from "./graph/compile.ts";
export type { CompileOptions, CompiledStep } from "./graph/compile.ts";
export type { Rows } from "./graph/batches.ts";
export type { Outputs } from "./graph/results.ts";
export type { InputExample } from "./graph/trace.ts";
