/**
 * Which bytes already lie in a memory. Bytes that do not change carry a stamp, and are copied into each memory once.
 */

/** Bytes that must be in the memory before a run. */
export interface Segment {
  readonly at: number;
  /** In bytes. */
  readonly length: number;
  /** Identifies these bytes, so that they are not copied again; null: they are copied before every run. */
  readonly stamp: object | null;
  write(to: Uint8Array): void;
}

/** The stamps of what lies in one memory. */
export class Stamps {
  readonly #stamps = new Map<number, object>();

  has(at: number, stamp: object | null): boolean {
    return stamp !== null && this.#stamps.get(at) === stamp;
  }

  /** Notes that the bytes with this stamp lie there now. */
  add(at: number, stamp: object | null): void {
    if (stamp !== null) this.#stamps.set(at, stamp);
  }
}

/** The same bytes at every run. */
export const segmentOf = (at: number, bytes: Uint8Array, stamp: object | null = null): Segment => ({
  at,
  length: bytes.length,
  stamp,
  write: (to) => to.set(bytes),
});
