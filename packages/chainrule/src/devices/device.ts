/** What runs a recorded program, and what a program is: plain data that can be printed, drawn, checked and exported. */
import type { OpRecord } from "../ops/define.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";

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
  /** The composites it was emitted in, outermost first. */
  readonly scope: readonly string[];
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
  readonly outputs: readonly number[];
}

/** A program made ready on a device. */
export interface Executable {
  /** Runs once: from the inputs and the cells' values to the outputs and the cells' new values (null: unchanged). */
  run(
    inputs: readonly Values[],
    cells: readonly Values[],
  ): { outputs: readonly Values[]; cells: readonly (Values | null)[] };
  dispose(): void;
}

export interface Device {
  readonly name: string;
  load(program: Program): Executable;
}
