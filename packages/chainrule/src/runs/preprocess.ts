/** What must be done to rows before the network takes them, and what its outputs mean: preprocess.json, written and read. */
import * as v from "valibot";
import type { Scaling } from "../data/scale.ts";
import { inputNames } from "../data/table/plan.ts";
import type { Plan } from "../data/table/plan.ts";
import { parsePlan } from "../data/table/plan-json.ts";
import type { ReadTableOptions } from "../data/table/read.ts";
import { parseJson, refused } from "./json.ts";
import type { JsonFile } from "./json.ts";
import { whole } from "./kinds.ts";
import { inputsOf, outputsOf } from "./model.ts";
import type { Parts } from "./parts.ts";
import { scalings } from "./settings/data.ts";
import type { RunSpec } from "./spec.ts";
import { targetScaling } from "./training.ts";

export interface Preprocess {
  /** How many inputs the network has, and their names in order. */
  readonly features: number;
  readonly featureNames: readonly string[] | null;
  readonly scaling: Scaling;
  readonly classNames: readonly string[] | null;
  readonly targetNames: readonly string[] | null;
  readonly image: readonly [number, number] | null;
  /** How the columns of a table become inputs and targets; for other data, how those of one would. */
  readonly plan: Plan;
  /** Whether the run's data were a table. */
  readonly ofTable: boolean;
}

/** The content of preprocess.json. The fields beside `plan` say the same in fewer words, for other readers. */
export function preprocessRecord({ task }: RunSpec, { train, scaling, plan }: Parts): object {
  const { featureNames, classNames, targetNames, image } = train.info;
  const categories = plan?.features.flatMap((feature) =>
    feature.type === "text" ? [[feature.name, feature.categories] as const] : [],
  );
  return {
    format: 1,
    task,
    features: train.inputs.shape[1],
    featureNames: featureNames ?? null,
    scaling,
    categories: categories?.length ? Object.fromEntries(categories) : null,
    classNames: classNames ?? null,
    targetNames: targetNames ?? (plan && [plan.target.name]),
    targetScaling: plan && targetScaling(plan),
    image: image ?? null,
    plan,
  };
}

const names = v.nullable(v.array(v.string()));
const count = whole(1).schema;
const preprocessSchema = v.object({
  format: v.literal(1),
  features: count,
  featureNames: names,
  scaling: v.object({
    kind: v.picklist(scalings),
    offset: v.pipe(v.array(v.number()), v.minLength(1)),
    scale: v.pipe(v.array(v.pipe(v.number(), v.notValue(0))), v.minLength(1)),
    precision: v.optional(v.literal("float64")),
  }),
  classNames: names,
  targetNames: names,
  plan: v.optional(v.nullable(v.unknown()), null),
  image: v.nullable(v.tuple([count, count])),
});
type Read = v.InferOutput<typeof preprocessSchema>;

/**
 * Reads preprocess.json, and holds it against the run of run.json.
 * @throws FormatError naming the field at fault
 */
export function parsePreprocess(file: JsonFile, spec: RunSpec): Preprocess {
  const read = parseJson(file, preprocessSchema);
  check(file.name, read, spec);
  if (read.plan === null) return { ...read, plan: planOfColumns(read, spec), ofTable: false };
  const plan = parsePlan(read.plan, { name: `${file.name}: plan` });
  const says = {
    featureNames: [read.featureNames, inputNames(plan)],
    classNames: [read.classNames, "classNames" in plan.target ? plan.target.classNames : null],
  };
  for (const [field, [found, planned]] of Object.entries(says))
    if (JSON.stringify(found) !== JSON.stringify(planned))
      throw refused(file.name, field, "it is not what plan says");
  return { ...read, plan, ofTable: true };
}

/** For data that are not a table: how the columns of one would be read, named as the features are and `y`. */
function planOfColumns({ features, featureNames, classNames }: Read, { task }: RunSpec): Plan {
  const columns = featureNames ?? Array.from({ length: features }, (_, i) => `x${i + 1}`);
  const target = { name: "y", type: "number" } as const;
  return {
    task,
    reason: "the run has it",
    features: columns.map((name) => ({ name, type: "number" })),
    target:
      classNames === null
        ? { ...target, offset: 0, scale: 1 }
        : { ...target, classNames, values: [...classNames.keys()] },
    missing: "refuse",
    notes: [],
  };
}

/** What preprocess.json says must fit the network of run.json. */
function check(file: string, read: Read, { model, task }: RunSpec): void {
  const { features, featureNames, scaling, classNames } = read;
  const requireThat = (fits: boolean, field: string, says: string): void => {
    if (!fits) throw refused(file, field, says);
  };
  const inputs = `the network in run.json has ${inputsOf(model)} inputs`;
  requireThat(features === inputsOf(model), "features", `there are ${features}, and ${inputs}`);
  if (featureNames !== null)
    requireThat(
      featureNames.length === features,
      "featureNames",
      `there are ${featureNames.length}, and ${inputs}`,
    );
  for (const field of ["offset", "scale"] as const) {
    const { length } = scaling[field];
    requireThat(
      length === 1 || length === features,
      `scaling.${field}`,
      `there are ${length} numbers, and ${inputs}`,
    );
  }
  requireThat(
    scaling.offset.length === scaling.scale.length,
    "scaling",
    `offset has ${scaling.offset.length} numbers and scale ${scaling.scale.length}`,
  );
  requireThat(
    (task === "classification") === (classNames !== null),
    "classNames",
    `${classNames ? "there are some" : "there are none"}, and the task in run.json is ${task}`,
  );
  if (classNames !== null)
    requireThat(
      classNames.length === outputsOf(model),
      "classNames",
      `there are ${classNames.length}, and the network in run.json has ${outputsOf(model)} outputs`,
    );
}

/** The settings that say how the file of a table is read. */
export type FileSettings = Pick<RunSpec, "header" | "na" | "text" | "dates" | "encoding" | "skipLines">;

/** How the file of a table is read for a run with these settings. */
export function readBySettings({
  header,
  na,
  text,
  dates,
  encoding,
  skipLines,
}: FileSettings): ReadTableOptions {
  return {
    ...(header !== null && { header }),
    ...(na !== null && { na }),
    ...(encoding !== null && { encoding }),
    ...(skipLines !== null && { skipLines }),
    types: [...text, ...dates].map((name) => ({ name, type: "text" })),
    say: "flags",
  };
}

/** How a table is read for a run whose plan says what its columns are; its file was read by these settings. */
export function readByPlan(
  { plan, ofTable }: Pick<Preprocess, "plan" | "ofTable">,
  settings: FileSettings,
): ReadTableOptions {
  return {
    ...readBySettings(settings),
    types: [...plan.features, plan.target],
    // where the file has no line of names
    names(width) {
      const known = plan.features.map(({ name }) => name);
      // the run's data were not a table: its features in their order, with or without what is predicted
      if (!ofTable && width >= known.length && width <= known.length + 1)
        return [...known, plan.target.name].slice(0, width);
      const columns = Array.from({ length: width }, (_, i) => `x${i + 1}`);
      // they were a table without names, too: the same, with or without its last column, y
      const whole = plan.target.name !== "y" || !known.includes(`x${width}`);
      return whole ? columns.with(-1, "y") : columns;
    },
  };
}
