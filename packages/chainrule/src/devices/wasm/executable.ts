/** A program on the WebAssembly device: its places in the heap, its tape, and how it is run. */
import type { StateCell } from "../../ops/state.ts";
import { bytesPer } from "../../tensor/dtype.ts";
import type { Values } from "../../tensor/dtype.ts";
import { GraphError, ShapeError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Executable, Launch, Program } from "../device.ts";
import { launchOf } from "../launch.ts";
import { Barriers } from "./barriers.ts";
import type { Call, Writer } from "./call.ts";
import { Feed } from "./feed.ts";
import type { Fault } from "./instance.ts";
import type { Machine } from "./machine.ts";
import { lower } from "./lower.ts";
import type { Lowered } from "./lower.ts";
import { plan, slotBytes } from "./place.ts";
import type { Plan } from "./place.ts";
import { ALL, Tape, WAIT } from "./tape.ts";

export class WasmExecutable implements Executable {
  readonly launches: readonly Launch[];
  readonly arenaBytes: number;
  readonly #machine: Machine;
  readonly #program: Program;
  readonly #lowered: Lowered;
  readonly #plan: Plan;
  readonly #cells: readonly StateCell[];
  readonly #changed: readonly StateCell[];
  /** What the heap holds for it, to be given back. */
  readonly #blocks: number[] = [];
  readonly #hosts: number[] = [];
  readonly #places = new Map<number, number>();
  /** The address of each call's own memory. */
  #scratch: readonly number[] = [];
  /** Which call an instruction is of, by its address. */
  readonly #callAt = new Map<number, Call>();
  readonly #tape: {
    readonly at: number;
    readonly start: number;
    readonly end: number;
    readonly whole: number;
  };
  /** The first argument of each gathering and keeping instruction, as words of the tape. */
  readonly #gathers: number[] = [];
  readonly #keeps: number[] = [];
  /** Whether the threads share any of it; if not, the others are not woken. */
  readonly #shared: boolean;
  #disposed = false;

  /** `place` decides what lies where; tests give other plans. */
  constructor(
    machine: Machine,
    program: Program,
    cells: readonly StateCell[],
    place: (lowered: Lowered) => Plan = plan,
  ) {
    this.#machine = machine;
    this.#program = program;
    this.#cells = cells;
    this.#changed = cells.filter((_, i) => program.cells[i].update !== null);
    this.#lowered = lower(program);
    this.#plan = place(this.#lowered);
    this.arenaBytes = this.#plan.arenaBytes;
    this.#shared = machine.threads > 1 && this.#plan.calls.some(({ share }) => machine.shares(share));
    this.launches = this.#plan.calls.map((call) => {
      const { program: fused, slots, partsOf } = this.#lowered;
      const steps = call.steps.flatMap(partsOf);
      return launchOf({ ...fused, slots: slots.all }, steps, call.kernel);
    });
    this.#settle();
    this.#tape = this.#write();
  }

  /** Gives every slot its address. */
  #settle(): void {
    const { cells } = this.#machine;
    const addresses = this.#cells.map((cell) => cells.take(cell));
    for (const [slot, cell] of this.#plan.inCell) this.#places.set(slot, addresses[cell]);
    for (const { slot, values } of this.#lowered.program.constants) {
      const at = this.#block(values.byteLength);
      this.#machine.view(values, at).set(values);
      this.#places.set(slot, at);
    }
    const arena = this.#block(this.arenaBytes);
    for (const [slot, offset] of this.#plan.inArena) this.#places.set(slot, arena + offset);
    this.#scratch = this.#plan.scratch.map((offset) => arena + offset);
  }
  #block(bytes: number): number {
    const at = this.#machine.heap.allocate(bytes);
    this.#blocks.push(at);
    return at;
  }

  #at = (slot: number): number => {
    const at = this.#places.get(slot);
    if (at === undefined) throw new TypeError(`slot ${slot} has no place`);
    return at;
  };

  #write(): { at: number; start: number; end: number; whole: number } {
    const { calls, outputs } = this.#plan;
    const { slots } = this.#lowered;
    const tape = new Tape();
    const barriers = new Barriers();
    const owners: { word: number; call: Call }[] = [];
    const rangeOf = (slot: number): { from: number; to: number } => {
      const from = this.#at(slot);
      return { from, to: from + slotBytes(slots, slot) };
    };
    const put = (call: Call, scratch: number): number => {
      const word = tape.words.length;
      call.write(this.#writer(tape, scratch));
      if (tape.words.length === word) return word;
      owners.push({ word, call });
      const shared = this.#shared && this.#machine.shares(call.share);
      const commits = call.writes.some((slot) => this.#plan.inCell.has(slot));
      const wait = this.#shared && barriers.before(call, shared, rangeOf, commits, scratch);
      tape.flag(word, (wait ? WAIT : 0) | (shared ? ALL : 0));
      return word;
    };
    for (const slot of this.#program.inputs) this.#gathers.push(put(this.#gather(slot), 0) + 2);
    const start = tape.words.length;
    calls.forEach((call, i) => put(call, this.#scratch[i]));
    const end = tape.words.length;
    for (const slot of outputs) this.#keeps.push(put(this.#keep(slot), 0) + 2);
    const at = this.#block(tape.words.length * 4);
    this.#machine.words(at, tape.words.length).set(tape.words);
    for (const { word, call } of owners) this.#callAt.set(at + word * 4, call);
    return { at, start: at + start * 4, end: at + end * 4, whole: at + tape.words.length * 4 };
  }

  #writer(tape: Tape, scratch: number): Writer {
    return {
      tape,
      at: this.#at,
      scratch,
      words: (words) => {
        const at = this.#block(words.length * 4);
        this.#machine.words(at, words.length).set(words);
        return at;
      },
      host: (call) => {
        const id = this.#machine.addHost(call);
        this.#hosts.push(id);
        return id;
      },
      buffer: () => this.#machine.memory.buffer,
    };
  }

  /** The rows of a batch, from the data set to the input. */
  #gather(slot: number): Call {
    const { shape, dtype } = this.#program.slots[slot];
    const [rows = 1] = shape;
    const bytes = sizeOf(shape.slice(1)) * bytesPer[dtype];
    return {
      kernel: "gatherRows",
      steps: [],
      reads: [],
      writes: [slot],
      share: (rows * bytes) / 262_144,
      write({ tape, at }) {
        // data, indices and length are put in at each run
        tape.call("gatherRows", { out: at(slot), data: 0, indices: 0, rows, bytes, length: 0 });
      },
    };
  }

  /** An output of the step, to where the outputs of all steps are. */
  #keep(slot: number): Call {
    const bytes = slotBytes(this.#lowered.slots, slot);
    return {
      kernel: "keep",
      steps: [],
      reads: [slot],
      writes: [],
      share: 0,
      write({ tape, at }) {
        tape.call("keep", { out: 0, x: at(slot), bytes });
      },
    };
  }

  run(inputs: readonly Tensor[]): readonly Values[] {
    this.#begin();
    this.#program.inputs.forEach((slot, i) => {
      const { data } = inputs[i];
      this.#machine.view(data, this.#at(slot)).set(data);
    });
    this.#go(this.#tape.start, this.#tape.end, 0, 1);
    return this.#plan.outputs.map((slot) => this.#output(slot));
  }

  runRows(data: readonly Tensor[], batches: readonly Int32Array[]): readonly Values[] {
    this.#begin();
    const { heap } = this.#machine;
    const steps = batches.length;
    const { slots } = this.#lowered;
    const { outputs } = this.#plan;
    const feed = new Feed(this.#machine, data, batches);
    const results: number[] = [];
    try {
      for (const slot of outputs) results.push(heap.allocate(steps * slotBytes(slots, slot)));
      const tape = this.#machine.words(this.#tape.at, (this.#tape.whole - this.#tape.at) / 4);
      this.#gathers.forEach((word, i) => {
        const { data, indices, length } = feed.sources[i];
        tape[word + 1] = data;
        tape[word + 2] = indices;
        tape[word + 5] = length;
      });
      this.#keeps.forEach((word, i) => (tape[word] = results[i]));
      for (let first = 0; first < steps; first += feed.steps) {
        feed.bring(first);
        this.#go(this.#tape.at, this.#tape.whole, first, Math.min(feed.steps, steps - first));
      }
      return outputs.map((slot, i) => {
        const { dtype, shape } = slots.all[slot];
        return this.#machine.numbers(dtype, results[i], steps * sizeOf(shape)).slice();
      });
    } finally {
      feed.free();
      for (const at of results) heap.free(at);
    }
  }

  #go(from: number, to: number, first: number, steps: number): void {
    const { instance, cells } = this.#machine;
    let fault: Fault | null = null;
    try {
      this.#machine.run(this.#shared, from, to, first, steps);
    } finally {
      // a step that fails comes after others that are done
      cells.changed(this.#changed);
      fault = instance.takeFault();
    }
    if (fault !== null) throw this.#refusal(fault);
  }

  #output(slot: number): Values {
    const { dtype, shape } = this.#lowered.slots.all[slot];
    return this.#machine.numbers(dtype, this.#at(slot), sizeOf(shape)).slice();
  }

  #begin(): void {
    this.#machine.requireReady();
    if (this.#disposed) throw new GraphError("disposed", "this program was disposed of");
    this.#machine.cells.enter(this.#cells);
  }

  #refusal({ instruction, index, length }: Fault): ShapeError {
    const call = this.#callAt.get(instruction);
    const op = call?.steps[0]?.op.name ?? call?.kernel ?? "wasm";
    const shapes = call?.reads.map((slot) => this.#lowered.slots.all[slot].shape) ?? [];
    return new ShapeError(op, shapes, `index ${index} is out of range 0 … ${length - 1}`, "bad-index");
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (!this.#machine.alive) return;
    for (const cell of this.#cells) this.#machine.cells.release(cell);
    for (const at of this.#blocks) this.#machine.heap.free(at);
    for (const id of this.#hosts) this.#machine.removeHost(id);
  }
}
