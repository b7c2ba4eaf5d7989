/** The table of ops. Tensor methods, op tests and parity checks are derived from it. */
import { Tensor } from "../tensor/tensor.ts";
import * as arithmetic from "./arithmetic.ts";
import type { OpRecord } from "./define.ts";
import * as elementwise from "./elementwise.ts";
import * as joins from "./join.ts";
import * as layout from "./layout.ts";
import { matmul } from "./matmul.ts";
import { uniform } from "./random.ts";
import * as reduce from "./reduce.ts";
import * as select from "./select.ts";
import * as slices from "./slice.ts";

/** Every op by name. */
export const ops = {
  ...elementwise,
  ...arithmetic,
  ...reduce,
  ...layout,
  ...slices,
  ...joins,
  ...select,
  matmul,
  uniform,
};

type Ops = typeof ops;
export type OpName = keyof Ops;

/** Each op becomes a tensor method, called on its first input, unless that is a list of tensors. */
type MethodOf<F> = F extends (first: infer _First, ...rest: infer Rest) => Tensor
  ? (...rest: Rest) => Tensor
  : never;
type OfOneTensor<Name extends OpName> = Parameters<Ops[Name]>[0] extends readonly unknown[] ? never : Name;
export type Methods = { [Name in OpName as OfOneTensor<Name>]: MethodOf<Ops[Name]> };

/** The op records by name, for graph passes. */
export const records: ReadonlyMap<string, OpRecord> = new Map(
  Object.entries(ops) as unknown as [string, OpRecord][],
);

for (const [name, op] of Object.entries(ops)) {
  if (op.arity === "list") continue;
  const call = op as unknown as (...args: unknown[]) => Tensor;
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return call(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

export const { concat, stack, where } = ops;
