/** The kernels in TypeScript: the parameters of each, on a tape and in a call. */
import type { DType } from "../../../tensor/dtype.ts";
import { catalog } from "./catalog.ts";

type Words<S extends string> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S;
type Row = (typeof catalog)[number];
type ParametersOf<Name, R = Row> = R extends Row
  ? Name extends Words<R["kernels"]>
    ? Words<R["parameters"]>
    : never
  : never;
type Bare<S extends string> = S extends `${infer Name}:f64` ? Name : S;

export type KernelName = Words<Row["kernels"]>;

/** The arguments of a kernel by name: addresses in bytes, sizes and numbers. */
export type Arguments<Name extends KernelName> = Record<Bare<ParametersOf<Name>>, number>;

interface TapeParameter {
  readonly name: string;
  /** The number of 32-bit words on a tape. */
  readonly words: 1 | 2;
}

export interface Signature {
  readonly opcode: number;
  readonly parameters: readonly TapeParameter[];
  /** The number of words of all parameters. */
  readonly words: number;
  /** Whether the kernel can be part of an elementwise group. */
  readonly block: boolean;
  /** Whether threads can share its work. */
  readonly shared: boolean;
}

/** The parameters that a group can pass to a kernel. */
const blockParameters = new Set(["out", "a", "b", "c", "n", "da", "db", "dc", "p0", "p1"]);

export const signatures: ReadonlyMap<KernelName, Signature> = /* @__PURE__ */ readCatalog();

function readCatalog(): Map<KernelName, Signature> {
  const found = new Map<KernelName, Signature>();
  for (const { kernels, parameters: given, shared } of catalog) {
    const parameters = given.split(" ").map((word): TapeParameter => {
      const [name, type] = word.split(":");
      return { name, words: type === "f64" ? 2 : 1 };
    });
    const names = parameters.map(({ name }) => name);
    const words = parameters.reduce((sum, parameter) => sum + parameter.words, 0);
    const block =
      names.includes("n") && names.includes("a") && names.every((word) => blockParameters.has(word));
    for (const kernel of kernels.split(" "))
      found.set(kernel as KernelName, { opcode: found.size, parameters, words, shared, block });
  }
  return found;
}

export function signatureOf(kernel: KernelName): Signature {
  return signatures.get(kernel) as Signature;
}

export function isKernel(name: string): name is KernelName {
  return signatures.has(name as KernelName);
}

/** What the name of a kernel ends with, for the type of its numbers. */
export const suffixes: Record<DType, string> = { float32: "f32", float64: "f64", int32: "i32", bool: "u8" };

/** The kernel of an op for a type, such as `sum_f32`; null if the op has no kernel for it. */
export function kernelFor(op: string, dtype: DType): KernelName | null {
  const name = `${op}_${suffixes[dtype]}`;
  return isKernel(name) ? name : null;
}
