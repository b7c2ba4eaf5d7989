/**
 * The sentences of a report. Each test gives records that differ, and the sentences must differ with them. A sentence that
 * is the same for every record would be found here; the last test checks that with planted ones.
 */
import { describe, expect, test } from "vitest";
import type { EpochEvent, PartMetrics } from "../../train/events.ts";
import {
  observeAccuracy,
  observeBatches,
  observeEnd,
  observeError,
  observeLoss,
} from "./curve-observations.ts";
import { bestEpoch, watched } from "./epochs.ts";
import type { Curves } from "./epochs.ts";
import {
  accuracySentences,
  batchSentences,
  endSentences,
  errorSentences,
  lossSentences,
} from "./curve-sentences.ts";
import { worstMistakes } from "./outcome-observations.ts";
import {
  confusionSentences,
  mistakeSentences,
  planeSentences,
  predictionSentences,
  residualSentences,
  weightSentences,
} from "./outcome-sentences.ts";
import type { ClassOutcome, NumberOutcome, Plane, RunRecord } from "./record.ts";

const endOf = (record: Curves) => endSentences(observeEnd(record));
const lossesOf = (record: Curves) => lossSentences(observeLoss(record));
const accuraciesOf = (record: Curves, rows: RunRecord["rows"]) =>
  accuracySentences(observeAccuracy(record, rows));
const errorsOf = (record: Curves) => errorSentences(observeError(record));
const batchesOf = (record: Curves) => batchSentences(observeBatches(record));

type Statements = () => string[];
/** Sentences with ordinary spaces where they have some that do not break. */
const said = (sentences: readonly string[]): string => sentences.join(" ").replaceAll("\u00a0", " ");

const epochsOf = (all: PartMetrics[], first = 0): EpochEvent[] =>
  all.map((metrics, i) => ({ event: "epoch", epoch: first + i, seconds: 0, metrics }));
const losses = (train: number[], test?: number[]): EpochEvent[] =>
  epochsOf(train.map((loss, i) => ({ train: { loss }, ...(test && { test: { loss: test[i] } }) })));

const curves = (given: Partial<RunRecord>) => ({
  status: "done" as const,
  epochs: 10,
  history: [],
  batches: [],
  batchesPerEpoch: 4,
  runningMeans: false,
  loss: "mse",
  net: [2, 3, 1],
  task: "regression" as const,
  ...given,
});

const classes = (
  truth: number[],
  predicted: number[],
  { names = ["cat", "dog", "owl"], probability = truth.map(() => 0.8) } = {},
): ClassOutcome => ({
  kind: "classes",
  part: "test",
  classNames: names,
  truth,
  predicted,
  probability,
  mistakes: [],
});

const numbers = (truth: number[], predicted: number[]): NumberOutcome => ({
  kind: "numbers",
  part: "test",
  target: "z",
  truth,
  predicted,
  rows: truth.map((_, i) => 100 + i),
});

const grid = { from: 0, to: 1, count: 2 };
const plane = (values: number[]): Plane => ({
  names: ["a", "b"],
  columns: grid,
  rows: grid,
  values,
  points: [],
});
const unit = { unit: 0, name: "unit 0", values: [1] };
const repeat = (times: number, value: number): number[] => Array.from({ length: times }, () => value);
/** One row of each class as it is taken. */
const pairs = (list: [truth: number, predicted: number, times: number][]) =>
  classes(
    list.flatMap(([truth, , times]) => repeat(times, truth)),
    list.flatMap(([, predicted, times]) => repeat(times, predicted)),
  );

const falling = [1, 0.8, 0.6, 0.5, 0.4, 0.3];
const rising = [1, 0.7, 0.5, 0.6, 0.7, 0.8];
const accuracy = (train: number, test: number) =>
  curves({ history: epochsOf([{ train: { loss: 1, accuracy: train }, test: { loss: 1, accuracy: test } }]) });
const rowCounts = (test: number) => ({ train: 1000, validation: 0, test });

/** What must be said of what, sentence by sentence. */
const cases: Record<string, [statements: Statements, expected: string][]> = {
  "how it ended": [
    [() => endOf(curves({})), ""],
    [
      () => endOf(curves({ status: "stopped", history: losses([1, 1, 1]), epochs: 10 })),
      "The run was stopped after 2 of 10 epochs.",
    ],
    [
      () => endOf(curves({ status: "stopped", history: losses([1]), batches: [1, 2, 3] })),
      "The run was stopped after 3 updates, in the first of 10 epochs.",
    ],
    [
      () =>
        endOf(
          curves({
            status: "diverged",
            reason: "the loss became NaN in epoch 1",
            batches: [2, 1, 4, 50, NaN],
          }),
        ),
      "The loss became NaN in epoch 1. The loss of a batch was smallest at update 2 (1), and then grew to 50, 50 times as much, by update 4.",
    ],
    [
      () =>
        endOf(curves({ status: "diverged", reason: "the loss became infinite", batches: [8, 4, Infinity] })),
      "The loss became infinite. The loss of a batch was smallest at update 2 (4).",
    ],
  ],
  "the losses": [
    [
      () => lossesOf(curves({ history: losses(falling) })),
      "The training loss is smallest at the last epoch, 5: 0.3. The training loss is still falling at the end: by 36 % from epochs 2–3 to 4–5. More epochs may help.",
    ],
    [
      () => lossesOf(curves({ history: losses(falling, rising) })),
      "The test loss is smallest after epoch 2 of 5 (0.5) and 60 % larger at the end (0.8). " +
        "The training loss is still falling at the end: by 36 % from epochs 2–3 to 4–5, while the test loss rose by 36 %: what is learned now serves the training rows only. " +
        "At the end the test loss is 2.7 times the training loss: 0.8 and 0.3.",
    ],
    [
      () =>
        lossesOf(
          curves({
            history: losses([...falling, 0.2, 0.15], [...rising.slice(0, 2), 0.8, ...rising.slice(2), 0.9]),
          }),
        ),
      "The test loss is smallest after epoch 3 of 7 (0.5) and 80 % larger at the end (0.9). " +
        "The training loss is still falling at the end: by 50 % from epochs 4–5 to 6–7, while the test loss was smallest before: what is learned now serves the training rows only. " +
        "At the end the test loss is 6.0 times the training loss: 0.9 and 0.15.",
    ],
    [
      () => lossesOf(curves({ history: losses([1, 0.5, 0.5, 0.499, 0.499], [1, 0.5, 0.5, 0.501, 0.502]) })),
      "The test loss is smallest after epoch 1 of 4 (0.5), and nearly as small at the end (0.502). " +
        "The training loss has nearly settled: it fell by 0.2 % from epochs 1–2 to 3–4. " +
        "At the end training and test loss are alike: 0.499 and 0.502.",
    ],
    [
      () => lossesOf(curves({ history: losses([1, 5], [1, 40]) })),
      "The test loss is smallest after epoch 0 of 1 (1) and 40 times as large at the end (40). At the end the training loss is above that of the untrained network: 5 and 1. A smaller learning rate may help. " +
        "At the end the test loss is 8.0 times the training loss: 40 and 5.",
    ],
    [
      () => lossesOf(curves({ history: losses([1, 0.5, 0.5, 0.6, 0.7], [1, 0.5, 0.45, 0.4, 0.35]) })),
      "The test loss is smallest at the last epoch, 4: 0.35. " +
        "The training loss rises at the end: by 30 % from epochs 1–2 to 3–4. A smaller learning rate may help. " +
        "At the end the test loss is below the training loss: 0.35 and 0.7.",
    ],
    [
      () => lossesOf(curves({ history: losses(falling, [1, 0.9, 0.8, 0.8, 0.79, 0.78]) })),
      "The test loss is smallest at the last epoch, 5: 0.78. " +
        "The training loss is still falling at the end: by 36 % from epochs 2–3 to 4–5, while the test loss fell by 1.9 % only: more epochs would serve the training rows more than the others. " +
        "At the end the test loss is 2.6 times the training loss: 0.78 and 0.3.",
    ],
    [
      () => lossesOf(curves({ history: losses(falling, [1, 0.9, 0.9, 0.8, 0.7, 0.65]) })),
      "The test loss is smallest at the last epoch, 5: 0.65. " +
        "The training loss is still falling at the end: by 36 % from epochs 2–3 to 4–5, while the test loss fell by 21 %. More epochs may help, and widen the gap. " +
        "At the end the test loss is 2.2 times the training loss: 0.65 and 0.3.",
    ],
    [
      () => lossesOf(curves({ history: losses(falling, [1, 0.8, 0.6, 0.5, 0.4, 0.3]) })),
      "The test loss is smallest at the last epoch, 5: 0.3. " +
        "The training loss is still falling at the end: by 36 % from epochs 2–3 to 4–5. More epochs may help. " +
        "At the end training and test loss are alike: 0.3 and 0.3.",
    ],
    [
      () => lossesOf(curves({ history: losses([0.9, 2, 2, 2.4, 2.4]) })),
      "The training loss is smallest after epoch 0 of 4 (0.9) and 2.7 times as large at the end (2.4). " +
        "At the end the training loss is above that of the untrained network: 2.4 and 0.9. A smaller learning rate may help. " +
        "The training loss rises at the end: by 20 % from epochs 1–2 to 3–4.",
    ],
    [
      () =>
        lossesOf(
          curves({ history: losses([2.31]), task: "classification", loss: "cross-entropy", net: [4, 10] }),
        ),
      "Before training the training loss is 2.310; that is near ln 10 = 2.303, which guessing evenly gives.",
    ],
    [
      () =>
        lossesOf(
          curves({ history: losses([9]), task: "classification", loss: "cross-entropy", net: [4, 3] }),
        ),
      "Before training the training loss is 9; guessing evenly gives ln 3 = 1.099, so the initial weights favour some classes.",
    ],
  ],
  accuracies: [
    [
      () => accuraciesOf(accuracy(0.99, 0.9), rowCounts(400)),
      "At the end 99.00 % of the training rows and 90.00 % of the test rows are right: a gap of 9.0 points. " +
        "400 test rows tell the accuracy to within 86.7 % … 92.6 % (95 % interval), so the gap is more than chance.",
    ],
    [
      () => accuraciesOf(accuracy(0.92, 0.9), rowCounts(40)),
      "At the end 92.00 % of the training rows and 90.00 % of the test rows are right: a gap of 2.0 points. " +
        "40 test rows tell the accuracy to within 76.9 % … 96.0 % (95 % interval), so the gap may be chance.",
    ],
    [
      () => accuraciesOf(accuracy(1, 35 / 36), { train: 128, validation: 0, test: 36 }),
      "At the end 100.00 % of the training rows and 97.22 % of the test rows are right: a gap of 2.8 points. " +
        "36 test rows tell the accuracy to within 85.8 % … 99.5 % (95 % interval), so the gap may be chance.",
    ],
    [
      () => accuraciesOf(accuracy(1, 1), rowCounts(200)),
      "At the end 100.00 % of the training rows and 100.00 % of the test rows are right: no gap. " +
        "200 test rows tell the accuracy to within 98.1 % … 100.0 % (95 % interval).",
    ],
    [
      () =>
        accuraciesOf(curves({ history: epochsOf([{ train: { loss: 1, accuracy: 0.5 } }]) }), rowCounts(0)),
      "At the end 50.00 % of the training rows are right.",
    ],
  ],
  errors: [
    [
      () =>
        errorsOf(
          curves({ history: epochsOf([{ train: { loss: 1, rmse: 2 }, test: { loss: 1, rmse: 3 } }]) }),
        ),
      "At the end the error (RMSE) is 2 on the training rows and 3 on the test rows: 50 % larger on the latter.",
    ],
    [
      () =>
        errorsOf(
          curves({
            history: epochsOf([{ train: { loss: 1, rmse: 2 }, validation: { loss: 1, rmse: 2.01 } }]),
          }),
        ),
      "At the end the error (RMSE) is 2 on the training rows and 2.01 on the validation rows: alike.",
    ],
    [
      () => errorsOf(curves({ history: epochsOf([{ train: { loss: 1, rmse: 0.5 } }]) })),
      "At the end the error (RMSE) on the training rows is 0.5.",
    ],
    [
      () =>
        errorsOf(
          curves({
            history: epochsOf([{ train: { loss: 1, rmse: Infinity }, test: { loss: 1, rmse: Infinity } }]),
          }),
        ),
      "",
    ],
    [
      () =>
        errorsOf(
          curves({ history: epochsOf([{ train: { loss: 1, rmse: 2 }, test: { loss: 1, rmse: NaN } }]) }),
        ),
      "",
    ],
    [
      () =>
        errorsOf(
          curves({ history: epochsOf([{ train: { loss: 1, rmse: 0 }, test: { loss: 1, rmse: 1 } }]) }),
        ),
      "At the end the error (RMSE) is 0 on the training rows and 1 on the test rows: larger on the latter.",
    ],
    [
      () =>
        errorsOf(
          curves({
            status: "diverged",
            history: epochsOf([
              { train: { loss: 1, rmse: 2 }, test: { loss: 1, rmse: 3 } },
              { train: { loss: 1, rmse: 4 }, test: { loss: 1, rmse: 8 } },
              { train: { loss: 1, rmse: NaN }, test: { loss: 1, rmse: NaN } },
            ]),
          }),
        ),
      "After epoch 1 the error (RMSE) is 4 on the training rows and 8 on the test rows: 100 % larger on the latter.",
    ],
  ],
  batches: [
    [
      () => batchesOf(curves({ batches: [9, 9, 1, 2, 3, 4] })),
      "An epoch has 4 updates; the losses of the last 4 lie between 1 and 4, with a mean of 2.5.",
    ],
    [
      () => batchesOf(curves({ batches: [5, 6], batchesPerEpoch: 1, runningMeans: true })),
      "An epoch has 1 update. Training metrics are means over the batches of an epoch, each from before its update, so they lag behind.",
    ],
    [
      () => batchesOf(curves({ batches: [5, 6, NaN, Infinity] })),
      "An epoch has 4 updates. 2 losses are not finite and not drawn.",
    ],
  ],
  confusion: [
    [
      () =>
        confusionSentences(
          pairs([
            [0, 0, 50],
            [1, 1, 45],
            [1, 0, 3],
            [2, 2, 38],
            [2, 1, 2],
          ]),
        ),
      "133 of 138 test rows are right, 96.38 %; always saying cat, the commonest, would be right on 36.23 %. " +
        "All confusions: dog taken for cat (3) and owl taken for dog (2). Found least often is dog: 45 of 48 rows (recall 93.8 %).",
    ],
    [
      () =>
        confusionSentences(
          pairs([
            [0, 0, 6],
            [0, 1, 4],
            [1, 1, 9],
            [1, 0, 1],
            [2, 2, 8],
            [2, 0, 1],
            [2, 1, 1],
          ]),
        ),
      "23 of 30 test rows are right, 76.67 %; always saying one class would be right on 33.33 %. " +
        "Most often confused: cat taken for dog (4); the other 3 mistakes are spread over 3 pairs of classes. Found least often is cat: 6 of 10 rows (recall 60.0 %).",
    ],
    [
      () =>
        confusionSentences(
          pairs([
            [0, 1, 1],
            [0, 2, 1],
            [1, 0, 1],
            [1, 2, 1],
            [0, 0, 8],
            [1, 1, 8],
            [2, 2, 10],
          ]),
        ),
      "26 of 30 test rows are right, 86.67 %; always saying one class would be right on 33.33 %. " +
        "No two classes are confused more than once: 4 mistakes, as many pairs of classes. Found least often is cat: 8 of 10 rows (recall 80.0 %).",
    ],
    [
      () =>
        confusionSentences(
          pairs([
            [0, 0, 5],
            [1, 0, 3],
            [2, 0, 2],
          ]),
        ),
      "5 of 10 test rows are right, 50.00 %. Always saying cat, the commonest, would be no worse (50.00 %): the network has not learned to tell the classes apart. " +
        "All confusions: dog taken for cat (3) and owl taken for cat (2). No row is taken for dog and owl. Found least often is dog: 0 of 3 rows (recall 0.0 %).",
    ],
    [
      () =>
        confusionSentences(
          pairs([
            [0, 0, 2],
            [1, 1, 2],
            [2, 2, 2],
          ]),
        ),
      "6 of 6 test rows are right, 100.00 %; always saying one class would be right on 33.33 %. No class is taken for another.",
    ],
    [
      () => confusionSentences(classes([0, 1, 1], [0, 1, 0], { names: ["0", "1"] })),
      "2 of 3 test rows are right, 66.67 %. Always saying class 1, the commonest, would be no worse (66.67 %): the network has not learned to tell the classes apart. " +
        "All confusions: class 1 taken for class 0 (1). Found least often is class 1: 1 of 2 rows (recall 50.0 %).",
    ],
  ],
  mistakes: [
    [
      () => mistakeSentences(classes([0, 1, 2, 0], [1, 1, 0, 2], { probability: [0.95, 0.99, 0.6, 0.99] })),
      "2 of the 3 mistakes were made with a probability above 90 %; the surest was 99.0 % for owl where cat is right. " +
        "Mistakes have a mean probability of 84.7 %, right answers one of 99.0 %.",
    ],
    [
      () => mistakeSentences(classes([0, 1], [1, 0], { probability: [0.5, 0.6] })),
      "None of the 2 mistakes were made with a probability above 90 %; the surest was 60.0 % for cat where dog is right.",
    ],
    [
      () => mistakeSentences(classes([0, 1], [0, 2], { probability: [0.5, 0.7] })),
      "The only mistake was made with a probability of 70.0 % for owl where dog is right.",
    ],
    [() => mistakeSentences(classes([0, 1], [0, 1])), ""],
  ],
  predictions: [
    [
      () => predictionSentences(numbers([0, 2, 4, 6], [0, 2, 4, 8])),
      "The error (RMSE) on the test rows is 1, 45 % of the spread of z itself (2.236), which always saying the mean would give; R² = 0.800. " +
        "Farthest off is row 103: predicted 8, true 6.",
    ],
    [
      () => predictionSentences(numbers([0, 2], [4, 2])),
      "The error (RMSE) on the test rows is 2.828, no smaller than the spread of z itself (1), which always saying the mean would give; R² = −7.000. " +
        "Farthest off is row 100: predicted 4, true 0.",
    ],
    [
      () => predictionSentences(numbers([5, 5], [5, 6])),
      "The error (RMSE) on the test rows is 0.7071, and z is the same in all rows; R² = 0.000. Farthest off is row 101: predicted 6, true 5.",
    ],
    [
      // 0.1 + 0.1 + 0.1 is not 3 · 0.1
      () => predictionSentences(numbers([0.1, 0.1, 0.1], [0.1, 0.1, 0.4])),
      "The error (RMSE) on the test rows is 0.1732, and z is the same in all rows; R² = 0.000. Farthest off is row 102: predicted 0.4, true 0.1.",
    ],
  ],
  residuals: [
    [
      () =>
        residualSentences(
          numbers(
            repeat(100, 0),
            Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
          ),
        ),
      "Predictions lean to neither side: their mean error is 0, its standard error 0.1005. " +
        "100.0 % of the errors lie within ± one RMSE (68.3 % where they are normally distributed), so a few large ones weigh heavily; none is beyond three.",
    ],
    [
      () => residualSentences(numbers(repeat(4, 0), [1, 1.5, 1, 1.5])),
      "Predictions are too high by 1.25 on average, more than chance explains (standard error 0.1443). " +
        "50.0 % of the errors lie within ± one RMSE (68.3 % where they are normally distributed); none is beyond three.",
    ],
    [
      () => residualSentences(numbers(repeat(20, 0), [...repeat(19, -0.1), -9])),
      "Predictions lean to neither side: their mean error is −0.545, its standard error 0.445. " +
        "95.0 % of the errors lie within ± one RMSE (68.3 % where they are normally distributed), so a few large ones weigh heavily; one is beyond three.",
    ],
  ],
  plane: [
    [
      () =>
        planeSentences(
          plane([1, 0, 0, 1, 0.6, 0.4, 0.9, 0.1]),
          classes([0, 1], [0, 1], { names: ["0", "1"] }),
        ),
      "Of the plane shown, the network gives 75 % to class 0 and 25 % to class 1; on 25 % no class has a probability of 75 %. " +
        "All 2 test points lie on their side of the boundary.",
    ],
    [
      () =>
        planeSentences(plane([0, 1, 0, 1, 0, 1, 0, 1]), classes([0, 1], [1, 1], { names: ["in", "out"] })),
      "Of the plane shown, the network gives 0 % to in and 100 % to out; on 0 % no class has a probability of 75 %. " +
        "1 of 2 test points lies on the wrong side of the boundary.",
    ],
  ],
  weights: [
    [
      () => weightSentences({ size: [1, 1], units: [unit], norms: [3, 0.1, 0.2] }),
      "Shown are 1 of 3 units, those with the largest weights. " +
        "The length of a unit's weights, √Σw², goes from 0.1 to 3; 2 units have less than a tenth of the largest.",
    ],
    [
      () => weightSentences({ size: [1, 1], units: [unit, unit], norms: [2, 1] }),
      "All 2 units, those with the largest weights first. " +
        "The length of a unit's weights, √Σw², goes from 1 to 2; no unit has less than a tenth of the largest.",
    ],
  ],
};

describe.each(Object.entries(cases))("on %s", (_name, all) => {
  test.each(all.map(([statements, expected]) => ({ statements, expected })))(
    "says: $expected",
    ({ statements, expected }) => {
      expect(said(statements())).toBe(expected);
    },
  );
});

test("a canned sentence would be found, whichever it were", () => {
  const faults = (of: (statements: Statements, all: readonly [Statements, string][]) => string): string[] =>
    Object.entries(cases).flatMap(([name, all]) =>
      all.some(([statements, expected]) => of(statements, all) !== expected) ? [name] : [],
    );
  expect(faults((statements) => said(statements()))).toEqual([]);
  // what is said of the first record, said of each; then of the last
  expect(faults((_, all) => said(all[0][0]()))).toEqual(Object.keys(cases));
  expect(faults((_, all) => said(all.at(-1)![0]()))).toEqual(Object.keys(cases));
  // and a number that is not the record's
  expect(faults((statements) => said(statements()).replace(/\d/, "7")).length).toBe(
    Object.keys(cases).length,
  );
});

test("a run is watched by validation, else by test, else by training", () => {
  const both = epochsOf([
    { train: { loss: 3 }, validation: { loss: 2 }, test: { loss: 1 } },
    { train: { loss: 2 }, validation: { loss: 1 }, test: { loss: 4 } },
  ]);
  expect(watched(both)).toBe("validation");
  expect(bestEpoch(both)).toEqual({ part: "validation", epoch: 1, loss: 1 });
  expect(watched(losses([1, 1], [2, 2]))).toBe("test");
  // looked at once at the end, a test set watches nothing
  expect(watched(epochsOf([{ train: { loss: 1 } }, { train: { loss: 2 }, test: { loss: 1 } }]))).toBe(
    "train",
  );
  expect(bestEpoch(losses([NaN, 1]))).toBeUndefined();
});

test("mistakes are ordered by their probability, equal ones by row", () => {
  const outcome = classes([0, 1, 2, 0, 1], [1, 1, 0, 2, 0], { probability: [0.5, 1, 0.9, 0.5, 0.7] });
  expect(worstMistakes(outcome, 9)).toEqual([2, 4, 0, 3]);
  expect(worstMistakes(outcome, 2)).toEqual([2, 4]);
});

test("observations are plain data with a verdict, apart from their sentences", () => {
  const seen = observeLoss(curves({ history: losses(falling, rising) }));
  expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
  expect(seen.best).toEqual({
    part: "test",
    epoch: 2,
    loss: 0.5,
    last: 5,
    atEnd: 0.8,
    verdict: "larger at the end",
  });
  expect(seen.trend?.held?.verdict).toBe("rising");
  expect(seen.gap).toMatchObject({ when: "end", train: 0.3, held: 0.8, verdict: "above" });
  expect(observeAccuracy(accuracy(0.92, 0.9), rowCounts(40))?.held?.gap?.verdict).toBe("chance");
});
