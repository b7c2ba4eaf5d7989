/**
 * Test plans of a program's memory, to compare with the real plan. In one no two slots share memory. In the other the
 * tape overwrites, before every call, all memory that no later call needs. Both must give the bits of the real plan.
 */
import type { Device } from "chainrule";
import type { Call } from "../packages/chainrule/src/devices/wasm/lower/call.ts";
import { WasmExecutable } from "../packages/chainrule/src/devices/wasm/executable.ts";
import { instantiate } from "../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import type { Lowered } from "../packages/chainrule/src/devices/wasm/lower/lower.ts";
import { Machine } from "../packages/chainrule/src/devices/wasm/machine.ts";
import { slotBytes } from "../packages/chainrule/src/devices/wasm/plan/plan.ts";
import type { Plan } from "../packages/chainrule/src/devices/wasm/plan/plan.ts";

/** NaN as a float, −1 as an integer, neither true nor false. */
const RUBBISH = 0xff;
const LINE = 64;

type Range = [from: number, to: number];

export type Planner = (lowered: Lowered) => Plan;

/** A device for each planner, all on one memory. */
export async function deviceFor(threads: number, strict: boolean): Promise<(planner: Planner) => Device> {
  const machine = new Machine(await instantiate({ threads, strict }), threads > 1 ? 0 : 1);
  return (planner) => ({
    name: "wasm",
    load: (program, cells) => new WasmExecutable(machine, program, cells, planner),
    inTurn: (body) => body(),
  });
}

const padded = (bytes: number): number => Math.max(LINE, Math.ceil(bytes / LINE) * LINE);

/** A plan in which no two slots share memory; a cell's new value is copied into the cell at the end. */
export function roomy(planned: Plan, lowered: Lowered): Plan {
  const { calls, inCell, inArena, scratch } = planned;
  const { program, slots } = lowered;
  const own = new Map(program.cells.map(({ slot }, cell) => [slot, cell]));
  const moved = [...inCell].filter(([slot]) => !own.has(slot));
  let end = 0;
  const take = (bytes: number): number => {
    const at = end;
    end += padded(bytes);
    return at;
  };
  const places = [...inArena.keys(), ...moved.map(([slot]) => slot)].map(
    (slot) => [slot, take(slotBytes(slots, slot))] as const,
  );
  const copies = moved.map(([from, cell]): Call => {
    const to = program.cells[cell].slot;
    const { steps } = calls.find(({ writes }) => writes.includes(from)) as Call;
    return {
      kernel: "copy",
      steps,
      reads: [from],
      writes: [to],
      share: 0,
      write: ({ tape, at }) =>
        void tape.call("copy", { out: at(to), x: at(from), bytes: slotBytes(slots, from) }),
    };
  });
  const scratches = calls.map(({ scratch: bytes = 0 }, i) => (bytes > 0 ? take(bytes) : scratch[i]));
  return {
    ...planned,
    calls: [...calls, ...copies],
    inCell: own,
    inArena: new Map(places),
    scratch: [...scratches, ...copies.map(() => 0)],
    arenaBytes: end,
  };
}

/** The slots whose values a later call, a result or a cell needs, before each call. */
function liveBefore({ calls, outputs, inCell }: Plan, { program }: Lowered): Set<number>[] {
  const given = new Set([...program.inputs, ...program.cells.map(({ slot }) => slot)]);
  const firstWrite = new Map<number, number>();
  calls.forEach(({ writes }, i) => writes.forEach((slot) => firstWrite.set(slot, firstWrite.get(slot) ?? i)));
  // The slot of a cell's final value: the value computed in its place, or its own slot.
  const replaced = new Set([...inCell].filter(([slot]) => !given.has(slot)).map(([, cell]) => cell));
  const live = new Set(outputs);
  for (const [slot, cell] of inCell) if (!given.has(slot) || !replaced.has(cell)) live.add(slot);
  return calls
    .map((call, i) => ({ call, i }))
    .toReversed()
    .map(({ call: { reads, writes }, i }) => {
      for (const slot of writes) if (firstWrite.get(slot) === i) live.delete(slot);
      for (const slot of reads) live.add(slot);
      return new Set(live);
    })
    .toReversed();
}

/**
 * The same addresses, but before every call the arena and the cells are overwritten, except for values that are still
 * needed. The memory that the call is the first to write is overwritten, too, since no other value may be there.
 */
export function poisoned(planned: Plan, lowered: Lowered): Plan {
  const { calls, inCell, inArena, scratch, arenaBytes } = planned;
  const { slots, program } = lowered;
  const live = liveBefore(planned, lowered);
  const written = new Set<number>();
  const rubbish = calls.map((call, i): Call => {
    const fresh = call.writes.filter((slot) => !written.has(slot) && inArena.has(slot));
    for (const slot of call.writes) written.add(slot);
    return {
      kernel: "rubbish",
      steps: call.steps,
      reads: [],
      // all memory, so that the threads wait for it
      writes: [...inArena.keys(), ...inCell.keys()],
      share: 0,
      // an empty scratch memory begins where the arena does
      write: ({ tape, host, at, buffer, scratch: arena }) => {
        const rangeOf = (slot: number): Range => [at(slot), at(slot) + slotBytes(slots, slot)];
        const kept = [...live[i]].filter((slot) => inArena.has(slot) || inCell.has(slot)).map(rangeOf);
        const dead = [
          ...outside([arena, arena + arenaBytes], kept),
          ...program.cells.flatMap(({ slot }) => outside(rangeOf(slot), kept)),
          ...fresh.map(rangeOf),
          ...(call.scratch ? [[arena + scratch[i], arena + scratch[i] + call.scratch]] : []),
        ];
        const id = host(() => {
          const memory = new Uint8Array(buffer());
          for (const [from, to] of dead) memory.fill(RUBBISH, from, to);
        });
        tape.call("host", { id });
      },
    };
  });
  return {
    ...planned,
    calls: calls.flatMap((call, i) => [rubbish[i], call]),
    scratch: scratch.flatMap((at) => [0, at]),
  };
}

/** The parts of a range outside other ranges. */
function outside([from, to]: Range, others: readonly Range[]): Range[] {
  const parts: Range[] = [];
  let at = from;
  for (const [begin, end] of others.toSorted((a, b) => a[0] - b[0])) {
    if (begin > at) parts.push([at, Math.min(begin, to)]);
    at = Math.max(at, end);
  }
  parts.push([at, to]);
  return parts.filter(([begin, end]) => begin < end);
}

/**
 * The faulty plans in which a call writes its result over an input that it reads for the last time, one for each such
 * pair. Pairs of different sizes in a group of elementwise ops are left out, since no fault shows: a group reads a block
 * before it writes it, and a small tensor is one block.
 */
export function* tooEarly(planned: Plan, { slots }: Lowered): Iterable<Plan> {
  const { calls, outputs, inArena, arenaBytes } = planned;
  for (const [i, { kernel, reads, writes }] of calls.entries()) {
    const last = [...new Set(reads)].filter(
      (slot) =>
        inArena.has(slot) &&
        !outputs.includes(slot) &&
        !calls.slice(i + 1).some((later) => later.reads.includes(slot)),
    );
    const made = writes.filter(
      (slot) => inArena.has(slot) && !calls.slice(0, i).some((earlier) => earlier.writes.includes(slot)),
    );
    for (const read of last)
      for (const slot of made) {
        const resized = slotBytes(slots, slot) !== slotBytes(slots, read);
        if (slot === read || (kernel === "group" && resized)) continue;
        const at = inArena.get(read) as number;
        const end = at + padded(slotBytes(slots, slot));
        yield {
          ...planned,
          inArena: new Map([...inArena, [slot, at]]),
          arenaBytes: Math.max(arenaBytes, end),
        };
      }
  }
}
