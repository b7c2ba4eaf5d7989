/**
 * The heap of a device hands out blocks of its memory. It takes the first free block that is large enough, joins free
 * neighbours, and grows the memory when no block is large enough.
 */
import { ValueError } from "../../../tensor/errors.ts";

const PAGE = 65_536;
/** Blocks begin at multiples of a cache line. */
const LINE = 64;
/** Kernels read up to four vectors past the end of an array. */
const SLACK = 64;

interface Free {
  at: number;
  bytes: number;
}

export class Heap {
  readonly #memory: WebAssembly.Memory;
  /** In order of their addresses. No two of them touch. */
  readonly #free: Free[] = [];
  readonly #taken = new Map<number, number>();
  #end: number;
  #used = 0;
  /** Called when the memory cannot grow: frees blocks whose contents can be copied there again. */
  onFull: () => void = () => {};

  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory;
    this.#end = Math.ceil(start / LINE) * LINE;
    this.#release(this.#end, memory.buffer.byteLength - SLACK - this.#end);
  }

  /** The bytes that are in use. */
  get used(): number {
    return this.#used;
  }

  /** The bytes of the whole memory. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The address of a block of at least `bytes`. Throws ValueError when the memory cannot grow that far. */
  allocate(bytes: number): number {
    const at = this.tryAllocate(bytes);
    if (at !== null) return at;
    const [more, all, used] = [bytes, this.size, this.#used].map((count) => (count / 1e6).toFixed(1));
    throw new ValueError(
      "memory",
      `the device cannot have ${more} MB more: of its ${all} MB ${used} MB are in use, and it cannot grow that far; ` +
        "try smaller batches, fewer of them in a call, or dispose of compiled steps that are no longer needed",
    );
  }

  /** The same, but null when the memory cannot grow that far. */
  tryAllocate(bytes: number): number | null {
    const size = Math.max(LINE, Math.ceil(bytes / LINE) * LINE);
    const find = (): number => this.#free.findIndex((block) => block.bytes >= size);
    let i = find();
    if (i < 0) {
      if (!this.#grow(size)) this.onFull();
      i = find();
      if (i < 0) return null;
    }
    const block = this.#free[i];
    const { at } = block;
    if (block.bytes === size) this.#free.splice(i, 1);
    else {
      block.at += size;
      block.bytes -= size;
    }
    this.#taken.set(at, size);
    this.#used += size;
    return at;
  }

  /** Frees a block. */
  free(at: number): void {
    const bytes = this.#taken.get(at);
    if (bytes === undefined) throw new ValueError("heap", `nothing was handed out at ${at}`);
    this.#taken.delete(at);
    this.#used -= bytes;
    this.#release(at, bytes);
  }

  #release(at: number, bytes: number): void {
    if (bytes <= 0) return;
    let i = this.#free.findIndex((block) => block.at > at);
    if (i < 0) i = this.#free.length;
    const before = this.#free[i - 1];
    const after = this.#free[i];
    if (before && before.at + before.bytes === at) {
      before.bytes += bytes;
      if (after && before.at + before.bytes === after.at) {
        before.bytes += after.bytes;
        this.#free.splice(i, 1);
      }
    } else if (after && at + bytes === after.at) {
      after.at = at;
      after.bytes += bytes;
    } else this.#free.splice(i, 0, { at, bytes });
  }

  /** Grows the memory for a block of `size`, by at least a quarter of the memory, so that growing is rare. */
  #grow(size: number): boolean {
    const { byteLength } = this.#memory.buffer;
    const last = this.#free.at(-1);
    const end = byteLength - SLACK;
    const there = last && last.at + last.bytes === end ? last.bytes : 0;
    const least = Math.ceil((size - there) / PAGE);
    const pages = Math.max(least, Math.ceil(byteLength / PAGE / 4));
    if (!this.#grown(pages) && !this.#grown(least)) return false;
    this.#release(end, this.#memory.buffer.byteLength - byteLength);
    return true;
  }

  #grown(pages: number): boolean {
    try {
      this.#memory.grow(pages);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
}
