/** From the flags of a sweep to its plan: every combination is checked before anything is run. */
import { basename, resolve } from "node:path";
import { ChainruleError, ValueError } from "chainrule";
import { plan, settingText } from "chainrule/experiments";
import type { Plan, PlannedRun, RankBy, Settings, SettingValue } from "chainrule/experiments";
import { UsageError } from "../failure.ts";
import { flagOf, isDataName, SettingError, settings } from "chainrule/runs";
import type { Row, RunRequest, RunSpec, SettingName } from "chainrule/runs";
import { filesRead, originOf } from "../train/identity.ts";
import type { LoadedParts } from "../train/data.ts";
import { prepare, specFor } from "../train/prepare.ts";
import { version } from "../version.ts";
import { isPlace, readRequest } from "./flags.ts";
import type { Given, SweepFlags } from "./flags.ts";
import { ranges } from "./ranges.ts";

/** What the processes are told besides the run. */
export interface SweepContext {
  /** The flags that lead to files, which no setting holds. */
  readonly places: Given;
}

export interface Sweep {
  readonly plan: Plan;
  readonly context: SweepContext;
  readonly by: RankBy;
  /** The first run, with all its settings, and its parts. */
  readonly first: RunSpec;
  readonly parts: LoadedParts;
}

/** The settings about data that a sweep may list: with another value, the rows are loaded again. */
const ofData = Object.entries<Row>(settings).flatMap(([name, { group, sweep }]) =>
  group === "Data" && sweep === undefined ? [name] : [],
);

/**
 * @throws UsageError for a combination that train would refuse, or without validation rows or epochs
 */
export async function planSweep(given: Given, flags: SweepFlags): Promise<Sweep> {
  const all: Given = { validation: ["0.1"], ...given };
  if (String(all.validation) === "none")
    throw new UsageError("--validation none leaves nothing to choose by; give a part, as 0.1");
  if (typeof flags.seeds !== "number" && given.seed !== undefined)
    throw new UsageError(
      `--seeds ${flags.seeds.join(",")} names every seed, so --seed ${String(given.seed)} would do nothing; leave it out`,
    );
  const base = readRequest({ seed: ["0"], ...pick(all, (name) => name === "seed") }).settings.seed;
  const vary: Record<string, SettingValue[]> = {};
  for (const [name, texts] of Object.entries(all))
    if (name !== "seed") {
      const shown = (text: string): SettingValue =>
        isPlace(name, texts) ? basename(text) : settingValue(name, text);
      vary[name] = texts === true ? [true] : texts.map(shown);
    }
  const seeds =
    typeof flags.seeds === "number" ? Array.from({ length: flags.seeds }, (_, i) => base + i) : flags.seeds;
  const context = { places: absolute(pick(all, (name) => isPlace(name, all[name]))) };
  const options = { vary, seeds, sample: flags.sample, sameOrder: flags.sameOrder ?? false };
  const draft = planOrRefuse({ ...options, version });
  const { parts, specs, origins } = await checkAll(draft, context);
  if (specs.length === 0) throw new ValueError("sweep", "no runs");
  const [first] = specs;
  if (!parts.validation) throw new UsageError("there are no validation rows to choose by");
  const classes = first.task === "classification";
  const measure = flags.rank ?? (classes ? "validAccuracy" : "validRmse");
  if (measure === (classes ? "validRmse" : "validAccuracy"))
    throw new UsageError(
      `--rank ${measure} does not fit ${first.task}; there are ${classes ? "validAccuracy" : "validRmse"} and validLoss`,
    );
  // Other rows or weights are another plan, though everything that was typed is the same.
  return {
    plan: planOrRefuse({ ...options, version: [`chainrule ${version}`, ...origins].join(", ") }),
    context,
    by: {
      measure,
      better: measure === "validAccuracy" ? "largest" : "smallest",
      ranges,
      ...(measure !== "validLoss" && { ties: { measure: "validLoss", better: "smallest" } }),
    },
    first,
    parts,
  };
}

/** Runs that make no sense are the user's slip: a sample larger than all. */
function planOrRefuse(options: Parameters<typeof plan>[0]): Plan {
  try {
    return plan(options);
  } catch (error) {
    if (error instanceof ValueError) throw new UsageError(error.problem);
    throw error;
  }
}

/** The settings of every combination with the first seed, the rows of the first, and what all of them begin from, in words. */
async function checkAll(
  { runs, seeds }: Plan,
  context: SweepContext,
): Promise<{ parts: LoadedParts; specs: RunSpec[]; origins: Iterable<string> }> {
  let first: LoadedParts | undefined;
  const origins = new Set<string>();
  const specs: RunSpec[] = [];
  const loaded = new Map<string, LoadedParts>();
  for (const run of runs.filter(({ seed }) => seed === seeds[0])) {
    const request = requestFor(run, context);
    const key = JSON.stringify(ofData.map((name) => run.settings[name]));
    try {
      const known = loaded.get(key);
      if (known) specs.push(specFor(request, known));
      else {
        const prepared = await prepare(request);
        // One at a time: large data are held once.
        loaded.clear();
        loaded.set(key, prepared.parts);
        first ??= prepared.parts;
        const data = { name: prepared.spec.data, sha256: prepared.parts.checksum };
        const { rows, initFrom } = originOf(data, filesRead(request.places));
        if (rows !== undefined) origins.add(`rows ${rows}`);
        if (initFrom !== undefined) origins.add(`initial weights ${initFrom}`);
        specs.push(prepared.spec);
      }
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof ChainruleError) || runs.length === seeds.length)
        throw error;
      const names = varying(run, runs);
      const where = names.map((name) => `${flagOf(name)} ${settingText(run.settings[name])}`).join(" ");
      const isShown = error instanceof SettingError && names.every((name) => error.shown.includes(name));
      const message = isShown ? error.message : `with ${where}: ${error.message}`;
      throw error instanceof UsageError || error instanceof SettingError
        ? new UsageError(message)
        : new ChainruleError(error.code, message);
    }
  }
  return { parts: first!, specs, origins };
}

/** The settings of a run that other runs have with other values. */
function varying(run: PlannedRun, runs: readonly PlannedRun[]): string[] {
  return Object.keys(run.settings).filter((name) =>
    runs.some(({ settings }) => settings[name] !== run.settings[name]),
  );
}

/** The request of one run, as train would make it. */
export function requestFor(run: PlannedRun<Settings>, context: SweepContext): RunRequest {
  const texts = Object.entries(run.settings).map(
    ([name, value]) => [name, value === true ? (true as const) : [settingText(value)]] as const,
  );
  return readRequest({ ...Object.fromEntries(texts), ...context.places, seed: [String(run.seed)] });
}

/** A text that is a number becomes one, so that figures have an axis for it; the name of a column stays text. */
function settingValue(name: string, text: string): SettingValue {
  const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && !isWord(name);
  return number ? Number(text) : text;
}

const isWord = (name: string): boolean => (settings[name as SettingName] as Row).kind.words ?? false;

function pick(given: Given, take: (name: string) => boolean): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => take(name)));
}

/** The processes may be started elsewhere, and a file is one that is there. */
function absolute(given: Given): Given {
  return Object.fromEntries(
    Object.entries(given).map(([name, texts]) => [
      name,
      texts === true
        ? texts
        : texts.map((text) => (name === "data" && isDataName(text) ? text : resolve(text))),
    ]),
  );
}
