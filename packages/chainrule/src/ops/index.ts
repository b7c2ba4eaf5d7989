/** The table of ops. Tensor methods, op tests, docs and worksheets are derived from it. */
import { Tensor } from "../tensor/tensor.ts";
import * as arithmetic from "./arithmetic.ts";
import type { OpRecord } from "./define.ts";
import * as elementwise from "./elementwise.ts";
import * as layout from "./layout.ts";
import { matmul } from "./matmul.ts";
import { uniform } from "./random.ts";
import * as reduce from "./reduce.ts";
import * as select from "./select.ts";

const { sumTo: _sumTo, ...reductions } = reduce;

/** Every op by name. */
export const ops = { ...elementwise, ...arithmetic, ...reductions, ...layout, ...select, matmul, uniform };

type Ops = typeof ops;
export type OpName = keyof Ops;

/** The ops whose first input is one tensor become its methods. */
type MethodOf<F> = F extends (first: infer First, ...rest: infer Rest) => Tensor
  ? First extends readonly unknown[]
    ? never
    : (...rest: Rest) => Tensor
  : never;
export type Methods = { [Name in Exclude<OpName, "concat" | "stack" | "where">]: MethodOf<Ops[Name]> };

/** The records as passes read them, by name. */
export const records: ReadonlyMap<string, OpRecord> = new Map(
  Object.entries(ops) as unknown as [string, OpRecord][],
);

for (const [name, op] of Object.entries(ops) as unknown as [string, (...args: unknown[]) => Tensor][]) {
  if (name === "concat" || name === "stack" || name === "where") continue;
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return op(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

export const { concat, stack, where } = ops;
