/** Compares products, sums and kernels that move numbers with the reference kernels. */
import { beforeAll, describe, expect, test } from "vitest";
import type { DType, Values } from "chainrule";
import { records } from "../../packages/chainrule/src/ops/index.ts";
import { allocate } from "../../packages/chainrule/src/tensor/dtype.ts";
import type { KernelName } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import { drawn, drawnWithSpecial, normGradient, suffix } from "./numbers.ts";
import { Scratchpad } from "./scratchpad.ts";

const record = (name: string) => records.get(name)!;
type Shape = readonly number[];
const sizeOf = (shape: Shape) => shape.reduce((product, length) => product * length, 1);

function reference(
  name: string,
  dtype: DType,
  out: Shape,
  inputs: Values[],
  shapes: Shape[],
  attrs: unknown,
): Values {
  const values = allocate(dtype, sizeOf(out));
  record(name).kernel(values, inputs, { out, inputs: shapes }, attrs);
  return values;
}

/** The largest difference, in units of one rounding of float32 (or float64) in a sum of such numbers. */
function difference(got: Values, want: Values, scale: number): number {
  expect(got.length).toBe(want.length);
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const d = Math.abs(got[i] - want[i]) / scale;
    if (!(d <= worst)) worst = d;
  }
  return worst;
}

/** Edges of the tile (6 × 8), of its blocks (256 deep, 1024 wide), of the path for small sizes, and primes. */
const products: [m: number, n: number, k: number][] = [
  [0, 3, 2], [3, 0, 2], [2, 3, 0], [40, 30, 0], [1, 1, 1], [1, 7, 5], [6, 8, 4], [7, 9, 5], [5, 7, 3], [13, 17, 19],
  [12, 16, 32], [18, 24, 31], [19, 25, 257], [31, 37, 256], [6, 8, 512], [7, 1033, 11], [61, 8, 41], [1, 97, 389], [97, 1, 389],
]; // prettier-ignore

/** Sizes around blocks of four and eight columns and of four and eight steps, and primes. */
const fewRows: [m: number, n: number, k: number][] = [
  [1, 3, 0], [1, 1, 1], [1, 7, 5], [1, 16, 300], [2, 19, 8], [3, 23, 31], [4, 8, 260], [5, 1033, 37], [6, 5, 4],
]; // prettier-ignore

describe.each([{ strict: false }, { strict: true }, { strict: false, threads: 2 }])("%o", (options) => {
  let pad: Scratchpad;
  beforeAll(async () => {
    pad = await Scratchpad.of(options);
    return () => pad.instance.dispose();
  });

  /**
   * Calls a product and returns its tolerance: k products of at most 9, each rounded by at most half a unit of a
   * partial sum of about 9√k.
   */
  function checkProduct(name: KernelName, dtype: DType, [m, n, k]: Shape, ta: number, tb: number): void {
    pad.clear();
    const a = drawn(dtype, m * k, 3, 1);
    const b = drawn(dtype, k * n, 3, 2);
    const flags = { transposeA: ta === 1, transposeB: tb === 1 };
    const shapes = [ta ? [k, m] : [m, k], tb ? [n, k] : [k, n]];
    const want = reference("matmul", dtype, [m, n], [a, b], shapes, flags);
    const fused = dtype === "float32" ? [0, 0] : [];
    const got = pad.call(name, dtype, m * n, pad.put(a), pad.put(b), m, n, k, ta, tb, ...fused, 1, 0, 0);
    const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53;
    if (dtype === "int32") expect(got).toEqual(want);
    else expect(difference(got, want, (k + 1) * Math.sqrt(k + 1) * 9 * unit)).toBeLessThan(1);
  }

  test.each(products)("matmul %i × %i over %i", (...sizes) => {
    for (const ta of [0, 1])
      for (const tb of [0, 1])
        for (const dtype of ["float32", "float64", "int32"] as const)
          checkProduct(`matmul_${suffix[dtype]}` as KernelName, dtype, sizes, ta, tb);
  });

  test.each(fewRows)("matmulFew %i × %i over %i", (...sizes) => {
    checkProduct("matmulFew_f32", "float32", sizes, 0, 0);
    checkProduct("matmulFew_f32", "float32", sizes, 0, 1);
    checkProduct("matmulFew_f32", "float32", sizes, 1, 0);
  });

  test.each(["matmul_f32", "matmulFew_f32"] as const)(
    "%s with bias and activation has the bits of the parts done apart",
    (name) => {
      for (const [m, n, k] of [
        [3, 5, 2],
        [10, 10, 2],
        [7, 9, 300],
        [20, 40, 30],
        [2, 43, 9],
      ])
        // prettier-ignore
        ["", "relu_f32", "sigmoid_f32", "tanh_f32"].forEach((activation, code) => {
          pad.clear();
          const [a, b, bias] = [
            drawn("float32", m * k),
            drawn("float32", k * n, 1, 2),
            drawn("float32", n, 1, 3),
          ];
          const at = [pad.put(a), pad.put(b), m, n, k, 0, 1];
          const row = pad.put(bias);
          const fused = pad.call(name, "float32", m * n, ...at, row, code, 1, 0, 0);
          const product = pad.call(name, "float32", m * n, ...at, 0, 0, 1, 0, 0);
          let apart = reference("add", "float32", [m, n], [product, bias], [[m, n], [n]], undefined);
          if (activation !== "")
            apart = pad.call(activation as KernelName, "float32", m * n, pad.put(apart), m * n);
          expect(fused).toEqual(apart);
        });
    },
  );

  test("matmul of batches, one operand repeated", () => {
    pad.clear();
    const [batch, m, n, k] = [3, 7, 5, 4];
    const a = drawn("float32", batch * m * k);
    const b = drawn("float32", k * n, 3, 2);
    const got = pad.call(
      "matmul_f32",
      "float32",
      batch * m * n,
      pad.put(a),
      pad.put(b),
      m,
      n,
      k,
      0,
      0,
      0,
      0,
      batch,
      m * k,
      0,
    );
    const want = reference(
      "matmul",
      "float32",
      [batch, m, n],
      [a, b],
      [
        [batch, m, k],
        [k, n],
      ],
      { transposeA: false, transposeB: false },
    );
    expect(difference(got, want, 36 * 2 ** -24)).toBeLessThan(4);
  });

  const folds: [outer: number, length: number, inner: number][] = [
    [1, 1, 1], [0, 3, 2], [2, 3, 0], [1, 7, 1], [1, 1031, 1], [5, 13, 1], [1, 9, 8], [1, 100, 17], [3, 5, 7], [2, 4, 31],
  ]; // prettier-ignore
  test.each(["sum", "mean", "variance", "logSumExp", "max", "min", "argmax", "argmin"])("%s", (op) => {
    const exact = ["max", "min", "argmax", "argmin"].includes(op);
    for (const dtype of ["float32", "float64"] as const)
      for (const [outer, length, inner] of folds) {
        pad.clear();
        const x = exact
          ? drawnWithSpecial(dtype, outer * length * inner)
          : drawn(dtype, outer * length * inner);
        const result = op.startsWith("arg") ? "int32" : dtype;
        const attrs = { axes: [1], keepDim: false, correction: 1 };
        const want = reference(op, result, [outer, inner], [x], [[outer, length, inner]], attrs);
        const more = op === "variance" ? [1] : [];
        const name = `${op}_${suffix[dtype]}` as KernelName;
        const got = pad.call(name, result, outer * inner, pad.put(x), outer, length, inner, ...more);
        if (exact) expect(got).toEqual(want);
        else
          for (let i = 0; i < want.length; i++) {
            const unit = dtype === "float32" ? 2 ** -23 : 2 ** -52 * (length + 1);
            if (Number.isNaN(want[i])) expect(got[i]).toBeNaN();
            else
              expect(Math.abs(got[i] - want[i])).toBeLessThanOrEqual(unit * Math.max(1, Math.abs(want[i])));
          }
      }
  });

  test.each([[0, 3], [3, 0], [1, 1], [4, 3], [3, 7], [5, 8], [2, 13], [2, 1031]])("normGrad %i × %i", (rows, cols) => {
    for (const dtype of ["float32", "float64"] as const) {
      pad.clear();
      const [h, z, r] = [rows * cols, rows * cols, rows].map((length, i) => drawn(dtype, length, 3, i + 1));
      const name = `normGrad_${suffix[dtype]}` as KernelName;
      const got = pad.call(name, dtype, h.length, pad.put(h), pad.put(z), pad.put(r), rows, cols);
      const want = normGradient(h, z, r);
      // numbers of at most 3 · (6 + 3 · 9), rounded seven times on the way
      const unit = dtype === "float32" ? 2 ** -24 : 2 ** -53 * (cols + 1);
      got.forEach((value, i) => expect(Math.abs(value - want[i])).toBeLessThan(7 * 99 * unit));
    }
  }); // prettier-ignore

  test("cumsum", () => {
    for (const reverse of [0, 1]) {
      pad.clear();
      const x = drawn("float32", 60);
      const got = pad.call("cumsum_f32", "float32", 60, pad.put(x), 3, 5, 4, reverse);
      expect(got).toEqual(
        reference("cumsum", "float32", [3, 5, 4], [x], [[3, 5, 4]], { axis: 1, reverse: reverse === 1 }),
      );
    }
  });

  test.each([
    ["move_8", "bool"],
    ["move_32", "float32"],
    ["move_64", "float64"],
  ] as const)("%s permutes, flips, expands and pads", (name, dtype) => {
    const x = drawn(dtype, 2 * 3 * 37, 3, 5);
    const move = (length: number, start: number, axes: number[]) => {
      pad.clear();
      const size = x.BYTES_PER_ELEMENT;
      return pad.call(
        name,
        dtype,
        length,
        pad.put(x) + start * size,
        pad.put(Int32Array.from(axes)),
        axes.length / 3,
      );
    };
    // [37, 2, 3] from [2, 3, 37]: per axis length, step in the result, step in x
    expect(move(222, 0, [37, 6, 1, 2, 3, 111, 3, 1, 37])).toEqual(
      reference("permute", dtype, [37, 2, 3], [x], [[2, 3, 37]], { order: [2, 0, 1] }),
    );
    expect(move(222, 221, [2, 111, -111, 3, 37, -37, 37, 1, -1])).toEqual(
      reference("flip", dtype, [2, 3, 37], [x], [[2, 3, 37]], { axes: [0, 1, 2] }),
    );
    expect(move(4 * 222, 0, [4, 222, 0, 222, 1, 1])).toEqual(
      reference("expand", dtype, [4, 2, 3, 37], [x], [[2, 3, 37]], undefined),
    );
  });
});
