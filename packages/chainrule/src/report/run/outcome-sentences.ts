/** Sentences for the observations on the predictions of a run. */
import { list } from "../../plots/text.ts";
import { counted, grouped, percent } from "../words/index.ts";
import {
  observeConfusion,
  observeMistakes,
  observePlane,
  observePredictions,
  observeResiduals,
  observeWeights,
} from "./outcome-observations.ts";
import type { ConfusionObservation } from "./outcome-observations.ts";
import type { ClassOutcome, NumberOutcome, Plane, Weights } from "./record.ts";
import { called, number, partWord, share } from "./words.ts";

export function confusionSentences(outcome: ClassOutcome): string[] {
  const seen = observeConfusion(outcome);
  if (seen === null) return [];
  const { rows, right, commonest, verdict, neverPredicted, leastFound } = seen;
  const names = outcome.classNames.map(called);
  const one = commonest.kind === null ? "one class" : `${names[commonest.kind]}, the commonest,`;
  const base = percent(commonest.share);
  const first =
    `${grouped(right)} of ${counted(rows, `${partWord[outcome.part]} row`)} are right, ${percent(right / rows)}` +
    (verdict === "no better than the commonest class"
      ? `. Always saying ${one} would be no worse (${base}): the network has not learned to tell the classes apart.`
      : `; always saying ${one} would be right on ${base}.`);
  if (right === rows) return [first, "No class is taken for another."];
  return [
    first,
    confusedPairs(seen, names),
    ...(neverPredicted.length > 0
      ? [`No row is taken for ${list(neverPredicted.map((k) => names[k]))}.`]
      : []),
    ...(leastFound === null
      ? []
      : [
          `Found least often is ${names[leastFound.kind]}: ${grouped(leastFound.found)} of ${counted(leastFound.of, "row")} (recall ${percent(leastFound.found / leastFound.of, 1)}).`,
        ]),
  ];
}

/** Names up to three pairs of classes that are confused more than once; if there are at most three pairs, names all. */
function confusedPairs({ confusions, rows, right }: ConfusionObservation, names: readonly string[]): string {
  const mistakes = rows - right;
  const shown = confusions.length <= 3 ? confusions : confusions.filter(({ count }) => count > 1).slice(0, 3);
  const pairs = list(
    shown.map(
      ({ truth, predicted, count }) => `${names[truth]} taken for ${names[predicted]} (${grouped(count)})`,
    ),
  );
  const others = confusions.length - shown.length;
  if (others === 0) return `All confusions: ${pairs}.`;
  if (shown.length === 0)
    return `No two classes are confused more than once: ${counted(mistakes, "mistake")}, as many pairs of classes.`;
  const rest = shown.reduce((left, { count }) => left - count, mistakes);
  return `Most often confused: ${pairs}; the other ${counted(rest, "mistake")} ${rest === 1 ? "is" : "are"} spread over ${counted(others, "pair")} of classes.`;
}

export function mistakeSentences(outcome: ClassOutcome): string[] {
  const seen = observeMistakes(outcome);
  if (seen === null) return [];
  const { mistakes, sure, surest, mean, meanRight } = seen;
  const names = outcome.classNames.map(called);
  const instead = `${percent(surest.probability, 1)} for ${names[surest.predicted]} where ${names[surest.truth]} is right`;
  if (mistakes === 1) return [`The only mistake was made with a probability of ${instead}.`];
  return [
    `${sure === 0 ? "None" : grouped(sure)} of the ${counted(mistakes, "mistake")} ${sure === 1 ? "was" : "were"} made with a probability above ${percent(0.9, 0)}; the surest was ${instead}.`,
    ...(meanRight === null
      ? []
      : [
          `Mistakes have a mean probability of ${percent(mean, 1)}, right answers one of ${percent(meanRight, 1)}.`,
        ]),
  ];
}

export function predictionSentences(outcome: NumberOutcome): string[] {
  const seen = observePredictions(outcome);
  if (seen === null) return [];
  const { rmse, spread, r2, farthest, verdict } = seen;
  const { part, target } = outcome;
  const itself = `the spread of ${target} itself (${number(spread)}), which always saying the mean would give`;
  const against = {
    "no spread": `and ${target} is the same in all rows`,
    "better than the mean": `${share(rmse / spread)} of ${itself}`,
    "no better than the mean": `no smaller than ${itself}`,
  };
  return [
    `The error (RMSE) on the ${partWord[part]} rows is ${number(rmse)}, ${against[verdict]}; R² = ${r2.toFixed(3).replace("-", "−")}.`,
    `Farthest off is row ${grouped(farthest.row)}: predicted ${number(farthest.predicted)}, true ${number(farthest.truth)}.`,
  ];
}

export function residualSentences(outcome: NumberOutcome): string[] {
  const seen = observeResiduals(outcome);
  if (seen === null) return [];
  const { bias, standardError, leaning, within, tails, beyond } = seen;
  return [
    leaning === "neither"
      ? `Predictions lean to neither side: their mean error is ${number(bias)}, its standard error ${number(standardError)}.`
      : `Predictions are too ${leaning} by ${number(Math.abs(bias))} on average, more than chance explains (standard error ${number(standardError)}).`,
    `${percent(within, 1)} of the errors lie within ± one RMSE (68.3\u00a0% where they are normally distributed)${tails === "heavy" ? ", so a few large ones weigh heavily" : ""}; ` +
      `${beyond === 0 ? "none is" : beyond === 1 ? "one is" : `${grouped(beyond)} are`} beyond three.`,
  ];
}

export function planeSentences(plane: Plane, outcome: ClassOutcome): string[] {
  const { shares, unsure, points, wrong } = observePlane(plane, outcome);
  const named = outcome.classNames.map((name, c) => `${percent(shares[c], 0)} to ${called(name)}`);
  const all = counted(points, `${partWord[outcome.part]} point`);
  return [
    `Of the plane shown, the network gives ${list(named)}; on ${percent(unsure, 0)} no class has a probability of ${percent(0.75, 0)}.`,
    wrong === 0
      ? `All ${all} lie on their side of the boundary.`
      : `${grouped(wrong)} of ${all} lie${wrong === 1 ? "s" : ""} on the wrong side of the boundary.`,
  ];
}

export function weightSentences(weights: Weights): string[] {
  const { shown, units, least, most, small } = observeWeights(weights);
  return [
    shown < units
      ? `Shown are ${shown} of ${counted(units, "unit")}, those with the largest weights.`
      : `All ${counted(units, "unit")}, those with the largest weights first.`,
    `The length of a unit's weights, √Σw², goes from ${number(least)} to ${number(most)}; ` +
      `${small === 0 ? "no unit has" : `${counted(small, "unit")} ${small === 1 ? "has" : "have"}`} less than a tenth of the largest.`,
  ];
}
