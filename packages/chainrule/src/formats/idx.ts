/**
 * IDX, the format of MNIST: two zero bytes, a type byte, the number of axes, their lengths (4 bytes each, big-endian),
 * then the numbers, big-endian. Source: http://yann.lecun.com/exdb/mnist/
 */
import { otherFormat } from "./signatures.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, sizeOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bytesFor } from "./elements.ts";
import { gunzip, isGzip } from "./gzip.ts";
import type { GunzipOptions } from "./gzip.ts";
import { refusal } from "./refusal.ts";

export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** Numbers in row-major order with their shape. */
export interface IdxArray {
  readonly shape: Shape;
  readonly values: IdxValues;
}

/** Grey images in rows, a byte per pixel, with their labels. */
export interface ImageSet {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** count × rows × columns bytes, 0 … 255. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

interface IdxType {
  readonly array: { new (length: number): IdxValues; readonly BYTES_PER_ELEMENT: number };
  read(view: DataView, at: number): number;
  write(view: DataView, at: number, value: number): void;
}

const types = new Map<number, IdxType>([
  [0x08, { array: Uint8Array, read: (v, at) => v.getUint8(at), write: (v, at, x) => v.setUint8(at, x) }],
  [0x09, { array: Int8Array, read: (v, at) => v.getInt8(at), write: (v, at, x) => v.setInt8(at, x) }],
  [0x0b, { array: Int16Array, read: (v, at) => v.getInt16(at), write: (v, at, x) => v.setInt16(at, x) }],
  [0x0c, { array: Int32Array, read: (v, at) => v.getInt32(at), write: (v, at, x) => v.setInt32(at, x) }],
  [
    0x0d,
    { array: Float32Array, read: (v, at) => v.getFloat32(at), write: (v, at, x) => v.setFloat32(at, x) },
  ],
  [
    0x0e,
    { array: Float64Array, read: (v, at) => v.getFloat64(at), write: (v, at, x) => v.setFloat64(at, x) },
  ],
]);
const mostAxes = 8;

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

/**
 * Reads an IDX file, gzipped or not. Unsigned bytes are not copied: they share memory with a file that is not gzipped.
 *
 * @throws FormatError naming the file, the byte, the field, and what was expected and found
 * @example
 * parseIdx(writeIdx([2, 2], new Uint8Array([1, 2, 3, 4]))).values; // Uint8Array [ 1, 2, 3, 4 ]
 */
export function parseIdx(data: Uint8Array, options: GunzipOptions = {}): IdxArray {
  const file = options.name ?? "the IDX data";
  const bytes = isGzip(data) ? gunzip(data, { ...options, name: file }) : data;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0)
    throw (
      otherFormat(file, bytes, "magic", "an IDX file") ??
      refusal(
        file,
        0,
        `magic: expected 00 00, a type and a number of axes, found ${[...bytes.subarray(0, 4)].map(hex).join(" ") || "an empty file"}`,
      )
    );
  const type = types.get(bytes[2]);
  if (type === undefined)
    throw refusal(file, 2, `type: expected ${[...types.keys()].map(hex).join(", ")}, found ${hex(bytes[2])}`);
  const rank = bytes[3];
  if (rank === 0 || rank > mostAxes)
    throw refusal(file, 3, `number of axes: expected 1 to ${mostAxes}, found ${rank}`);
  const start = 4 + 4 * rank;
  if (bytes.length < start)
    throw refusal(
      file,
      4,
      `lengths of the axes: expected ${4 * rank} bytes, found ${bytes.length - 4}; the file is cut off`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const width = type.array.BYTES_PER_ELEMENT;
  const needed = bytesFor(shape, width);
  const found = bytes.length - start;
  if (needed !== found)
    throw refusal(
      file,
      4,
      `lengths of the axes: expected ${Number.isNaN(needed) ? "fewer than 2^53" : needed} bytes for ${formatShape(shape)}, found ${found}` +
        `; the file ${found > needed ? "has bytes behind the data" : "is cut off or is another one"}`,
    );
  if (type.array === Uint8Array)
    return { shape, values: new Uint8Array(bytes.buffer, bytes.byteOffset + start, needed) };
  const values = new type.array(needed / width);
  for (let i = 0; i < values.length; i++) values[i] = type.read(view, start + i * width);
  return { shape, values };
}

/**
 * The bytes of an IDX file; the element type is that of the array.
 *
 * @throws ValueError for no axes, more than 8, or lengths beyond 2³² − 1; ShapeError where `values` do not fill the shape
 * @example
 * writeIdx([2], new Uint8Array([7, 9])); // Uint8Array [ 0, 0, 8, 1, 0, 0, 0, 2, 7, 9 ]
 */
export function writeIdx(shape: Shape, values: IdxValues): Uint8Array {
  if (shape.length === 0 || shape.length > mostAxes || shape.some((length) => length !== length >>> 0))
    throw new ValueError(
      "writeIdx",
      `needs 1 to ${mostAxes} axes of whole lengths below 2^32, not ${formatShape(shape)}`,
    );
  if (values.length !== sizeOf(shape))
    throw new ShapeError(
      "writeIdx",
      [shape],
      `${values.length} values do not fill the shape ${formatShape(shape)}`,
      "bad-shape",
    );
  const [code, type] = [...types].find(([, { array }]) => values instanceof array)!;
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + values.byteLength);
  bytes.set([0, 0, code, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [axis, length] of shape.entries()) view.setUint32(4 + 4 * axis, length);
  if (values instanceof Uint8Array) bytes.set(values, start);
  else
    for (let i = 0; i < values.length; i++) type.write(view, start + i * values.BYTES_PER_ELEMENT, values[i]);
  return bytes;
}

/**
 * The array as a tensor: integers become int32, floats keep their type.
 *
 * @example
 * idxTensor({ shape: [2], values: new Uint8Array([7, 9]) }).dtype; // int32
 */
export function idxTensor({ shape, values }: IdxArray): Tensor {
  if (values instanceof Float32Array) return fromValues(values, shape, "float32");
  if (values instanceof Float64Array) return fromValues(values, shape, "float64");
  return fromValues(Int32Array.from(values), shape, "int32");
}

/**
 * Joins images [count, rows, columns] and labels [count] of unsigned bytes into one set.
 *
 * @throws FormatError when their shapes or types are wrong or their numbers differ; `names` are the files in messages
 */
export function pairImages(
  images: IdxArray,
  labels: IdxArray,
  names: { readonly images: string; readonly labels: string } = {
    images: "the images",
    labels: "the labels",
  },
): ImageSet {
  const bytesOf = (name: string, { shape, values }: IdxArray, rank: number, form: string): Uint8Array => {
    if (shape.length === rank && values instanceof Uint8Array) return values;
    throw refusal(
      name,
      2,
      `type and axes: expected ${form} of unsigned bytes, found ${formatShape(shape)} in ${values.constructor.name}`,
    );
  };
  const pixels = bytesOf(names.images, images, 3, "images [count, rows, columns]");
  const classes = bytesOf(names.labels, labels, 1, "labels [count]");
  const [count, rows, columns] = images.shape;
  if (labels.shape[0] !== count)
    throw refusal(
      names.labels,
      4,
      `number of labels: expected ${count}, as many as images in ${names.images}, found ${labels.shape[0]}`,
    );
  return { count, rows, columns, images: pixels, labels: classes };
}
