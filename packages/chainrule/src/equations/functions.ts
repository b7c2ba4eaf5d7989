/** The functions of the language, a row each: how many values they take, what they give, and how they are computed. */
import { gelu } from "../functions/activations.ts";
import { softmax } from "../functions/softmax.ts";
import { gradients } from "../graph/gradients.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A function that acts on each entry by itself. */
export interface EntryFunction {
  readonly gives: "entries";
  readonly takes: 1;
  compute(x: Tensor): Tensor;
}

/** A function of one vector or matrix: a number of all entries, or the same shape, row by row. */
export interface WholeFunction {
  readonly gives: "number" | "rows";
  /** max and min also take two values, entry by entry. */
  readonly takes: 1 | "1 or 2";
}

export interface WhereFunction {
  readonly gives: "where";
  readonly takes: 3;
}

export type FunctionRow = EntryFunction | WholeFunction | WhereFunction;

const entries = (compute: (x: Tensor) => Tensor): EntryFunction => ({ gives: "entries", takes: 1, compute });

export const functions = {
  exp: entries((x) => x.exp()),
  log: entries((x) => x.log()),
  sqrt: entries((x) => x.sqrt()),
  tanh: entries((x) => x.tanh()),
  sigmoid: entries((x) => x.sigmoid()),
  σ: entries((x) => x.sigmoid()),
  relu: entries((x) => x.relu()),
  elu: entries((x) => x.elu()),
  softplus: entries((x) => x.softplus()),
  gelu: entries(gelu),
  abs: entries((x) => x.abs()),
  softmax: { gives: "rows", takes: 1 },
  sum: { gives: "number", takes: 1 },
  mean: { gives: "number", takes: 1 },
  max: { gives: "number", takes: "1 or 2" },
  min: { gives: "number", takes: "1 or 2" },
  norm: { gives: "number", takes: 1 },
  where: { gives: "where", takes: 3 },
} as const satisfies Record<string, FunctionRow>;

export const functionNames: ReadonlySet<string> = new Set(Object.keys(functions));

/** The row of a function; undefined for one that the text declares. */
export function functionRow(name: string): FunctionRow | undefined {
  return functionNames.has(name) ? functions[name as keyof typeof functions] : undefined;
}

/** The derivative of an entry function, f′(x), entry by entry. */
export function slope({ compute }: EntryFunction, x: Tensor): Tensor {
  return gradients(compute(x).sum(), [x])[0];
}

/** softmax over the entries of each vector, or of each row of a matrix. */
export { softmax };
