/** Work that is measured once per process: in each round every engine is started anew. */
import type { Case } from "../cases.ts";
import { missing } from "../engines.ts";
import type { EngineEntry } from "../engines.ts";
import type { LeftOut } from "../harness.ts";
import { order } from "../order.ts";
import { EngineProcess } from "../process.ts";
import type { Command } from "../process.ts";
import type { Row, Section } from "./item.ts";
import { rowOf, withRatios } from "./rows.ts";

/** Measures one number of a process that has just been started; the process is ended afterwards. */
export type Once = (process: EngineProcess, began: number) => Promise<number>;

export async function inFreshProcesses(
  engines: readonly EngineEntry[],
  work: Case,
  commandOf: (entry: EngineEntry) => Command,
  rounds: number,
  once: Once,
): Promise<Pick<Section, "rows" | "leftOut">> {
  const leftOut: LeftOut[] = [];
  let entrants: { readonly entry: EngineEntry; readonly command: Command; readonly times: number[] }[] = [];
  for (const entry of engines) {
    const { id: engine, title } = entry;
    const rule = entry.cannot?.(work);
    const reason = rule ?? missing(entry);
    if (reason === undefined) entrants.push({ entry, command: commandOf(entry), times: [] });
    else leftOut.push({ engine, title, reason, ...(rule === undefined ? {} : { byRule: true }) });
  }
  for (let round = 0; round < rounds; round++) {
    for (const entrant of order(entrants, round)) {
      const found = await inOne(entrant.command, once).catch(String);
      if (typeof found === "number") entrant.times.push(found);
      else {
        const { id: engine, title } = entrant.entry;
        entrants = entrants.filter((one) => one !== entrant);
        leftOut.push({ engine, title, reason: found });
      }
    }
  }
  const rows: Row[] = entrants.map(({ entry: { id: engine, title, threads }, times }) =>
    rowOf({ engine, title, threads, times }),
  );
  return { rows: withRatios(rows), leftOut };
}

async function inOne(command: Command, once: Once): Promise<number> {
  const began = performance.now();
  const process = new EngineProcess(command);
  try {
    return await once(process, began);
  } finally {
    process.end();
  }
}
