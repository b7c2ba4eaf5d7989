/** Photometric redshifts by a plane: descent beside the closed form; and the slips of the material in numbers. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RandomState, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { readTable } from "chainrule/data/table";
import { cacheFolder, readBytes } from "chainrule/node";
import type { Environment } from "chainrule/node";
import { softmax } from "chainrule/functions";
import { numericalGradient } from "chainrule/grade";
import type { ReportContext } from "../practical/practical.ts";
import { linregFit, linregModel, logregGradients, logregLoss, logregModel } from "./solution.ts";
import type { Fitted } from "./solution.ts";

export interface Redshifts {
  /** Where the rows came from. */
  readonly source: string;
  readonly train: { readonly X: Tensor; readonly Y: Tensor };
  readonly test: { readonly X: Tensor; readonly Y: Tensor };
}

/** The course's galaxies, if the file is on this machine: 20,000 rows x1 … x4, z_spec; the last 4000 to test. */
export function findRedshifts(environment: Environment): Redshifts | undefined {
  const folders = [environment.CHAINRULE_DATA, cacheFolder(environment)].filter(
    (one) => one !== undefined && one !== "",
  );
  const path = folders
    .map((one) => join(one as string, "tabular", "photoz.csv.gz"))
    .find((one) => existsSync(one));
  if (path === undefined) return undefined;
  const { rows, columns } = readTable(readBytes(path), { name: path });
  const numbers = columns.flatMap((column) => (column.type === "number" ? [column.values] : []));
  return parted("photoz.csv.gz", rows, (row) => numbers.map((values) => values[row]));
}

/** A stand-in: four correlated colours, and a redshift that bends with them. */
export function drawnRedshifts(count: number, seed = 0): Redshifts {
  const random = new RandomState(seed);
  return parted("a stand-in that is drawn", count, () => {
    const z = random.uniform(0, 0.9);
    const colours = [1.9 - z, 0.8 + 0.6 * z, 0.4 + 0.5 * z, 0.3 + 0.2 * z];
    const common = 0.25 * random.randn();
    return [...colours.map((value) => value + common + 0.1 * random.randn() + 0.3 * z * z), z];
  });
}

/** The first four fifths to train, the rest to test; the last number of a row is the redshift. */
function parted(source: string, rows: number, rowOf: (row: number) => number[]): Redshifts {
  const all = Array.from({ length: rows }, (_, row) => rowOf(row));
  const cut = Math.round(0.8 * rows);
  const part = (some: number[][]) => ({
    X: tensor(
      some.map((row) => row.slice(0, -1)),
      { dtype: "float64" },
    ),
    Y: tensor(
      some.map((row) => row.slice(-1)),
      { dtype: "float64" },
    ),
  });
  return { source, train: part(all.slice(0, cut)), test: part(all.slice(cut)) };
}

export interface RedshiftFit extends Fitted {
  readonly predicted: Tensor;
  readonly rms: number;
  readonly closedForm: { readonly W: Tensor; readonly b: Tensor; readonly rms: number };
}

/** The lecture's fit: 1000 iterations at rate 0.1 from RandomState(20). */
export function fitRedshifts({ train, test }: Redshifts, numIteration = 1000): RedshiftFit {
  const fitted = linregFit(train.X, train.Y, {
    numIteration,
    learningRate: 0.1,
    random: new RandomState(20),
  });
  const predicted = linregModel(fitted.W, fitted.b, test.X);
  const best = closedForm(train.X, train.Y);
  return {
    ...fitted,
    predicted,
    rms: rms(predicted, test.Y),
    closedForm: { ...best, rms: rms(linregModel(best.W, best.b, test.X), test.Y) },
  };
}

/** √ mean (z_phot − z_spec)². */
export function rms(predicted: Tensor, Y: Tensor): number {
  return predicted.sub(Y).pow(2).mean().sqrt().item();
}

/** The minimum by the normal equations AᵀA w = Aᵀy, where A is X with a column of ones. */
export function closedForm(X: Tensor, Y: Tensor): { W: Tensor; b: Tensor } {
  const [M, N] = X.shape;
  const A = X.pad(
    [
      [0, 0],
      [0, 1],
    ],
    { value: 1 },
  );
  const left = A.matmul(A, { transposeA: true }).div(M).toArray() as number[][];
  const right = A.matmul(Y, { transposeA: true }).div(M).toArray() as number[][];
  const w = solve(
    left,
    right.map(([value]) => value),
  );
  return {
    W: tensor([w.slice(0, N)], { dtype: "float64" }),
    b: tensor([[w[N]]], { dtype: "float64" }),
  };
}

/** Gauss's elimination with the largest pivot of each column. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++)
      if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = column + 1; i < n; i++) {
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j <= n; j++) rows[i][j] -= factor * rows[column][j];
    }
  }
  const solution = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const known = solution.reduce((sum, value, j) => sum + (j > i ? rows[i][j] * value : 0), 0);
    solution[i] = (rows[i][n] - known) / rows[i][i];
  }
  return solution;
}

// ---- Slips ------------------------------------------------------------------------------------------------------------

/** E-21: the notebook's gradient of b, one number for all outputs. */
export function notebookBiasGradient(Z: Tensor, Y: Tensor): number {
  return Z.sub(Y).div(Z.shape[0]).sum().item();
}

/** E-20: the slide's logistic loss, with a ½ that belongs to the square. */
export function slideLogisticLoss(P: Tensor, Y: Tensor): number {
  return logregLoss(P, Y) / 2;
}

/** E-20: the gradient of W by central differences of each loss, and the one that slide and homework agree on; one element. */
export function logisticGradients(): {
  readonly printed: number;
  readonly ofSlideLoss: number;
  readonly ofRightLoss: number;
} {
  const random = new RandomState(6);
  const draw = (m: number, n: number): Tensor =>
    tensor(random.randn(m, n) as Float64Array, { shape: [m, n] });
  const [W, b, X] = [draw(3, 2), draw(3, 1), draw(8, 2)];
  const Y = tensor(Int32Array.from({ length: 8 }, (_, i) => i % 3)).oneHot(3, "float64");
  const slope = (loss: (P: Tensor, Y: Tensor) => number): number =>
    numericalGradient((at) => loss(logregModel(at, b, X), Y), W).data[0];
  return {
    printed: logregGradients(logregModel(W, b, X), X, Y).dW.data[0],
    ofSlideLoss: slope(slideLogisticLoss),
    ofRightLoss: slope(logregLoss),
  };
}

// ---- Classes ----------------------------------------------------------------------------------------------------------

export interface Classified {
  readonly losses: readonly number[];
  readonly accuracy: number;
  readonly points: { readonly x: number[]; readonly y: number[]; readonly classes: number[] };
  /** The class of each point of the grid −3 … 3, x fastest. */
  readonly grid: readonly number[];
}

/** Three clouds of points, told apart by logistic regression with three classes. */
export function threeClasses(iterations: number): Classified {
  const random = new RandomState(2);
  const centres = [
    [-1.5, -1],
    [1.5, -1],
    [0, 1.8],
  ];
  const labels = Array.from({ length: 150 }, (_, i) => i % 3);
  const rows = labels.map((label) => centres[label].map((middle) => middle + 0.7 * random.randn()));
  const X = tensor(rows, { dtype: "float64" });
  const Y = tensor(Int32Array.from(labels)).oneHot(3, "float64");
  let W = tensor(random.randn(3, 2) as Float64Array, { shape: [3, 2] });
  let b = tensor(new Float64Array(3), { shape: [3, 1] });
  const losses: number[] = [];
  for (let i = 0; i < iterations; i++) {
    const P = logregModel(W, b, X);
    losses.push(logregLoss(P, Y));
    const { dW, db } = logregGradients(P, X, Y);
    [W, b] = [W.sub(dW.mul(0.5)), b.sub(db.mul(0.5))];
  }
  const classOf = (points: Tensor): number[] => Array.from(logregModel(W, b, points).argmax(1).data);
  const side = Array.from({ length: 61 }, (_, i) => -3 + i / 10);
  return {
    losses,
    accuracy: classOf(X).filter((label, i) => label === labels[i]).length / labels.length,
    points: { x: rows.map(([x]) => x), y: rows.map(([, y]) => y), classes: labels },
    grid: classOf(
      tensor(
        side.flatMap((y) => side.map((x) => [x, y])),
        { dtype: "float64" },
      ),
    ),
  };
}

/** E-18: a softmax over 0 … K for K = 2 has three entries, one more than W has rows. */
export function softmaxEntries(K: number): number {
  return softmax(tensor(new Float64Array(K + 1))).size;
}

// ---- The results of the page ------------------------------------------------------------------------------------------

export type Results = ReturnType<typeof resultsOf>;

export function resultsOf({ quick, environment, progress }: ReportContext) {
  progress("  galaxies");
  const found = findRedshifts(environment);
  const data = found ?? drawnRedshifts(quick ? 2000 : 20_000);
  return { missing: found === undefined, data, fit: fitRedshifts(data), classes: threeClasses(200) };
}
