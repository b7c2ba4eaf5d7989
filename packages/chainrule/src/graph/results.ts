/** The results of a step: a tensor, an array or an object of tensors, or nothing. */
import type { Program } from "../devices/device.ts";
import type { Values } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import { Tensor } from "../tensor/tensor.ts";

export type Outputs = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor } | undefined | void;

/** The form of a result: one tensor, nothing, an array of some length, or an object with these names. */
export type Structure = "one" | "none" | number | readonly string[];

/** @throws ValueError for any other result, such as a number or a promise */
export function flatten(result: unknown): { structure: Structure; tensors: Tensor[] } {
  if (result === undefined) return { structure: "none", tensors: [] };
  if (result instanceof Tensor) return { structure: "one", tensors: [result] };
  if (result instanceof Promise)
    throw new ValueError("compile", "the step is async; tracing it takes a plain function");
  if (typeof result === "object" && result !== null) {
    const tensors: unknown[] = Object.values(result);
    if (tensors.every((tensor) => tensor instanceof Tensor))
      return { structure: Array.isArray(result) ? tensors.length : Object.keys(result), tensors };
  }
  throw new ValueError(
    "compile",
    `a step returns a tensor, an array or an object of tensors, or nothing, not ${described(result)}`,
  );
}

function described(result: unknown): string {
  if (typeof result !== "object" || result === null) return String(result);
  const [name, value] = Object.entries(result).find(([, item]) => !(item instanceof Tensor)) ?? ["", ""];
  return `one with ${String(value)} at "${name}"`;
}

export function rebuild(structure: Structure, tensors: readonly Tensor[]): Outputs {
  if (structure === "none") return undefined;
  if (structure === "one") return tensors[0];
  if (typeof structure === "number") return tensors;
  return Object.fromEntries(structure.map((name, i) => [name, tensors[i]]));
}

/** A program's outputs as tensors; those of several steps are stacked along the axes of `stacked`. */
export function outputTensors(
  { outputs, slots }: Program,
  values: readonly Values[],
  stacked: Shape = [],
): Tensor[] {
  return outputs.map((slot, i) => {
    const { shape, dtype } = slots[slot];
    return new Tensor([...stacked, ...shape], dtype, { values: values[i] });
  });
}
