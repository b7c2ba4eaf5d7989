/**
 * Interleaved rounds: all engines of a piece of work are started and checked. Then they take turns, round after round, each
 * for about the same time, so that a disturbance of the machine hits all of them.
 */
import { loadavg } from "node:os";
import type { Case } from "./cases.ts";
import { missing, roofline } from "./engines.ts";
import { order } from "./order.ts";
import type { EngineEntry, EngineId } from "./engines.ts";
import { EngineProcess } from "./process.ts";
import type { Limits } from "./process.ts";
import { deviation } from "./statistics.ts";

export interface Plan {
  readonly rounds: number;
  /** How long an engine's turn lasts; it does the work at least once. */
  readonly milliseconds: number;
  /** Two checkouts are compared: every work takes all rounds, and the limits of the machine are not measured. */
  readonly comparing?: true;
}

/** The rounds of a work that takes `most` of them in an ordinary run. */
export const roundsOf = ({ rounds, comparing }: Plan, most: number): number =>
  comparing ? rounds : Math.min(rounds, most);

/** The numbers that an engine must reach before its times count. */
export interface Check {
  /** How often the check does the work; for training, the number of first steps whose losses are compared. */
  readonly count: number;
  readonly reference: readonly number[];
  /** The largest deviation allowed, relative to the reference, or to `floor` where the reference is smaller. */
  readonly tolerance: number;
  readonly floor: number;
}

export interface Measured {
  readonly engine: EngineId;
  readonly title: string;
  readonly version: string;
  readonly threads: number;
  /** The largest deviation that the check found. */
  readonly deviation: number;
  /** Milliseconds for doing the work once, one number per round: by the clock, and of the processor over all threads. */
  readonly times: readonly number[];
  readonly processorTimes: readonly number[];
  readonly peakBytes: number;
  /** The numbers of the check, for comparisons to the bit. */
  readonly values: readonly number[];
  /** The engine that must have the same numbers. */
  readonly sameBitsAs?: EngineId;
}

export interface LeftOut {
  readonly engine: EngineId | "all";
  readonly title: string;
  readonly reason: string;
  /** The engine never does this kind of work. */
  readonly byRule?: true;
}

export interface Outcome {
  readonly measured: readonly Measured[];
  readonly leftOut: readonly LeftOut[];
  readonly limits: Limits | null;
  /** The load average over a minute, before and after. */
  readonly load: readonly [number, number];
}

interface Entrant {
  readonly entry: EngineEntry;
  readonly process: EngineProcess;
  readonly version: string;
  readonly deviation: number;
  readonly values: readonly number[];
  count: number;
  readonly times: number[];
  readonly processorTimes: number[];
}

/** Measures one piece of work on some engines. Leaves out, with a reason, engines that fail or compute something else. */
export async function measure(
  work: Case,
  engines: readonly EngineEntry[],
  check: Check,
  plan: Plan,
): Promise<Outcome> {
  const before = loadavg()[0];
  const leftOut: LeftOut[] = [];
  let entrants: Entrant[] = [];
  const machine = plan.comparing ? undefined : new EngineProcess(roofline.command);
  const limits: Limits[] = [];
  try {
    for (const entry of engines) {
      const { id, title } = entry;
      const rule = entry.cannot?.(work);
      if (rule !== undefined) {
        leftOut.push({ engine: id, title, reason: rule, byRule: true });
        continue;
      }
      const entrant = missing(entry) ?? (await enter(entry, work, check, plan.milliseconds).catch(String));
      if (typeof entrant === "string") leftOut.push({ engine: id, title, reason: entrant });
      else entrants.push(entrant);
    }
    shareCounts(entrants);
    for (let round = 0; round < plan.rounds && entrants.length > 0; round++) {
      for (const entrant of order(entrants, round)) {
        const { entry, process, count } = entrant;
        const took = await turn(process, count).catch(String);
        if (typeof took === "string") {
          process.end();
          entrants = entrants.filter((one) => one !== entrant);
          leftOut.push({
            engine: entry.id,
            title: entry.title,
            reason: `failed in round ${round + 1}: ${took}`,
          });
          continue;
        }
        entrant.times.push(took.milliseconds / count);
        entrant.processorTimes.push(took.cpuMilliseconds / count);
      }
      if (machine) limits.push((await machine.ask({ do: "limits" })).limits!);
    }
    const measured: Measured[] = [];
    for (const { entry, process, version, deviation, values, times, processorTimes } of entrants) {
      const { peakBytes = NaN } = await process.ask({ do: "memory" });
      const { id: engine, title, threads } = entry;
      measured.push({
        engine,
        title,
        version,
        threads,
        deviation,
        times,
        processorTimes,
        peakBytes,
        values,
        sameBitsAs: entry.sameBits,
      });
    }
    return { measured, leftOut, limits: bestOf(limits), load: [before, loadavg()[0]] };
  } finally {
    machine?.end();
    for (const { process } of entrants) process.end();
  }
}

/** Partners do the work equally often in a turn, so that the fixed cost of a turn weighs the same for both. */
function shareCounts(entrants: readonly Entrant[]): void {
  for (const one of entrants) {
    const partner = entrants.find(({ entry }) => entry.id === one.entry.partner);
    if (partner) one.count = partner.count = Math.min(one.count, partner.count);
  }
}

/** Starts an engine, checks its numbers, and finds how often the work fits into a turn. */
async function enter(
  entry: EngineEntry,
  work: Case,
  check: Check,
  milliseconds: number,
): Promise<Entrant | string> {
  const process = new EngineProcess(entry.command);
  try {
    const { version = entry.title } = await process.ask({ do: "start" });
    const { unit = 1 } = await process.ask({ do: "load", work });
    const reply = await process.ask({ do: "check", count: check.count });
    const values = (reply.values ?? []).map((value) => value ?? NaN);
    const found = deviation(values, check.reference, check.floor);
    if (!(found <= check.tolerance)) {
      process.end();
      return `computes something else: off by ${found.toExponential(1)}, allowed ${check.tolerance.toExponential(0)}`;
    }
    // the growing turns also warm the engine up
    let count = unit;
    for (;;) {
      const took = (await turn(process, count)).milliseconds;
      if (took >= milliseconds / 2) {
        count = unit * Math.max(1, Math.round((count * milliseconds) / took / unit));
        break;
      }
      count *= took < milliseconds / 20 ? 8 : 2;
    }
    await turn(process, count);
    return { entry, process, version, deviation: found, values, count, times: [], processorTimes: [] };
  } catch (error) {
    process.end();
    return error instanceof Error ? error.message : String(error);
  }
}

async function turn(
  process: EngineProcess,
  count: number,
): Promise<{ milliseconds: number; cpuMilliseconds: number }> {
  const { milliseconds = NaN, cpuMilliseconds = NaN } = await process.ask({ do: "time", count });
  return { milliseconds, cpuMilliseconds };
}

export function bestOf(limits: readonly Limits[]): Limits | null {
  if (limits.length === 0) return null;
  const most = (of: (one: Limits) => number) => Math.max(...limits.map(of));
  return {
    relaxedGflops: most((one) => one.relaxedGflops),
    strictGflops: most((one) => one.strictGflops),
    copyGigabytes: most((one) => one.copyGigabytes),
  };
}
