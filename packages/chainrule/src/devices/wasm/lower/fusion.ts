/** Finding steps that one kernel does together. A fusion looks at one step and at what leads to it. */
import { recordOf } from "../../../ops/define.ts";
import type { OpKind, OpRecord } from "../../../ops/define.ts";
import { ops } from "../../../ops/index.ts";
import type { Values } from "../../../tensor/dtype.ts";
import type { Program, Step } from "../../device.ts";

/** One step in place of several. */
export interface Replacement {
  readonly step: Step;
  /** The steps that it replaces, the last of which made its output. */
  readonly parts: readonly Step[];
}

/** A pattern of steps that ends with `root`, and the step of a fused op that replaces them. */
export interface Fusion {
  /** Fusions are applied pass by pass: a pattern that contains another one comes in an earlier pass. */
  readonly pass: 1 | 2 | 3;
  find(uses: Uses, root: Step): Replacement | null;
}

/** An op that only this device knows: users cannot call it, and no other device meets it. */
export function fusedOp(name: string, kind: OpKind): OpRecord {
  const unknown = (): never => {
    throw new TypeError(`${name} has no rule`);
  };
  const rules = { shape: unknown, dtype: unknown, kernel: unknown, vjp: null, tex: unknown };
  return recordOf({ name, kind, arity: "list", ...rules, tests: { examples: [] } });
}

/** The step of a fused op that makes what `root` made, from these inputs. */
export function replacing(
  root: Step,
  op: OpRecord,
  inputs: readonly number[],
  parts: readonly Step[],
  attrs?: unknown,
): Replacement {
  return { step: { op, attrs, inputs, output: root.output, scope: root.scope }, parts };
}

/** For each slot of a program, the step that makes it and the steps that read it. */
export class Uses {
  readonly #maker = new Map<number, Step>();
  readonly #readers = new Map<number, Step[]>();
  readonly #kept: ReadonlySet<number>;
  readonly #constants: ReadonlyMap<number, Values>;
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
    for (const step of program.steps) {
      this.#maker.set(step.output, step);
      for (const slot of new Set(step.inputs)) {
        const readers = this.#readers.get(slot);
        if (readers) readers.push(step);
        else this.#readers.set(slot, [step]);
      }
    }
    this.#kept = new Set([...program.outputs, ...program.cells.flatMap(({ update }) => update ?? [])]);
    this.#constants = new Map(program.constants.map(({ slot, values }) => [slot, values]));
  }

  /** The step that makes the slot; null if that is a step of another op. */
  made(slot: number, op: OpRecord<never>): Step | null {
    const step = this.#maker.get(slot);
    return step?.op === op ? step : null;
  }

  /** The slot of which this one is a reshaped view, through any number of views; the slot itself if it is not a view. */
  source(slot: number): number {
    for (let step = this.made(slot, ops.reshape); step !== null; step = this.made(slot, ops.reshape))
      [slot] = step.inputs;
    return slot;
  }

  /** The one step that reads the slot; null if there are several, or if the slot is an output or a cell's new value. */
  onlyReader(slot: number): Step | null {
    const readers = this.#kept.has(slot) ? [] : (this.#readers.get(slot) ?? []);
    return readers.length === 1 ? readers[0] : null;
  }

  /** Whether the slot is a constant of one element with this value. */
  isNumber(slot: number, value: number): boolean {
    const values = this.#constants.get(slot);
    return values?.length === 1 && values[0] === value;
  }
}
