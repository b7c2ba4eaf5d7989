/**
 * Data sets in the heap: tensors that many runs read have a place there, and are put there once. Of those that a run
 * does not read only so much is kept, what was read last.
 */
import { bytesOf, bytesPer } from "../../../tensor/dtype.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { putOf } from "./stamps.ts";
import type { Put } from "./stamps.ts";
import type { Heap } from "./heap.ts";

/** A place for a tensor; its own stamp. */
interface Upload {
  readonly at: number;
  readonly bytes: number;
}

export class Uploads {
  readonly #heap: Heap;
  readonly #most: number;
  readonly #of = new WeakMap<Tensor, Upload>();
  /** Those that have a place, what was read longest ago first. */
  readonly #kept = new Set<Upload>();
  /** What the run reads for which places were asked last; it may be under way. */
  #read = new Set<Upload>();
  #bytes = 0;
  #programs = 0;

  /** `most`: the bytes of the largest tensor that is kept; a quarter of that may lie there unread. */
  constructor(heap: Heap, most: number) {
    this.#heap = heap;
    this.#most = most;
    heap.onFull = () => this.#makeRoom(0);
  }

  /** A program that may read data sets has come. */
  enter(): void {
    this.#programs++;
  }

  /** It has gone; after the last one nothing is kept. */
  leave(): void {
    if (--this.#programs > 0) return;
    this.#read.clear();
    this.#makeRoom(0);
  }

  #known(x: Tensor): Upload | null {
    const upload = this.#of.get(x);
    return upload !== undefined && this.#kept.has(upload) ? upload : null;
  }

  /** Keeps what a run reads: the address of each tensor, null for one that is too large for that. */
  keep(data: readonly Tensor[]): (number | null)[] {
    this.#read = new Set();
    const use = (upload: Upload): number => {
      this.#read.add(upload);
      // now the last
      this.#kept.delete(upload);
      this.#kept.add(upload);
      return upload.at;
    };
    for (const x of data) {
      const known = this.#known(x);
      if (known !== null) use(known);
    }
    this.#makeRoom(this.#most / 4);
    return data.map((x) => {
      const upload = this.#known(x) ?? this.#place(x);
      return upload && use(upload);
    });
  }

  #place(x: Tensor): Upload | null {
    const bytes = x.size * bytesPer[x.dtype];
    if (bytes > this.#most) return null;
    const at = this.#heap.tryAllocate(bytes);
    if (at === null) return null;
    const upload = { at, bytes };
    this.#of.set(x, upload);
    this.#bytes += bytes;
    return upload;
  }

  /** Gives back what was read longest ago, until what is not read now takes no more than `most` bytes. */
  #makeRoom(most: number): void {
    let unread = [...this.#read].reduce((rest, { bytes }) => rest - bytes, this.#bytes);
    for (const upload of this.#kept) {
      if (unread <= most) return;
      if (this.#read.has(upload)) continue;
      unread -= upload.bytes;
      this.#bytes -= upload.bytes;
      this.#kept.delete(upload);
      this.#heap.free(upload.at);
    }
  }

  /** What is to lie there for those that are kept. */
  puts(data: readonly Tensor[]): Put[] {
    return [...new Set(data)].flatMap((x) => {
      const upload = this.#known(x);
      return upload === null ? [] : [putOf(upload.at, bytesOf(x.data), upload)];
    });
  }
}
