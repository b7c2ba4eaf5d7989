/**
 * Data sets in the heap. A tensor whose rows many runs read is copied there once. Tensors that the current run does not
 * read stay up to a number of bytes; those that were read longest ago are freed first.
 */
import { bytesOf, bytesPer } from "../../../tensor/dtype.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { segmentOf } from "./stamps.ts";
import type { Segment } from "./stamps.ts";
import type { Heap } from "./heap.ts";

/** The place of a tensor. The object is also the stamp of the bytes there. */
interface Upload {
  readonly at: number;
  readonly bytes: number;
}

export class Uploads {
  readonly #heap: Heap;
  readonly #most: number;
  readonly #of = new WeakMap<Tensor, Upload>();
  /** The tensors that have a place, in order of their last use. */
  readonly #kept = new Set<Upload>();
  /** What the newest run reads, which may still be running. */
  #read = new Set<Upload>();
  #bytes = 0;
  #programs = 0;

  /** `most` is the size in bytes of the largest tensor that is kept. A quarter of it may be kept for tensors not in use. */
  constructor(heap: Heap, most: number) {
    this.#heap = heap;
    this.#most = most;
    heap.onFull = () => this.#makeRoom(0);
  }

  /** To be called for a new program, which may read data sets. */
  enter(): void {
    this.#programs++;
  }

  /** To be called when a program is disposed of. After the last one, no data set is kept. */
  leave(): void {
    if (--this.#programs > 0) return;
    this.#read.clear();
    this.#makeRoom(0);
  }

  #known(x: Tensor): Upload | null {
    const upload = this.#of.get(x);
    return upload !== undefined && this.#kept.has(upload) ? upload : null;
  }

  /** Gives a place to each tensor that a run reads. Returns their addresses, null for a tensor that is too large. */
  keep(data: readonly Tensor[]): (number | null)[] {
    this.#read = new Set();
    const use = (upload: Upload): number => {
      this.#read.add(upload);
      // moves it to the end
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

  /** Frees tensors, from the one that was read longest ago, until those not in use take at most `most` bytes. */
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

  /** The bytes of those tensors that have a place. */
  segments(data: readonly Tensor[]): Segment[] {
    return [...new Set(data)].flatMap((x) => {
      const upload = this.#known(x);
      return upload === null ? [] : [segmentOf(upload.at, bytesOf(x.data), upload)];
    });
  }
}
