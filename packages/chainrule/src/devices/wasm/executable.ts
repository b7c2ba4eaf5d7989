/** A program on the WebAssembly device: its addresses in the heap, its tape, and its runs. */
import { ops } from "../../ops/index.ts";
import { badIndex } from "../../tensor/check.ts";
import type { StateCell } from "../../ops/state.ts";
import { bytesOf } from "../../tensor/dtype.ts";
import { GraphError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { breathe } from "../breathe.ts";
import type { Executable, Launch, Program, Started, Step, Work } from "../device.ts";
import { inComposites } from "../program.ts";
import { launchOf } from "../launch.ts";
import { segmentOf } from "./memory/stamps.ts";
import type { Segment } from "./memory/stamps.ts";
import { BatchRows } from "./batch-rows.ts";
import type { Fault } from "./kernels/instance.ts";
import type { Machine } from "./machine.ts";
import { lower } from "./lower/lower.ts";
import type { Lowered } from "./lower/lower.ts";
import { plan, slotBytes } from "./plan/plan.ts";
import type { Plan } from "./plan/plan.ts";
import { writeTape } from "./plan/write-tape.ts";
import type { WrittenTape } from "./plan/write-tape.ts";
import { runInForeground, runInBackground } from "./run-tape.ts";
import type { Run, Span } from "./run-tape.ts";

export class WasmExecutable implements Executable {
  readonly launches: readonly Launch[];
  readonly arenaBytes: number;
  readonly #machine: Machine;
  readonly #program: Program;
  readonly #lowered: Lowered;
  readonly #plan: Plan;
  readonly #cells: readonly StateCell[];
  readonly #changed: readonly StateCell[];
  /** The cells, heap blocks and host functions that it uses until it is disposed of. */
  readonly #used: StateCell[] = [];
  readonly #blocks: number[] = [];
  readonly #hosts: number[] = [];
  /** The address of each slot. */
  readonly #places = new Map<number, number>();
  readonly #tape: WrittenTape;
  /** The address of the tape's first word. */
  readonly #tapeAt: number;
  /** The bytes that must be in the memory before each run: cells, constants, words of calls, the tape. */
  readonly #segments: Segment[] = [];
  /** Whether threads share any of its calls. If not, the other threads are not woken. */
  readonly #shared: boolean;
  #disposed = false;

  /** `planOf` decides what lies where in the memory; tests give other plans. */
  constructor(
    machine: Machine,
    program: Program,
    cells: readonly StateCell[],
    planOf: (lowered: Lowered) => Plan = plan,
  ) {
    this.#machine = machine;
    this.#program = program;
    this.#cells = cells;
    this.#changed = cells.filter((_, i) => program.cells[i].update !== null);
    this.#lowered = lower(program);
    this.#plan = planOf(this.#lowered);
    this.arenaBytes = this.#plan.arenaBytes;
    this.#shared = machine.threads > 1 && this.#plan.calls.some(({ share }) => machine.shares(share));
    this.launches = this.#plan.calls.map((call) => {
      const { program: fused, slots, partsOf } = this.#lowered;
      const steps = call.steps.flatMap(partsOf);
      return launchOf({ ...fused, slots: slots.all }, steps, call.kernel);
    });
    machine.uploads.enter();
    try {
      const arena = this.#giveAddresses();
      this.#tape = this.#write(arena);
      this.#tapeAt = this.#fix(bytesOf(this.#tape.words));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Gives every slot its address. Returns the address of the arena. */
  #giveAddresses(): number {
    const { cells } = this.#machine;
    const addresses = this.#cells.map((cell) => {
      const place = cells.use(cell);
      this.#used.push(cell);
      this.#segments.push(place);
      return place.at;
    });
    for (const [slot, cell] of this.#plan.inCell) this.#places.set(slot, addresses[cell]);
    for (const { slot, values } of this.#lowered.program.constants) {
      this.#places.set(slot, this.#fix(bytesOf(values)));
    }
    const arena = this.#block(this.arenaBytes);
    for (const [slot, offset] of this.#plan.inArena) this.#places.set(slot, arena + offset);
    return arena;
  }

  #block(bytes: number): number {
    const at = this.#machine.heap.allocate(bytes);
    this.#blocks.push(at);
    return at;
  }

  /** The address of bytes that never change. */
  #fix(bytes: Uint8Array): number {
    const at = this.#block(bytes.length);
    this.#segments.push(segmentOf(at, bytes, {}));
    return at;
  }

  #at = (slot: number): number => {
    const at = this.#places.get(slot);
    if (at === undefined) throw new TypeError(`slot ${slot} has no place`);
    return at;
  };

  #write(arena: number): WrittenTape {
    const machine = this.#machine;
    return writeTape(this.#lowered, this.#plan, {
      at: this.#at,
      words: (words) => this.#fix(bytesOf(Int32Array.from(words))),
      host: (call) => {
        const id = machine.addHost(call);
        this.#hosts.push(id);
        return id;
      },
      buffer: () => machine.memory.buffer,
      scratch: this.#plan.scratch.map((offset) => arena + offset),
      isShared: (work) => machine.shares(work),
      anyShared: this.#shared,
    });
  }

  start(work: Work): Started {
    const machine = this.#machine;
    const prepare = (): Run => ("inputs" in work ? this.#single(work.inputs) : this.#slice(work));
    return {
      now: () => {
        machine.requireForeground();
        return runInForeground(machine, prepare());
      },
      later: async () => {
        const { background } = machine.instance;
        // a worker cannot call an op's TypeScript kernel
        const here = background === null || this.#hosts.length > 0;
        if (!here) return runInBackground(machine, background, prepare());
        const values = runInForeground(machine, prepare());
        await breathe();
        return values;
      },
    };
  }

  /** One step on inputs, which are written where the tape reads them. */
  #single(inputs: readonly Tensor[]): Run {
    this.#requireReady();
    const given = this.#program.inputs.map((slot, i) => segmentOf(this.#at(slot), bytesOf(inputs[i].data)));
    const segments = [...this.#segments, ...given];
    const results = this.#plan.outputs.map((slot) => this.#spanOf(slot, 1, this.#at(slot)));
    const [tape, end] = [this.#wordAt(this.#tape.start), this.#wordAt(this.#tape.end)];
    return this.#run({
      tape,
      end,
      legs: [{ first: 0, steps: 1, segments, last: true }],
      results,
      blocks: [],
    });
  }

  /** A step for each batch: rows gathered from the data, outputs kept one after the other. */
  #slice({ data, batches }: Extract<Work, { batches: unknown }>): Run {
    this.#requireReady();
    const rows = new BatchRows(this.#machine, data, batches);
    const results = this.#plan.outputs.map((slot) => {
      const at = rows.block(batches.length * slotBytes(this.#lowered.slots, slot));
      return this.#spanOf(slot, batches.length, at);
    });
    const { words, gathers, keeps } = this.#tape;
    const [tape, end] = [this.#wordAt(0), this.#wordAt(words.length)];
    gathers.forEach((word, i) => {
      const { data: at, indices, length } = rows.sources[i];
      words[word + 1] = at;
      words[word + 2] = indices;
      words[word + 5] = length;
    });
    keeps.forEach((word, i) => (words[word] = results[i].at));
    const segments = [
      ...this.#segments,
      ...this.#machine.uploads.segments(data),
      segmentOf(tape, bytesOf(words)),
    ];
    return this.#run({ tape, end, legs: rows.legs(segments), results, blocks: rows.blocks });
  }

  #run(run: Pick<Run, "tape" | "end" | "legs" | "results" | "blocks">): Run {
    return {
      ...run,
      alone: !this.#shared,
      changed: this.#changed,
      refusal: (fault) => this.#refusal(fault),
    };
  }

  /** The address of a word of the tape. */
  #wordAt(word: number): number {
    return this.#tapeAt + word * 4;
  }

  #spanOf(slot: number, steps: number, at: number): Span {
    const { slots } = this.#lowered;
    return { dtype: slots.all[slot].dtype, at, length: steps * slotBytes(slots, slot) };
  }

  #requireReady(): void {
    this.#machine.requireReady();
    if (this.#disposed) throw new GraphError("disposed", "this program was disposed of");
  }

  #refusal({ instruction, index, length }: Fault): unknown {
    const { program, slots, partsOf } = this.#lowered;
    const steps = this.#tape.calls.get((instruction - this.#tapeAt) / 4)?.steps.flatMap(partsOf) ?? [];
    const step = steps.find(({ op }) => op.kind === "select") as Step;
    const { op, inputs, output } = step;
    // an index points into the tensor that it takes from, or into the one that it adds to; row numbers are checked before a run
    const takes = op === ops.gather || op === ops.indexSelect;
    const { shape } = slots.all[takes ? inputs[0] : output];
    return inComposites(program, step, badIndex(op.name, index, length, shape));
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
