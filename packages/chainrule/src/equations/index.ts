/** Networks written as equations: read from a text, checked, printed, and made into modules. */
import "../graph/eager.ts";

export { EquationError } from "./error.ts";
export type { Span } from "./error.ts";
export type { Batch } from "./evaluate.ts";
export type { ValueShape } from "./extents.ts";
export { EquationNetwork } from "./module.ts";
export type { EquationOptions } from "./module.ts";
export { networkOf } from "./network.ts";
export type {
  Definition,
  InputFacts,
  Network,
  NetworkOptions,
  ParameterFacts,
  TargetFacts,
} from "./network.ts";
export { parse } from "./parse.ts";
export { print } from "./print.ts";
export type { EquationText, Expression, Statement } from "./syntax.ts";
