/** Calls of kernels before it is known where anything lies: what a program is lowered to, and what a tape is written from. */
import type { Slot, Step } from "../../device.ts";
import type { Tape } from "../kernels/tape.ts";

/** What writing a call to a tape needs to know. */
export interface Writer {
  readonly tape: Tape;
  /** The address of a slot's numbers. */
  at(slot: number): number;
  /** The address of the call's own scratch memory. */
  readonly scratch: number;
  /** The address of words that stay as they are. */
  words(words: readonly number[]): number;
  /** The number by which the tape calls a function out here. */
  host(call: () => void): number;
  /** The bytes of the memory as they are now. */
  buffer(): ArrayBufferLike;
}

export interface Call {
  /** What it is called in print. */
  readonly kernel: string;
  /** The steps of the program that it does. */
  readonly steps: readonly Step[];
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Bytes that it needs for itself. */
  readonly scratch?: number;
  /** Its work, as a multiple of what is worth sharing among threads; 0 where its kernel cannot be shared. */
  readonly share: number;
  /** Whether it can end the run: by an index out of range, or by what an op's own kernel throws. */
  readonly mayFail?: boolean;
  /** Whether the result `written` may lie where `read` did: read element by element, and not any more afterwards. */
  mayReplace?(read: number, written: number): boolean;
  write(writer: Writer): void;
}

/** The slots while a program is lowered: some more are made on the way, and views stand for what they view. */
export class Slots {
  readonly all: Slot[];
  readonly #roots = new Map<number, number>();

  constructor(slots: readonly Slot[]) {
    this.all = [...slots];
  }

  fresh(shape: Slot["shape"], dtype: Slot["dtype"]): number {
    return this.all.push({ shape, dtype }) - 1;
  }

  /** The slot holds the same numbers as another one, at the same place. */
  view(slot: number, of: number): void {
    this.#roots.set(slot, this.root(of));
  }

  root(slot: number): number {
    return this.#roots.get(slot) ?? slot;
  }
}
