/** Metrics under the flat names of the `--json` lines, metrics.jsonl and run.json: `trainLoss`, `validAccuracy`, `testR2`. */
import { partNames } from "../train/events.ts";
import type { PartMetrics } from "../train/events.ts";

const prefixes = { train: "train", validation: "valid", test: "test" } as const;

/** The metrics with flat names, in the order of the parts. R² is written of the test rows only. */
export function flatMetrics(metrics: PartMetrics): Record<string, number> {
  const flat: Record<string, number> = {};
  for (const part of partNames) {
    const { loss, accuracy, rmse, r2 } = metrics[part] ?? {};
    const named = { Loss: loss, Accuracy: accuracy, Rmse: rmse, R2: part === "test" ? r2 : undefined };
    for (const [name, value] of Object.entries(named))
      if (value !== undefined) flat[`${prefixes[part]}${name}`] = value;
  }
  return flat;
}

/** An object with its `metrics`, if it has any, replaced by their flat names at the same place. */
export function flattened(event: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).flatMap(([name, value]) =>
      name === "metrics" ? Object.entries(flatMetrics(value as PartMetrics)) : [[name, value] as const],
    ),
  );
}

/** Every flat name, in the order in which they are written. */
export const flatNames: readonly string[] = partNames.flatMap((part) => [
  ...["Loss", "Accuracy", "Rmse"].map((name) => `${prefixes[part]}${name}`),
  ...(part === "test" ? ["testR2"] : []),
]);
