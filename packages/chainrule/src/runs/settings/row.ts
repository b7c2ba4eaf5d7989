/** What a row of the table of settings says. */
import type { GenericSchema } from "valibot";
import type { Task } from "../../data/table/plan.ts";
import type { LossName } from "../choices/losses.ts";
import type { OptimizerName } from "../choices/optimizers.ts";
import type { ScheduleChoice } from "../choices/schedules.ts";
import type { Kind, ValueOf } from "../kinds.ts";
import type { Source } from "../sources.ts";

/** The groups of a help text, in their order. */
export const groups = ["Data", "Network", "Loss", "Optimizer", "Training", "Output"] as const;
export type Group = (typeof groups)[number];

export interface Row {
  /** How the text of the flag is read, and what a value from a file must be. */
  readonly kind: Kind<unknown>;
  readonly group: Group;
  /** The value in a help text, such as "<rate>"; a flag without one is given or not. */
  readonly value?: string;
  readonly help: string;
  /** The default where it is the same for all runs. */
  readonly fixed?: unknown;
  /** What a sweep does with the flag: a list of values unless "one" value or "no" such flag. */
  readonly sweep?: "one" | "no";
  /** The only kind of data that the setting applies to. */
  readonly only?: "generated" | "table";
}

/** A row whose value decides the numbers of a run, and so is kept in run.json. */
export interface StoredRow<At> extends Row {
  /** What run.json may hold, where that is not what the kind of value says. */
  readonly stored?: GenericSchema;
  /** The default where the data or other settings decide it. */
  default?(at: At): unknown;
}

/** What the defaults of settings about data depend on. */
export interface AtSource {
  readonly source: Source;
}

/** What the defaults of the other settings depend on. */
export interface AtRows extends AtSource {
  /** The numbers of training rows, inputs and outputs. */
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly task: Task;
  /** Whether rows are held back for validation. */
  readonly validated: boolean;
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  readonly schedule: ScheduleChoice | null;
}

type Rows = Readonly<Record<string, Row>>;
type Fixed<Table extends Rows, Name extends keyof Table> = Table[Name] extends { readonly fixed: unknown }
  ? true
  : false;

/** The values of the flags of some rows; those with a fixed default are always there. */
export type FlagValues<Table extends Rows> = {
  readonly [Name in keyof Table as Fixed<Table, Name> extends true ? Name : never]: ValueOf<
    Table[Name]["kind"]
  >;
} & {
  readonly [Name in keyof Table as Fixed<Table, Name> extends true ? never : Name]?: ValueOf<
    Table[Name]["kind"]
  >;
};

/** The values that run.json holds for some rows. */
export type StoredValues<Table extends Readonly<Record<string, StoredRow<never>>>> = {
  readonly [Name in keyof Table]: Table[Name] extends { readonly stored: GenericSchema<unknown, infer S> }
    ? S
    : ValueOf<Table[Name]["kind"]>;
};
