/** What a step may return: a tensor, an array or an object of them, or nothing; taken apart and put together again. */
import { ValueError } from "../tensor/errors.ts";
import { Tensor } from "../tensor/tensor.ts";

export type Outputs = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor } | undefined | void;

/** How the tensors of a result lie in it: one alone, by place, by name, or none. */
export type Structure = "one" | "none" | number | readonly string[];

/** @throws ValueError for anything else, such as a number or a promise */
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
