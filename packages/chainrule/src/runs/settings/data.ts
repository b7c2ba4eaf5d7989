/** The settings about data, a row each. Their order is that of run.json. */
import * as v from "valibot";
import { heldPart, heldPartOrFile, nameOrFile, notNegative, oneOf, whole, word, words } from "../kinds.ts";
import type { HeldPart } from "../kinds.ts";
import { dataNames } from "../sources.ts";
import type { AtSource, StoredRow } from "./row.ts";

export const tasks = ["classification", "regression"] as const;
export const scalings = ["none", "unit", "standard", "minmax"] as const;

export const dataSettings = {
  data: {
    kind: nameOrFile(dataNames),
    group: "Data",
    value: "<name|file>",
    help: `what to learn: ${dataNames.join(" ")}, or a file: rows.csv or rows.csv.gz`,
    fixed: "digits",
    sweep: "one",
  },
  samples: {
    kind: whole(1),
    group: "Data",
    value: "<n>",
    help: "points that a generator draws for training, and again for testing (default: 200)",
    only: "generated",
    default: () => 200,
  },
  noise: {
    kind: notNegative,
    group: "Data",
    value: "<sigma>",
    help: "standard deviation of a generator's noise (default: by generator)",
    only: "generated",
    stored: v.nullable(notNegative.schema),
    default: () => null,
  },
  test: {
    kind: heldPartOrFile,
    group: "Data",
    value: "<part>",
    help: "0.2, 500, last:500, a file or none (default: the data's own test set, photoz last:4000, else 0.2)",
    sweep: "one",
    stored: v.union([v.literal("own"), heldPart.schema]) as v.GenericSchema<unknown, HeldPart | "own">,
    default: ({ source }) => source.test,
  },
  validation: {
    kind: heldPart,
    group: "Data",
    value: "<part>",
    help: "part of the training rows to choose by: 0.1, 5000, last:5000 or none",
    fixed: "none",
    sweep: "one",
  },
  scale: {
    kind: oneOf(scalings),
    group: "Data",
    value: "<kind>",
    help: `${scalings.join(" ")} (default: by data)`,
    default: ({ source }) => source.scale,
  },
  dtype: {
    kind: oneOf(["float32", "float64"]),
    group: "Network",
    value: "<type>",
    help: "float32 float64",
    fixed: "float32",
    sweep: "one",
  },
  seed: {
    kind: whole(0),
    group: "Training",
    value: "<n>",
    help: "of data, split, weights and order",
    fixed: 0,
    sweep: "one",
  },
  // run.json files from before tables could be read lack the settings about columns
  target: {
    kind: word,
    group: "Data",
    value: "<column>",
    help: "what to predict (default: the last column)",
    sweep: "one",
    only: "table",
    stored: v.optional(v.nullable(word.schema), null),
    default: () => null,
  },
  features: {
    kind: words,
    group: "Data",
    value: "<columns>",
    help: "inputs, with commas (default: all columns but the target)",
    only: "table",
    stored: v.optional(v.nullable(words.schema), null),
    default: () => null,
  },
  drop: {
    kind: words,
    group: "Data",
    value: "<columns>",
    help: "columns to leave out, with commas",
    only: "table",
    stored: v.optional(words.schema, []),
    default: () => [],
  },
  task: {
    kind: oneOf(tasks),
    group: "Data",
    value: "<kind>",
    help: "classification or regression (default: by the target)",
    sweep: "one",
    only: "table",
    default: () => null,
  },
  missing: {
    kind: oneOf(["refuse", "drop", "mean"]),
    group: "Data",
    value: "<what>",
    help: "what to do with missing values: refuse, drop their rows, or fill in the mean (default: refuse)",
    sweep: "one",
    only: "table",
    stored: v.optional(v.picklist(["refuse", "drop", "mean"]), "refuse"),
    default: () => "refuse",
  },
} as const satisfies Record<string, StoredRow<AtSource>>;
