/** Matrix products, with transpose flags and batch dimensions. */
import { ShapeError } from "../tensor/errors.ts";
import type { Values } from "../tensor/dtype.ts";
import { broadcastShapes, broadcastStrides, formatShape, sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { binding, infix, power } from "../tensor/tex.ts";
import { promote, whole } from "../tensor/dtype.ts";
import { defineOp, list } from "./define.ts";
import type { Op, TensorLike } from "./define.ts";

export interface Flags {
  /** Whether a (or b) is transposed: its last two axes are swapped, without a copy. */
  transposeA: boolean;
  transposeB: boolean;
}

/** The numbers of rows and columns, after the transpose flag. */
function matrix(shape: Shape, transposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

/**
 * The matrix product A B with `other` as B, over the last two axes; the axes before them broadcast: [.., m, k] × [.., k,
 * n] → [.., m, n]. dA = g Bᵀ, dB = Aᵀ g. Vectors are not promoted: reshape them to one row or column.
 */
export const matmul: Op<[a: TensorLike, other: TensorLike], [flags?: Partial<Flags>], Flags> = defineOp({
  name: "matmul",
  kind: "contract",
  arity: 2,
  broadcasts: true,
  transposeFlags: ["transposeA", "transposeB"],
  attrs: (_inputs, { transposeA = false, transposeB = false } = {}) => ({ transposeA, transposeB }),
  shape: ([a, b], { transposeA, transposeB }) => {
    if (a.length < 2 || b.length < 2)
      throw new ShapeError(
        "matmul",
        [a, b],
        `needs matrices, got ${formatShape(a)} × ${formatShape(b)}; reshape a vector to [1,n] or [n,1]`,
      );
    const [rows, inner] = matrix(a, transposeA);
    const [other, columns] = matrix(b, transposeB);
    if (inner !== other) {
      const flags = [transposeA && "transposeA", transposeB && "transposeB"].filter(Boolean);
      throw new ShapeError(
        "matmul",
        [a, b],
        `inner sizes ${inner} and ${other} differ for ${formatShape(a)} × ${formatShape(b)}` +
          `${flags.length > 0 ? ` with ${flags.join(" and ")}` : ""}; transpose one of them?`,
      );
    }
    return [...broadcastShapes("matmul", a.slice(0, -2), b.slice(0, -2)), rows, columns];
  },
  dtype: ([a, b]) => whole(promote(a, b)),
  kernel: (out, [a, b], shapes, { transposeA, transposeB }) => {
    const [aShape, bShape] = shapes.inputs;
    const [m, k] = matrix(aShape, transposeA);
    const [, n] = matrix(bShape, transposeB);
    const batch = shapes.out.slice(0, -2);
    // the batch axes step over whole matrices
    const aSteps = broadcastStrides(aShape.slice(0, -2), batch);
    const bSteps = broadcastStrides(bShape.slice(0, -2), batch);
    const panels = {
      a: new Float64Array(Math.ceil(m / 4) * 4 * k),
      b: new Float64Array(Math.ceil(n / 4) * 4 * k),
    };
    for (let i = 0; i < sizeOf(batch); i++) {
      pack(panels.a, a, offset(i, batch, aSteps) * m * k, m, k, transposeA ? 1 : k, transposeA ? m : 1);
      pack(panels.b, b, offset(i, batch, bSteps) * n * k, n, k, transposeB ? k : 1, transposeB ? 1 : n);
      multiply(out, i * m * n, panels.a, panels.b, m, n, k);
    }
  },
  vjp: [
    (g, _y, [, b], { transposeA, transposeB }) =>
      transposeA
        ? b.matmul(g, { transposeA: transposeB, transposeB: true })
        : g.matmul(b, { transposeB: !transposeB }),
    (g, _y, [a], { transposeA, transposeB }) =>
      transposeB
        ? g.matmul(a, { transposeA: true, transposeB: transposeA })
        : a.matmul(g, { transposeA: !transposeA }),
  ],
  tests: {
    examples: [
      { inputs: list([2, 3], [3, 4]) },
      { inputs: list([3, 2], [3, 4]), args: [{ transposeA: true }] },
      { inputs: list([2, 3], [4, 3]), args: [{ transposeB: true }] },
      { inputs: list([3, 2], [4, 3]), args: [{ transposeA: true, transposeB: true }] },
      { inputs: list([2, 5, 3], [3, 4]) },
      { inputs: list([2, 1, 2, 3], [3, 3, 2]) },
    ],
  },
  tex: ([a, b], { transposeA, transposeB }) =>
    infix("\\,", binding.matrix, transposeA ? power(a, "\\top") : a, transposeB ? power(b, "\\top") : b),
});

/** The position of matrix `i` of the batch, counted in matrices. */
function offset(i: number, batch: Shape, steps: readonly number[]): number {
  let at = 0;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    at += (i % batch[axis]) * steps[axis];
    i = Math.floor(i / batch[axis]);
  }
  return at;
}

/**
 * Copies `lines` rows (or columns) of length `k` into interleaved panels of four, as `multiply` reads them; zeros fill
 * the last panel. The copy pays off from k ≈ 10 on and reduces the four transpose cases to one.
 */
function pack(
  panel: Float64Array,
  x: Values,
  start: number,
  lines: number,
  k: number,
  lineStep: number,
  step: number,
): void {
  for (let line = 0, at = 0; line < lines; line += 4) {
    const present = Math.min(4, lines - line);
    for (let p = 0, from = start + line * lineStep; p < k; p++, from += step, at += 4)
      for (let i = 0; i < 4; i++) panel[at + i] = i < present ? x[from + i * lineStep] : 0;
  }
}

/** C = A B from panels: 4 × 4 elements at a time in sixteen local float64 sums, each in order of p. */
function multiply(
  out: Values,
  start: number,
  a: Float64Array,
  b: Float64Array,
  m: number,
  n: number,
  k: number,
): void {
  const tile = new Float64Array(16);
  for (let i = 0; i < m; i += 4)
    for (let j = 0; j < n; j += 4) {
      dotTile(tile, a, i * k, b, j * k, k);
      const rows = Math.min(4, m - i);
      const columns = Math.min(4, n - j);
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) out[start + (i + r) * n + j + c] = tile[r * 4 + c];
    }
}

// prettier-ignore
function dotTile(
  tile: Float64Array, a: Float64Array, aStart: number, b: Float64Array, bStart: number, k: number,
): void {
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0;
  let c10 = 0, c11 = 0, c12 = 0, c13 = 0;
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0;
  let c30 = 0, c31 = 0, c32 = 0, c33 = 0;
  for (let p = 0, i = aStart, j = bStart; p < k; p++, i += 4, j += 4) {
    const a0 = a[i], a1 = a[i + 1], a2 = a[i + 2], a3 = a[i + 3];
    const b0 = b[j], b1 = b[j + 1], b2 = b[j + 2], b3 = b[j + 3];
    c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2; c03 += a0 * b3;
    c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2; c13 += a1 * b3;
    c20 += a2 * b0; c21 += a2 * b1; c22 += a2 * b2; c23 += a2 * b3;
    c30 += a3 * b0; c31 += a3 * b1; c32 += a3 * b2; c33 += a3 * b3;
  }
  tile[0] = c00; tile[1] = c01; tile[2] = c02; tile[3] = c03;
  tile[4] = c10; tile[5] = c11; tile[6] = c12; tile[7] = c13;
  tile[8] = c20; tile[9] = c21; tile[10] = c22; tile[11] = c23;
  tile[12] = c30; tile[13] = c31; tile[14] = c32; tile[15] = c33;
}
