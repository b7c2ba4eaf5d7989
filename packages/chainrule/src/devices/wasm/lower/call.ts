/** Calls of kernels on slots. A program is lowered to them; they are written to a tape once every slot has an address. */
import type { Slot, Step } from "../../device.ts";
import type { Tape } from "../kernels/tape.ts";

/** The tape that a call is written to, and the addresses that the call needs. */
export interface Writer {
  readonly tape: Tape;
  /** The address of a slot's numbers. */
  at(slot: number): number;
  /** The address of the call's own scratch memory. */
  readonly scratch: number;
  /** The address of a copy of these words, which never change. */
  words(words: readonly number[]): number;
  /** The number by which the tape calls a JavaScript function. */
  host(call: () => void): number;
  /** The memory's current buffer. Growing the memory replaces it. */
  buffer(): ArrayBufferLike;
}

export interface Call {
  /** Its name for printing. */
  readonly kernel: string;
  /** The steps of the program that it does. */
  readonly steps: readonly Step[];
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Bytes of scratch memory. */
  readonly scratch?: number;
  /** Its work, as a multiple of the work from which on threads share a call; 0 if threads cannot share the kernel. */
  readonly share: number;
  /** Whether it can end the run: by an index out of range, or by an error of an op's TypeScript kernel. */
  readonly mayFail?: boolean;
  /** Whether the result `written` may overwrite `read`: each element is read before it is written, and not after that. */
  mayReplace?(read: number, written: number): boolean;
  write(writer: Writer): void;
}

/** The slots of a program that is lowered: its own, temporaries of the lowering, and which slots are views of others. */
export class Slots {
  readonly all: Slot[];
  readonly #roots = new Map<number, number>();

  constructor(slots: readonly Slot[]) {
    this.all = [...slots];
  }

  /** A new slot. */
  fresh(shape: Slot["shape"], dtype: Slot["dtype"]): number {
    return this.all.push({ shape, dtype }) - 1;
  }

  /** Notes that a slot is the same memory as another one. */
  view(slot: number, of: number): void {
    this.#roots.set(slot, this.root(of));
  }

  /** The slot that a view is a view of; any other slot itself. */
  root(slot: number): number {
    return this.#roots.get(slot) ?? slot;
  }
}
