/**
 * How threads wait for each other: the last to arrive moves the generation on; the others spin on it for a while and
 * then sleep. In builds for one thread nothing of it is left.
 */
import { CONTROL, threads } from "./memory";

// the words at CONTROL
const ARRIVED: usize = CONTROL;
const GENERATION: usize = CONTROL + 4;
const SLEEPING: usize = CONTROL + 8;
/** Moved on when there is a tape to run, or when the workers are to end. */
export const COMMAND: usize = CONTROL + 12;

/** How often to look before sleeping; about 100 µs, measured when the threads are started. */
let patience: i32 = 20000;
/** The main thread of a page may not sleep. */
let maySleep: bool = true;

export function setPatience(looks: i32, sleep: i32): void {
  patience = looks;
  maySleep = sleep != 0;
}

/** Waits until the number at `at` is another than `value`. */
export function waitWhile(at: usize, value: i32, looks: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  for (let i = 0; i < looks; i++) if (atomic.load<i32>(at) != value) return;
  while (atomic.load<i32>(at) == value) {
    if (!maySleep) continue;
    atomic.add<i32>(SLEEPING, 1);
    atomic.wait<i32>(at, value, -1);
    atomic.sub<i32>(SLEEPING, 1);
  }
}

/** Moves the number at `at` on and wakes who sleeps there. */
export function announce(at: usize): void {
  if (!ASC_FEATURE_THREADS) return;
  atomic.add<i32>(at, 1);
  if (atomic.load<i32>(SLEEPING) != 0) atomic.notify(at, -1);
}

/** Returns when all threads have called it. */
export function barrier(): void {
  if (!ASC_FEATURE_THREADS) return;
  const generation = atomic.load<i32>(GENERATION);
  if (atomic.add<i32>(ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(ARRIVED, 0);
    announce(GENERATION);
  } else waitWhile(GENERATION, generation, patience);
}
