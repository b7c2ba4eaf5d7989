/** Looking again whether a step does what was recorded of it, faster than by another trace. */
import { isGradEnabled } from "../ops/emit.ts";
import type { Evaluator } from "../ops/emit.ts";
import type { StateCell } from "../ops/state.ts";
import { sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { same, sameGradients, sameValues } from "./differences.ts";
import { Witness, observed } from "./observe.ts";
import type { Observed } from "./observe.ts";
import type { Event, Recording, Trace } from "./trace.ts";

/** Thrown where a step does not do what was recorded. */
class Different extends Error {}

/** Answers from a recording for as long as the step does the same; so no rule of an op is asked, and no tensor made. */
class Checker extends Witness implements Evaluator {
  readonly #events: readonly Event[];
  readonly #now: Map<StateCell, Tensor>;
  readonly #seen = new Set<StateCell>();
  #at = 0;
  #different = false;

  constructor({ events, found }: Recording) {
    super();
    this.#events = events;
    this.#now = new Map(found);
  }

  /** Whether all that was recorded was done, and nothing else. */
  get same(): boolean {
    return !this.#different && this.#at === this.#events.length;
  }

  /** Remembered, too, since the step may catch what is thrown in it. */
  #differs(): never {
    this.#different = true;
    throw new Different();
  }

  #next(): Event {
    if (this.#at === this.#events.length) this.#differs();
    return this.#events[this.#at++];
  }

  recall: Required<Evaluator>["recall"] = (op, inputs, attrs) => {
    const event = this.#next();
    if (
      !("node" in event) ||
      event.node.op !== op ||
      event.gradEnabled !== isGradEnabled() ||
      !sameTensors(inputs, event.node.inputs) ||
      !same(attrs, event.node.attrs)
    )
      return this.#differs();
    return event.result;
  };

  emit = (): Tensor => this.#differs();

  read = (cell: StateCell): Tensor => {
    const now = this.#now.get(cell);
    if (now === undefined) return this.#differs();
    if (!this.#seen.has(cell)) {
      this.#seen.add(cell);
      this.depends(() => cell.requiresGrad);
    }
    return now;
  };

  assign = (cell: StateCell, value: Tensor): void => {
    const event = this.#next();
    if ("node" in event || event.cell !== cell || !sameTensors([value], [event.value]))
      return this.#differs();
    this.#now.set(cell, event.result);
  };
}

/** Whether tensors are those that were recorded, or constants like them. */
function sameTensors(now: readonly Tensor[], recorded: readonly Tensor[]): boolean {
  return now.length === recorded.length && now.every((x, i) => x === recorded[i] || alike(x, recorded[i]));
}

function alike(x: Tensor, y: Tensor): boolean {
  return (
    x.hasValues &&
    y.hasValues &&
    !x.requiresGrad &&
    !y.requiresGrad &&
    x.dtype === y.dtype &&
    sameShape(x.shape, y.shape) &&
    sameValues(x.data, y.data)
  );
}

/**
 * Whether a step does what was recorded: then, on what it depends and what it changes from now on. Null where it is not
 * surely the same; `difference` of another trace says.
 */
export function isSame(
  { record, gradients }: Trace,
  step: (...inputs: Tensor[]) => readonly Tensor[],
  kept: ReadonlySet<Tensor>,
): Pick<Observed, "dependences" | "effects"> | null {
  const checker = new Checker(record);
  for (const input of record.inputs) input.grad = null;
  try {
    const now = observed(checker, step, record.inputs, kept);
    return checker.same && sameTensors(now.results, record.results) && sameGradients(now.gradients, gradients)
      ? { dependences: now.dependences, effects: now.effects }
      : null;
  } catch {
    // also what the step itself throws: it does so once more in another trace
    return null;
  }
}
