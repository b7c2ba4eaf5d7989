/**
 * Where the steps of a run find the rows of their batches: in data sets that are kept in the heap, or, for a data set that
 * is too large for that, in a buffer that holds the rows of some steps at a time.
 */
import { arrays, bytesOf, bytesPer } from "../../tensor/dtype.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { segmentOf } from "./memory/stamps.ts";
import type { Segment } from "./memory/stamps.ts";
import type { Machine } from "./machine.ts";
import type { Leg } from "./run-tape.ts";

/** The size of the buffer in bytes, unless one step needs more. */
const BUFFER = 67_108_864;

/** The arguments of `gatherRows`: the addresses of the rows and of the row numbers, and the number of rows. */
export interface Source {
  readonly data: number;
  readonly indices: number;
  readonly length: number;
}

export class BatchRows {
  /** One for each data set. */
  readonly sources: readonly Source[];
  /** The blocks of the heap that it uses. */
  readonly blocks: number[] = [];
  /** The number of steps that can run before more rows must be copied. */
  readonly #steps: number;
  /** The bytes that must be in the memory before the first step. */
  readonly #segments: Segment[] = [];
  readonly #machine: Machine;
  readonly #batches: readonly Int32Array[];
  /** The data sets that are too large, with the address of the buffer for their rows. */
  readonly #buffered: { readonly x: Tensor; readonly at: number }[] = [];

  constructor(machine: Machine, data: readonly Tensor[], batches: readonly Int32Array[]) {
    this.#machine = machine;
    this.#batches = batches;
    const rows = batches[0].length;
    const kept = machine.uploads.keep(data);
    const stepBytes = data.reduce((sum, x, i) => sum + (kept[i] === null ? rows * rowBytes(x) : 0), 0);
    this.#steps = Math.min(batches.length, Math.max(1, Math.floor(BUFFER / stepBytes)));
    const length = this.#steps * rows;
    const indices = this.#words(batches.length * rows, (words) =>
      batches.forEach((batch, i) => words.set(batch, i * rows)),
    );
    // rows in a buffer lie in the order of their use
    const inOrder =
      stepBytes === 0
        ? 0
        : this.#words(batches.length * rows, (words) => words.forEach((_, i) => (words[i] = i % length)));
    this.sources = data.map((x, i): Source => {
      const at = kept[i];
      if (at !== null) return { data: at, indices, length: x.shape[0] };
      const buffer = this.block(length * rowBytes(x));
      this.#buffered.push({ x, at: buffer });
      return { data: buffer, indices: inOrder, length };
    });
  }

  /** A block of the heap for the duration of the run. */
  block(bytes: number): number {
    try {
      const at = this.#machine.heap.allocate(bytes);
      this.blocks.push(at);
      return at;
    } catch (error) {
      this.free();
      throw error;
    }
  }

  #words(length: number, fill: (words: Int32Array) => void): number {
    const at = this.block(length * 4);
    const words = new Int32Array(length);
    fill(words);
    this.#segments.push(segmentOf(at, bytesOf(words)));
    return at;
  }

  /** The steps, cut where more rows must be copied. The bytes `before` are for the first leg. */
  *legs(before: readonly Segment[]): Generator<Leg> {
    const all = this.#batches.length;
    for (let first = 0; first < all; first += this.#steps) {
      const segments = [...(first === 0 ? [...before, ...this.#segments] : []), ...this.#rowsFrom(first)];
      const steps = Math.min(this.#steps, all - first);
      yield { first, steps, segments, last: first + steps === all };
    }
  }

  /** The rows that must be copied before the steps from `first` on. */
  #rowsFrom(first: number): Segment[] {
    const batches = this.#batches.slice(first, first + this.#steps);
    return this.#buffered.map(({ x, at }) => {
      const width = x.size / x.shape[0];
      const length = batches.length * batches[0].length * rowBytes(x);
      const write = ({ buffer, byteOffset }: Uint8Array): void => {
        const rows = new arrays[x.dtype](buffer as ArrayBuffer, byteOffset, length / bytesPer[x.dtype]);
        let end = 0;
        for (const batch of batches)
          for (const row of batch) {
            rows.set(x.data.subarray(row * width, (row + 1) * width), end);
            end += width;
          }
      };
      return { at, length, stamp: null, write };
    });
  }

  /** Frees the blocks. */
  free(): void {
    for (const at of this.blocks.splice(0)) this.#machine.heap.free(at);
  }
}

const rowBytes = ({ size, shape, dtype }: Tensor): number => (size / shape[0]) * bytesPer[dtype];
