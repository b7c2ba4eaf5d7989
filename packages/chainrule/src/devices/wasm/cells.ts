/**
 * State cells in the heap: one place for each, shared by all programs. Before a run the places take over what was
 * assigned out here since; after a run the cells know that their newest values are in there.
 */
import type { StateCell } from "../../ops/state.ts";
import { arrays, bytesPer } from "../../tensor/dtype.ts";
import type { Values } from "../../tensor/dtype.ts";
import type { Remembered } from "../device.ts";
import type { Heap } from "./heap.ts";

interface Place {
  readonly at: number;
  /** The version of the cell that lies here. */
  version: number;
  /** How many programs use it. */
  users: number;
  readonly fetch: () => Values;
}

export class Cells {
  readonly #heap: Heap;
  readonly #memory: WebAssembly.Memory;
  readonly #places = new Map<StateCell, Place>();

  constructor(heap: Heap, memory: WebAssembly.Memory) {
    this.#heap = heap;
    this.#memory = memory;
  }

  /** The address of a cell, for a program that begins to use it. */
  take(cell: StateCell): number {
    let place = this.#places.get(cell);
    if (place === undefined) {
      const { dtype, size } = cell;
      const at = this.#heap.allocate(size * bytesPer[dtype]);
      place = { at, version: -1, users: 0, fetch: () => this.#values(cell, at) };
      this.#places.set(cell, place);
    }
    place.users++;
    return place.at;
  }

  /** What lies at an address, in an array like the cell's; a copy, since the place goes on changing. */
  #values({ dtype, size }: StateCell, at: number): Values {
    return new arrays[dtype](this.#memory.buffer as ArrayBuffer, at, size).slice();
  }

  /** A program does not use the cell any more; after the last one its values come back out. */
  release(cell: StateCell): void {
    const place = this.#places.get(cell);
    if (place === undefined || --place.users > 0) return;
    void cell.present;
    this.#places.delete(cell);
    this.#heap.free(place.at);
  }

  /** Copies inside the heap of the values that lie there; what lies out here is never written over. */
  remember(cells: readonly StateCell[]): Remembered {
    const memory = (): Uint8Array => new Uint8Array(this.#memory.buffer);
    const copies: number[] = [];
    const restores = cells.map((cell) => {
      const place = this.#places.get(cell);
      if (place === undefined || place.version !== cell.version) {
        const { data } = cell.present;
        return () => cell.become(data);
      }
      const bytes = cell.size * bytesPer[cell.dtype];
      const copy = this.#heap.allocate(bytes);
      copies.push(copy);
      memory().copyWithin(copy, place.at, place.at + bytes);
      return () => {
        // programs may have gone and come since
        const now = this.#places.get(cell);
        if (now === undefined) return cell.become(this.#values(cell, copy));
        memory().copyWithin(now.at, copy, copy + bytes);
        this.changed([cell]);
      };
    });
    return {
      restore: () => restores.forEach((restore) => restore()),
      forget: () => copies.splice(0).forEach((copy) => this.#heap.free(copy)),
    };
  }

  /** Takes all values back out. */
  releaseAll(): void {
    for (const cell of this.#places.keys()) void cell.present;
    this.#places.clear();
  }

  /** Brings in what was assigned out here. */
  enter(cells: readonly StateCell[]): void {
    for (const cell of cells) {
      const place = this.#places.get(cell) as Place;
      if (place.version === cell.version) continue;
      const { data } = cell.present;
      new arrays[cell.dtype](this.#memory.buffer as ArrayBuffer, place.at, data.length).set(data);
      place.version = cell.version;
    }
  }

  /** Says of cells that a run has changed them. */
  changed(cells: readonly StateCell[]): void {
    for (const cell of cells) {
      const place = this.#places.get(cell) as Place;
      cell.becomeLater(place.fetch);
      place.version = cell.version;
    }
  }
}
