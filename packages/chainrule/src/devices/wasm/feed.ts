/**
 * Where the steps of a run find their rows: in data sets that are kept in the heap or, for one that is too large for
 * that, in a buffer into which the rows of some steps at a time are brought.
 */
import { bytesPer } from "../../tensor/dtype.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Machine } from "./machine.ts";

/** The bytes that are brought in at a time, if one step needs no more. */
const BUFFER = 67_108_864;

/** What `gatherRows` is given: where rows lie, which one is the next, and how many there are. */
export interface Source {
  readonly data: number;
  readonly indices: number;
  readonly length: number;
}

export class Feed {
  /** How many steps can be run before more rows must be brought in. */
  readonly steps: number;
  /** For each data set. */
  readonly sources: readonly Source[];
  readonly #machine: Machine;
  readonly #batches: readonly Int32Array[];
  readonly #brought: { readonly x: Tensor; readonly at: number }[] = [];
  readonly #blocks: number[] = [];

  constructor(machine: Machine, data: readonly Tensor[], batches: readonly Int32Array[]) {
    this.#machine = machine;
    this.#batches = batches;
    const rows = batches[0].length;
    const kept = data.map((x) => machine.upload(x));
    const stepBytes = data.reduce((sum, x, i) => sum + (kept[i] === null ? rows * rowBytes(x) : 0), 0);
    this.steps = Math.min(batches.length, Math.max(1, Math.floor(BUFFER / stepBytes)));
    const length = this.steps * rows;
    const indices = this.#words(batches.length * rows, (words) =>
      batches.forEach((batch, i) => words.set(batch, i * rows)),
    );
    // rows that are brought in lie in the order of their use
    const inOrder =
      stepBytes === 0
        ? 0
        : this.#words(batches.length * rows, (words) => words.forEach((_, i) => (words[i] = i % length)));
    this.sources = data.map((x, i): Source => {
      const at = kept[i];
      if (at !== null) return { data: at, indices, length: x.shape[0] };
      const buffer = this.#block(length * rowBytes(x));
      this.#brought.push({ x, at: buffer });
      return { data: buffer, indices: inOrder, length };
    });
  }

  #block(bytes: number): number {
    try {
      const at = this.#machine.heap.allocate(bytes);
      this.#blocks.push(at);
      return at;
    } catch (error) {
      this.free();
      throw error;
    }
  }

  #words(length: number, fill: (words: Int32Array) => void): number {
    const at = this.#block(length * 4);
    fill(this.#machine.words(at, length));
    return at;
  }

  /** Brings in the rows of the steps from `first` on. */
  bring(first: number): void {
    const batches = this.#batches.slice(first, first + this.steps);
    for (const { x, at } of this.#brought) {
      const width = x.size / x.shape[0];
      const rows = this.#machine.numbers(x.dtype, at, this.steps * batches[0].length * width);
      let end = 0;
      for (const batch of batches)
        for (const row of batch) {
          rows.set(x.data.subarray(row * width, (row + 1) * width), end);
          end += width;
        }
    }
  }

  free(): void {
    for (const at of this.#blocks.splice(0)) this.#machine.heap.free(at);
  }
}

const rowBytes = ({ size, shape, dtype }: Tensor): number => (size / shape[0]) * bytesPer[dtype];
