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

/** The address of a slot's numbers. */
export type AddressOf = (slot: number) => number;

/**
 * From about this many iterations of a kernel's inner loop on, threads share the call. They take 5 µs; waiting for the
 * other threads takes 1 µs.
 */
const WORTH_SHARING = 125_000;

/** What a kernel needs beside its arguments. */
export interface Needs {
  /** The iterations of the kernel's inner loop, for a kernel that threads can share. */
  readonly work?: number;
  /** Bytes of scratch memory. */
  readonly scratch?: number;
  /** Whether the kernel refuses an index that is out of range. */
  readonly mayFail?: boolean;
}

/** One kernel that reads some slots and writes the output of a step; `given` returns its arguments except `out`. */
export function kernelCall(
  step: Step,
  slots: Slots,
  kernel: KernelName,
  reads: readonly number[],
  given: (at: AddressOf, scratch: number) => Readonly<Record<string, number>>,
  { work = 0, ...needs }: Needs = {},
): Call {
  const out = slots.root(step.output);
  return {
    kernel,
    steps: [step],
    reads: reads.map((slot) => slots.root(slot)),
    writes: [out],
    share: work / WORTH_SHARING,
    write({ tape, at, scratch }) {
      tape.call(kernel, { out: at(out), ...given((slot) => at(slots.root(slot)), scratch) } as never);
    },
    ...needs,
  };
}
