/** A program on the WebAssembly device: its places in the heap, its tape, and how it is run. */
import { inComposites } from "../../ops/composite.ts";
import { ops } from "../../ops/index.ts";
import { badIndex } from "../../tensor/check.ts";
import type { StateCell } from "../../ops/state.ts";
import { bytesOf, bytesPer } from "../../tensor/dtype.ts";
import type { Values } from "../../tensor/dtype.ts";
import { GraphError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Executable, Launch, Program, Step } from "../device.ts";
import { launchOf } from "../launch.ts";
import { Barriers } from "./plan/barriers.ts";
import type { Call, Writer } from "./lower/call.ts";
import { putOf } from "./memory/stamps.ts";
import type { Put } from "./memory/stamps.ts";
import { Feed } from "./batch-rows.ts";
import type { Fault } from "./kernels/instance.ts";
import type { Machine } from "./machine.ts";
import { lower } from "./lower/lower.ts";
import type { Lowered } from "./lower/lower.ts";
import { plan, slotBytes } from "./plan/plan.ts";
import type { Plan } from "./plan/plan.ts";
import { runHere, runAway } from "./run-tape.ts";
import type { Run, Span } from "./run-tape.ts";
import { ALL, Tape, WAIT } from "./kernels/tape.ts";

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
  readonly #used: StateCell[] = [];
  readonly #blocks: number[] = [];
  readonly #hosts: number[] = [];
  readonly #places = new Map<number, number>();
  /** The address of each call's own memory. */
  #scratch: readonly number[] = [];
  /** Which call an instruction is of, by its address. */
  readonly #callAt = new Map<number, Call>();
  readonly #tape: {
    readonly words: Int32Array;
    readonly at: number;
    readonly start: number;
    readonly end: number;
    readonly whole: number;
  };
  /** What is to lie in the memory at each run: cells, constants, words of calls, the tape. */
  readonly #puts: Put[] = [];
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
    machine.uploads.enter();
    try {
      this.#settle();
      this.#tape = this.#write();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Gives every slot its address. */
  #settle(): void {
    const { cells } = this.#machine;
    const addresses = this.#cells.map((cell) => {
      const place = cells.use(cell);
      this.#used.push(cell);
      this.#puts.push(place);
      return place.at;
    });
    for (const [slot, cell] of this.#plan.inCell) this.#places.set(slot, addresses[cell]);
    for (const { slot, values } of this.#lowered.program.constants) {
      this.#places.set(slot, this.#fix(bytesOf(values)));
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

  /** The place of bytes that stay as they are. */
  #fix(bytes: Uint8Array): number {
    const at = this.#block(bytes.length);
    this.#puts.push(putOf(at, bytes, {}));
    return at;
  }

  #at = (slot: number): number => {
    const at = this.#places.get(slot);
    if (at === undefined) throw new TypeError(`slot ${slot} has no place`);
    return at;
  };

  #write(): { words: Int32Array; at: number; start: number; end: number; whole: number } {
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
      const wait = this.#shared && barriers.before(call, shared, scratch, rangeOf, commits);
      tape.flag(word, (wait ? WAIT : 0) | (shared ? ALL : 0));
      return word;
    };
    for (const slot of this.#program.inputs) this.#gathers.push(put(this.#gather(slot), 0) + 2);
    const start = tape.words.length;
    calls.forEach((call, i) => put(call, this.#scratch[i]));
    const end = tape.words.length;
    for (const slot of outputs) this.#keeps.push(put(this.#keep(slot), 0) + 2);
    const words = Int32Array.from(tape.words);
    const at = this.#fix(bytesOf(words));
    for (const { word, call } of owners) this.#callAt.set(at + word * 4, call);
    return { words, at, start: at + start * 4, end: at + end * 4, whole: at + words.byteLength };
  }

  #writer(tape: Tape, scratch: number): Writer {
    return {
      tape,
      at: this.#at,
      scratch,
      words: (words) => this.#fix(bytesOf(Int32Array.from(words))),
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
      share: (rows * bytes) / 65_536,
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
    return this.#now(() => this.#single(inputs));
  }

  runRows(data: readonly Tensor[], batches: readonly Int32Array[]): readonly Values[] {
    return this.#now(() => this.#slice(data, batches));
  }

  runLater(inputs: readonly Tensor[]): Promise<readonly Values[]> {
    return this.#later(() => this.#single(inputs));
  }

  runRowsLater(data: readonly Tensor[], batches: readonly Int32Array[]): Promise<readonly Values[]> {
    return this.#later(() => this.#slice(data, batches));
  }

  /** One step on inputs put where the tape reads them. */
  #single(inputs: readonly Tensor[]): Run {
    this.#requireReady();
    const given = this.#program.inputs.map((slot, i) => putOf(this.#at(slot), bytesOf(inputs[i].data)));
    const puts = [...this.#puts, ...given];
    const results = this.#plan.outputs.map((slot) => this.#spanOf(slot, 1, this.#at(slot)));
    const { start: tape, end } = this.#tape;
    return this.#run({ tape, end, legs: [{ first: 0, steps: 1, puts, last: true }], results, blocks: [] });
  }

  /** A step for each batch: rows gathered from the data, outputs kept one after the other. */
  #slice(data: readonly Tensor[], batches: readonly Int32Array[]): Run {
    this.#requireReady();
    const feed = new Feed(this.#machine, data, batches);
    const results = this.#plan.outputs.map((slot) => {
      const at = feed.block(batches.length * slotBytes(this.#lowered.slots, slot));
      return this.#spanOf(slot, batches.length, at);
    });
    const { words, at: tape, whole: end } = this.#tape;
    this.#gathers.forEach((word, i) => {
      const { data: at, indices, length } = feed.sources[i];
      words[word + 1] = at;
      words[word + 2] = indices;
      words[word + 5] = length;
    });
    this.#keeps.forEach((word, i) => (words[word] = results[i].at));
    const puts = [...this.#puts, ...this.#machine.uploads.puts(data), putOf(tape, bytesOf(words))];
    return this.#run({ tape, end, legs: feed.legs(puts), results, blocks: feed.blocks });
  }

  #run(run: Pick<Run, "tape" | "end" | "legs" | "results" | "blocks">): Run {
    return {
      ...run,
      alone: !this.#shared,
      changed: this.#changed,
      refusal: (fault) => this.#refusal(fault),
    };
  }

  #spanOf(slot: number, steps: number, at: number): Span {
    const { slots } = this.#lowered;
    return { dtype: slots.all[slot].dtype, at, length: steps * slotBytes(slots, slot) };
  }

  #requireReady(): void {
    this.#machine.requireReady();
    if (this.#disposed) throw new GraphError("disposed", "this program was disposed of");
  }

  #now(prepare: () => Run): readonly Values[] {
    this.#machine.requireHere();
    return runHere(this.#machine, prepare());
  }

  async #later(prepare: () => Run): Promise<readonly Values[]> {
    const machine = this.#machine;
    const { apart } = machine.instance;
    // a worker cannot call an op's TypeScript kernel
    const here = apart === null || this.#hosts.length > 0;
    return here ? runHere(machine, prepare()) : runAway(machine, apart, prepare());
  }

  #refusal({ instruction, index, length }: Fault): unknown {
    const { slots, partsOf } = this.#lowered;
    const steps = this.#callAt.get(instruction)?.steps.flatMap(partsOf) ?? [];
    const { op, inputs, output, scope } = steps.find(({ op }) => op.kind === "select") as Step;
    // the rows of batches are checked before a run; an index points into what it takes from, or into what it adds to
    const takes = op === ops.gather || op === ops.indexSelect;
    const { shape } = slots.all[takes ? inputs[0] : output];
    return inComposites(scope, badIndex(op.name, index, length, shape));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (!this.#machine.alive) return;
    this.#machine.uploads.leave();
    for (const cell of this.#used) this.#machine.cells.release(cell);
    for (const at of this.#blocks) this.#machine.heap.free(at);
    for (const id of this.#hosts) this.#machine.removeHost(id);
  }
}
