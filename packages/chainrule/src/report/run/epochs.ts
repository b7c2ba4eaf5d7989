/** The epochs of a run: the watched part, the best epoch, and the last metrics. */
import type { EpochEvent, PartName } from "../../train/events.ts";
import type { RunRecord } from "./record.ts";

/** The fields of a record for its curves. */
export type Curves = Pick<
  RunRecord,
  | "status"
  | "reason"
  | "epochs"
  | "history"
  | "batches"
  | "batchesPerEpoch"
  | "runningMeans"
  | "loss"
  | "net"
  | "task"
>;

/** The end of a run, or the epoch after which a metric was measured; epoch 0 is before training. */
export type Moment = "end" | number;

export type EpochLoss = readonly [epoch: number, loss: number];

/** The known and finite losses of a part. */
export function losses(history: readonly EpochEvent[], part: PartName): EpochLoss[] {
  return history.flatMap(({ epoch, metrics }) => {
    const loss = metrics[part]?.loss;
    return loss !== undefined && Number.isFinite(loss) ? [[epoch, loss] as const] : [];
  });
}

/** The part whose loss is watched: validation if present, else test, else training. */
export function watched(history: readonly EpochEvent[]): PartName {
  return (["validation", "test"] as const).find((part) => losses(history, part).length > 1) ?? "train";
}

/** The epoch at which the watched loss is smallest. */
export function bestEpoch(
  history: readonly EpochEvent[],
): { part: PartName; epoch: number; loss: number } | undefined {
  const part = watched(history);
  const seen = losses(history, part);
  if (seen.length < 2) return undefined;
  const [epoch, loss] = seen.reduce((best, one) => (one[1] < best[1] ? one : best));
  return { part, epoch, loss };
}

/** Whether every metric of an epoch is finite. */
const isFinite = ({ metrics }: EpochEvent): boolean =>
  Object.values(metrics).every((part) => Object.values(part).every(Number.isFinite));

/** The epochs that a run completed with a finite training loss. */
export function wholeEpochs({ status, history }: Pick<RunRecord, "status" | "history">): number {
  const whole = ({ metrics }: EpochEvent) =>
    status !== "diverged" || Number.isFinite(metrics.train?.loss ?? 0);
  return history.findLast(whole)?.epoch ?? 0;
}

/** The last metrics of a run and their moment; for a run that diverged, the last metrics that are all finite. */
export function lastMetrics({ status, history }: Curves): { metrics: EpochEvent["metrics"]; when: Moment } {
  const last = status === "diverged" ? history.findLast(isFinite) : history.at(-1);
  return { metrics: last?.metrics ?? {}, when: status === "diverged" && last ? last.epoch : "end" };
}
