/** What is seen in the curves of a run, in sentences: every number and every word that judges is computed from the record. */
import { finiteEnds } from "../../plots/cells.ts";
import { log } from "../../tensor/math/index.ts";
import type { EpochEvent, PartName } from "../../train/events.ts";
import type { RunRecord } from "./record.ts";
import { counted, grouped, percent } from "../words/index.ts";
import { number, partWord, share } from "./words.ts";

type Curves = Pick<
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

/** The epochs at which a part's loss is known and finite, as [epoch, loss]. */
function losses(history: readonly EpochEvent[], part: PartName): (readonly [epoch: number, loss: number])[] {
  return history.flatMap((event) => {
    const loss = event.metrics[part]?.loss;
    return loss !== undefined && Number.isFinite(loss) ? [[event.epoch, loss] as const] : [];
  });
}

/** The part that a run is watched by: validation where there is one, else test, else training. */
export function watched(history: readonly EpochEvent[]): PartName {
  return (["validation", "test"] as const).find((part) => losses(history, part).length > 1) ?? "train";
}

/** Where the watched loss is smallest. */
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

/** The epochs that a diverged run trained through before its training loss was lost. */
export function wholeEpochs({ status, history }: Pick<RunRecord, "status" | "history">): number {
  const whole = (event: EpochEvent) =>
    status !== "diverged" || Number.isFinite(event.metrics.train?.loss ?? 0);
  return history.findLast(whole)?.epoch ?? 0;
}

/** The figures that a run ended with, and when; those of one that diverged are the last that are all finite. */
function atEnd({ status, history }: Curves): { last?: EpochEvent; when: string } {
  if (status !== "diverged") return { last: history.at(-1), when: "At the end" };
  const last = history.findLast(isFinite);
  return { last, when: last?.epoch === 0 ? "Before training" : `After epoch ${last?.epoch}` };
}

/** How a run ended, where it did not end as planned. */
export function endStatements({ status, reason, epochs, history, batches }: Curves): string[] {
  const last = history.at(-1)?.epoch ?? 0;
  if (status === "stopped" && last === 0 && batches.length > 0)
    return [
      `The run was stopped after ${counted(batches.length, "update")}, in the first of ${counted(epochs, "epoch")}.`,
    ];
  if (status === "stopped") return [`The run was stopped after ${last} of ${counted(epochs, "epoch")}.`];
  if (status !== "diverged") return [];
  const known = Array.from(batches).filter(Number.isFinite);
  if (known.length < 2) return [sentence(reason ?? "the loss is no number")];
  const least = known.reduce((best, loss, i) => (loss < known[best] ? i : best), 0);
  const most = finiteEnds(known.slice(least)).high;
  const grew =
    least < known.length - 1 && known[least] > 0
      ? `, and then grew to ${number(most)}, ${number(most / known[least])} times as much, by update ${grouped(known.lastIndexOf(most) + 1)}`
      : "";
  return [
    sentence(reason ?? "the loss is no number"),
    `The loss of a batch was smallest at update ${grouped(least + 1)} (${number(known[least])})${grew}.`,
  ];
}

const sentence = (text: string): string =>
  `${text[0].toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;

/** Where the loss is smallest, and what it does at the end. */
export function lossStatements(record: Curves): string[] {
  const { history } = record;
  // of a run that diverged the warning says it
  const risen = record.status === "diverged" ? [] : risenStatement(history);
  return [
    ...startStatement(record),
    ...bestStatement(history),
    ...risen,
    ...trendStatement(history, risen.length > 0),
    ...gapStatement(record),
  ];
}

/** Whether the run began where guessing stands, which tells of the initial weights. */
function startStatement({ history, loss, net, task }: Curves): string[] {
  const part = watched(history);
  const [first] = losses(history, part);
  if (first === undefined || first[0] !== 0 || task !== "classification" || loss !== "cross-entropy")
    return [];
  const classes = net[net.length - 1];
  const guess = log(classes);
  const near = Math.abs(first[1] / guess - 1) < 0.1;
  return [
    `Before training the ${partWord[part]} loss is ${near ? first[1].toFixed(3) : number(first[1])}; ${near ? "that is near" : "guessing evenly gives"} ` +
      `ln\u00a0${classes}\u00a0=\u00a0${guess.toFixed(3)}${near ? ", which guessing evenly gives" : ", so the initial weights favour some classes"}.`,
  ];
}

function bestStatement(history: readonly EpochEvent[]): string[] {
  const best = bestEpoch(history);
  if (!best) return [];
  const [last, atEnd] = losses(history, best.part).at(-1)!;
  const where = `The ${partWord[best.part]} loss is smallest`;
  if (best.epoch === last) return [`${where} at the last epoch, ${last}: ${number(best.loss)}.`];
  const at = `${where} after epoch ${best.epoch} of ${last} (${number(best.loss)})`;
  const rise = atEnd / best.loss - 1;
  if (!(rise >= 0.005)) return [`${at}, and nearly as small at the end (${number(atEnd)}).`];
  const larger = rise < 1 ? `${share(rise)} larger` : `${formatTimes(1 + rise)} times as large`;
  return [`${at} and ${larger} at the end (${number(atEnd)}).`];
}

/** Whether the loss ended above that of the untrained network, on the training rows where that is known. */
function risenStatement(history: readonly EpochEvent[]): string[] {
  const part = losses(history, "train")[0]?.[0] === 0 ? "train" : watched(history);
  const seen = losses(history, part);
  if (seen.length < 2 || seen[0][0] !== 0) return [];
  const [before, after] = [seen[0][1], seen[seen.length - 1][1]];
  if (!(after > 1.005 * before)) return [];
  const ended = `At the end the ${partWord[part]} loss is above that of the untrained network: ${number(after)} and ${number(before)}`;
  return [part === "train" ? `${ended}. A smaller learning rate may help.` : `${ended}.`];
}

/**
 * What the training loss does at the end: the mean of the last tenth of the epochs against the tenth before it. More epochs
 * are recommended only where the held-back loss falls with it, or where there is none.
 */
function trendStatement(history: readonly EpochEvent[], advised: boolean): string[] {
  const training = losses(history, "train").filter(([epoch]) => epoch > 0);
  const width = Math.max(2, Math.ceil(training.length / 10));
  if (training.length < 2 * width) return [];
  const [before, after] = [training.slice(-2 * width, -width), training.slice(-width)];
  const span = (some: typeof before) => `${some[0][0]}–${some[some.length - 1][0]}`;
  const mean = (some: typeof before) => some.reduce((sum, [, loss]) => sum + loss, 0) / some.length;
  const change = mean(after) / mean(before) - 1;
  const compared = `from epochs ${span(before)} to ${span(after)}`;
  if (!Number.isFinite(change)) return [];
  if (change > 0.05)
    return [
      `The training loss rises at the end: by ${share(change)} ${compared}.${advised ? "" : " A smaller learning rate may help."}`,
    ];
  if (change > -0.05)
    return [
      `The training loss has nearly settled: it ${change > 0 ? "rose" : "fell"} by ${share(Math.abs(change))} ${compared}.`,
    ];
  const falls = `The training loss is still falling at the end: by ${share(-change)} ${compared}`;
  const part = watched(history);
  if (part === "train") return [`${falls}. More epochs may help.`];
  const held = losses(history, part);
  const within = (some: typeof before) =>
    held.filter(([epoch]) => epoch >= some[0][0] && epoch <= some[some.length - 1][0]);
  const heldChange = mean(within(after)) / mean(within(before)) - 1;
  // a loss that is not known at these epochs recommends nothing
  if (!Number.isFinite(heldChange)) return [`${falls}.`];
  const only = "what is learned now serves the training rows only";
  if (bestEpoch(history)!.epoch < before[0][0])
    return [`${falls}, while the ${partWord[part]} loss was smallest before: ${only}.`];
  if (heldChange > 0)
    return [`${falls}, while the ${partWord[part]} loss rose by ${share(heldChange)}: ${only}.`];
  const fell = `the ${partWord[part]} loss fell by ${share(-heldChange)}`;
  if (heldChange > -0.05)
    return [`${falls}, while ${fell} only: more epochs would serve the training rows more than the others.`];
  const ratio = held[held.length - 1][1] / training[training.length - 1][1];
  return [
    ratio >= 2 && heldChange > change
      ? `${falls}, while ${fell}. More epochs may help, and widen the gap.`
      : `${falls}. More epochs may help.`,
  ];
}

/** How far training and held-back figures lie apart at the end. */
function gapStatement(record: Curves): string[] {
  const part = watched(record.history);
  const { last, when } = atEnd(record);
  const [own, held] = [last?.metrics.train?.loss, last?.metrics[part]?.loss];
  if (
    part === "train" ||
    own === undefined ||
    held === undefined ||
    !(own > 0) ||
    !Number.isFinite(held / own)
  )
    return [];
  const ratio = held / own;
  if (ratio < 1 / 1.05)
    return [
      `${when} the ${partWord[part]} loss is below the training loss: ${number(held)} and ${number(own)}.`,
    ];
  if (ratio <= 1.05)
    return [`${when} training and ${partWord[part]} loss are alike: ${number(own)} and ${number(held)}.`];
  const times = ratio < 2 ? `${share(ratio - 1)} above` : `${formatTimes(ratio)} times`;
  return [
    `${when} the ${partWord[part]} loss is ${times} the training loss: ${number(held)} and ${number(own)}.`,
  ];
}

const formatTimes = (ratio: number): string => (ratio < 10 ? ratio.toFixed(1) : number(Math.round(ratio)));

/** Accuracies at the end, their gap, and how well the number of rows lets them be known. */
export function accuracyStatements(record: Curves, rows: RunRecord["rows"]): string[] {
  const { last, when } = atEnd(record);
  const part = (["test", "validation"] as const).find((one) => last?.metrics[one]?.accuracy !== undefined);
  const training = last?.metrics.train?.accuracy;
  if (part === undefined)
    return training === undefined ? [] : [`${when} ${percent(training)} of the training rows are right.`];
  const held = last!.metrics[part]!.accuracy!;
  const { low, high } = wilson(held, rows[part]);
  const known = `${counted(rows[part], `${partWord[part]} row`)} tell the accuracy to within ${percent(low, 1)} … ${percent(high, 1)} (95\u00a0% interval)`;
  if (training === undefined)
    return [`${when} ${percent(held)} of the ${partWord[part]} rows are right.`, `${known}.`];
  const points = 100 * (training - held);
  const gap = Math.abs(points) >= 0.05;
  const apart = gap
    ? `a gap of ${Math.abs(points).toFixed(1)} points${points < 0 ? ` in favour of the ${partWord[part]} rows` : ""}`
    : "no gap";
  const chance = gapInterval([training, rows.train], [held, rows[part]]);
  const beyond = chance.low > 0 || chance.high < 0;
  return [
    `${when} ${percent(training)} of the training rows and ${percent(held)} of the ${partWord[part]} rows are right: ${apart}.`,
    `${known}${gap ? `, so the gap ${beyond ? "is more than chance" : "may be chance"}` : ""}.`,
  ];
}

/** Wilson's interval for a share of n (1927), at 95 %. */
export function wilson(share: number, n: number): { low: number; high: number } {
  const z = 1.959964;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

type Share = readonly [share: number, n: number];

/** The interval of the difference of two shares, at 95 %, from Wilson's of each: Newcombe (1998), method 10. */
export function gapInterval(a: Share, b: Share): { low: number; high: number } {
  const [wa, wb] = [wilson(...a), wilson(...b)];
  const root = (x: number, y: number) => Math.sqrt(x * x + y * y);
  const gap = a[0] - b[0];
  return { low: gap - root(a[0] - wa.low, wb.high - b[0]), high: gap + root(wa.high - a[0], b[0] - wb.low) };
}

/** Errors at the end for numbers. */
export function errorStatements(record: Curves): string[] {
  const { last, when } = atEnd(record);
  const part = (["test", "validation"] as const).find((one) => last?.metrics[one]?.rmse !== undefined);
  const own = last?.metrics.train?.rmse;
  if (last === undefined || own === undefined || !Number.isFinite(own)) return [];
  if (part === undefined) return [`${when} the error (RMSE) on the training rows is ${number(own)}.`];
  const held = last.metrics[part]!.rmse!;
  if (!Number.isFinite(held)) return [];
  const ratio = held === own ? 0 : held / own - 1;
  const apart =
    Math.abs(ratio) < 0.02
      ? "alike"
      : own === 0
        ? "larger on the latter"
        : `${share(Math.abs(ratio))} ${ratio > 0 ? "larger" : "smaller"} on the latter`;
  return [
    `${when} the error (RMSE) is ${number(own)} on the training rows and ${number(held)} on the ${partWord[part]} rows: ${apart}.`,
  ];
}

/** How much the losses of batches scatter. */
export function batchStatements({ batches, batchesPerEpoch, runningMeans }: Curves): string[] {
  const all = Array.from(batches);
  const perEpoch = `An epoch has ${counted(batchesPerEpoch, "update")}`;
  const missing = all.filter((loss) => !Number.isFinite(loss)).length;
  const latest = all.slice(-batchesPerEpoch);
  const mean = latest.reduce((sum, loss) => sum + loss, 0) / latest.length;
  const { low, high } = finiteEnds(latest);
  return [
    latest.length < 2 || missing > 0
      ? `${perEpoch}.`
      : `${perEpoch}; the losses of the last ${grouped(latest.length)} lie between ${number(low)} and ${number(high)}, with a mean of ${number(mean)}.`,
    ...(missing > 0
      ? [`${counted(missing, "loss")} ${missing === 1 ? "is" : "are"} not finite and not drawn.`]
      : []),
    ...(runningMeans
      ? [
          "Training figures are means over the batches of an epoch, each from before its update, so they lag behind.",
        ]
      : []),
  ];
}
