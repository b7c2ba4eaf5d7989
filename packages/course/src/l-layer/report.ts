/** The page of the practical: the printed numbers and their slip, symmetry, saturation, digits. */
import type { Tensor } from "chainrule";
import { confusionMatrix } from "chainrule/functions";
import {
  columns,
  confusionFigure,
  facts,
  imageGridFigure,
  keyFigures,
  lineFigure,
  note,
  prose,
  table,
} from "chainrule/report";
import type { Section } from "chainrule/report";
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import { percent } from "../frame/shown.ts";
import {
  embeddedData,
  legacy,
  legacyDifferentiated,
  mnistData,
  saturation,
  secondPart,
  symmetry,
  trainDigits,
} from "./experiments.ts";
import type { DigitData, DigitRun } from "./experiments.ts";
import { nnForward, own } from "./solution.ts";

export async function report(context: ReportContext): Promise<Page> {
  const { quick, progress, mnist } = context;
  progress("  the printed numbers");
  const printed = printedSection();
  progress("  training on digits");
  const found = await mnist();
  const data = found ? mnistData(found, quick ? 1000 : 60_000) : embeddedData();
  const settings =
    found && !quick ? { hidden: 100, epochs: 20, lr: 0.01 } : { hidden: 30, epochs: 15, lr: 0.5 };
  const run = trainDigits(data, settings);
  const wrong = trainDigits(data, quick ? settings : { ...settings, epochs: 3 }, legacy);
  progress("  training with the slip's own derivative");
  const repaired = trainDigits(embeddedData(), { hidden: 30, epochs: 25, lr: 0.5 }, legacyDifferentiated);
  return {
    sections: [
      printed,
      symmetrySection(),
      saturationSection(),
      digitsSection(data, settings, { run, wrong, repaired }, found === undefined),
      predictionSection(data, run),
    ],
  };
}

// ---- The printed numbers ----------------------------------------------------------------------------------------------

/** What the notebook prints in its second part. */
const printed = {
  crossentropy: "0.6931397896985225",
  losssoftmaxBackward: "0.1665686 −0.16676222 −0.16677319",
  dLdW: "−0.08456424 −0.08032504",
  dLdW1: "−0.000621632506 −0.00023631855 0.00123490272",
  dLdW2: "0.00113032 0.00250435",
};

const row = (matrix: Tensor, digits: number): string =>
  Array.from(matrix.slice([0]).data, (value) =>
    String(Number(value.toPrecision(digits))).replace("-", "−"),
  ).join(" ");

function printedSection(): Section {
  const [right, slipped] = [secondPart(own), secondPart(legacy)];
  const cells = (name: string, shown: string, of: (part: typeof right) => string): string[] => [
    name,
    shown,
    of(slipped),
    of(right),
  ];
  return {
    title: "The printed numbers",
    blocks: [
      prose(
        "The homework prints what each function should return. The first part's numbers are right, and the checks use them. Those of the second part " +
          "cannot be reached: they were computed with a hidden layer of 1/(1 + exp(+z)). With that sign, and the derivative left at a(1 − a) without the factor −1 that the sign calls for, every printed digit comes out.",
      ),
      table({
        caption: "First rows of the results of the second part, inputs of RandomState(1)",
        columns: ["function", "printed", "with the slip", "right"],
        rows: [
          cells("crossentropy", printed.crossentropy, (one) => String(one.crossentropy)),
          cells("losssoftmaxBackward", printed.losssoftmaxBackward, (one) => row(one.losssoftmaxBackward, 8)),
          cells("linearBackward: dLdW", printed.dLdW, (one) => row(one.linearBackward.dLdW, 7)),
          cells("nnBackward: dLdW1", printed.dLdW1, (one) => row(one.nnBackward.dLdW1, 9)),
          cells("nnBackward: dLdW2", printed.dLdW2, (one) => row(one.nnBackward.dLdW2, 6)),
        ],
      }),
      note(
        "The labels of nnBackward are 0 and 1 at random, with rows that sum to 0 and 2, so its numbers are the gradient of no cross-entropy, right or wrong sigmoid.",
      ),
    ],
  };
}

// ---- Symmetry and saturation ------------------------------------------------------------------------------------------

function symmetrySection(): Section {
  const [equal, drawn] = [symmetry(true, 50), symmetry(false, 50)];
  return {
    title: "Equal units stay equal",
    blocks: [
      prose(
        "Two hidden units that begin with the same weights, and are heard alike, get the same gradient in every step. They never part: the largest difference " +
          `of their weights after 50 epochs is ${equal.at(-1)}. Drawn weights differ by ${drawn[0].toFixed(4)} at first, and by ${drawn.at(-1)!.toFixed(2)} in the end.`,
      ),
      lineFigure({
        title: "Largest difference of the weights of two hidden units",
        x: { label: "epoch" },
        y: { label: "difference" },
        series: [
          { name: "began equal", y: equal },
          { name: "drawn", y: drawn },
        ],
      }),
    ],
  };
}

function saturationSection(): Section {
  const { z, s, derivative } = saturation();
  return {
    title: "Where the sigmoid is flat",
    blocks: [
      prose(
        "The gradient of a hidden layer is multiplied by σ′(z) = σ(z)(1 − σ(z)): ¼ at most, and nearly nothing where |z| is large. A unit whose weights are large " +
          "begins there, and learns slowly.",
      ),
      columns(
        lineFigure({
          title: "The sigmoid",
          x: { label: "z" },
          y: { label: "σ(z)" },
          series: [{ name: "σ", x: z, y: s }],
        }),
        lineFigure({
          title: "Its derivative against |z|",
          x: { label: "|z|" },
          y: { label: "σ′(z)", scale: "log" },
          series: [{ name: "σ′", x: z.slice(40), y: derivative.slice(40) }],
        }),
      ),
    ],
  };
}

// ---- Digits -----------------------------------------------------------------------------------------------------------

function digitsSection(
  data: DigitData,
  { hidden, lr }: { hidden: number; lr: number },
  { run, wrong, repaired }: Record<"run" | "wrong" | "repaired", DigitRun>,
  missing: boolean,
): Section {
  const x = Array.from({ length: run.losses.length }, (_, i) => i + 1);
  const steps = Math.ceil(data.train.X.shape[0] / 100);
  return {
    title: "Training on digits",
    blocks: [
      ...(missing
        ? [
            note(
              "MNIST was not found here: name the folder above mnist/ with CHAINRULE_DATA. The embedded digits stand in.",
            ),
          ]
        : []),
      prose(
        `A network ${data.train.X.shape[1]}-${hidden}-10 on ${data.name}, batches of 100, rate ${lr}: ${steps} steps an epoch. The loss begins near ln 10 = 2.303 and ` +
          "stays there while all outputs are alike.",
      ),
      keyFigures([
        {
          name: "Training accuracy",
          value: percent(run.trainAccuracy.at(-1)!),
          detail: `after ${run.losses.length} epochs`,
        },
        { name: "Test accuracy", value: percent(run.testAccuracy) },
        {
          name: "With the slip of E-26",
          value: percent(wrong.testAccuracy),
          detail: `test accuracy after ${wrong.losses.length} epochs`,
        },
      ]),
      prose(
        "The slip keeps the network at chance not by its forward pass, since 1/(1 + exp(+z)) is as good an activation as the sigmoid, but by the derivative: the factor −1 is missing, so the first " +
          `layer is led uphill. With it, the same hidden layer reaches ${percent(repaired.testAccuracy)} on the embedded digits in ${repaired.losses.length} epochs.`,
      ),
      columns(
        lineFigure({
          title: "Loss after each epoch",
          x: { label: "epoch" },
          y: { label: "loss", unit: "nats" },
          series: [
            { name: "right sigmoid", x, y: run.losses },
            { name: "with the slip", x: x.slice(0, wrong.losses.length), y: wrong.losses },
          ],
        }),
        lineFigure({
          title: "Training accuracy",
          x: { label: "epoch" },
          y: { label: "accuracy", unit: "%" },
          series: [
            { name: "right sigmoid", x, y: run.trainAccuracy.map((value) => 100 * value) },
            {
              name: "with the slip",
              x: x.slice(0, wrong.losses.length),
              y: wrong.trainAccuracy.map((value) => 100 * value),
            },
          ],
        }),
      ),
    ],
  };
}

/** The test image that the notebook shows. */
const shownImage = 6;

function predictionSection(data: DigitData, { parameters }: DigitRun): Section {
  const { X, Y } = data.test;
  const { P } = nnForward(parameters, X);
  const [truth, predicted] = [Y.argmax(1), P.argmax(1)];
  const images = Array.from({ length: 12 }, (_, i) => {
    const [right, guess] = [truth.data[i], predicted.data[i]];
    return {
      values: Array.from(X.slice([i]).data),
      caption: right === guess ? `${guess}` : `${guess}, is ${right}`,
      wrong: right !== guess,
    };
  });
  const probabilities = Array.from(P.slice([shownImage]).data);
  const counts = confusionMatrix(predicted, truth, 10);
  return {
    title: "What it says of single digits",
    blocks: [
      facts([
        [
          `Test image ${shownImage}`,
          `the network says ${predicted.data[shownImage]}, the label ${truth.data[shownImage]}`,
        ],
        ["Its probability", percent(probabilities[predicted.data[shownImage]])],
      ]),
      columns(
        imageGridFigure({
          title: "The first twelve test images, with what the network says",
          size: data.image,
          images,
        }),
        confusionFigure({ title: "Test images by class", counts }),
      ),
    ],
  };
}
