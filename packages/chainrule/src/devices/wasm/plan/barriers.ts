/** Where threads have to wait for each other: before a call that touches what another thread may still be at. */
import type { Call } from "../lower/call.ts";

interface Range {
  readonly from: number;
  readonly to: number;
  readonly write: boolean;
  /** By all threads, or by the first alone, which needs not wait for itself. */
  readonly shared: boolean;
}

/** Follows calls in their order. */
export class Barriers {
  #since: Range[] = [];
  #mayHaveFailed = false;

  /**
   * Whether all must wait before this call, whose own memory is at `scratch`; `rangeOf` gives the bytes of a slot. A
   * failed run ends where all wait, so that is also before a call that `commits`, changes a cell, after one that may fail.
   */
  before(
    call: Call,
    shared: boolean,
    scratch: number,
    rangeOf: (slot: number) => { from: number; to: number },
    commits: boolean,
  ): boolean {
    const ranges: Range[] = [
      ...call.reads.map((slot) => ({ ...rangeOf(slot), write: false, shared })),
      ...call.writes.map((slot) => ({ ...rangeOf(slot), write: true, shared })),
      // the arena gives it to others before and after
      { from: scratch, to: scratch + (call.scratch ?? 0), write: true, shared },
    ];
    const wait =
      (commits && this.#mayHaveFailed) ||
      ranges.some((range) => this.#since.some((earlier) => conflict(range, earlier)));
    this.#since = wait ? ranges : [...this.#since, ...ranges];
    this.#mayHaveFailed = call.mayFail === true || (this.#mayHaveFailed && !wait);
    return wait;
  }
}

function conflict(a: Range, b: Range): boolean {
  return (a.write || b.write) && (a.shared || b.shared) && a.from < b.to && b.from < a.to;
}
