/** The table of settings: one row says all about a setting. Flags, run.json, sweeps and help texts are derived from it. */
import * as v from "valibot";
import type { Task } from "../../data/table/plan.ts";
import { dataSettings } from "./data.ts";
import { deviceFlags, outputFlags, placeFlags } from "./request.ts";
import { groups } from "./row.ts";
import type { FlagValues, Row, StoredRow, StoredValues } from "./row.ts";
import { isDataName } from "../sources.ts";
import { runSettings } from "./training.ts";

/** The settings that run.json keeps, in its order. */
export const storedSettings = { ...dataSettings, ...runSettings } as const;
/** All that a user can say of a run. */
export const settings = { ...storedSettings, ...placeFlags, ...deviceFlags, ...outputFlags } as const;

export type SettingName = keyof typeof settings;
/** The settings that the loading of data needs; the task may still be open. */
export type DataSettings = Omit<StoredValues<typeof dataSettings>, "task"> & { readonly task: Task | null };
/** Everything that decides the numbers of a run, as run.json has it: plain data without paths. */
export type RunSettings = StoredValues<typeof storedSettings>;

/** What a user said about data, network, loss, optimizer and training. */
export type AskedSettings = FlagValues<typeof storedSettings>;
/** What a user says of a run, in four parts. */
export interface RunRequest {
  readonly settings: AskedSettings;
  readonly places: FlagValues<typeof placeFlags> & {
    /** The files of the data and of a test set of their own, where the user named some. */
    readonly file?: string;
    readonly testFile?: string;
  };
  readonly device: FlagValues<typeof deviceFlags>;
  readonly output: FlagValues<typeof outputFlags>;
}

/** The values of all flags of `train`. */
export type AllFlags = FlagValues<typeof settings>;

/** Flags as a request: read once, so that nothing below knows flags. */
export function requestOf(flags: AllFlags): RunRequest {
  const { data, test } = flags;
  const of = <Table extends object>(table: Table): never => {
    const names = Object.keys(table) as SettingName[];
    return Object.fromEntries(
      names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
    ) as never;
  };
  const places: RunRequest["places"] = of(placeFlags);
  const asked: AskedSettings = of(storedSettings);
  return {
    settings: { ...asked, data: titleOf(data) },
    places: {
      ...places,
      ...(!isDataName(data) && { file: data }),
      ...(typeof test === "object" && "file" in test && { testFile: test.file }),
    },
    device: of(deviceFlags),
    output: of(outputFlags),
  };
}

/** What a run calls its data: the name, or that of the file without its folder. */
export function titleOf(data: string): string {
  return isDataName(data) ? data : data.slice(Math.max(data.lastIndexOf("/"), data.lastIndexOf("\\")) + 1);
}

/** Name and row of each setting, group by group. */
export const settingRows: readonly (readonly [SettingName, Row])[] = (
  Object.entries(settings) as [SettingName, Row][]
).sort(([, a], [, b]) => groups.indexOf(a.group) - groups.indexOf(b.group));

/** Checks the settings of a run.json. */
export const settingsSchema = v.object(
  Object.fromEntries(
    Object.entries<StoredRow<never>>(storedSettings).map(([name, { kind, stored }]) => [
      name,
      stored ?? kind.schema,
    ]),
  ),
) as v.GenericSchema as v.GenericSchema<unknown, RunSettings>;
