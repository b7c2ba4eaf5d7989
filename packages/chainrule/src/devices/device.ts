/**
 * The interfaces of a device and of the programs that it runs. A program is plain data that can be printed, drawn,
 * checked and exported.
 */
import type { OpRecord } from "../ops/define.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { StateCell } from "../ops/state.ts";

/** For projects whose `lib` has no `using` yet, as TypeScript's es2022: their check of the declarations needs the symbol. */
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** A slot for one value. */
export interface Slot {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One op call: the slots that it reads and the slot that it writes. */
export interface Step {
  readonly op: OpRecord;
  readonly attrs: unknown;
  readonly inputs: readonly number[];
  readonly output: number;
  /** The id of the innermost composite call that emitted it. */
  readonly scope: number | null;
}

/** One call of a composite: its steps are those whose scope is the call, or a call inside it. */
export interface CompositeCall {
  /** The call's index in the program's list; a call comes before the calls in its body. */
  readonly id: number;
  readonly name: string;
  /** The id of the call whose body made this one. */
  readonly parent: number | null;
  /** The slots of the call's tensors by name. */
  readonly inputs: { readonly [name: string]: number };
  readonly attrs: unknown;
  /** The slot of the result; null if the body threw an error that the step caught. */
  readonly output: number | null;
}

/** A name that a step gave to a slot. */
export interface SlotName {
  readonly slot: number;
  readonly name: string;
  /** The id of the composite call in whose body the name was given. */
  readonly scope: number | null;
}

/** A slot that holds a gradient: ∂of/∂by. */
export interface GradientSlot {
  readonly slot: number;
  /** The slot that was differentiated. */
  readonly of: number;
  readonly by: number;
}

/** A state cell of a program: the slot of its value before the step, and the slot of its new value if it changes. */
export interface CellSlot {
  readonly name: string;
  readonly slot: number;
  readonly update: number | null;
}

/** A sequence of op calls over numbered slots, without branches. */
export interface Program {
  readonly slots: readonly Slot[];
  readonly inputs: readonly number[];
  readonly cells: readonly CellSlot[];
  readonly constants: readonly { readonly slot: number; readonly values: Values }[];
  readonly steps: readonly Step[];
  readonly composites: readonly CompositeCall[];
  /** The names of slots; a slot may have several names or none. */
  readonly names: readonly SlotName[];
  /** The slots that hold gradients. */
  readonly gradients: readonly GradientSlot[];
  readonly outputs: readonly number[];
}

/** One kernel call of a step, for printing: the kernel and the ops that it computes. */
export interface Launch {
  readonly kernel: string;
  /** The shape and type of its output. */
  readonly output: Slot;
  readonly inputs: readonly Slot[];
  /** The names of the ops that it computes; more than one if they are fused. */
  readonly ops: readonly string[];
  /** Floating-point operations and bytes read and written. */
  readonly flops: number;
  readonly bytes: number;
}

/**
 * The work of one call of a program: one step on these inputs, or one step per batch, whose inputs are the rows of
 * `data` that the batch names. Every batch has the length for which the program was traced.
 */
export type Work =
  | { readonly inputs: readonly Tensor[] }
  | { readonly data: readonly Tensor[]; readonly batches: readonly Int32Array[] };

/**
 * Work that begins when one of the two methods is called. Both return the outputs; those of several batches are in
 * order.
 */
export interface Started {
  /** Runs on this thread. Afterwards the cells have their new values. */
  now(): readonly Values[];
  /** Runs in a worker if the device has one. Until it is done, the cells read their old values. */
  later(): Promise<readonly Values[]>;
}

/** A program loaded on a device and bound to the cells that it reads and changes. */
export interface Executable {
  /** Begins steps of the program; their results come at once or later. */
  start(work: Work): Started;
  readonly launches: readonly Launch[];
  /** The bytes of all values that live only within a step. */
  readonly arenaBytes: number;
  /** Frees what the program holds on the device. */
  dispose(): void;
}

export interface Device {
  readonly name: string;
  /** Prepares a program for runs that read and change these cells. */
  load(program: Program, cells: readonly StateCell[]): Executable;
  /** Runs a body that awaits `later`, after all bodies that were requested before. */
  inTurn<T>(body: () => Promise<T>): Promise<T>;
}
