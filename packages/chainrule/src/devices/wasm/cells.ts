/**
 * State cells in the heap: one place for each, shared by all programs. Before a run the places take over what was
 * assigned out here since; after a run the cells know that their newest values are in there.
 */
import type { StateCell } from "../../ops/state.ts";
import { arrays, bytesOf, bytesPer } from "../../tensor/dtype.ts";
import type { DType, Values } from "../../tensor/dtype.ts";
import type { Remembered } from "../device.ts";
import type { Heap } from "./heap.ts";
import type { Bytes, Taken } from "./start-worker.ts";

/** Whose memory: the one here, which a worker may share, or the worker's own. */
export type Where = "here" | "there";

interface Place {
  readonly at: number;
  /** The version of the cell that lies here, and in a worker's own memory. */
  readonly versions: Record<Where, number>;
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
      place = { at, versions: { here: -1, there: -1 }, users: 0, fetch: () => this.#values(cell, at) };
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

  /** Where cells lie. */
  placesOf(cells: readonly StateCell[]): { dtype: DType; at: number; length: number }[] {
    return cells.map((cell) => {
      const { at } = this.#places.get(cell) as Place;
      return { dtype: cell.dtype, at, length: cell.size };
    });
  }

  /** Copies inside the heap of the values that lie there; what lies out here is never written over. */
  remember(cells: readonly StateCell[]): Remembered {
    const memory = (): Uint8Array => new Uint8Array(this.#memory.buffer);
    const copies: number[] = [];
    const restores = cells.map((cell) => {
      const place = this.#places.get(cell);
      if (place === undefined || place.versions.here !== cell.version) {
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

  /** Puts in what was assigned out here. */
  enter(cells: readonly StateCell[], where: Where, puts: Bytes[]): void {
    for (const cell of cells) {
      const { at, versions } = this.#places.get(cell) as Place;
      if (versions[where] === cell.version) continue;
      puts.push({ at, bytes: bytesOf(cell.present.data) });
      versions[where] = cell.version;
    }
  }

  /** Says of cells that a run has changed them. */
  changed(cells: readonly StateCell[]): void {
    for (const cell of cells) {
      const { fetch, versions } = this.#places.get(cell) as Place;
      cell.becomeLater(fetch);
      versions.here = cell.version;
    }
  }

  /**
   * Before a run in a worker that changes the cells: they can be read meanwhile, as they are now. The function tells
   * afterwards what became of them: with the values, where these were taken from the worker's own memory, and null when
   * the run failed. What was assigned meanwhile stays, as if the run had come first.
   */
  lend(cells: readonly StateCell[], where: Where): (taken: Taken | null) => void {
    // a memory that is shared changes while it is read
    if (where === "here") for (const cell of cells) void cell.present;
    const lent = cells.map(({ version }) => version);
    return (taken) => {
      cells.forEach((cell, i) => {
        const versions = this.#places.get(cell)?.versions;
        if (versions === undefined) return;
        if (taken === null) versions[where] = -1;
        else if (cell.version !== lent[i]) return;
        else if (where === "here") this.changed([cell]);
        else {
          cell.become(new arrays[cell.dtype](taken[i].buffer));
          versions.there = cell.version;
        }
      });
    };
  }
}
