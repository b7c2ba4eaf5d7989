/** What must be done to rows before the network takes them, and what its outputs mean: preprocess.json, written and read. */
import { inputNames, parsePlan } from "chainrule/data/table";
import type { Plan } from "chainrule/data/table";
import type { Scaling } from "chainrule/data";
import * as v from "valibot";
import type { Parts } from "./data.ts";
import { readJson, refused } from "./run-json.ts";
import { whole } from "./settings-schema.ts";
import { scalings } from "./settings.ts";
import type { TrainSettings } from "./settings.ts";

export interface Preprocess {
  /** How many inputs the network has, and their names in order. */
  readonly features: number;
  readonly featureNames: readonly string[] | null;
  readonly scaling: Scaling;
  readonly classNames: readonly string[] | null;
  readonly targetNames: readonly string[] | null;
  readonly image: readonly [number, number] | null;
  /** How the columns of a table become inputs and targets; of other data, how those of one would. */
  readonly plan: Plan;
  /** Whether the run's data were a table. */
  readonly ofTable: boolean;
}

/** The content of preprocess.json. What stands beside `plan` says the same in fewer words, for other readers. */
export function preprocessing({ task }: TrainSettings, { train, scaling, plan }: Parts): object {
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

/** How a number to predict was scaled; null for classes. */
export function targetScaling({ target }: Plan): { offset: number; scale: number } | null {
  return "scale" in target ? { offset: target.offset, scale: target.scale } : null;
}

const names = v.nullable(v.array(v.string()));
const preprocessSchema = v.object({
  format: v.literal(1),
  features: whole(1),
  featureNames: names,
  scaling: v.object({
    kind: v.picklist(scalings),
    offset: v.pipe(v.array(v.number()), v.minLength(1)),
    scale: v.pipe(v.array(v.pipe(v.number(), v.notValue(0))), v.minLength(1)),
  }),
  classNames: names,
  targetNames: names,
  plan: v.optional(v.nullable(v.unknown()), null),
  image: v.nullable(v.tuple([whole(1), whole(1)])),
});

/** Reads preprocess.json, and holds it against the network of run.json. */
export function readPreprocess(path: string, settings: TrainSettings): Preprocess {
  const file = "preprocess.json";
  const read = readJson(path, file, preprocessSchema);
  checkPreprocess(path, read, settings);
  if (read.plan === null) return { ...read, plan: planOfColumns(read, settings), ofTable: false };
  const plan = parsePlan(read.plan, { name: `${path}/${file}: plan` });
  const says = {
    featureNames: [read.featureNames, inputNames(plan)],
    classNames: [read.classNames, "classNames" in plan.target ? plan.target.classNames : null],
  };
  for (const [field, [found, planned]] of Object.entries(says))
    if (JSON.stringify(found) !== JSON.stringify(planned))
      throw refused(path, file, field, "it is not what plan says");
  return { ...read, plan, ofTable: true };
}

/** For data that are no table: how the columns of one would be read, named as the features are and `y`. */
function planOfColumns(
  { features, featureNames, classNames }: v.InferOutput<typeof preprocessSchema>,
  { task }: TrainSettings,
): Plan {
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
function checkPreprocess(
  path: string,
  preprocess: v.InferOutput<typeof preprocessSchema>,
  { net, task }: TrainSettings,
): void {
  const { features, featureNames, scaling, classNames } = preprocess;
  const outputs = net[net.length - 1];
  const check = (fits: boolean, field: string, says: string): void => {
    if (!fits) throw refused(path, "preprocess.json", field, says);
  };
  const inputs = `the network in run.json has ${net[0]} inputs`;
  check(features === net[0], "features", `there are ${features}, and ${inputs}`);
  if (featureNames !== null)
    check(
      featureNames.length === features,
      "featureNames",
      `there are ${featureNames.length}, and ${inputs}`,
    );
  for (const field of ["offset", "scale"] as const) {
    const { length } = scaling[field];
    check(
      length === 1 || length === features,
      `scaling.${field}`,
      `there are ${length} numbers, and ${inputs}`,
    );
  }
  check(
    scaling.offset.length === scaling.scale.length,
    "scaling",
    `offset has ${scaling.offset.length} numbers and scale ${scaling.scale.length}`,
  );
  check(
    (task === "classification") === (classNames !== null),
    "classNames",
    `${classNames ? "there are some" : "there are none"}, and the task in run.json is ${task}`,
  );
  if (classNames !== null)
    check(
      classNames.length === outputs,
      "classNames",
      `there are ${classNames.length}, and the network in run.json has ${outputs} outputs`,
    );
}
