/** How the steps of an op become calls of kernels: one lowerer per op, or one for all ops of a kind. */
import type { OpKind, OpRecord } from "../../../ops/define.ts";
import type { Step } from "../../device.ts";
import type { KernelName } from "../kernels/signatures.ts";
import type { Call, Slots } from "./call.ts";
import type { Fusion } from "./fusion.ts";

/**
 * The calls that do a step, in their order; null where no kernel takes such shapes and types. A lowerer may add slots for
 * temporaries.
 */
export type Lowerer = (step: Step, slots: Slots) => readonly Call[] | null;

/** The kernels of one file of packages/chainrule/kernels: the patterns that they replace, and how each is called. */
export interface Family {
  readonly fusions: readonly Fusion[];
  /** The key is an op, or a kind for all ops of the library that have no lowerer of their own. */
  readonly lowerers: readonly (readonly [OpRecord | OpKind, Lowerer])[];
}

/**
 * From about this many iterations of a kernel's inner loop on, threads share the call. They take 5 µs; waiting for the
 * other threads takes 1 µs.
 */
const WORTH_SHARING = 125_000;

/** What a kernel needs beside its arguments. */
export interface Needs {
  /** The iterations of the kernel's inner loop, for a kernel that threads can share. */
  readonly work?: number;
  /** The scratch memory that the kernel uses: the argument for its address, and its bytes. */
  readonly scratch?: { readonly name: string; readonly bytes: number };
  /** Whether the kernel refuses an index that is out of range. */
  readonly mayFail?: boolean;
}

/**
 * One kernel that writes the output of a step. `read` has the slots that it reads, by the arguments for their addresses; one
 * that is undefined has address 0. `given` has its other arguments.
 */
export function kernelCall(
  step: Step,
  slots: Slots,
  kernel: KernelName,
  read: { readonly [name: string]: number | undefined },
  given: { readonly [name: string]: number },
  { work = 0, scratch: own, mayFail }: Needs = {},
): Call {
  const out = slots.root(step.output);
  const operands = Object.entries(read).map(
    ([name, slot]) => [name, slot === undefined ? null : slots.root(slot)] as const,
  );
  return {
    kernel,
    steps: [step],
    reads: operands.flatMap(([, slot]) => slot ?? []),
    writes: [out],
    share: work / WORTH_SHARING,
    scratch: own?.bytes,
    mayFail,
    write({ tape, at, scratch }) {
      const addresses = operands.map(([name, slot]) => [name, slot === null ? 0 : at(slot)] as const);
      const all = { out: at(out), ...Object.fromEntries(addresses), ...given };
      tape.call(kernel, (own === undefined ? all : { ...all, [own.name]: scratch }) as never);
    },
  };
}
