/** What is seen in predictions, in sentences: classes that are confused, mistakes that were sure, errors that are large. */
import { confusionMatrix, r2, rmse } from "../../functions/metrics.ts";
import { list } from "../../plots/text.ts";
import { tensor } from "../../tensor/create.ts";
import type { ClassOutcome, NumberOutcome, Plane, Weights } from "./record.ts";
import { counted, grouped, percent } from "../words/index.ts";
import { called, number, partWord, share } from "./words.ts";

/** How often each class (row) was taken for each class (column). */
export function countPairs({ classNames, truth, predicted }: ClassOutcome): number[][] {
  const indices = (classes: ArrayLike<number>) => tensor(Int32Array.from(classes));
  return confusionMatrix(indices(predicted), indices(truth), classNames.length);
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** Which classes are confused, found least, or never named. */
export function confusionStatements(outcome: ClassOutcome): string[] {
  const { part, truth } = outcome;
  const names = outcome.classNames.map(called);
  const counts = countPairs(outcome);
  const rows = truth.length;
  if (rows === 0) return [];
  const right = total(counts.map((row, k) => row[k]));
  const all = counts.map(total);
  const base = Math.max(...all) / rows;
  const balanced = Math.min(...all) === Math.max(...all);
  const one = balanced ? "one class" : `${names[all.indexOf(Math.max(...all))]}, the commonest,`;
  const statements = [
    `${grouped(right)} of ${counted(rows, `${partWord[part]} row`)} are right, ${percent(right / rows)}` +
      (right / rows > base
        ? `; always saying ${one} would be right on ${percent(base)}.`
        : `. Always saying ${one} would be no worse (${percent(base)}): the network has not learned to tell the classes apart.`),
  ];
  if (right === rows) return [...statements, "No class is taken for another."];
  statements.push(confusedPairs(counts, names, rows - right));
  const never = names.filter((_, k) => total(counts.map((row) => row[k])) === 0);
  if (never.length > 0) statements.push(`No row is taken for ${list(never)}.`);
  const recalls = counts.map((row, k) => ({ k, of: all[k], found: row[k] })).filter(({ of }) => of > 0);
  const worst = recalls.reduce((least, one) => (one.found / one.of < least.found / least.of ? one : least));
  if (recalls.length > 1)
    statements.push(
      `Found least often is ${names[worst.k]}: ${grouped(worst.found)} of ${counted(worst.of, "row")} (recall ${percent(worst.found / worst.of, 1)}).`,
    );
  return statements;
}

/** The pairs of classes that are confused most, up to three of those that are confused more than once. */
function confusedPairs(counts: readonly number[][], names: readonly string[], mistakes: number): string {
  const pairs = counts
    .flatMap((row, t) => row.map((count, p) => ({ count, t, p })))
    .filter(({ count, t, p }) => t !== p && count > 0)
    .sort((a, b) => b.count - a.count);
  const told = pairs.length <= 3 ? pairs : pairs.filter(({ count }) => count > 1).slice(0, 3);
  const said = list(told.map(({ count, t, p }) => `${names[t]} taken for ${names[p]} (${grouped(count)})`));
  const rest = mistakes - total(told.map(({ count }) => count));
  const others = pairs.length - told.length;
  if (others === 0) return `All confusions: ${said}.`;
  if (told.length === 0)
    return `No two classes are confused more than once: ${counted(mistakes, "mistake")}, as many pairs of classes.`;
  return `Most often confused: ${said}; the other ${counted(rest, "mistake")} ${rest === 1 ? "is" : "are"} spread over ${counted(others, "pair")} of classes.`;
}

/** The rows that are wrong, those with the largest probability for the wrong class first. */
export function worstMistakes(
  { truth, predicted, probability }: Pick<ClassOutcome, "truth" | "predicted" | "probability">,
  most: number,
): number[] {
  const wrong: number[] = [];
  for (let i = 0; i < truth.length; i++) if (truth[i] !== predicted[i]) wrong.push(i);
  return wrong.sort((a, b) => probability[b] - probability[a] || a - b).slice(0, most);
}

/** How sure the network was of its mistakes. */
export function mistakeStatements(outcome: ClassOutcome): string[] {
  const { probability, truth, predicted } = outcome;
  const names = outcome.classNames.map(called);
  const wrong = worstMistakes(outcome, Infinity);
  const [first] = wrong;
  if (first === undefined) return [];
  const instead = `${percent(probability[first], 1)} for ${names[predicted[first]]} where ${names[truth[first]]} is right`;
  if (wrong.length === 1) return [`The only mistake was made with a probability of ${instead}.`];
  const mean = (rows: readonly number[]) => total(rows.map((row) => probability[row])) / rows.length;
  const right = Array.from(truth, (_, i) => i).filter((i) => truth[i] === predicted[i]);
  const sure = wrong.filter((row) => probability[row] > 0.9).length;
  return [
    `${sure === 0 ? "None" : grouped(sure)} of the ${counted(wrong.length, "mistake")} ${sure === 1 ? "was" : "were"} made with a probability above ${percent(0.9, 0)}; the surest was ${instead}.`,
    ...(right.length > 0
      ? [
          `Mistakes have a mean probability of ${percent(mean(wrong), 1)}, right answers one of ${percent(mean(right), 1)}.`,
        ]
      : []),
  ];
}

export interface ErrorFigures {
  readonly rmse: number;
  /** The mean of predicted − true. */
  readonly bias: number;
  /** The standard deviation of the true values. */
  readonly spread: number;
  readonly r2: number;
  /** Predicted − true. */
  readonly residuals: readonly number[];
}

export function errorFigures({ truth, predicted }: NumberOutcome): ErrorFigures {
  const [z, y] = [truth, predicted].map((values) => tensor(Float64Array.from(values)));
  const residuals = Array.from(truth, (value, i) => predicted[i] - value);
  const n = residuals.length;
  // from the first value on, so that equal numbers have no spread, whatever rounding makes of their mean
  const above = Array.from(truth, (value) => value - truth[0]);
  const mean = total(above) / n;
  return {
    rmse: rmse(y, z),
    bias: total(residuals) / n,
    spread: Math.sqrt(total(above.map((one) => (one - mean) * (one - mean))) / n),
    r2: r2(y, z),
    residuals,
  };
}

/** How large errors are against the spread of what is predicted, and the largest one. */
export function predictionStatements(outcome: NumberOutcome): string[] {
  const { part, target, truth, predicted, rows } = outcome;
  if (truth.length === 0) return [];
  const { rmse: error, spread, r2: explained, residuals } = errorFigures(outcome);
  const far = residuals.reduce((most, one, i) => (Math.abs(one) > Math.abs(residuals[most]) ? i : most), 0);
  const against =
    explained > 0
      ? `${share(error / spread)} of the spread of ${target} itself (${number(spread)}), which always saying the mean would give`
      : `no smaller than the spread of ${target} itself (${number(spread)}), which always saying the mean would give`;
  return [
    `The error (RMSE) on the ${partWord[part]} rows is ${number(error)}, ${spread > 0 ? against : `and ${target} is the same in all rows`}; R² = ${explained.toFixed(3).replace("-", "−")}.`,
    `Farthest off is row ${grouped(rows[far])}: predicted ${number(predicted[far])}, true ${number(truth[far])}.`,
  ];
}

/** Whether errors lean to one side, and whether a few large ones weigh heavily. */
export function residualStatements(outcome: NumberOutcome): string[] {
  const { rmse, bias, residuals } = errorFigures(outcome);
  const n = residuals.length;
  if (n < 2 || rmse === 0) return [];
  const error = Math.sqrt(Math.max(rmse * rmse - bias * bias, 0) / (n - 1));
  const side = bias > 0 ? "high" : "low";
  const leaning =
    Math.abs(bias) > 2 * error
      ? `Predictions are too ${side} by ${number(Math.abs(bias))} on average, more than chance explains (standard error ${number(error)}).`
      : `Predictions lean to neither side: their mean error is ${number(bias)}, its standard error ${number(error)}.`;
  const within = residuals.filter((one) => Math.abs(one) <= rmse).length / n;
  const beyond = residuals.filter((one) => Math.abs(one) > 3 * rmse).length;
  return [
    leaning,
    `${percent(within, 1)} of the errors lie within ± one RMSE (68.3\u00a0% where they are normally distributed)${within > 0.75 ? ", so a few large ones weigh heavily" : ""}; ` +
      `${beyond === 0 ? "none is" : beyond === 1 ? "one is" : `${grouped(beyond)} are`} beyond three.`,
  ];
}

/** How the plane of two inputs is divided among the classes, and how many points lie on the wrong side. */
export function planeStatements({ values, columns, rows }: Plane, outcome: ClassOutcome): string[] {
  const cells = columns.count * rows.count;
  const { classNames, part, truth, predicted } = outcome;
  const k = classNames.length;
  const won = classNames.map(() => 0);
  let unsure = 0;
  for (let cell = 0; cell < cells; cell++) {
    let best = 0;
    for (let c = 1; c < k; c++) if (values[cell * k + c] > values[cell * k + best]) best = c;
    won[best]++;
    if (values[cell * k + best] < 0.75) unsure++;
  }
  const shares = classNames.map((name, c) => `${percent(won[c] / cells, 0)} to ${called(name)}`);
  const wrong = worstMistakes(outcome, Infinity).length;
  return [
    `Of the plane shown, the network gives ${list(shares)}; on ${percent(unsure / cells, 0)} no class has a probability of ${percent(0.75, 0)}.`,
    wrong === 0
      ? `All ${counted(truth.length, `${partWord[part]} point`)} lie on their side of the boundary.`
      : `${grouped(wrong)} of ${counted(predicted.length, `${partWord[part]} point`)} lie${wrong === 1 ? "s" : ""} on the wrong side of the boundary.`,
  ];
}

/** How the weights of units differ in size. */
export function weightStatements({ units, norms }: Weights): string[] {
  const all = Array.from(norms);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const small = all.filter((norm) => norm < 0.1 * most).length;
  return [
    units.length < all.length
      ? `Shown are ${units.length} of ${counted(all.length, "unit")}, those with the largest weights.`
      : `All ${counted(all.length, "unit")}, those with the largest weights first.`,
    `The length of a unit's weights, √Σw², goes from ${number(least)} to ${number(most)}; ` +
      `${small === 0 ? "no unit has" : `${counted(small, "unit")} ${small === 1 ? "has" : "have"}`} less than a tenth of the largest.`,
  ];
}
