/**
 * The interpreter. A tape is words of 32 bits, an instruction
 *
 *     [opcode,  words of the whole instruction | flags << 16,  arguments …]
 *
 * with two words for a float64 argument. Flag 1: every thread takes part, each with its share; else thread 0 alone.
 * Flag 2: all threads wait for each other before it.
 */
import { announce, barrier, COMMAND, waitWhile } from "./barrier";
import { execute } from "./dispatch";
import { CONTROL, setInstruction, setPart, setStep, setThread, thread, threads } from "./memory";

/** What the workers are to run. */
const TAPE: usize = CONTROL + 16;
const END: usize = CONTROL + 20;
const FIRST: usize = CONTROL + 24;
const COUNT: usize = CONTROL + 28;

/** Runs the tape for the steps first … first + count − 1. */
export function run(tape: usize, end: usize, first: i32, count: i32): void {
  if (threads > 1) {
    store<u32>(TAPE, <u32>tape);
    store<u32>(END, <u32>end);
    store<i32>(FIRST, first);
    store<i32>(COUNT, count);
    announce(COMMAND);
    runShared(tape, end, first, count);
    return;
  }
  for (let step = first; step < first + count; step++) {
    setStep(step);
    let at = tape;
    while (at < end) {
      setInstruction(at);
      execute(load<u32>(at), at + 8);
      at += (<usize>load<u16>(at, 4)) << 2;
    }
  }
}

function runShared(tape: usize, end: usize, first: i32, count: i32): void {
  for (let step = first; step < first + count; step++) {
    setStep(step);
    let at = tape;
    while (at < end) {
      const flags = load<u16>(at, 6);
      if (flags & 2) barrier();
      if (flags & 1) setPart(thread, threads);
      if (flags & 1 || thread == 0) {
        setInstruction(at);
        execute(load<u32>(at), at + 8);
      }
      if (flags & 1) setPart(0, 1);
      at += (<usize>load<u16>(at, 4)) << 2;
    }
    barrier();
  }
}

/** What a worker does all its life: sleep until there is a tape, run its share. `seen` is the command it knows of. */
export function serve(number: i32, count: i32, seen: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  setThread(number, count);
  while (true) {
    waitWhile(COMMAND, seen, 0);
    seen += 1;
    const steps = load<i32>(COUNT);
    if (steps < 0) return;
    runShared(<usize>load<u32>(TAPE), <usize>load<u32>(END), load<i32>(FIRST), steps);
  }
}

/** Ends the workers. */
export function dismiss(): void {
  store<i32>(COUNT, -1);
  announce(COMMAND);
}
