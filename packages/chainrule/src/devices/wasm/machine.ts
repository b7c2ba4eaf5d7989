/** What all programs of a device share: the instance of the kernels, its memory, and the stamps of what lies there. */
import { arrays } from "../../tensor/dtype.ts";
import type { DType, Values } from "../../tensor/dtype.ts";
import { GraphError } from "../../tensor/errors.ts";
import { Turns } from "../turns.ts";
import { Cells } from "./memory/cells.ts";
import { Stamps } from "./memory/stamps.ts";
import type { Segment } from "./memory/stamps.ts";
import { Heap } from "./memory/heap.ts";
import type { KernelInstance } from "./kernels/instance.ts";
import { Uploads } from "./memory/uploads.ts";

/** The size in bytes of the largest tensor of a data set that is kept in the heap: a quarter of the largest memory. */
const MOST_KEPT = 1_073_741_824;

export class Machine {
  readonly instance: KernelInstance;
  readonly memory: WebAssembly.Memory;
  readonly stamps = new Stamps();
  readonly heap: Heap;
  readonly cells: Cells;
  readonly uploads: Uploads;
  /** Calls that run in the worker take turns. */
  readonly turns = new Turns();
  alive = true;
  #running = false;
  readonly #hosts = new Map<number, () => void>();
  readonly #freeIds: number[] = [];
  readonly #grain: number;

  constructor(instance: KernelInstance, grain: number, mostKept: number = MOST_KEPT) {
    this.instance = instance;
    this.#grain = grain;
    this.memory = instance.memory;
    this.heap = new Heap(instance.memory, instance.heap);
    this.cells = new Cells(this.heap, this.memory, this.stamps);
    this.uploads = new Uploads(this.heap, mostKept);
    instance.setHost((id) => this.#hosts.get(id)?.());
  }

  get threads(): number {
    return this.instance.threads;
  }

  /** Whether threads share a call with this much work (the `share` of a call). */
  shares(work: number): boolean {
    return work > 0 && work >= this.#grain;
  }

  requireReady(): void {
    if (!this.alive) throw new GraphError("disposed", "this device was disposed of; make another one");
    if (this.#running)
      throw new GraphError("no-compile", "the device is running a program; an op's kernel cannot use it");
  }

  /** Copies the cells' values out of the memory and ends the threads. */
  dispose(): void {
    if (!this.alive) return;
    if (this.#running)
      throw new GraphError("disposed", "dispose: the device is running a program; dispose of it afterwards");
    this.cells.releaseAll();
    this.alive = false;
    this.instance.dispose();
  }

  /** Runs a tape, on all threads or on this thread alone. */
  run(shared: boolean, ...tape: Parameters<KernelInstance["run"]>): void {
    this.#running = true;
    try {
      if (shared) this.instance.run(...tape);
      else this.instance.runAlone(...tape);
    } finally {
      this.#running = false;
    }
  }

  /** The numbers at an address. */
  numbers(dtype: DType, at: number, length: number): Values {
    return new arrays[dtype](this.memory.buffer as ArrayBuffer, at, length);
  }

  /** The bytes at an address. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, length);
  }

  /** Writes the bytes that are not in the memory yet. */
  write(segments: readonly Segment[]): void {
    for (const segment of segments) {
      const { at, length, stamp } = segment;
      if (this.stamps.has(at, stamp)) continue;
      segment.write(this.bytes(at, length));
      this.stamps.add(at, stamp);
    }
  }

  /** Throws while a call runs in the worker or waits for it. */
  requireForeground(): void {
    if (this.turns.taken && this.instance.background !== null)
      throw new GraphError(
        "no-compile",
        "the device runs a step in its worker; await that, or call this one with later() or runLater() too",
      );
  }

  /** The number by which tapes call a JavaScript function. */
  addHost(call: () => void): number {
    const id = this.#freeIds.pop() ?? this.#hosts.size;
    this.#hosts.set(id, call);
    return id;
  }

  removeHost(id: number): void {
    this.#hosts.delete(id);
    this.#freeIds.push(id);
  }
}
