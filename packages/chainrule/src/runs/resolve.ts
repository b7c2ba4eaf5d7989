/** From what a user asked for to all settings: idle ones are refused, defaults filled in, the rest checked against the data. */
import type { Task } from "../data/table/plan.ts";
import { initializationRow } from "./choices/initializations.ts";
import { defaultLoss, lossesFor, lossNames, lossRow } from "./choices/losses.ts";
import { optimizerRow, optimizersWith, unusedOptions } from "./choices/optimizers.ts";
import type { OptimizerOptions } from "./choices/optimizers.ts";
import { formWords } from "./forms.ts";
import { rateOfSchedule, scheduleRow } from "./choices/schedules.ts";
import { flagOf, SettingError } from "./setting-error.ts";
import { dataSettings } from "./settings/data.ts";
import type { AtRows, AtSource, StoredRow } from "./settings/row.ts";
import type { AskedSettings, DataSettings, RunSettings, SettingName } from "./settings/table.ts";
import { runSettings } from "./settings/training.ts";
import type { Source } from "./sources.ts";

/** What the loaded data say about the settings. */
export interface DataFacts {
  /** The number of training rows. */
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly task: Task;
  readonly validated: boolean;
  /** For tables: the columns that became target and inputs. */
  readonly target?: string;
  readonly features?: readonly string[];
}

const dataKinds = { generated: "generated data", table: "CSV files" } as const;

/**
 * The settings that the loading of data needs.
 * @throws SettingError for a setting that does not apply to the data
 */
export function resolveData(asked: AskedSettings, source: Source): DataSettings {
  const refuse = (name: SettingName, kind: "generated" | "table", flag: string = flagOf(name)): never => {
    throw new SettingError(name, `${flag} applies to ${dataKinds[kind]}, not to ${asked.data}`);
  };
  for (const [name, { only }] of entries<StoredRow<AtSource>>(dataSettings))
    if (only !== undefined && only !== source.kind && asked[name] !== undefined) refuse(name, only);
  const { test } = asked;
  const ownTest = typeof test === "object" && "file" in test;
  if (ownTest && source.kind !== "table") refuse("test", "table", "--test with a file");
  const at: AtSource = { source };
  return filled<StoredRow<AtSource>, DataSettings>(
    dataSettings,
    { ...asked, ...(ownTest && { test: "own" }) },
    at,
  );
}

/**
 * All settings of a run, checked against the data they are for.
 * @throws SettingError for a setting that does not fit the data or the others, or that would change nothing
 */
export function resolveSettings(asked: AskedSettings, source: Source, facts: DataFacts): RunSettings {
  const { task, target, features } = facts;
  const { data, optimizer } = asked;
  const schedule = asked.schedule ?? null;
  const loss = asked.loss ?? defaultLoss(task);
  if (!lossesFor(task).includes(loss))
    throw new SettingError(
      "loss",
      `--loss ${loss} does not fit ${task}; ${data} takes ${lossesFor(task).join(", ")}`,
      ["loss"],
    );
  const at: AtRows = { ...facts, source, loss, optimizer, schedule };
  checkNet(asked, at);
  checkBatch(asked, facts);
  checkBias(asked);
  refuseIdle(asked, at);
  return {
    ...resolveData(asked, source),
    task,
    ...(target !== undefined && { target }),
    ...(features !== undefined && { features }),
    ...filled<StoredRow<AtRows>, Omit<RunSettings, keyof DataSettings>>(runSettings, asked, at),
  };
}

/** The values of the rows of a table, defaults filled in. */
function filled<R extends StoredRow<never>, Values>(
  table: Readonly<Record<string, R>>,
  asked: Readonly<Record<string, unknown>>,
  at: Parameters<NonNullable<R["default"]>>[0],
): Values {
  return Object.fromEntries(
    entries(table).map(([name, row]) => [name, asked[name] ?? row.default?.(at as never) ?? null]),
  ) as Values;
}

function entries<R>(table: Readonly<Record<string, R>>): [SettingName & keyof AskedSettings, R][] {
  return Object.entries(table) as [SettingName & keyof AskedSettings, R][];
}

function checkNet({ data, net }: AskedSettings, { inputs, outputs, task }: AtRows): void {
  if (net === undefined || (net[0] === inputs && net[net.length - 1] === outputs)) return;
  const ends = `${count(inputs, "input")} and ${task === "classification" ? `${outputs} classes` : count(outputs, "output")}`;
  throw new SettingError(
    "net",
    `--net ${net.join("-")} does not fit ${data}, which has ${ends}; try --net ${[inputs, ...net.slice(1, -1), outputs].join("-")}`,
    ["net"],
  );
}

const count = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? "" : "s"}`;

function checkBatch({ batch, dropLast }: AskedSettings, { rows }: DataFacts): void {
  if (dropLast && batch !== "full" && batch > rows)
    throw new SettingError(
      "batch",
      `--batch ${batch} with --drop-last leaves no batch of the ${rows} training rows`,
      ["batch", "dropLast"],
    );
}

function checkBias({ init = { name: "default" }, initBias }: AskedSettings): void {
  if (initBias === "normal" && !initializationRow(init).drawsBias)
    throw new SettingError(
      "initBias",
      `--init-bias normal goes with --init normal:SIGMA, not with --init ${init.name}`,
      ["initBias"],
    );
}

/** A setting that would change nothing is refused, so that nobody believes in its effect. */
function refuseIdle(asked: AskedSettings, { optimizer, loss, schedule }: AtRows): void {
  const idle = (
    name: keyof AskedSettings,
    of: "optimizer" | "loss",
    chosen: string,
    fit: readonly string[],
  ) => {
    if (asked[name] !== undefined && !fit.includes(chosen))
      throw new SettingError(
        name,
        `${flagOf(name)} does nothing with --${of} ${chosen}; it goes with ${fit.join(", ")}`,
        [of],
      );
  };
  for (const option of Object.keys(unusedOptions) as (keyof OptimizerOptions)[])
    idle(option, "optimizer", optimizer, optimizersWith(option));
  idle(
    "margin",
    "loss",
    loss,
    lossNames.filter((name) => lossRow(name).takes?.margin !== undefined),
  );
  if (schedule !== null && rateOfSchedule(schedule) !== undefined && asked.lr !== undefined)
    throw new SettingError(
      "lr",
      `--lr does nothing with --schedule ${formWords(schedule.name, scheduleRow(schedule))}, whose peak is RATE; leave it out`,
    );
  const fault = optimizerRow(optimizer).refuse?.(asked);
  if (fault !== undefined) throw new SettingError("optimizer", fault.message, ["optimizer", ...fault.shows]);
}
