/** Observations on the predictions of a run, as numbers with a verdict. outcome-sentences.ts puts them into words. */
import { confusionMatrix, r2, rmse } from "../../functions/metrics.ts";
import { tensor } from "../../tensor/create.ts";
import type { ClassOutcome, NumberOutcome, Plane, Weights } from "./record.ts";

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** The confusion matrix: how often each class (row) was predicted as each class (column). */
export function countPairs({ classNames, truth, predicted }: ClassOutcome): number[][] {
  const indices = (classes: ArrayLike<number>) => tensor(Int32Array.from(classes));
  return confusionMatrix(indices(predicted), indices(truth), classNames.length);
}

/** Rows of class `truth` that were predicted as another class. */
export interface Confusion {
  readonly truth: number;
  readonly predicted: number;
  readonly count: number;
}

/** The classes that are confused, found least often, or never predicted. */
export interface ConfusionObservation {
  readonly rows: number;
  readonly right: number;
  /** The accuracy of always predicting the commonest class; the class is null if all are equally common. */
  readonly commonest: { readonly kind: number | null; readonly share: number };
  readonly verdict: "all right" | "better than the commonest class" | "no better than the commonest class";
  /** The pairs of classes that are confused, most often first. */
  readonly confusions: readonly Confusion[];
  readonly neverPredicted: readonly number[];
  /** The class with the smallest recall, if there are several classes. */
  readonly leastFound: { readonly kind: number; readonly found: number; readonly of: number } | null;
}

export function observeConfusion(outcome: ClassOutcome): ConfusionObservation | null {
  const counts = countPairs(outcome);
  const rows = outcome.truth.length;
  if (rows === 0) return null;
  const right = total(counts.map((row, k) => row[k]));
  const all = counts.map(total);
  const most = Math.max(...all);
  const recalls = counts
    .map((row, kind) => ({ kind, of: all[kind], found: row[kind] }))
    .filter(({ of }) => of > 0);
  const least = recalls.reduce((worst, one) => (one.found / one.of < worst.found / worst.of ? one : worst));
  const better = right / rows > most / rows;
  return {
    rows,
    right,
    commonest: { kind: Math.min(...all) === most ? null : all.indexOf(most), share: most / rows },
    verdict:
      right === rows && better
        ? "all right"
        : better
          ? "better than the commonest class"
          : "no better than the commonest class",
    confusions: counts
      .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
      .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
      .sort((a, b) => b.count - a.count),
    neverPredicted: [...counts.keys()].filter((k) => total(counts.map((row) => row[k])) === 0),
    leastFound: recalls.length > 1 ? least : null,
  };
}

/** The wrongly predicted rows, by decreasing probability of the wrong class. */
export function worstMistakes(
  { truth, predicted, probability }: Pick<ClassOutcome, "truth" | "predicted" | "probability">,
  most: number,
): number[] {
  const wrong: number[] = [];
  for (let i = 0; i < truth.length; i++) if (truth[i] !== predicted[i]) wrong.push(i);
  return wrong.sort((a, b) => probability[b] - probability[a] || a - b).slice(0, most);
}

/** The probabilities of the network's mistakes. */
export interface MistakeObservation {
  readonly mistakes: number;
  /** The number of mistakes with a probability above 0.9. */
  readonly sure: number;
  readonly surest: { readonly truth: number; readonly predicted: number; readonly probability: number };
  /** The mean probability of the mistakes, and of the right predictions if there are any. */
  readonly mean: number;
  readonly meanRight: number | null;
}

export function observeMistakes(outcome: ClassOutcome): MistakeObservation | null {
  const { probability, truth, predicted } = outcome;
  const wrong = worstMistakes(outcome, Infinity);
  const [first] = wrong;
  if (first === undefined) return null;
  const mean = (rows: readonly number[]) => total(rows.map((row) => probability[row])) / rows.length;
  const right = Array.from(truth, (_, i) => i).filter((i) => truth[i] === predicted[i]);
  return {
    mistakes: wrong.length,
    sure: wrong.filter((row) => probability[row] > 0.9).length,
    surest: { truth: truth[first], predicted: predicted[first], probability: probability[first] },
    mean: mean(wrong),
    meanRight: right.length > 0 ? mean(right) : null,
  };
}

export interface ErrorMetrics {
  readonly rmse: number;
  /** The mean of predicted − true. */
  readonly bias: number;
  /** The standard deviation of the true values. */
  readonly spread: number;
  readonly r2: number;
  /** Predicted − true. */
  readonly residuals: readonly number[];
}

export function errorMetrics({ truth, predicted }: NumberOutcome): ErrorMetrics {
  const [z, y] = [truth, predicted].map((values) => tensor(Float64Array.from(values)));
  const residuals = Array.from(truth, (value, i) => predicted[i] - value);
  const n = residuals.length;
  // relative to the first value, so that equal numbers have a spread of exactly 0
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

/** The errors, compared with the spread of the target, and the largest error. */
export interface PredictionObservation extends Pick<ErrorMetrics, "rmse" | "spread" | "r2"> {
  readonly farthest: { readonly row: number; readonly predicted: number; readonly truth: number };
  readonly verdict: "better than the mean" | "no better than the mean" | "no spread";
}

export function observePredictions(outcome: NumberOutcome): PredictionObservation | null {
  const { truth, predicted, rows } = outcome;
  if (truth.length === 0) return null;
  const { rmse: error, spread, r2: explained, residuals } = errorMetrics(outcome);
  const far = residuals.reduce((most, one, i) => (Math.abs(one) > Math.abs(residuals[most]) ? i : most), 0);
  return {
    rmse: error,
    spread,
    r2: explained,
    farthest: { row: rows[far], predicted: predicted[far], truth: truth[far] },
    verdict: !(spread > 0) ? "no spread" : explained > 0 ? "better than the mean" : "no better than the mean",
  };
}

/** Whether the errors are biased, and whether a few large ones dominate. */
export interface ResidualObservation {
  readonly bias: number;
  readonly standardError: number;
  readonly leaning: "high" | "low" | "neither";
  /** The share of errors within ± one RMSE; 0.683 for a normal distribution. */
  readonly within: number;
  readonly tails: "heavy" | "normal";
  /** The number of errors beyond three times the RMSE. */
  readonly beyond: number;
}

export function observeResiduals(outcome: NumberOutcome): ResidualObservation | null {
  const { rmse: error, bias, residuals } = errorMetrics(outcome);
  const n = residuals.length;
  if (n < 2 || error === 0) return null;
  const standardError = Math.sqrt(Math.max(error * error - bias * bias, 0) / (n - 1));
  const within = residuals.filter((one) => Math.abs(one) <= error).length / n;
  return {
    bias,
    standardError,
    leaning: Math.abs(bias) > 2 * standardError ? (bias > 0 ? "high" : "low") : "neither",
    within,
    tails: within > 0.75 ? "heavy" : "normal",
    beyond: residuals.filter((one) => Math.abs(one) > 3 * error).length,
  };
}

/** The shares of the classes in the plane of two inputs, and the number of points on the wrong side. */
export interface PlaneObservation {
  /** The share of the plane for each class. */
  readonly shares: readonly number[];
  /** The share where no class has a probability of 0.75. */
  readonly unsure: number;
  readonly points: number;
  readonly wrong: number;
}

export function observePlane({ values, columns, rows }: Plane, outcome: ClassOutcome): PlaneObservation {
  const cells = columns.count * rows.count;
  const k = outcome.classNames.length;
  const won = outcome.classNames.map(() => 0);
  let unsure = 0;
  for (let cell = 0; cell < cells; cell++) {
    let best = 0;
    for (let c = 1; c < k; c++) if (values[cell * k + c] > values[cell * k + best]) best = c;
    won[best]++;
    if (values[cell * k + best] < 0.75) unsure++;
  }
  return {
    shares: won.map((count) => count / cells),
    unsure: unsure / cells,
    points: outcome.truth.length,
    wrong: worstMistakes(outcome, Infinity).length,
  };
}

/** The range of the norms √Σw² of the units' weights. */
export interface WeightObservation {
  readonly shown: number;
  readonly units: number;
  readonly least: number;
  readonly most: number;
  /** The number of units below a tenth of the largest norm. */
  readonly small: number;
}

export function observeWeights({ units, norms }: Weights): WeightObservation {
  const all = Array.from(norms);
  const most = Math.max(...all);
  return {
    shown: units.length,
    units: all.length,
    least: Math.min(...all),
    most,
    small: all.filter((norm) => norm < 0.1 * most).length,
  };
}
