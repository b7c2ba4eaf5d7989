/** A piece of work for the table, and its results: sections of plain data, written to results.json unchanged. */
import type { EngineEntry } from "../engines.ts";
import type { LeftOut, Measured, Plan } from "../harness.ts";
import type { Limits } from "../process.ts";
import type { Spread } from "../statistics.ts";

export interface Context {
  /** Where case files go. */
  readonly folder: string;
  readonly engines: readonly EngineEntry[];
  readonly plan: Plan;
  readonly quick: boolean;
}

/**
 * A row of a table: an engine and its measurements, in the section's unit. Engines are compared by cost. The cost of an
 * engine with one thread is its processor time where that was taken, since other processes on the machine do not lengthen
 * it; every other cost is the time by the clock. Processor time flatters an engine that waits for its own helpers.
 */
export interface Row extends Pick<Measured, "engine" | "title" | "threads"> {
  readonly version?: string;
  /** The time of each round, by the clock. */
  readonly times: readonly number[];
  readonly processorTimes?: readonly number[];
  readonly cost: Spread;
  /** Its cost ÷ the baseline's, round by round; by the clock where one of the two has several threads. */
  readonly ratio?: Spread;
  readonly deviation?: number;
  /** Whether the losses of the check equal another engine's to the bit. */
  readonly sameBits?: boolean;
}

export interface Section {
  /** The work's letter, and which of its parts this is. */
  readonly id: string;
  readonly title: string;
  readonly unit: "ms" | "s" | "MB" | "KB";
  readonly rows: readonly Row[];
  readonly leftOut: readonly LeftOut[];
  /** The flops of the matrix products, for doing the work once. */
  readonly flops?: number;
  readonly limits?: Limits | null;
  readonly load?: readonly [number, number];
  readonly note?: string;
}

/** Cost against one size. */
export interface Scaling {
  readonly id: string;
  readonly title: string;
  readonly size: string;
  readonly x: readonly number[];
  readonly curves: readonly {
    readonly title: string;
    /** Milliseconds. */
    readonly y: readonly number[];
    readonly slope: number;
  }[];
  readonly leftOut: readonly LeftOut[];
}

export interface Result {
  readonly sections?: readonly Section[];
  readonly scalings?: readonly Scaling[];
}

export interface WorkItem {
  /** The letter of `--only`. */
  readonly id: string;
  readonly title: string;
  run(context: Context): Promise<Result>;
}
