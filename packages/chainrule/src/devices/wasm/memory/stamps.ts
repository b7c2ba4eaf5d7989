/** What a memory holds: what stays as it is carries a stamp, and is put into each memory once. */
export interface Put {
  readonly at: number;
  /** How many bytes it has. */
  readonly length: number;
  /** Stands for these bytes at this place and for nothing else, ever; null for what is put there at each run. */
  readonly stamp: object | null;
  write(to: Uint8Array): void;
}

export class Contents {
  readonly #stamps = new Map<number, object>();

  has(at: number, stamp: object | null): boolean {
    return stamp !== null && this.#stamps.get(at) === stamp;
  }

  /** Says that something lies there now. */
  add(at: number, stamp: object | null): void {
    if (stamp !== null) this.#stamps.set(at, stamp);
  }
}

/** Bytes for a place. */
export const putOf = (at: number, bytes: Uint8Array, stamp: object | null = null): Put => ({
  at,
  length: bytes.length,
  stamp,
  write: (to) => to.set(bytes),
});
