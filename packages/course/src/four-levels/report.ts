/** The page of the practical: the fair comparison, one change at a time, and what else the sheet asks to see. */
import type { Tensor } from "chainrule";
import { Dataset } from "chainrule/data";
import { digits } from "chainrule/data/digits";
import { softmax } from "chainrule/functions";
import { meanSeries, settingsMap } from "chainrule/plots";
import {
  barFigure,
  columns,
  facts,
  figure,
  heatMapFigure,
  keyFigures,
  lineFigure,
  list,
  note,
  prose,
  scatterFigure,
  subsection,
  table,
} from "chainrule/report";
import type { Html, Section } from "chainrule/report";
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import {
  batchAndRate,
  courseGrid,
  courseRun,
  deviation,
  fairComparison,
  largestDifference,
  mean,
  onDigits,
  oneChange,
  sheet,
  svmOnCircles,
} from "./experiments.ts";
import type { VariantResult } from "./experiments.ts";
import { courseCircles, levelNames, run } from "./levels.ts";
import type { History, LevelName } from "./levels.ts";
import { mnistDigits } from "./mnist.ts";
import { accumulation, gradientErrors } from "./slips.ts";

export async function report(context: ReportContext): Promise<Page> {
  const { quick, progress } = context;
  progress("  the four levels on the circles");
  const fair = await fairComparison(quick ? 60 : 150);
  progress("  one change at a time");
  const changes = await oneChange(quick ? [1, 2] : [1, 2, 3, 4, 5, 6, 7, 8], quick ? 60 : 150);
  progress("  batch sizes and rates, the SVM, digits");
  return {
    sections: [
      dataSection(),
      fairSection(fair),
      await decisionSection(quick),
      changeSection(changes),
      slipSection(),
      await gridSection(quick),
      svmSection(),
      await digitsSection(context),
    ],
  };
}

/** A fraction as it is shown to people. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const number = (value: number): string => value.toFixed(4);
const exponent = (value: number): string => (value === 0 ? "0" : value.toExponential(1));

// ---- The data ---------------------------------------------------------------------------------------------------------

function pointsOf({ inputs, targets }: Dataset, name: string) {
  const at = (column: number): number[] => (inputs.toArray() as number[][]).map((row) => row[column]);
  return { name, x: at(0), y: at(1), classes: Array.from(targets.data) };
}

function circleSets() {
  const { train, test } = courseCircles(0);
  return [pointsOf(train, "train"), pointsOf(test, "test")];
}

const classNames = ["outer ring, class 0", "inner ring, class 1"];
const plane = { x: { label: "x₁" }, y: { label: "x₂" } } as const;

function dataSection(): Section {
  return {
    title: "The data",
    blocks: [
      prose(
        "Two rings, 100 points each to train on and 100 each to test: radius 1 and 0.3, with Gaussian noise of deviation 0.2 on both " +
          "coordinates. The rings touch: a threshold on the radius alone is right for about 95 points of 100, so more than 96 % on the test " +
          "points is luck. The numbers are those of NumPy's RandomState(0).",
      ),
      scatterFigure({ title: "The circles", ...plane, sets: circleSets(), classNames, equal: true }),
    ],
  };
}

// ---- The fair comparison ----------------------------------------------------------------------------------------------

function curves(name: string, history: History): Html {
  const x = { label: "epoch" };
  return subsection(
    name,
    columns(
      lineFigure({
        title: `${name}: loss`,
        x,
        y: { label: "loss", unit: "nats" },
        series: [
          { name: "train", y: history.trainLoss },
          { name: "test", y: history.testLoss },
        ],
      }),
      lineFigure({
        title: `${name}: accuracy`,
        x,
        y: { label: "accuracy", unit: "%" },
        series: [
          { name: "train", y: history.trainAccuracy.map((value) => 100 * value) },
          { name: "test", y: history.testAccuracy.map((value) => 100 * value) },
        ],
      }),
    ),
  );
}

function fairSection(fair: Record<LevelName, History>): Section {
  const first = fair["(a) by hand"];
  const epochs = first.testLoss.length - 1;
  const rows = levelNames.map((name) => {
    const one = fair[name];
    return [
      name,
      `${one.seconds.toFixed(2)} s`,
      exponent(largestDifference(one.stepLosses, first.stepLosses)),
      exponent(largestDifference(one.testLoss.slice(-1), first.testLoss.slice(-1))),
      number(one.testLoss.at(-1)!),
      percent(one.testAccuracy.at(-1)!),
    ];
  });
  const worst = Math.max(
    ...levelNames.map((name) => largestDifference(fair[name].stepLosses, first.stepLosses)),
  );
  return {
    title: "Four levels, one curve",
    blocks: [
      prose(
        `The same weights, the same batches in the same order, the gradient of the mean loss, rate ${sheet.eta}, in float64: ` +
          `then the four levels are one and the same computation, written four times. Over ${first.stepLosses.length} steps no loss differs by ` +
          `more than ${exponent(worst)} of its value; the rounding of float64 is 1.1e-16.`,
      ),
      keyFigures([
        {
          name: "Largest difference",
          value: exponent(worst),
          detail: `relative, of ${first.stepLosses.length} losses`,
        },
        {
          name: "Test accuracy",
          value: percent(first.testAccuracy.at(-1)!),
          detail: `all four, epoch ${epochs}`,
        },
      ]),
      table({
        caption: `${epochs} epochs; the time includes the figures after each epoch`,
        columns: [
          "level",
          "wall time",
          "largest difference of a step",
          "difference at the end",
          "test loss",
          "test accuracy",
        ],
        rows,
      }),
      ...levelNames.map((name) => curves(name, fair[name])),
    ],
  };
}

// ---- The decision -----------------------------------------------------------------------------------------------------

/** P(class 1) on the course's grid, row by row, x fastest. */
export function decisionGrid(predict: (X: Tensor) => Tensor): number[] {
  return Array.from(softmax(predict(courseGrid())).slice([null, 1]).data);
}

/** The title that the sheet asks for, with per cent that are per cent. */
export function decisionTitle(epoch: number, history: History): string {
  const [loss, test] = [history.trainLoss.at(-1)!, history.testLoss.at(-1)!];
  const [own, other] = [history.trainAccuracy.at(-1)!, history.testAccuracy.at(-1)!];
  return `Epoch ${epoch}: train ${number(loss)}, ${percent(own)}; test ${number(test)}, ${percent(other)}`;
}

async function decisionSection(quick: boolean): Promise<Section> {
  const sides = { from: -2, to: 1.9, count: 40 };
  const blocks: Html[] = [];
  for (const epochs of quick ? [10, 60] : [1, 50, 100, 150]) {
    const history = await run("(d) optimizer", courseRun(1, epochs));
    blocks.push(
      heatMapFigure({
        title: decisionTitle(epochs, history),
        ...plane,
        values: decisionGrid(history.predict),
        columns: sides,
        rows: sides,
        range: [0.3, 0.7],
        contours: [0.5],
        valueLabel: "P(class 1)",
        sets: circleSets(),
        classNames,
      }),
    );
  }
  return {
    title: "The decision",
    blocks: [
      prose(
        "The probability of class 1 on the sheet's grid of 40 × 40 points, colours from 0.3 to 0.7. The line is where both classes are " +
          "equally probable. It closes around the inner ring slowly, because each step is small.",
      ),
      columns(...blocks),
    ],
  };
}

// ---- One change at a time ---------------------------------------------------------------------------------------------

/** Test losses of a variant at an epoch, and by how much it differs from the base, seed by seed. */
function atEpoch(result: VariantResult, base: VariantResult, epoch: number) {
  const losses = result.curves.map((curve) => curve[epoch]);
  const differences = losses.map((loss, i) => loss - base.curves[i][epoch]);
  return {
    loss: mean(losses),
    sd: deviation(losses),
    difference: mean(differences),
    sdDifference: deviation(differences),
  };
}

function changeSection(changes: readonly VariantResult[]): Section {
  const [base] = changes;
  const last = base.curves[0].length - 1;
  const epochs = [Math.min(50, last), last].filter((epoch, i, all) => all.indexOf(epoch) === i);
  const plus = (m: number, sd: number): string =>
    `${m < 0 ? "−" : ""}${Math.abs(m).toFixed(3)} ± ${sd.toFixed(3)}`;
  const rows = changes.map((one) => [
    one.name,
    ...epochs.flatMap((epoch) => {
      const { loss, sd, difference, sdDifference } = atEpoch(one, base, epoch);
      return [plus(loss, sd), one === base ? "" : plus(difference, sdDifference)];
    }),
    percent(mean(one.accuracy)),
  ]);
  const ranked = changes
    .slice(1)
    .map((one) => ({ name: one.name, ...atEpoch(one, base, epochs[0]) }))
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  const [most, second] = ranked;
  const order = ranked.find(({ name }) => name.startsWith("order"))!;
  const shown = ["nothing", "initialisation: that of Linear", "gradient: sum, not mean", "momentum 0.9"];
  return {
    title: "One change at a time",
    blocks: [
      prose(
        "The report that this page answers found autograd and modules faster than the network by hand, and explained it by errors of " +
          "the gradient that pile up, by a missing factor, and by an optimised optimizer. With everything else equal nothing is left to explain. " +
          `So here one thing at a time is changed, for ${base.curves.length} seeds, and compared with the run of the same seed.`,
      ),
      lineFigure({
        title: "Test loss, mean and deviation over the seeds",
        x: { label: "epoch" },
        y: { label: "loss", unit: "nats" },
        series: changes
          .filter(({ name }) => shown.includes(name))
          .map(({ name, curves }) => meanSeries(name, curves)),
      }),
      table({
        caption: `Test loss as mean ± standard deviation over ${base.curves.length} seeds; differences are paired by seed`,
        columns: [
          "changed",
          ...epochs.flatMap((epoch) => [`loss, epoch ${epoch}`, "difference"]),
          `accuracy, epoch ${last}`,
        ],
        rows,
      }),
      list([
        `What makes the published difference: "${most.name}" changes the loss at epoch ${epochs[0]} by ${plus(most.difference, most.sdDifference)}, ` +
          `then "${second.name}" by ${plus(second.difference, second.sdDifference)}. The level changes it by nothing.`,
        "E-11: the network by hand is not slow because errors pile up. Its gradients agree with autograd's to rounding; the sum over the batch " +
          "in place of the mean makes ten times the step, and another initialisation starts elsewhere.",
        "E-12: the initialisation of Linear is not slower for want of a factor 0.3; with all else equal it is faster here.",
        "E-13: the optimizer without momentum is p ← p − η dp, the same update; its curve is the same curve.",
        `The order of the batches alone changes the loss by ${plus(order.difference, order.sdDifference)}.`,
      ]),
    ],
  };
}

// ---- Mistakes in numbers ----------------------------------------------------------------------------------------------

function slipSection(): Section {
  const { kept, emptied } = accumulation();
  return {
    title: "Mistakes in numbers",
    blocks: [
      prose(
        "A gradient is held against central differences of the loss: the relative error |a − n| / (|a| + |n|) of its worst element. " +
          "Right ones stay below 1e-6. The written answers forget 1 − h² in the hidden layer and multiply its bias's gradient by the bias (E-3); " +
          "the cheat sheet adds the batch up and averages the loss (E-4), which is B times too much, so its error is (B − 1)/(B + 1).",
      ),
      table({
        caption: "Largest relative error against central differences, batch of 5",
        columns: ["parameter", "right", "written answers", "cheat sheet"],
        rows: gradientErrors().map(({ parameter, right, written, cheatSheet }) => [
          parameter,
          exponent(right),
          exponent(written),
          cheatSheet.toFixed(4),
        ]),
      }),
      prose(
        "Gradients pile up unless they are emptied: the derivative of w² at 3 is 6, and after three calls of backward() stands",
      ),
      table({
        caption: "w.grad after each call",
        columns: ["calls", "never emptied", "emptied before each"],
        rows: kept.map((value, i) => [`${i + 1}`, value, emptied[i]]),
      }),
    ],
  };
}

// ---- Batch sizes and rates --------------------------------------------------------------------------------------------

async function gridSection(quick: boolean): Promise<Section> {
  const epochs = quick ? 15 : 150;
  const rates = quick ? [0.03, 0.3, 3] : [0.003, 0.03, 0.3, 3, 10];
  const { batches, loss, curves } = await batchAndRate(
    quick ? [5, 20, "full"] : [1, 10, 50, "full"],
    rates,
    epochs,
  );
  const names = batches.map((batch) => (batch === "full" ? "all 200" : String(batch)));
  const caption = `Training loss after ${epochs} epochs`;
  return {
    title: "Batch size and rate",
    blocks: [
      prose(
        "With the same rate a larger batch makes fewer steps of the same length, so it is slower per epoch: ten times the batch wants about ten times the " +
          "rate. One example at a time follows the noise of single examples, and with a large rate it never settles.",
      ),
      columns(
        lineFigure({
          title: `Loss by batch size, rate ${sheet.eta}`,
          x: { label: "epoch" },
          y: { label: "training loss", unit: "nats" },
          series: curves.map(({ name, loss: y }) => ({ name: `batch ${name}`, y })),
        }),
        figure({
          svg: settingsMap({
            title: caption,
            x: { label: "batch", values: names },
            y: { label: "rate η", values: rates },
            values: loss,
            valueLabel: "training loss",
            best: "smallest",
            digits: 3,
          }),
          data: {
            caption,
            columns: ["rate", ...names],
            rows: rates.map((rate, i) => [String(rate), ...loss[i]]),
          },
          caption: "Empty cells diverged.",
        }),
      ),
    ],
  };
}

// ---- The SVM ----------------------------------------------------------------------------------------------------------

function svmSection(): Section {
  const results = svmOnCircles();
  const sides = { from: -2, to: 1.9, count: 40 };
  return {
    title: "Bonus: support vector machines",
    blocks: [
      prose(
        "No line separates two rings, so the linear kernel must fail; the radial one and the polynomial of degree 2, which knows x₁² + x₂², must not. " +
          "Degree 3 fails as well: it is odd, f(−x) = −f(x) but for the constant, and a ring is not. C = 1, trained by sequential minimal optimisation.",
      ),
      barFigure({
        title: "Accuracy by kernel",
        value: { label: "accuracy", unit: "%" },
        labels: results.map(({ name }) => name),
        series: [
          { name: "train", values: results.map(({ train }) => 100 * train) },
          { name: "test", values: results.map(({ test }) => 100 * test) },
        ],
      }),
      table({
        caption: "Accuracy and support vectors, of 200 training points",
        columns: ["kernel", "train", "test", "support vectors"],
        rows: results.map((one) => [one.name, percent(one.train), percent(one.test), one.supportVectors]),
      }),
      columns(
        ...results.slice(0, 3).map(({ name, grid }) =>
          heatMapFigure({
            title: `The decision: ${name}`,
            ...plane,
            values: grid,
            columns: sides,
            rows: sides,
            range: [0, 1],
            valueLabel: "class",
            sets: circleSets().slice(1),
            classNames,
          }),
        ),
      ),
    ],
  };
}

// ---- Digits -----------------------------------------------------------------------------------------------------------

async function digitsSection(context: ReportContext): Promise<Section> {
  const found = await context.mnist();
  const rows = context.quick ? 1000 : 60_000;
  const [data, what] = found
    ? [mnistDigits(found, rows), `MNIST, ${rows} of 60000 training images`]
    : [embeddedDigits(), "the digits of 8 × 8 pixels that come along"];
  const settings = { nh: 50, epochs: context.quick ? 2 : 5, eta: 0.1 };
  const histories = await onDigits(data, settings);
  const first = histories["(a) by hand"];
  const worst = Math.max(
    ...levelNames.map((name) => largestDifference(histories[name].stepLosses, first.stepLosses)),
  );
  const missing = note(
    "MNIST was not found here: put its four files into a folder mnist/ and name the folder above it with CHAINRULE_DATA. The embedded digits stand in.",
  );
  return {
    title: "The same code on images",
    blocks: [
      ...(found ? [] : [missing]),
      prose(
        `Nothing changes but the sizes: ${data.train.inputs.shape[1]} inputs, ${settings.nh} hidden units, 10 classes as one-hot rows. On ${what}, ` +
          `${settings.epochs} epochs, batches of 50, rate ${settings.eta}, the four levels again differ by ${exponent(worst)} at most.`,
      ),
      facts(
        levelNames.map((name) => [
          name,
          `${percent(histories[name].testAccuracy.at(-1)!)} in ${histories[name].seconds.toFixed(1)} s`,
        ]),
      ),
      lineFigure({
        title: "Loss per epoch",
        x: { label: "epoch" },
        y: { label: "loss", unit: "nats" },
        series: [
          { name: "train", y: first.trainLoss },
          { name: "test", y: first.testLoss },
        ],
      }),
    ],
  };
}

function embeddedDigits(): { train: Dataset; test: Dataset } {
  const { inputs, targets } = digits();
  const wide = inputs.to("float64").div(16);
  const part = (from: number, to: number): Dataset =>
    new Dataset(wide.slice([[from, to]]), targets.slice([[from, to]]));
  return { train: part(0, 1400), test: part(1400, 1797) };
}
