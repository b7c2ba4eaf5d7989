/** Sentences for the observations on the curves of a run. */
import { counted, grouped, percent } from "../words/index.ts";
import type {
  AccuracyObservation,
  BatchObservation,
  BestObservation,
  EndObservation,
  ErrorObservation,
  GapObservation,
  LossObservations,
  RiseObservation,
  StartObservation,
  TrendObservation,
} from "./curve-observations.ts";
import type { Moment } from "./epochs.ts";
import { number, partWord, share } from "./words.ts";

const whenWords = (when: Moment): string =>
  when === "end" ? "At the end" : when === 0 ? "Before training" : `After epoch ${when}`;

const sentence = (text: string): string =>
  `${text[0].toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;

const times = (ratio: number): string => (ratio < 10 ? ratio.toFixed(1) : number(Math.round(ratio)));

export function endSentences(end: EndObservation | null): string[] {
  if (end === null) return [];
  if (end.verdict === "stopped")
    return end.epoch === 0 && end.updates > 0
      ? [
          `The run was stopped after ${counted(end.updates, "update")}, in the first of ${counted(end.epochs, "epoch")}.`,
        ]
      : [`The run was stopped after ${end.epoch} of ${counted(end.epochs, "epoch")}.`];
  const { reason, least, most } = end;
  if (least === undefined) return [sentence(reason)];
  const grew =
    most === undefined
      ? ""
      : `, and then grew to ${number(most.loss)}, ${number(most.loss / least.loss)} times as much, by update ${grouped(most.update)}`;
  return [
    sentence(reason),
    `The loss of a batch was smallest at update ${grouped(least.update)} (${number(least.loss)})${grew}.`,
  ];
}

export function lossSentences({ start, best, risen, trend, gap }: LossObservations): string[] {
  return [
    ...(start ? [startSentence(start)] : []),
    ...(best ? [bestSentence(best)] : []),
    ...(risen ? [riseSentence(risen)] : []),
    ...(trend ? [trendSentence(trend, risen !== null)] : []),
    ...(gap ? [gapSentence(gap)] : []),
  ];
}

function startSentence({ part, loss, classes, guessing, verdict }: StartObservation): string {
  const formula = `ln\u00a0${classes}\u00a0=\u00a0${guessing.toFixed(3)}`;
  const before = `Before training the ${partWord[part]} loss is`;
  return verdict === "near guessing"
    ? `${before} ${loss.toFixed(3)}; that is near ${formula}, which guessing evenly gives.`
    : `${before} ${number(loss)}; guessing evenly gives ${formula}, so the initial weights favour some classes.`;
}

function bestSentence({ part, epoch, loss, last, atEnd, verdict }: BestObservation): string {
  const where = `The ${partWord[part]} loss is smallest`;
  if (verdict === "at the end") return `${where} at the last epoch, ${last}: ${number(loss)}.`;
  const at = `${where} after epoch ${epoch} of ${last} (${number(loss)})`;
  if (verdict === "nearly as small at the end")
    return `${at}, and nearly as small at the end (${number(atEnd)}).`;
  const rise = atEnd / loss - 1;
  const larger = rise < 1 ? `${share(rise)} larger` : `${times(1 + rise)} times as large`;
  return `${at} and ${larger} at the end (${number(atEnd)}).`;
}

function riseSentence({ part, before, after }: RiseObservation): string {
  const ended = `At the end the ${partWord[part]} loss is above that of the untrained network: ${number(after)} and ${number(before)}.`;
  return part === "train" ? `${ended} A smaller learning rate may help.` : ended;
}

/** `advised` is true if an earlier sentence has given the advice already. */
function trendSentence({ change, before, after, verdict, held }: TrendObservation, advised: boolean): string {
  const compared = `${share(Math.abs(change))} from epochs ${before.join("–")} to ${after.join("–")}`;
  if (verdict === "rising")
    return `The training loss rises at the end: by ${compared}.${advised ? "" : " A smaller learning rate may help."}`;
  if (verdict === "settled")
    return `The training loss has nearly settled: it ${change > 0 ? "rose" : "fell"} by ${compared}.`;
  const falls = `The training loss is still falling at the end: by ${compared}`;
  if (held === undefined) return `${falls}. More epochs may help.`;
  const name = partWord[held.part];
  const fell = `the ${name} loss fell by ${share(-held.change)}`;
  const only = "what is learned now serves the training rows only";
  switch (held.verdict) {
    // a loss that is unknown at these epochs gives no advice
    case "unknown":
      return `${falls}.`;
    case "smallest before":
      return `${falls}, while the ${name} loss was smallest before: ${only}.`;
    case "rising":
      return `${falls}, while the ${name} loss rose by ${share(held.change)}: ${only}.`;
    case "hardly falling":
      return `${falls}, while ${fell} only: more epochs would serve the training rows more than the others.`;
    case "falling behind":
      return `${falls}, while ${fell}. More epochs may help, and widen the gap.`;
    case "falling":
      return `${falls}. More epochs may help.`;
  }
}

function gapSentence({ when, part, train, held, verdict }: GapObservation): string {
  const [at, name] = [whenWords(when), partWord[part]];
  if (verdict === "alike")
    return `${at} training and ${name} loss are alike: ${number(train)} and ${number(held)}.`;
  const ratio = held / train;
  const compared =
    verdict === "below" ? "below" : ratio < 2 ? `${share(ratio - 1)} above` : `${times(ratio)} times`;
  return `${at} the ${name} loss is ${compared} the training loss: ${number(held)} and ${number(train)}.`;
}

export function accuracySentences(seen: AccuracyObservation | null): string[] {
  if (seen === null) return [];
  const { train, held } = seen;
  const at = whenWords(seen.when);
  if (held === undefined) return [`${at} ${percent(train!)} of the training rows are right.`];
  const { part, accuracy, rows, interval, gap } = held;
  const name = partWord[part];
  const [low, high] = interval.map((end) => percent(end, 1));
  const known = `${counted(rows, `${name} row`)} tell the accuracy to within ${low} … ${high} (95\u00a0% interval)`;
  if (gap === undefined) return [`${at} ${percent(accuracy)} of the ${name} rows are right.`, `${known}.`];
  const apart =
    gap.verdict === "none"
      ? "no gap"
      : `a gap of ${Math.abs(gap.points).toFixed(1)} points${gap.points < 0 ? ` in favour of the ${name} rows` : ""}`;
  const verdicts = {
    none: "",
    chance: ", so the gap may be chance",
    "more than chance": ", so the gap is more than chance",
  };
  return [
    `${at} ${percent(train!)} of the training rows and ${percent(accuracy)} of the ${name} rows are right: ${apart}.`,
    `${known}${verdicts[gap.verdict]}.`,
  ];
}

export function errorSentences(seen: ErrorObservation | null): string[] {
  if (seen === null) return [];
  const { train, held } = seen;
  const at = whenWords(seen.when);
  if (held === undefined) return [`${at} the error (RMSE) on the training rows is ${number(train)}.`];
  const apart =
    held.verdict === "alike"
      ? "alike"
      : train === 0
        ? "larger on the latter"
        : `${share(Math.abs(held.rmse / train - 1))} ${held.verdict} on the latter`;
  return [
    `${at} the error (RMSE) is ${number(train)} on the training rows and ${number(held.rmse)} on the ${partWord[held.part]} rows: ${apart}.`,
  ];
}

export function batchSentences({ perEpoch, notFinite, latest, runningMeans }: BatchObservation): string[] {
  const updates = `An epoch has ${counted(perEpoch, "update")}`;
  return [
    latest === undefined
      ? `${updates}.`
      : `${updates}; the losses of the last ${grouped(latest.count)} lie between ${number(latest.low)} and ${number(latest.high)}, with a mean of ${number(latest.mean)}.`,
    ...(notFinite > 0
      ? [`${counted(notFinite, "loss")} ${notFinite === 1 ? "is" : "are"} not finite and not drawn.`]
      : []),
    ...(runningMeans
      ? [
          "Training metrics are means over the batches of an epoch, each from before its update, so they lag behind.",
        ]
      : []),
  ];
}
