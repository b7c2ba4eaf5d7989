/** The table of ops. Tensor methods, op tests and parity checks are derived from it. */
import { Tensor } from "../tensor/tensor.ts";
import * as arithmetic from "./arithmetic.ts";
import type { OpRecord } from "./define.ts";
import * as elementwise from "./elementwise.ts";
import * as joins from "./join.ts";
import * as layout from "./layout.ts";
import * as products from "./matmul.ts";
import * as random from "./random.ts";
import * as reduce from "./reduce.ts";
import * as select from "./select.ts";
import * as slices from "./slice.ts";

/** All ops; each type is that of a file, so that an editor finds the documentation of an op. */
type Ops = typeof elementwise &
  typeof arithmetic &
  typeof reduce &
  typeof layout &
  typeof slices &
  typeof joins &
  typeof select &
  typeof products &
  typeof random;
export type OpName = keyof Ops;

/** Every op by name. */
export const ops: Ops = {
  ...elementwise,
  ...arithmetic,
  ...reduce,
  ...layout,
  ...slices,
  ...joins,
  ...select,
  ...products,
  ...random,
};

/** Each op becomes a tensor method, called on its first input, unless that is a list of tensors. */
type MethodOf<F> = F extends (first: infer _First, ...rest: infer Rest) => Tensor
  ? (...rest: Rest) => Tensor
  : never;
type NameOfMethod = {
  [Name in OpName]: Parameters<Ops[Name]>[0] extends readonly unknown[] ? never : Name;
}[OpName];
type OpsOfOneTensor = Pick<Ops, NameOfMethod>;
/** The methods. Their names are keys of a type of ops, not renamed ones, because only then TypeScript keeps the documentation. */
export type Methods = { [Name in keyof OpsOfOneTensor]: MethodOf<OpsOfOneTensor[Name]> };

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

export { where } from "./arithmetic.ts";
export { concat, stack } from "./join.ts";
