/** Writes the calls of a program to a tape, with flags for the calls that threads share and for those they wait before. */
import { ALL, Tape, WAIT } from "../kernels/tape.ts";
import { gatherRows, keepOutput } from "../lower/batch.ts";
import type { Call, Writer } from "../lower/call.ts";
import type { Lowered } from "../lower/lower.ts";
import { Barriers } from "./barriers.ts";
import { slotBytes } from "./plan.ts";
import type { Plan } from "./plan.ts";

export interface WrittenTape {
  /** A step of a slice: its rows are gathered, the program runs, its outputs are kept. */
  readonly words: Int32Array;
  /** The words from `start` up to `end` are the program alone, for one step on given inputs. */
  readonly start: number;
  readonly end: number;
  /** The word of the first argument of each call that gathers rows, and of each that keeps an output. */
  readonly gathers: readonly number[];
  readonly keeps: readonly number[];
  /** The call of each instruction, by the instruction's first word. */
  readonly calls: ReadonlyMap<number, Call>;
}

/** What a tape needs to know about the memory and the threads. */
export interface Site extends Pick<Writer, "at" | "words" | "host" | "buffer"> {
  /** The address of each call's scratch memory. */
  readonly scratch: readonly number[];
  /** Whether threads share a call with so much work. */
  isShared(work: number): boolean;
  /** Whether there are calls that threads share. If not, no call waits. */
  readonly anyShared: boolean;
}

export function writeTape({ program, slots }: Lowered, plan: Plan, site: Site): WrittenTape {
  const tape = new Tape();
  const barriers = new Barriers();
  const calls = new Map<number, Call>();
  const rangeOf = (slot: number): { from: number; to: number } => {
    const from = site.at(slot);
    return { from, to: from + slotBytes(slots, slot) };
  };
  const write = (call: Call, scratch: number): number => {
    const word = tape.words.length;
    const { at, words, host, buffer } = site;
    call.write({ tape, at, scratch, words, host, buffer });
    if (tape.words.length === word) return word;
    calls.set(word, call);
    const shared = site.anyShared && site.isShared(call.share);
    const commits = call.writes.some((slot) => plan.inCell.has(slot));
    const wait = site.anyShared && barriers.before(call, shared, scratch, rangeOf, commits);
    tape.flag(word, (wait ? WAIT : 0) | (shared ? ALL : 0));
    return word;
  };
  // an instruction's opcode and length come before its arguments
  const gathers = program.inputs.map((slot) => write(gatherRows(slots.all[slot], slot), 0) + 2);
  const start = tape.words.length;
  plan.calls.forEach((call, i) => write(call, site.scratch[i]));
  const end = tape.words.length;
  const keeps = plan.outputs.map((slot) => write(keepOutput(slot, slotBytes(slots, slot)), 0) + 2);
  return { words: Int32Array.from(tape.words), start, end, gathers, keeps, calls };
}
