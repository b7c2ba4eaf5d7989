/**
 * The interpreter. A tape is words of 32 bits, an instruction
 *
 *     [opcode,  words of the whole instruction | flags << 16,  arguments …]
 *
 * with two words for a float64 argument. Flag 1: every thread does its share; without it thread 0 does the call alone.
 * Flag 2: all threads wait for each other before it. A tape without flag 1 is run by thread 0 and wakes no other.
 */
import { announce, barrier, COMMAND, waitWhile } from "./barrier";
import { execute } from "./dispatch";
import {
  beginRun,
  CONTROL,
  setInstruction,
  setPart,
  setStep,
  setThread,
  stopped,
  thread,
  threads,
} from "./memory";

/** The run for the workers. */
const TAPE: usize = CONTROL + 32;
const END: usize = CONTROL + 36;
const FIRST: usize = CONTROL + 40;
const COUNT: usize = CONTROL + 44;

/** Whether the tape has an instruction for several threads. A step of a small net is shorter than one barrier. */
function isShared(tape: usize, end: usize): bool {
  for (let at = tape; at < end; at += (<usize>load<u16>(at, 4)) << 2) if (load<u16>(at, 6) & 1) return true;
  return false;
}

/** Runs the tape for the steps first … first + count − 1; returns whether it reached the end. */
export function run(tape: usize, end: usize, first: i32, count: i32): bool {
  if (ASC_FEATURE_THREADS && threads > 1 && isShared(tape, end)) {
    store<u32>(TAPE, <u32>tape);
    store<u32>(END, <u32>end);
    store<i32>(FIRST, first);
    store<i32>(COUNT, count);
    announce(COMMAND);
    return runShared(atomic.load<i32>(COMMAND), tape, end, first, count);
  }
  beginRun(0);
  for (let step = first; step < first + count; step++) {
    setStep(step);
    let at = tape;
    while (at < end) {
      setInstruction(at);
      execute(load<u32>(at), at + 8);
      if (stopped) return false;
      at += (<usize>load<u16>(at, 4)) << 2;
    }
  }
  return true;
}

/** This thread's part of run number `number`. */
function runShared(number: i32, tape: usize, end: usize, first: i32, count: i32): bool {
  beginRun(number);
  for (let step = first; step < first + count; step++) {
    setStep(step);
    let at = tape;
    while (at < end) {
      const flags = load<u16>(at, 6);
      if (flags & 2 && !barrier()) return false;
      if (flags & 1) {
        setInstruction(at);
        setPart(thread, threads);
        execute(load<u32>(at), at + 8);
        setPart(0, 1);
      } else if (thread == 0) {
        setInstruction(at);
        execute(load<u32>(at), at + 8);
      }
      at += (<usize>load<u16>(at, 4)) << 2;
    }
    if (!barrier()) return false;
  }
  return true;
}

/** The loop of a worker: it sleeps until there is a tape, then runs its share. */
export function serve(number: i32, count: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  setThread(number, count);
  let seen = 0;
  while (true) {
    waitWhile(COMMAND, seen, 0);
    seen += 1;
    const steps = load<i32>(COUNT);
    if (steps < 0) return;
    runShared(seen, <usize>load<u32>(TAPE), <usize>load<u32>(END), load<i32>(FIRST), steps);
  }
}

/** Ends the workers. */
export function dismiss(): void {
  store<i32>(COUNT, -1);
  announce(COMMAND);
}
