/** Reads the element types of files into the four types of tensors. */
import { allocate } from "../tensor/dtype.ts";
import type { DType, Values } from "../tensor/dtype.ts";
import { refusal } from "./refusal.ts";

type Read = (view: DataView, at: number, little: boolean) => number;

interface Element {
  readonly bytes: number;
  /** The tensor type that holds it. Integers become int32 and must fit. */
  readonly dtype: DType;
  readonly read: Read;
}

const twoTo32 = 4294967296;
const scratch = new DataView(new ArrayBuffer(4));

function fromBits(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

/** Half precision, sign 1, exponent 5, mantissa 10: every value is a float32. */
const readHalf: Read = (view, at, little) => {
  const bits = view.getUint16(at, little);
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 0) return ((sign < 0 ? -1 : 1) * mantissa) / 16777216;
  return fromBits(sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (mantissa << 13));
};

/** A 64-bit integer. Beyond 2⁵³ it is rounded; such integers do not fit int32 and are refused anyway. */
const readLong =
  (signed: boolean): Read =>
  (view, at, little) => {
    const [high, low] = little ? [at + 4, at] : [at, at + 4];
    const top = signed ? view.getInt32(high, little) : view.getUint32(high, little);
    return top * twoTo32 + view.getUint32(low, little);
  };

const elements = {
  bool: { bytes: 1, dtype: "bool", read: (view, at) => view.getUint8(at) },
  int8: { bytes: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, dtype: "int32", read: (view, at) => view.getUint8(at) },
  int16: { bytes: 2, dtype: "int32", read: (view, at, little) => view.getInt16(at, little) },
  uint16: { bytes: 2, dtype: "int32", read: (view, at, little) => view.getUint16(at, little) },
  int32: { bytes: 4, dtype: "int32", read: (view, at, little) => view.getInt32(at, little) },
  uint32: { bytes: 4, dtype: "int32", read: (view, at, little) => view.getUint32(at, little) },
  int64: { bytes: 8, dtype: "int32", read: readLong(true) },
  uint64: { bytes: 8, dtype: "int32", read: readLong(false) },
  float16: { bytes: 2, dtype: "float32", read: readHalf },
  bfloat16: {
    bytes: 2,
    dtype: "float32",
    read: (view, at, little) => fromBits(view.getUint16(at, little) << 16),
  },
  float32: { bytes: 4, dtype: "float32", read: (view, at, little) => view.getFloat32(at, little) },
  float64: { bytes: 8, dtype: "float64", read: (view, at, little) => view.getFloat64(at, little) },
} satisfies Record<string, Element>;

export type ElementName = keyof typeof elements;

export const elementTypes: Readonly<Record<ElementName, Element>> = elements;

/** Whether this machine is little-endian like the files (all but a few mainframes are). */
const littleHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The whole file, and the place of the numbers in it. */
export interface ElementRange {
  readonly file: string;
  /** The name of the numbers in messages. */
  readonly field: string;
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly count: number;
}

/**
 * The numbers as a new array of the tensor type that holds them.
 * @throws FormatError for an integer that does not fit int32, or a bool other than 0 and 1
 */
export function readElements(name: ElementName, range: ElementRange, little = true): Values {
  const { bytes: width, dtype, read }: Element = elementTypes[name];
  const { file, field, bytes, at, count } = range;
  const values = allocate(dtype, count);
  if (name === dtype && little === littleHost && dtype !== "bool") {
    new Uint8Array(values.buffer).set(bytes.subarray(at, at + count * width));
    return values;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < count; i++) {
    const value = read(view, at + i * width, little);
    values[i] = value;
    if (dtype === "int32" ? values[i] !== value : dtype === "bool" && value > 1)
      throw refusal(
        file,
        at + i * width,
        dtype === "bool"
          ? `${field}: expected a bool, 0 or 1, found ${value}`
          : `${field}: ${value} (element ${i}, ${name}) does not fit int32; save it as float64 instead`,
      );
  }
  return values;
}

/** The little-endian bytes of the numbers; they share memory with `values` where possible. */
export function littleEndianBytes(values: Values): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (littleHost) return bytes;
  const width = values.BYTES_PER_ELEMENT;
  return bytes.map((_, i) => bytes[i - (i % width) + (width - 1 - (i % width))]);
}

/** The number of bytes of `shape` filled with elements of `width` bytes; NaN beyond 2⁵³. */
export function bytesFor(shape: readonly number[], width: number): number {
  let size = width;
  for (const length of shape) {
    size *= length;
    if (!Number.isSafeInteger(size)) return NaN;
  }
  return size;
}
