/** Where threads must wait for each other: before a call that touches memory which another thread may still use. */
import type { Call } from "../lower/call.ts";

interface Range {
  readonly from: number;
  readonly to: number;
  readonly write: boolean;
  /** Whether all threads touch it, or thread 0 alone, which need not wait for itself. */
  readonly shared: boolean;
}

/** Is asked about each call, in their order. */
export class Barriers {
  #since: Range[] = [];
  #mayHaveFailed = false;

  /**
   * Whether all threads must wait before this call, whose scratch memory is at `scratch`; `rangeOf` gives the addresses of
   * a slot. A failed run ends at the next barrier. So threads also wait before a call that changes a cell (`commits`) if a
   * call since the last barrier may fail.
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
      // earlier and later calls use the same part of the arena
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
