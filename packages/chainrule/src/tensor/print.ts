/** Tensors as text, aligned as NumPy prints arrays, and as nested JavaScript arrays. */
import type { DType, Values } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import { sizeOf } from "./shape.ts";

/** A number, a boolean, or arrays of them, as deep as the tensor has axes. */
export type Nested = number | boolean | Nested[];

/** The fields of a tensor that printing reads. */
interface Printable {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: Values;
  readonly hasValues: boolean;
  readonly requiresGrad: boolean;
}

export function nested(values: Values, shape: Shape, dtype: DType): Nested {
  const read = (axis: number, offset: number, size: number): Nested => {
    if (axis === shape.length) return dtype === "bool" ? values[offset] !== 0 : values[offset];
    const step = shape[axis] === 0 ? 0 : size / shape[axis];
    return Array.from({ length: shape[axis] }, (_, i) => read(axis + 1, offset + i * step, step));
  };
  return read(0, 0, sizeOf(shape));
}

const digits = 4;
const threshold = 1000;
const edge = 3;

/** The number format, one for the whole tensor, so that columns align. */
function formatter(shown: readonly number[], dtype: DType): (value: number) => string {
  if (dtype === "bool") return (value) => (value !== 0 ? "true" : "false");
  if (dtype === "int32") return String;
  const finite = shown.filter((value) => Number.isFinite(value));
  const sizes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const smallest = sizes.reduce((least, size) => Math.min(least, size), largest);
  const exponential = largest >= 1e8 || (largest > 0 && (smallest < 1e-4 || largest / smallest > 1e5));
  const parts = (value: number, decimals: number): string[] =>
    (exponential ? value.toExponential(decimals) : value.toFixed(decimals)).split("e");
  // as many decimals as the most demanding number needs, at most `digits`, and exponents of one length
  let decimals = 0;
  let places = 2;
  for (const value of finite) {
    const [mantissa, exponent = ""] = parts(value, digits);
    const needed = mantissa.replace(/0+$/, "");
    decimals = Math.max(decimals, needed.length - needed.indexOf(".") - 1);
    places = Math.max(places, exponent.length - 1);
  }
  return (value) => {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    const [mantissa, exponent] = parts(value, decimals);
    const number = decimals === 0 ? `${mantissa}.` : mantissa;
    return exponent ? `${number}e${exponent[0]}${exponent.slice(1).padStart(places, "0")}` : number;
  };
}

/** The printed indices of an axis: all, or three at each end with a gap. */
function shownIndices(length: number, abbreviate: boolean): number[] {
  if (!abbreviate || length <= 2 * edge) return Array.from({ length }, (_, i) => i);
  return [0, 1, 2, -1, length - 3, length - 2, length - 1];
}

/**
 * `tensor([[1., 2.], [3., 4.]])` laid out over lines as in NumPy, with four digits. Large tensors show only their ends;
 * the shape and type are shown where they are not obvious.
 */
export function formatTensor(tensor: Printable): string {
  const { shape, dtype } = tensor;
  const notes = [...(dtype === "float32" ? [] : [dtype]), ...(tensor.requiresGrad ? ["requiresGrad"] : [])];
  if (!tensor.hasValues)
    return `tensor(traced, shape [${shape.join(",")}]${notes.map((note) => `, ${note}`).join("")})`;
  const values = tensor.data;
  const abbreviate = values.length > threshold;
  const head = "tensor(";
  const write = (text: (value: number) => string, axis = 0, offset = 0, size = values.length): string => {
    if (axis === shape.length) return text(values[offset]);
    const step = size / shape[axis];
    const last = axis === shape.length - 1;
    const parts = shownIndices(shape[axis], abbreviate).map((i) =>
      i < 0 ? "..." : write(text, axis + 1, offset + i * step, step),
    );
    const indent = " ".repeat(head.length + axis + 1);
    if (!last) return `[${parts.join(`,${"\n".repeat(shape.length - axis - 1)}${indent}`)}]`;
    return `[${wrap(parts, indent)}]`;
  };
  // the shown numbers decide the format, so the first run only collects them
  const shown: number[] = [];
  if (values.length > 0) write((value) => String(shown.push(value)));
  const format = formatter(shown, dtype);
  const width = shown.reduce((most, value) => Math.max(most, format(value).length), 0);
  const body = values.length === 0 ? "[]" : write((value) => format(value).padStart(width));
  const size = abbreviate || values.length === 0 ? [`shape [${shape.join(",")}]`] : [];
  return `${head}${body}${[...size, ...notes].map((note) => `, ${note}`).join("")})`;
}

/** The numbers of one row over lines of at most 80 columns. */
function wrap(parts: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const [i, part] of parts.entries()) {
    const text = i < parts.length - 1 ? `${part},` : part;
    if (line !== "" && indent.length + line.length + 1 + text.length > 79) {
      lines.push(line);
      line = text;
    } else line = line === "" ? text : `${line} ${text}`;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}
