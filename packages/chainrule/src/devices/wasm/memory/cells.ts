/**
 * State cells in the heap: one place for each, shared by all programs. Before a run the places take over what was
 * assigned out here since; after a run the cells know that their newest values are in there.
 */
import type { StateCell } from "../../../ops/state.ts";
import { arrays, bytesOf, bytesPer } from "../../../tensor/dtype.ts";
import type { DType, Values } from "../../../tensor/dtype.ts";
import type { Remembered } from "../../device.ts";
import type { Contents, Put } from "./stamps.ts";
import type { Heap } from "./heap.ts";

/** The place of a cell. */
class Place implements Put {
  readonly cell: StateCell;
  readonly at: number;
  readonly length: number;
  /** How many programs use it. */
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

  /** Of this version of the cell. */
  get stamp(): object {
    if (this.#version !== this.cell.version) this.changes();
    return this.#stamp;
  }

  /** Says that something else comes to lie here, whatever the cell's version is. */
  changes(): void {
    this.#version = this.cell.version;
    this.#stamp = {};
  }

  write(to: Uint8Array): void {
    to.set(bytesOf(this.cell.present.data));
  }
}

/** Cells that a worker changes meanwhile. */
export interface Loan {
  readonly places: readonly { readonly at: number; readonly length: number }[];
  /** When what was to be put is: from now on it changes there. */
  begin(): void;
  /** When the run is over, with the cells' values where these were taken from the worker's own memory. */
  end(values: readonly Uint8Array<ArrayBuffer>[]): void;
}

export class Cells {
  readonly #heap: Heap;
  readonly #memory: WebAssembly.Memory;
  readonly #contents: Contents;
  readonly #places = new Map<StateCell, Place>();

  constructor(heap: Heap, memory: WebAssembly.Memory, contents: Contents) {
    this.#heap = heap;
    this.#memory = memory;
    this.#contents = contents;
  }

  /** The place of a cell, for a program that begins to use it. */
  use(cell: StateCell): Put {
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

  #placesOf(cells: readonly StateCell[]): Place[] {
    return cells.map((cell) => this.#places.get(cell) as Place);
  }

  /** Copies inside the heap of the values that lie there; what lies out here is never written over. */
  remember(cells: readonly StateCell[]): Remembered {
    const copies: number[] = [];
    const forget = (): void => copies.splice(0).forEach((copy) => this.#heap.free(copy));
    const copied = (cell: StateCell): (() => void) => {
      const place = this.#places.get(cell);
      if (place === undefined || !this.#contents.has(place.at, place.stamp)) {
        const { data } = cell.present;
        return () => cell.become(data);
      }
      const copy = this.#heap.allocate(place.length);
      copies.push(copy);
      new Uint8Array(this.#memory.buffer).copyWithin(copy, place.at, place.at + place.length);
      return () => cell.become(this.#values(cell, copy));
    };
    try {
      const restores = cells.map(copied);
      return { restore: () => restores.forEach((restore) => restore()), forget };
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** Takes all values back out. */
  releaseAll(): void {
    for (const cell of this.#places.keys()) void cell.present;
    this.#places.clear();
  }

  /** Says of cells that a run has changed them. */
  changed(cells: readonly StateCell[]): void {
    for (const cell of cells) {
      const place = this.#places.get(cell) as Place;
      cell.becomeLater(place.fetch);
      this.#contents.add(place.at, place.stamp);
    }
  }

  /**
   * Before a run in a worker that changes the cells: they can be read meanwhile, as they are now, and are so again if
   * the run fails. What was assigned meanwhile stays, as if the run had come first. `own`: what the worker's own memory
   * holds, if it has one.
   */
  lend(cells: readonly StateCell[], own: Contents | null): Loan {
    // a memory that is shared changes while it is read
    if (own === null) for (const cell of cells) void cell.present;
    const places = this.#placesOf(cells);
    const lent = cells.map(({ version }) => version);
    return {
      places,
      begin: () => places.forEach((place) => place.changes()),
      end: (values) =>
        cells.forEach((cell, i) => {
          if (cell.version !== lent[i]) return;
          if (own === null) return this.changed([cell]);
          cell.become(new arrays[cell.dtype](values[i].buffer));
          own.add(places[i].at, places[i].stamp);
        }),
    };
  }
}
