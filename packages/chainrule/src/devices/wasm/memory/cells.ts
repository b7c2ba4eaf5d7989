/**
 * State cells in the heap. A cell has one place there, which all programs share. Before a run, values that were assigned in
 * JavaScript are copied to the places. After a run, the cells know that their newest values are in the heap.
 */
import type { StateCell } from "../../../ops/state.ts";
import { arrays, bytesOf, bytesPer } from "../../../tensor/dtype.ts";
import type { DType, Values } from "../../../tensor/dtype.ts";
import type { Segment, Stamps } from "./stamps.ts";
import type { Heap } from "./heap.ts";

/** The place of a cell. */
class Place implements Segment {
  readonly cell: StateCell;
  readonly at: number;
  readonly length: number;
  /** The number of programs that use it. */
  users = 0;
  readonly fetch: () => Values;
  #version = -1;
  #stamp = {};

  constructor(cell: StateCell, at: number, length: number, fetch: () => Values) {
    this.fetch = fetch;
    this.cell = cell;
    this.at = at;
    this.length = length;
  }

  get dtype(): DType {
    return this.cell.dtype;
  }

  /** The stamp of this version of the cell. */
  get stamp(): object {
    if (this.#version !== this.cell.version) this.changes();
    return this.#stamp;
  }

  /** Gives the place a new stamp, since other bytes will lie here while the cell's version stays the same. */
  changes(): void {
    this.#version = this.cell.version;
    this.#stamp = {};
  }

  write(to: Uint8Array): void {
    to.set(bytesOf(this.cell.present.data));
  }
}

/** Cells that a worker changes while this thread goes on. */
export interface BackgroundChange {
  readonly places: readonly { readonly at: number; readonly length: number }[];
  /** To be called when the run has what it reads: from now on the worker changes the places. */
  begin(): void;
  /** To be called after the run, with the cells' values if the worker has its own memory. */
  end(values: readonly Uint8Array<ArrayBuffer>[]): void;
}

export class Cells {
  readonly #heap: Heap;
  readonly #memory: WebAssembly.Memory;
  readonly #stamps: Stamps;
  readonly #places = new Map<StateCell, Place>();

  constructor(heap: Heap, memory: WebAssembly.Memory, stamps: Stamps) {
    this.#heap = heap;
    this.#memory = memory;
    this.#stamps = stamps;
  }

  /** The place of a cell, for a program that begins to use it. */
  use(cell: StateCell): Segment {
    let place = this.#places.get(cell);
    if (place === undefined) {
      const length = cell.size * bytesPer[cell.dtype];
      const at = this.#heap.allocate(length);
      place = new Place(cell, at, length, () => this.#values(cell, at));
      this.#places.set(cell, place);
    }
    place.users++;
    return place;
  }

  /** A copy of the values at an address, in an array of the cell's type. */
  #values({ dtype, size }: StateCell, at: number): Values {
    return new arrays[dtype](this.#memory.buffer as ArrayBuffer, at, size).slice();
  }

  /** To be called when a program no longer uses the cell. After the last one, the values are copied out of the heap. */
  release(cell: StateCell): void {
    const place = this.#places.get(cell);
    if (place === undefined || --place.users > 0) return;
    void cell.present;
    this.#places.delete(cell);
    this.#heap.free(place.at);
  }

  #placesOf(cells: readonly StateCell[]): Place[] {
    return cells.map((cell) => this.#places.get(cell) as Place);
  }

  /** Copies the values of all cells out of the heap. */
  releaseAll(): void {
    for (const cell of this.#places.keys()) void cell.present;
    this.#places.clear();
  }

  /** Notes that a run has changed these cells. */
  changed(cells: readonly StateCell[]): void {
    for (const cell of cells) {
      const place = this.#places.get(cell) as Place;
      cell.becomeLater(place.fetch);
      this.#stamps.add(place.at, place.stamp);
    }
  }

  /**
   * To be called before a run in a worker that changes the cells. During the run the cells read as they are now, and they
   * keep these values if the run fails. What is assigned during the run stays, as if the run had come first. `ownStamps` are
   * those of the worker's own memory, null if it uses this one.
   */
  changeInBackground(cells: readonly StateCell[], ownStamps: Stamps | null): BackgroundChange {
    // the worker changes a shared memory, so the values are copied out of it now
    if (ownStamps === null) for (const cell of cells) void cell.present;
    const places = this.#placesOf(cells);
    const versions = cells.map(({ version }) => version);
    return {
      places,
      begin: () => places.forEach((place) => place.changes()),
      end: (values) =>
        cells.forEach((cell, i) => {
          if (cell.version !== versions[i]) return;
          if (ownStamps === null) return this.changed([cell]);
          cell.become(new arrays[cell.dtype](values[i].buffer));
          ownStamps.add(places[i].at, places[i].stamp);
        }),
    };
  }
}
