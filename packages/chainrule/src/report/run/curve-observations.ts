/** Observations on the curves of a run, as numbers with a verdict. curve-sentences.ts puts them into words. */
import { finiteEnds } from "../../plots/cells.ts";
import { newcombeInterval, wilsonInterval } from "../../statistics/proportions.ts";
import type { Interval } from "../../statistics/inference.ts";
import { log } from "../../tensor/math/index.ts";
import type { EpochEvent, PartName } from "../../train/events.ts";
import { bestEpoch, lastMetrics, losses, watched } from "./epochs.ts";
import type { Curves, EpochLoss, Moment } from "./epochs.ts";
import type { RunRecord } from "./record.ts";

/** The end of a run that was stopped or diverged. */
export type EndObservation =
  | { readonly verdict: "stopped"; readonly epoch: number; readonly updates: number; readonly epochs: number }
  | {
      readonly verdict: "diverged";
      readonly reason: string;
      /** The smallest loss of a batch, and the largest one after it. */
      readonly least?: { readonly update: number; readonly loss: number };
      readonly most?: { readonly update: number; readonly loss: number };
    };

export function observeEnd({ status, reason, epochs, history, batches }: Curves): EndObservation | null {
  if (status === "done") return null;
  if (status === "stopped")
    return { verdict: status, epoch: history.at(-1)?.epoch ?? 0, updates: batches.length, epochs };
  const known = Array.from(batches).filter(Number.isFinite);
  const end = { verdict: status, reason: reason ?? "the loss is not a number" };
  if (known.length < 2) return end;
  const at = known.reduce((best, loss, i) => (loss < known[best] ? i : best), 0);
  const most = finiteEnds(known.slice(at)).high;
  return {
    ...end,
    least: { update: at + 1, loss: known[at] },
    ...(at < known.length - 1 &&
      known[at] > 0 && { most: { update: known.lastIndexOf(most) + 1, loss: most } }),
  };
}

/** The loss of the initial weights, compared with the loss of equal probabilities for all classes. */
export interface StartObservation {
  readonly part: PartName;
  readonly loss: number;
  readonly classes: number;
  readonly guessing: number;
  readonly verdict: "near guessing" | "far from guessing";
}

/** The smallest loss, and the loss at the end. */
export interface BestObservation {
  readonly part: PartName;
  readonly epoch: number;
  readonly loss: number;
  readonly last: number;
  readonly atEnd: number;
  readonly verdict: "at the end" | "nearly as small at the end" | "larger at the end";
}

/** A final loss above that of the untrained network. */
export interface RiseObservation {
  readonly part: PartName;
  readonly before: number;
  readonly after: number;
}

type Span = readonly [first: number, last: number];

/** The relative change of the mean loss from the second-last to the last tenth of the epochs. */
export interface TrendObservation {
  readonly change: number;
  readonly before: Span;
  readonly after: Span;
  readonly verdict: "rising" | "settled" | "falling";
  /** If the training loss falls: the change of the watched loss of held-back rows over the same epochs. */
  readonly held?: {
    readonly part: PartName;
    readonly change: number;
    readonly verdict:
      "unknown" | "smallest before" | "rising" | "hardly falling" | "falling" | "falling behind";
  };
}

/** The loss of the watched part, compared with the training loss. */
export interface GapObservation {
  readonly when: Moment;
  readonly part: PartName;
  readonly train: number;
  readonly held: number;
  readonly verdict: "below" | "alike" | "above";
}

export interface LossObservations {
  readonly start: StartObservation | null;
  readonly best: BestObservation | null;
  readonly risen: RiseObservation | null;
  readonly trend: TrendObservation | null;
  readonly gap: GapObservation | null;
}

export function observeLoss(record: Curves): LossObservations {
  const { history, status } = record;
  return {
    start: observeStart(record),
    best: observeBest(history),
    // for a run that diverged the warning says so
    risen: status === "diverged" ? null : observeRise(history),
    trend: observeTrend(history),
    gap: observeGap(record),
  };
}

function observeStart({ history, loss, net, task }: Curves): StartObservation | null {
  const part = watched(history);
  const [first] = losses(history, part);
  if (first === undefined || first[0] !== 0 || task !== "classification" || loss !== "cross-entropy")
    return null;
  const classes = net[net.length - 1];
  const guessing = log(classes);
  const near = Math.abs(first[1] / guessing - 1) < 0.1;
  return { part, loss: first[1], classes, guessing, verdict: near ? "near guessing" : "far from guessing" };
}

function observeBest(history: readonly EpochEvent[]): BestObservation | null {
  const best = bestEpoch(history);
  if (!best) return null;
  const [last, atEnd] = losses(history, best.part).at(-1)!;
  const verdict =
    best.epoch === last
      ? "at the end"
      : atEnd / best.loss - 1 >= 0.005
        ? "larger at the end"
        : "nearly as small at the end";
  return { ...best, last, atEnd, verdict };
}

/** Uses the training rows if their loss before training is known. */
function observeRise(history: readonly EpochEvent[]): RiseObservation | null {
  const part = losses(history, "train")[0]?.[0] === 0 ? "train" : watched(history);
  const seen = losses(history, part);
  if (seen.length < 2 || seen[0][0] !== 0) return null;
  const [before, after] = [seen[0][1], seen[seen.length - 1][1]];
  return after > 1.005 * before ? { part, before, after } : null;
}

const meanLoss = (some: readonly EpochLoss[]): number =>
  some.reduce((sum, [, loss]) => sum + loss, 0) / some.length;

function observeTrend(history: readonly EpochEvent[]): TrendObservation | null {
  const training = losses(history, "train").filter(([epoch]) => epoch > 0);
  const width = Math.max(2, Math.ceil(training.length / 10));
  if (training.length < 2 * width) return null;
  const [before, after] = [training.slice(-2 * width, -width), training.slice(-width)];
  const span = (some: readonly EpochLoss[]): Span => [some[0][0], some[some.length - 1][0]];
  const change = meanLoss(after) / meanLoss(before) - 1;
  if (!Number.isFinite(change)) return null;
  const seen = { change, before: span(before), after: span(after) };
  if (change > 0.05) return { ...seen, verdict: "rising" };
  if (change > -0.05) return { ...seen, verdict: "settled" };
  const part = watched(history);
  if (part === "train") return { ...seen, verdict: "falling" };
  const held = losses(history, part);
  const within = ([first, last]: Span) => held.filter(([epoch]) => epoch >= first && epoch <= last);
  const heldChange = meanLoss(within(seen.after)) / meanLoss(within(seen.before)) - 1;
  const ratio = held[held.length - 1][1] / training[training.length - 1][1];
  const verdict = !Number.isFinite(heldChange)
    ? "unknown"
    : bestEpoch(history)!.epoch < seen.before[0]
      ? "smallest before"
      : heldChange > 0
        ? "rising"
        : heldChange > -0.05
          ? "hardly falling"
          : ratio >= 2 && heldChange > change
            ? "falling behind"
            : "falling";
  return { ...seen, verdict: "falling", held: { part, change: heldChange, verdict } };
}

function observeGap(record: Curves): GapObservation | null {
  const part = watched(record.history);
  const { metrics, when } = lastMetrics(record);
  const [train, held] = [metrics.train?.loss, metrics[part]?.loss];
  if (part === "train" || train === undefined || held === undefined) return null;
  const ratio = held / train;
  if (!(train > 0) || !Number.isFinite(ratio)) return null;
  return { when, part, train, held, verdict: ratio < 1 / 1.05 ? "below" : ratio <= 1.05 ? "alike" : "above" };
}

/** The accuracies at the end, their gap, and their confidence interval for this number of rows. */
export interface AccuracyObservation {
  readonly when: Moment;
  readonly train?: number;
  readonly held?: {
    readonly part: PartName;
    readonly accuracy: number;
    readonly rows: number;
    readonly interval: Interval;
    /** The training accuracy minus this accuracy, in percentage points; absent if the training accuracy is unknown. */
    readonly gap?: { readonly points: number; readonly verdict: "none" | "chance" | "more than chance" };
  };
}

export function observeAccuracy(record: Curves, rows: RunRecord["rows"]): AccuracyObservation | null {
  const { metrics, when } = lastMetrics(record);
  const train = metrics.train?.accuracy;
  const part = (["test", "validation"] as const).find((one) => metrics[one]?.accuracy !== undefined);
  if (part === undefined) return train === undefined ? null : { when, train };
  const accuracy = metrics[part]!.accuracy!;
  const held = { part, accuracy, rows: rows[part], interval: wilsonInterval(accuracy, rows[part]) };
  if (train === undefined) return { when, held };
  const points = 100 * (train - accuracy);
  const [low, high] = newcombeInterval([train, rows.train], [accuracy, rows[part]]);
  const verdict = Math.abs(points) < 0.05 ? "none" : low > 0 || high < 0 ? "more than chance" : "chance";
  return { when, train, held: { ...held, gap: { points, verdict } } };
}

/** The errors (RMSE) at the end. */
export interface ErrorObservation {
  readonly when: Moment;
  readonly train: number;
  readonly held?: {
    readonly part: PartName;
    readonly rmse: number;
    readonly verdict: "alike" | "larger" | "smaller";
  };
}

export function observeError(record: Curves): ErrorObservation | null {
  const { metrics, when } = lastMetrics(record);
  const train = metrics.train?.rmse;
  if (train === undefined || !Number.isFinite(train)) return null;
  const part = (["test", "validation"] as const).find((one) => metrics[one]?.rmse !== undefined);
  if (part === undefined) return { when, train };
  const rmse = metrics[part]!.rmse!;
  if (!Number.isFinite(rmse)) return null;
  const ratio = rmse === train ? 0 : rmse / train - 1;
  const verdict = Math.abs(ratio) < 0.02 ? "alike" : ratio > 0 ? "larger" : "smaller";
  return { when, train, held: { part, rmse, verdict } };
}

/** The scatter of the batch losses. */
export interface BatchObservation {
  readonly perEpoch: number;
  readonly notFinite: number;
  /** The losses of the last epoch's updates, if there are several and all losses are finite. */
  readonly latest?: {
    readonly count: number;
    readonly low: number;
    readonly high: number;
    readonly mean: number;
  };
  readonly runningMeans: boolean;
}

export function observeBatches({ batches, batchesPerEpoch, runningMeans }: Curves): BatchObservation {
  const all = Array.from(batches);
  const notFinite = all.filter((loss) => !Number.isFinite(loss)).length;
  const latest = all.slice(-batchesPerEpoch);
  const mean = latest.reduce((sum, loss) => sum + loss, 0) / latest.length;
  const { low, high } = finiteEnds(latest);
  const seen = { perEpoch: batchesPerEpoch, notFinite, runningMeans };
  if (latest.length < 2 || notFinite > 0) return seen;
  return { ...seen, latest: { count: latest.length, low, high, mean } };
}
