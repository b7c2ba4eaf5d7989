/** What runs a recorded program, and what a program is: plain data that can be printed, drawn, checked and exported. */
import type { OpRecord } from "../ops/define.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { StateCell } from "../ops/state.ts";

/** A place for one value. */
export interface Slot {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** One op call: which slots it reads and the one it writes. */
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
  /** Its place in the program's list; a call comes before the calls in its body. */
  readonly id: number;
  readonly name: string;
  /** The id of the call whose body made this one. */
  readonly parent: number | null;
  /** The slots of its tensors by name. */
  readonly inputs: { readonly [name: string]: number };
  readonly attrs: unknown;
  /** The slot of its result; null where the body threw an error that the step caught. */
  readonly output: number | null;
}

/** A name that a step gave to a slot. */
export interface SlotName {
  readonly slot: number;
  readonly name: string;
  /** The id of the composite's call in whose body the name was given. */
  readonly scope: number | null;
}

/** A slot that holds a gradient: ∂of/∂by. */
export interface GradientSlot {
  readonly slot: number;
  /** The slot that was differentiated. */
  readonly of: number;
  readonly by: number;
}

/** A state cell of a program: the slot it starts in, and the one that holds what it becomes, if it changes. */
export interface CellSlot {
  readonly name: string;
  readonly slot: number;
  readonly update: number | null;
}

/** A straight line of op calls over numbered slots. */
export interface Program {
  readonly slots: readonly Slot[];
  readonly inputs: readonly number[];
  readonly cells: readonly CellSlot[];
  readonly constants: readonly { readonly slot: number; readonly values: Values }[];
  readonly steps: readonly Step[];
  readonly composites: readonly CompositeCall[];
  /** What slots are called; a slot may have several names or none. */
  readonly names: readonly SlotName[];
  /** Which slots hold gradients. */
  readonly gradients: readonly GradientSlot[];
  readonly outputs: readonly number[];
}

/** One thing that a device does in a step, for printing: a kernel and the ops that it stands for. */
export interface Launch {
  readonly kernel: string;
  /** What it writes. */
  readonly output: Slot;
  readonly inputs: readonly Slot[];
  /** The names of the ops in it, more than one where they are fused. */
  readonly ops: readonly string[];
  /** Floating-point operations and bytes read and written. */
  readonly flops: number;
  readonly bytes: number;
}

/**
 * What a program computes in one go: one step on these inputs, or one step for each batch, whose inputs are the rows of
 * `data` that it names. Batches are of the program's length.
 */
export type Work =
  | { readonly inputs: readonly Tensor[] }
  | { readonly data: readonly Tensor[]; readonly batches: readonly Int32Array[] };

/** Work that is done when one of the two is called; either gives the outputs, those of several batches one after the other. */
export interface Started {
  /** On this thread. The cells have their new values afterwards. */
  now(): readonly Values[];
  /** Off this thread where the device can. Meanwhile cells read as they were. */
  later(): Promise<readonly Values[]>;
}

/** A program made ready on a device, bound to the cells that it reads and changes. */
export interface Executable {
  start(work: Work): Started;
  readonly launches: readonly Launch[];
  /** The bytes of all that lives only within a step. */
  readonly arenaBytes: number;
  dispose(): void;
}

export interface Device {
  readonly name: string;
  load(program: Program, cells: readonly StateCell[]): Executable;
  /** Runs a body that awaits `later`: at once, or after all that was asked for before. */
  inTurn<T>(body: () => Promise<T>): Promise<T>;
}
