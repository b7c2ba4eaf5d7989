/** What else a user says of a run, a row each: where files are, what computes, what is written. run.json keeps none of it as a setting. */
import { given, oneOf, path, whole } from "../kinds.ts";
import type { Row } from "./row.ts";

/** Files and folders. */
export const placeFlags = {
  dataDir: {
    kind: path("folder"),
    group: "Data",
    value: "<folder>",
    help: "where mnist/, fashion/ and tabular/ lie (else CHAINRULE_DATA, else the cache)",
    sweep: "one",
  },
  initFrom: {
    kind: path("file"),
    group: "Network",
    value: "<file>",
    help: "start from the tensors of a safetensors file",
    sweep: "one",
  },
} as const satisfies Record<string, Row>;

/** What computes. */
export const deviceFlags = {
  device: {
    kind: oneOf(["auto", "wasm", "reference"]),
    group: "Training",
    value: "<name>",
    help: "auto wasm reference: what computes; auto is the fastest there is",
    fixed: "auto",
    sweep: "one",
  },
  threads: {
    kind: whole(1, 16),
    group: "Training",
    value: "<n>",
    help: "of the wasm device; the same bits for any number (default: 1)",
    sweep: "one",
  },
  strict: {
    kind: given,
    group: "Training",
    help: "the same bits on every machine: no fused multiply-add",
  },
} as const satisfies Record<string, Row>;

/** What is written, and where. */
export const outputFlags = {
  out: {
    kind: path("new"),
    group: "Output",
    value: "<folder>",
    help: "the run folder (default: runs/<data>-<n>)",
    sweep: "no",
  },
  force: { kind: given, group: "Output", help: "replace the run in that folder", sweep: "no" },
  json: {
    kind: given,
    group: "Output",
    help: "one JSON object a line, and nothing else on stdout",
    sweep: "no",
  },
  quiet: { kind: given, group: "Output", help: "the last line only", sweep: "no" },
  verbose: { kind: given, group: "Output", help: "stack traces", sweep: "no" },
} as const satisfies Record<string, Row>;
