/** The figures, tables and numbers of page.md. */
import type { Tensor } from "chainrule";
import { confusionMatrix } from "chainrule/functions";
import { confusionFigure, imageGridFigure, keyMetrics, lineFigure, table } from "chainrule/report";
import type { FigureText, Html } from "chainrule/report";
import { pageOf } from "../practical/page.ts";
import type { Fills } from "../practical/page.ts";
import { percent } from "../practical/shown.ts";
import { resultsOf } from "./experiments.ts";
import type { DigitRun, Results, SecondPart } from "./experiments.ts";

/** What the notebook prints in its second part. */
const printed = {
  crossentropy: "0.6931397896985225",
  losssoftmaxBackward: "0.1665686 −0.16676222 −0.16677319",
  dLdW: "−0.08456424 −0.08032504",
  dLdW1: "−0.000621632506 −0.00023631855 0.00123490272",
  dLdW2: "0.00113032 0.00250435",
};

const firstRow = (matrix: Tensor, digits: number): string =>
  Array.from(matrix.slice([0]).data, (value) =>
    String(Number(value.toPrecision(digits))).replace("-", "−"),
  ).join(" ");

/** A curve of the right sigmoid beside that of the slip, by epoch. */
function besideSlip(
  { run, slipped }: Results,
  title: string,
  y: { readonly label: string; readonly unit: string },
  of: (run: DigitRun) => readonly number[],
  text: FigureText,
): Html {
  const curve = (name: string, one: DigitRun) => ({ name, x: of(one).map((_, i) => i + 1), y: of(one) });
  const series = [curve("right sigmoid", run), curve("with the slip", slipped)];
  return lineFigure({ title, x: { label: "epoch" }, y, series }, text);
}

/** The test image that the notebook shows. */
const shownImage = 6;

export const figures: Fills<Results> = {
  printedTable: ({ right, legacy }) => {
    const row = (name: string, shown: string, of: (part: SecondPart) => string): string[] => [
      name,
      shown,
      of(legacy),
      of(right),
    ];
    return table({
      caption: "First rows of the results of the second part, inputs of RandomState(1)",
      columns: ["function", "printed", "with the slip", "right"],
      rows: [
        row("crossentropy", printed.crossentropy, (one) => String(one.crossentropy)),
        row("losssoftmaxBackward", printed.losssoftmaxBackward, (one) =>
          firstRow(one.losssoftmaxBackward, 8),
        ),
        row("linearBackward: dLdW", printed.dLdW, (one) => firstRow(one.linearBackward.dLdW, 7)),
        row("nnBackward: dLdW1", printed.dLdW1, (one) => firstRow(one.nnBackward.dLdW1, 9)),
        row("nnBackward: dLdW2", printed.dLdW2, (one) => firstRow(one.nnBackward.dLdW2, 6)),
      ],
    });
  },

  // symmetry and saturation
  equalEnd: ({ equal }) => equal.at(-1)!,
  drawnStart: ({ drawn }) => drawn[0].toFixed(4),
  drawnEnd: ({ drawn }) => drawn.at(-1)!.toFixed(2),
  symmetry: ({ equal, drawn }, text) => {
    const title = "Largest difference of the weights of two hidden units";
    const series = [
      { name: "began equal", y: equal },
      { name: "drawn", y: drawn },
    ];
    return lineFigure({ title, x: { label: "epoch" }, y: { label: "difference" }, series }, text);
  },
  sigmoid: ({ saturation: { z, s } }, text) => {
    const series = [{ name: "σ", x: z, y: s }];
    return lineFigure({ title: "The sigmoid", x: { label: "z" }, y: { label: "σ(z)" }, series }, text);
  },
  derivative: ({ saturation: { z, derivative } }, text) => {
    const series = [{ name: "σ′", x: z.slice(40), y: derivative.slice(40) }];
    const y = { label: "σ′(z)", scale: "log" } as const;
    return lineFigure({ title: "Its derivative against |z|", x: { label: "|z|" }, y, series }, text);
  },

  // digits
  missing: ({ missing }) => missing,
  inputs: ({ data }) => data.train.X.shape[1],
  hidden: ({ hidden }) => hidden,
  data: ({ data }) => data.name,
  rate: ({ lr }) => lr,
  steps: ({ data }) => Math.ceil(data.train.X.shape[0] / 100),
  accuracies: ({ run, slipped }) => {
    const [right, wrong] = [`after ${run.losses.length} epochs`, `after ${slipped.losses.length} epochs`];
    return keyMetrics([
      { name: "Training accuracy", value: percent(run.trainAccuracy.at(-1)!), detail: right },
      { name: "Test accuracy", value: percent(run.testAccuracy) },
      {
        name: "With the slip of E-26",
        value: percent(slipped.testAccuracy),
        detail: `test accuracy ${wrong}`,
      },
    ]);
  },
  repairedAccuracy: ({ repaired }) => percent(repaired.testAccuracy),
  repairedEpochs: ({ repaired }) => repaired.losses.length,
  losses: (results, text) =>
    besideSlip(
      results,
      "Loss after each epoch",
      { label: "loss", unit: "nats" },
      ({ losses }) => losses,
      text,
    ),
  trainAccuracy: (results, text) => {
    const inPercent = ({ trainAccuracy }: DigitRun) => trainAccuracy.map((value) => 100 * value);
    return besideSlip(results, "Training accuracy", { label: "accuracy", unit: "%" }, inPercent, text);
  },

  // single digits
  shownImage: () => shownImage,
  shownPrediction: ({ predicted }) => predicted.data[shownImage],
  shownProbability: ({ P, predicted }) => percent(P.slice([shownImage]).data[predicted.data[shownImage]]),
  shownLabel: ({ truth }) => truth.data[shownImage],
  images: ({ data, truth, predicted }, text) => {
    const title = "The first twelve test images, with what the network says";
    const images = Array.from({ length: 12 }, (_, i) => {
      const [right, guess] = [truth.data[i], predicted.data[i]];
      const caption = right === guess ? `${guess}` : `${guess}, is ${right}`;
      return { values: Array.from(data.test.X.slice([i]).data), caption, wrong: right !== guess };
    });
    return imageGridFigure({ title, size: data.image, images }, text);
  },
  confusion: ({ truth, predicted }, text) =>
    confusionFigure({ title: "Test images by class", counts: confusionMatrix(predicted, truth, 10) }, text),
};

export const report = pageOf("l-layer", resultsOf, figures);
