/** Numbers for kernel tests: random numbers from a seed, after the special ones. */
import { Generator } from "chainrule";
import { allocate, type DType, type Values } from "../../packages/chainrule/src/tensor/dtype.ts";

const special = [
  0,
  -0,
  1,
  -1,
  NaN,
  Infinity,
  -Infinity,
  1e-40,
  -1e-40,
  1e-310,
  88.7,
  -88.7,
  -103.9,
  709.7,
  0.125,
];

/** `length` random numbers between −scale and scale; whole for int32, 0 and 1 for bool. */
export function drawn(dtype: DType, length: number, scale = 3, seed = 1): Values {
  const generator = new Generator(seed);
  const values = allocate(dtype, length);
  for (let i = 0; i < length; i++) {
    const x = (generator.uniform() * 2 - 1) * scale;
    values[i] = dtype === "bool" ? Number(x > 0) : dtype === "int32" ? Math.round(x) : x;
  }
  return values;
}

/** Random numbers after zeros of both signs, NaN, infinities, subnormal and extreme numbers, as far as they fit. */
export function drawnWithSpecial(dtype: DType, length: number, scale = 3, seed = 1): Values {
  const values = drawn(dtype, length, scale, seed);
  if (dtype === "float32" || dtype === "float64") values.set(special.slice(0, length));
  return values;
}

/** Lengths around those of vectors and blocks. */
export const lengths: readonly number[] = [0, 1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 511, 512, 513, 1031];

export const suffix: Record<DType, "f32" | "f64" | "i32" | "u8"> = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  bool: "u8",
};

/** (h − mean h − z · mean(h z)) r by rows, in float64 */
export function normGradient(h: Values, z: Values, r: Values): number[] {
  const cols = h.length / r.length;
  const means = Array.from(r, (_, row) => {
    const line = Array.from({ length: cols }, (_, i) => row * cols + i);
    const mean = (f: (at: number) => number): number => line.reduce((sum, at) => sum + f(at), 0) / cols;
    return [mean((at) => h[at]), mean((at) => h[at] * z[at])];
  });
  return Array.from(h, (value, at) => {
    const row = Math.floor(at / cols);
    return (value - means[row][0] - z[at] * means[row][1]) * r[row];
  });
}
