/** The figures, tables and numbers of page.md. */
import { tensor } from "chainrule";
import { heatMapFigure, keyMetrics, lineFigure, scatterFigure, table } from "chainrule/report";
import { pageOf } from "../practical/page.ts";
import type { Fills } from "../practical/page.ts";
import { percent } from "../practical/shown.ts";
import { logisticGradients, notebookBiasGradient, resultsOf } from "./experiments.ts";
import type { Results } from "./experiments.ts";
import { determinant, linregGradients, multiply, pauli, trace } from "./solution.ts";

const complex = (re: number, im: number): string => {
  if (im === 0) return String(re).replace("-", "−");
  const size = Math.abs(im) === 1 ? "i" : `${Math.abs(im)}i`;
  return `${im < 0 ? "−" : ""}${size}`;
};

/** The losses that the lecture prints, every 100 iterations. */
const printedLosses = [
  0.338647, 0.057213, 0.034701, 0.023107, 0.016392, 0.012274, 0.009675, 0.008011, 0.006936, 0.00624,
];

const sides = { from: -3, to: 3, count: 61 };
const matrix = (rows: readonly (readonly number[])[]) => tensor(rows as number[][], { dtype: "float64" });

export const figures: Fills<Results> = {
  pauli: () =>
    table({
      caption: "Rows of a matrix are separated by semicolons",
      columns: ["name", "matrix", "determinant", "trace", "square"],
      rows: pauli().map((one, i) => {
        const [re, im] = [one.re, one.im].map((part) => part.toArray() as number[][]);
        const square = multiply(one, one).re.toArray() as number[][];
        return [
          `σ${i + 1}`,
          re.map((row, m) => row.map((value, n) => complex(value, im[m][n])).join(" ")).join("; "),
          complex(...determinant(one)),
          complex(...trace(one)),
          square.map((row) => row.join(" ")).join("; "),
        ];
      }),
    }),

  // galaxies
  missing: ({ missing }) => missing,
  source: ({ data }) => data.source,
  trainRows: ({ data }) => data.train.X.shape[0],
  testRows: ({ data }) => data.test.X.shape[0],
  errors: ({ fit }) =>
    keyMetrics([
      { name: "RMS by descent", value: fit.rms.toFixed(6), detail: "on the test rows" },
      { name: "RMS of the closed form", value: fit.closedForm.rms.toFixed(6) },
      { name: "Loss at the end", value: fit.losses.at(-1)!.toFixed(6) },
    ]),
  losses: ({ fit }, text) => {
    const y = { label: "loss, ½ mean square", scale: "log" } as const;
    const series = [{ name: "train", y: fit.losses }];
    return lineFigure({ title: "Loss per iteration", x: { label: "iteration" }, y, series }, text);
  },
  scatter: ({ data, fit }, text) =>
    scatterFigure(
      {
        title: "Measured and predicted redshift",
        x: { label: "z_spec", domain: [-0.1, 1.1] },
        y: { label: "z_phot", domain: [-0.1, 1.1] },
        sets: [{ name: "test", x: Array.from(data.test.Y.data), y: fit.predicted.data }],
        diagonal: true,
        band: fit.rms,
        equal: true,
        most: 1500,
      },
      text,
    ),
  lossTable: ({ fit, missing }) =>
    table({
      caption: "The loss every 100 iterations",
      columns: missing ? ["iteration", "here"] : ["iteration", "printed", "here"],
      rows: printedLosses.map((loss, i) => {
        const own = fit.losses[100 * i].toFixed(6);
        return [`${100 * i}`, ...(missing ? [own] : [loss.toFixed(6), own])];
      }),
    }),

  // classes
  accuracy: ({ classes }) => percent(classes.accuracy),
  classLosses: ({ classes }, text) => {
    const series = [{ name: "train", y: classes.losses }];
    const y = { label: "loss", unit: "nats" };
    return lineFigure({ title: "Loss per iteration", x: { label: "iteration" }, y, series }, text);
  },
  regions: ({ classes: { grid, points } }, text) =>
    heatMapFigure(
      {
        title: "The class with the largest probability",
        x: { label: "x₁" },
        y: { label: "x₂" },
        values: grid,
        columns: sides,
        rows: sides,
        colors: "sequential",
        contours: [0.5, 1.5],
        valueLabel: "class",
        sets: [{ name: "points", ...points }],
      },
      text,
    ),

  // mistakes
  logistic: () => {
    const { printed, ofSlideLoss, ofRightLoss } = logisticGradients();
    return table({
      caption: "An element of dL/dW of a logistic regression",
      columns: ["printed gradient", "differences of the slide's loss", "differences of the loss with 1/m"],
      rows: [[printed, ofSlideLoss, ofRightLoss]],
    });
  },
  biases: () => {
    const [Z, X, Y] = [
      matrix([
        [1, 0],
        [2, 3],
      ]),
      matrix([[1], [1]]),
      matrix([
        [0, 0],
        [0, 1],
      ]),
    ];
    const { db } = linregGradients(Z, X, Y);
    return table({
      caption: "dL/db for Z = (1 0; 2 3) and Y = (0 0; 0 1)",
      columns: ["notebook", "output 1", "output 2"],
      rows: [[notebookBiasGradient(Z, Y), ...Array.from(db.data)]],
    });
  },
};

export const report = pageOf("regression", resultsOf, figures);
