/** The figures, tables and numbers of page.md. */
import type { Dataset } from "chainrule/data";
import { mean, pairedComparison, standardDeviation } from "chainrule/experiments";
import { meanSeries, settingsMap } from "chainrule/plots";
import { barFigure, columns, figure, heatMapFigure, keyMetrics } from "chainrule/report";
import { lineFigure, scatterFigure, subsection, table } from "chainrule/report";
import type { FigureText, Html } from "chainrule/report";
import { pageOf } from "../practical/page.ts";
import type { Fills } from "../practical/page.ts";
import { fixed, percent } from "../practical/shown.ts";
import { decisionTitle, largestDifference, sheet, resultsOf } from "./experiments.ts";
import type { Decision, Results, VariantResult } from "./experiments.ts";
import { courseCircles, levelNames } from "./levels.ts";
import type { History, LevelName } from "./levels.ts";
import { accumulation, gradientErrors } from "./slips.ts";

const exponent = (value: number): string => (value === 0 ? "0" : value.toExponential(1));
const plane = { x: { label: "x₁" }, y: { label: "x₂" } } as const;
const sides = { from: -2, to: 1.9, count: 40 };
const classNames = ["outer ring, class 0", "inner ring, class 1"];

function pointsOf({ inputs, targets }: Dataset, name: string) {
  const at = (column: number): number[] => (inputs.toArray() as number[][]).map((row) => row[column]);
  return { name, x: at(0), y: at(1), classes: Array.from(targets.data) };
}
function circleSets() {
  const { train, test } = courseCircles(0);
  return [pointsOf(train, "train"), pointsOf(test, "test")];
}

type Levels = Readonly<Record<LevelName, History>>;
const byHand = (levels: Levels): History => levels["(a) by hand"];
/** The largest relative difference of any step's loss between a level and the one by hand. */
const worstOf = (levels: Levels): number =>
  Math.max(
    ...levelNames.map((name) => largestDifference(levels[name].stepLosses, byHand(levels).stepLosses)),
  );

const parts = (train: readonly number[], test: readonly number[]) => [
  { name: "train", y: train },
  { name: "test", y: test },
];
const inPercent = (fractions: readonly number[]): number[] => fractions.map((value) => 100 * value);

function level(name: string, history: History): Html {
  const { trainLoss, testLoss, trainAccuracy, testAccuracy } = history;
  const x = { label: "epoch" };
  const accuracies = parts(inPercent(trainAccuracy), inPercent(testAccuracy));
  const [loss, accuracy] = [
    { label: "loss", unit: "nats" },
    { label: "accuracy", unit: "%" },
  ];
  return subsection(
    name,
    columns(
      lineFigure({ title: `${name}: loss`, x, y: loss, series: parts(trainLoss, testLoss) }),
      lineFigure({ title: `${name}: accuracy`, x, y: accuracy, series: accuracies }),
    ),
  );
}

/** The probability of class 1 over the plane. */
const decision = ({ epochs, history, grid }: Decision, text: FigureText = {}): Html =>
  heatMapFigure(
    {
      title: decisionTitle(epochs, history),
      ...plane,
      values: grid,
      columns: sides,
      rows: sides,
      range: [0.3, 0.7],
      contours: [0.5],
      valueLabel: "P(class 1)",
      sets: circleSets(),
      classNames,
    },
    text,
  );

const kernelDecision = ({ svm }: Results, i: number, text: FigureText): Html =>
  heatMapFigure(
    {
      title: `The decision: ${svm[i].name}`,
      ...plane,
      values: svm[i].grid,
      columns: sides,
      rows: sides,
      range: [0, 1],
      valueLabel: "class",
      sets: circleSets().slice(1),
      classNames,
    },
    text,
  );

// ---- One change at a time ----------------------------------------------------------------------------------------------

const plus = (m: number, sd: number): string =>
  `${m < 0 ? "−" : ""}${Math.abs(m).toFixed(3)} ± ${sd.toFixed(3)}`;

const lastEpoch = ({ changes: [base] }: Results): number => base.curves[0].length - 1;
const earlyEpoch = (results: Results): number => Math.min(50, lastEpoch(results));

/** Test losses of a variant at an epoch, and by how much they differ from the base, seed by seed. */
function atEpoch({ curves }: VariantResult, base: VariantResult, epoch: number) {
  const losses = curves.map((curve) => curve[epoch]);
  const { difference, deviation } = pairedComparison(
    losses,
    base.curves.map((curve) => curve[epoch]),
  );
  const [loss, change] = [plus(mean(losses), standardDeviation(losses)), plus(difference, deviation)];
  return { loss, difference, change };
}

/** The variants by how much they change the loss early on, the largest change first. */
function ranked(results: Results) {
  const [base, ...others] = results.changes;
  return others
    .map((one) => ({ name: one.name, ...atEpoch(one, base, earlyEpoch(results)) }))
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

const changeOf = (results: Results, start: string) =>
  ranked(results).find(({ name }) => name.startsWith(start))!;

export const figures: Fills<Results> = {
  circles: (_, text) =>
    scatterFigure({ title: "The circles", ...plane, sets: circleSets(), classNames, equal: true }, text),

  // the four levels
  eta: () => sheet.eta,
  steps: ({ fair }) => byHand(fair).stepLosses.length,
  worst: ({ fair }) => exponent(worstOf(fair)),
  fairNumbers: ({ fair }) => {
    const { stepLosses, testAccuracy } = byHand(fair);
    const difference = { value: exponent(worstOf(fair)), detail: `relative, of ${stepLosses.length} losses` };
    const last = {
      value: percent(testAccuracy.at(-1)!),
      detail: `all four, epoch ${testAccuracy.length - 1}`,
    };
    return keyMetrics([
      { name: "Largest difference", ...difference },
      { name: "Test accuracy", ...last },
    ]);
  },
  fairEnds: ({ fair }) => {
    const first = byHand(fair);
    const epochs = first.testLoss.length - 1;
    return table({
      caption: `${epochs} epochs; the time includes the figures after each epoch`,
      columns: [
        "level",
        "wall time",
        "largest difference of a step",
        "difference at the end",
        "test loss",
        "test accuracy",
      ],
      rows: levelNames.map((name) => [
        name,
        `${fair[name].seconds.toFixed(2)} s`,
        exponent(largestDifference(fair[name].stepLosses, first.stepLosses)),
        exponent(largestDifference(fair[name].testLoss.slice(-1), first.testLoss.slice(-1))),
        fixed(fair[name].testLoss.at(-1)!),
        percent(fair[name].testAccuracy.at(-1)!),
      ]),
    });
  },
  levels: ({ fair }) => {
    const [a, b, c, d] = levelNames.map((name) => level(name, fair[name]).markup);
    return { markup: a + b + c + d };
  },

  // decisions
  decisions: ({ decisions }) => columns(...decisions.map((one) => decision(one))),
  lateDecision: ({ decisions }, text) => decision(decisions.at(-1)!, text),

  // one change at a time
  seeds: ({ changes: [base] }) => base.curves.length,
  changes: ({ changes }, text) => {
    const shown = ["nothing", "initialisation: that of Linear", "gradient: sum, not mean", "momentum 0.9"];
    const title = "Test loss, mean and deviation over the seeds";
    const some = changes.filter(({ name }) => shown.includes(name));
    const series = some.map(({ name, curves }) => meanSeries(name, curves));
    return lineFigure({ title, x: { label: "epoch" }, y: { label: "loss", unit: "nats" }, series }, text);
  },
  changeTable: (results) => {
    const { changes } = results;
    const [base] = changes;
    const last = lastEpoch(results);
    const epochs = [...new Set([earlyEpoch(results), last])];
    return table({
      caption: `Test loss as mean ± standard deviation over ${base.curves.length} seeds; differences are paired by seed`,
      columns: [
        "changed",
        ...epochs.flatMap((epoch) => [`loss, epoch ${epoch}`, "difference"]),
        `accuracy, epoch ${last}`,
      ],
      rows: changes.map((one) => [
        one.name,
        ...epochs.flatMap((epoch) => {
          const { loss, change } = atEpoch(one, base, epoch);
          return [loss, one === base ? "" : change];
        }),
        percent(mean(one.accuracy)),
      ]),
    });
  },
  early: earlyEpoch,
  most: (results) => ranked(results)[0].name,
  mostChange: (results) => ranked(results)[0].change,
  second: (results) => ranked(results)[1].name,
  secondChange: (results) => ranked(results)[1].change,
  third: (results) => ranked(results)[2].name,
  thirdChange: (results) => ranked(results)[2].change,
  tenfold: (results) =>
    ranked(results)
      .slice(0, 2)
      .every(({ name }) => name.startsWith("gradient: sum") || name.startsWith("momentum")),
  linearChange: (results) => changeOf(results, "initialisation: that of Linear").change,
  linearFaster: (results) => changeOf(results, "initialisation: that of Linear").difference < 0,
  orderChange: (results) => {
    const { difference, change } = changeOf(results, "order");
    return Math.abs(difference) < 0.0005 ? "less than 0.001" : change;
  },

  // mistakes
  errors: () =>
    table({
      caption: "Largest relative error against central differences, batch of 5",
      columns: ["parameter", "right", "written answers", "cheat sheet"],
      rows: gradientErrors().map(({ parameter, right, written, cheatSheet }) => [
        parameter,
        ...[right, written, cheatSheet].map(exponent),
      ]),
    }),
  calls: () => accumulation().kept.length,
  accumulated: () => accumulation().kept.at(-1)!,
  accumulation: () => {
    const { kept, emptied } = accumulation();
    const rows = kept.map((value, i) => [`${i + 1}`, value, emptied[i]]);
    const names = ["calls", "never emptied", "emptied before each"];
    return table({ caption: "w.grad after each call", columns: names, rows });
  },

  // batch sizes and rates
  batchCurves: ({ grid: { curves } }, text) => {
    const series = curves.map(({ name, loss }) => ({ name: `batch ${name}`, y: loss }));
    const y = { label: "training loss", unit: "nats" };
    return lineFigure(
      { title: `Loss by batch size, rate ${sheet.eta}`, x: { label: "epoch" }, y, series },
      text,
    );
  },
  batchGrid: ({ grid: { batches, rates, loss, epochs } }, text) => {
    const names = batches.map((batch) => (batch === "full" ? "all 200" : String(batch)));
    const title = `Training loss after ${epochs} epochs`;
    const svg = settingsMap({
      title,
      x: { label: "batch", values: names },
      y: { label: "rate η", values: rates },
      values: loss,
      valueLabel: "training loss",
      best: "smallest",
      digits: 3,
    });
    const rows = rates.map((rate, i) => [String(rate), ...loss[i]]);
    return figure({ svg, data: { caption: title, columns: ["rate", ...names], rows }, ...text });
  },

  // support vector machines
  cubic: ({ svm }) => percent(svm[3].test),
  kernels: ({ svm }, text) =>
    barFigure(
      {
        title: "Accuracy by kernel",
        value: { label: "accuracy", unit: "%" },
        labels: svm.map(({ name }) => name),
        series: [
          { name: "train", values: svm.map(({ train }) => 100 * train) },
          { name: "test", values: svm.map(({ test }) => 100 * test) },
        ],
      },
      text,
    ),
  kernelTable: ({ svm }) =>
    table({
      caption: "Accuracy and support vectors, of 200 training points",
      columns: ["kernel", "train", "test", "support vectors"],
      rows: svm.map((one) => [one.name, percent(one.train), percent(one.test), one.supportVectors]),
    }),
  linearDecision: (results, text) => kernelDecision(results, 0, text),
  radialDecision: (results, text) => kernelDecision(results, 1, text),
  squareDecision: (results, text) => kernelDecision(results, 2, text),
  cubicDecision: (results, text) => kernelDecision(results, 3, text),

  // digits
  missing: ({ digits }) => digits.missing,
  inputs: ({ digits }) => digits.inputs,
  hidden: ({ digits }) => digits.nh,
  images: ({ digits }) => digits.images,
  digitEpochs: ({ digits }) => digits.epochs,
  digitRate: ({ digits }) => digits.eta,
  digitWorst: ({ digits }) => exponent(worstOf(digits.levels)),
  digitLoss: ({ digits: { levels } }, text) => {
    const { trainLoss, testLoss } = byHand(levels);
    const axes = { x: { label: "epoch" }, y: { label: "loss", unit: "nats" } };
    return lineFigure({ title: "Loss per epoch", ...axes, series: parts(trainLoss, testLoss) }, text);
  },
  digitEnds: ({ digits: { levels } }) =>
    table({
      caption: "At the end",
      columns: ["level", "test accuracy", "time"],
      rows: levelNames.map((name) => {
        const { testAccuracy, seconds } = levels[name];
        return [name, percent(testAccuracy.at(-1)!), `${seconds.toFixed(1)} s`];
      }),
    }),
};

export const report = pageOf("four-levels", resultsOf, figures);
