/** On the page: batch sizes and rates, support vector machines, digits. */
import { Dataset } from "chainrule/data";
import type { FoundDataset } from "chainrule/node";
import { settingsMap } from "chainrule/plots";
import {
  barFigure,
  columns,
  facts,
  figure,
  heatMapFigure,
  lineFigure,
  note,
  prose,
  table,
} from "chainrule/report";
import type { Section } from "chainrule/report";
import { digitParts, mnistRows, rowsOf } from "../frame/images.ts";
import type { ReportContext } from "../frame/practical.ts";
import { percent } from "../frame/shown.ts";
import { batchAndRate, largestDifference, onDigits, sheet, svmOnCircles } from "./experiments.ts";
import { levelNames } from "./levels.ts";
import { circleSets, classNames, exponent, plane } from "./shown.ts";

export async function gridSection(quick: boolean): Promise<Section> {
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

export function svmSection(): Section {
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

export async function digitsSection(context: ReportContext): Promise<Section> {
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

/** Rows in float64, as the hand-written functions take them. */
function wide({ inputs, targets, info }: Dataset): Dataset {
  return new Dataset(inputs.to("float64"), targets, info);
}

export function embeddedDigits(): { train: Dataset; test: Dataset } {
  const { train, held } = digitParts();
  return { train: wide(train), test: wide(held) };
}

function mnistDigits({ train, test }: FoundDataset, rows: number): { train: Dataset; test: Dataset } {
  const first = (images: FoundDataset["train"], most: number): Dataset =>
    wide(rowsOf(mnistRows(images), 0, Math.min(most, images.count)));
  return { train: first(train, rows), test: first(test, Math.max(1000, rows)) };
}
