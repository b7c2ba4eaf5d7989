/** The page of the practical: galaxies, classes, and the slips of the material in numbers. */
import {
  columns,
  heatMapFigure,
  keyFigures,
  lineFigure,
  note,
  prose,
  scatterFigure,
  table,
} from "chainrule/report";
import type { Section } from "chainrule/report";
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import { percent } from "../frame/shown.ts";
import {
  drawnRedshifts,
  findRedshifts,
  fitRedshifts,
  logisticGradients,
  notebookBiasGradient,
  threeClasses,
} from "./experiments.ts";
import type { RedshiftFit, Redshifts } from "./experiments.ts";
import { determinant, multiply, pauli, trace, linregGradients } from "./solution.ts";
import { tensor } from "chainrule";

export async function report({ quick, environment, progress }: ReportContext): Promise<Page> {
  progress("  galaxies");
  const found = findRedshifts(environment);
  const data = found ?? drawnRedshifts(quick ? 2000 : 20_000);
  const fit = fitRedshifts(data);
  return {
    sections: [warmUp(), galaxies(data, fit, found === undefined), classes(), slips()],
  };
}

// ---- Warm-up ----------------------------------------------------------------------------------------------------------

const complex = (re: number, im: number): string => {
  if (im === 0) return String(re).replace("-", "−");
  const size = Math.abs(im) === 1 ? "i" : `${Math.abs(im)}i`;
  return `${im < 0 ? "−" : ""}${size}`;
};

function warmUp(): Section {
  const rows = pauli().map((matrix, i) => {
    const [re, im] = [matrix.re, matrix.im].map((part) => part.toArray() as number[][]);
    const square = multiply(matrix, matrix).re.toArray() as number[][];
    const written = re.map((row, m) => row.map((value, n) => complex(value, im[m][n])).join(" ")).join("; ");
    return [
      `σ${i + 1}`,
      written,
      complex(...determinant(matrix)),
      complex(...trace(matrix)),
      square.map((row) => row.join(" ")).join("; "),
    ];
  });
  return {
    title: "Warm-up: the Pauli matrices",
    blocks: [
      prose(
        "Complex matrices as pairs of real ones. All three have determinant −1, trace 0, and the identity as their square.",
      ),
      table({
        caption: "Rows of a matrix are separated by semicolons",
        columns: ["name", "matrix", "determinant", "trace", "square"],
        rows,
      }),
    ],
  };
}

// ---- Galaxies ---------------------------------------------------------------------------------------------------------

/** The iterations whose losses the lecture prints, and what it prints. */
const printedLosses = [
  0.338647, 0.057213, 0.034701, 0.023107, 0.016392, 0.012274, 0.009675, 0.008011, 0.006936, 0.00624,
];

function galaxies({ source, train, test }: Redshifts, fit: RedshiftFit, standIn: boolean): Section {
  const at = (i: number): string => fit.losses[100 * i].toFixed(6);
  const truth = Array.from(test.Y.data);
  const edge: [number, number] = [-0.1, 1.1];
  return {
    title: "How far galaxies are",
    blocks: [
      ...(standIn
        ? [
            note(
              "The file tabular/photoz.csv.gz was not found: name the folder above tabular/ with CHAINRULE_DATA. Drawn colours stand in, so the lecture's numbers do not appear.",
            ),
          ]
        : []),
      prose(
        `Rows: ${source}, ${train.X.shape[0]} to train on and ${test.X.shape[0]} to test. A plane through four colours, 1000 iterations at rate 0.1 from RandomState(20). ` +
          "The closed form is the best plane; what it leaves over is not a matter of training.",
      ),
      keyFigures([
        { name: "RMS by descent", value: fit.rms.toFixed(6), detail: "on the test rows" },
        { name: "RMS of the closed form", value: fit.closedForm.rms.toFixed(6) },
        { name: "Loss at the end", value: fit.losses.at(-1)!.toFixed(6) },
      ]),
      columns(
        lineFigure({
          title: "Loss per iteration",
          x: { label: "iteration" },
          y: { label: "loss, ½ mean square", scale: "log" },
          series: [{ name: "train", y: fit.losses }],
        }),
        scatterFigure(
          {
            title: "Measured and predicted redshift",
            x: { label: "z_spec", domain: edge },
            y: { label: "z_phot", domain: edge },
            sets: [{ name: "test", x: truth, y: fit.predicted.data }],
            diagonal: true,
            band: fit.rms,
            equal: true,
            most: 1500,
          },
          { caption: "Dotted: one RMS to either side." },
        ),
      ),
      table({
        caption: "The loss every 100 iterations",
        columns: standIn ? ["iteration", "here"] : ["iteration", "printed", "here"],
        rows: printedLosses.map((loss, i) => [`${100 * i}`, ...(standIn ? [] : [loss.toFixed(6)]), at(i)]),
      }),
    ],
  };
}

// ---- Classes ----------------------------------------------------------------------------------------------------------

function classes(): Section {
  const { losses, accuracy, points, grid } = threeClasses(200);
  const sides = { from: -3, to: 3, count: 61 };
  return {
    title: "Three classes",
    blocks: [
      prose(
        `Logistic regression with K = 3: after 200 iterations ${percent(accuracy)} of the points are on the right side. The borders are straight, as ` +
          "differences of scores are linear.",
      ),
      columns(
        lineFigure({
          title: "Loss per iteration",
          x: { label: "iteration" },
          y: { label: "loss", unit: "nats" },
          series: [{ name: "train", y: losses }],
        }),
        heatMapFigure({
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
        }),
      ),
    ],
  };
}

// ---- Slips ------------------------------------------------------------------------------------------------------------

function slips(): Section {
  const { printed, ofSlideLoss, ofRightLoss } = logisticGradients();
  const Z = tensor(
    [
      [1, 0],
      [2, 3],
    ],
    { dtype: "float64" },
  );
  const [X, Y] = [
    tensor([[1], [1]], { dtype: "float64" }),
    tensor(
      [
        [0, 0],
        [0, 1],
      ],
      { dtype: "float64" },
    ),
  ];
  const { db } = linregGradients(Z, X, Y);
  return {
    title: "Mistakes in numbers",
    blocks: [
      prose(
        "E-20: the slide's objective has 1/(2m) and the gradient beside it 1/m. Central differences tell which belongs to which; the printed gradient is that of the loss without ½.",
      ),
      table({
        caption: "An element of dL/dW of a logistic regression",
        columns: ["printed gradient", "differences of the slide's loss", "differences of the loss with 1/m"],
        rows: [[printed, ofSlideLoss, ofRightLoss]],
      }),
      prose("E-21: for two outputs the notebook's sum over everything is one number where two are needed."),
      table({
        caption: "dL/db for Z = (1 0; 2 3) and Y = (0 0; 0 1)",
        columns: ["notebook", "output 1", "output 2"],
        rows: [[notebookBiasGradient(Z, Y), ...Array.from(db.data)]],
      }),
    ],
  };
}
