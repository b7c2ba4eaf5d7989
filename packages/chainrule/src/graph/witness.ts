/** The values besides tensors that a step reads and changes, such as the mode of a module or a `requiresGrad`. */

/** A value besides tensors that the step read. */
export interface Dependence {
  readonly read: () => unknown;
  /** The value during the trace. */
  readonly seen: unknown;
}

/** The part of an evaluator that records both while the step runs. */
export class Witness {
  readonly #dependences = new Map<() => unknown, unknown>();
  readonly #changed = new Map<() => unknown, { write: (value: never) => void; before: unknown }>();

  depends = (read: () => unknown): void => {
    // a value that the step itself has set is not a condition of the trace
    if (!this.#dependences.has(read) && !this.#changed.has(read)) this.#dependences.set(read, read());
  };

  changes = (read: () => unknown, write: (value: never) => void): void => {
    if (!this.#changed.has(read)) this.#changed.set(read, { write, before: read() });
  };

  dependences(): Dependence[] {
    return [...this.#dependences].map(([read, seen]) => ({ read, seen }));
  }

  /** Functions that repeat the step's changes. */
  effects(): (() => void)[] {
    return [...this.#changed].map(([read, { write }]) => {
      const value = read() as never;
      return () => write(value);
    });
  }

  /** Undoes the step's changes. */
  restore(): void {
    for (const { write, before } of this.#changed.values()) write(before as never);
  }
}
