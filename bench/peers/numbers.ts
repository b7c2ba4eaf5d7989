/** Reading the numbers of a case back. */
import { readFileSync } from "node:fs";
import type { InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";

export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** [outputs, inputs] */
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
}

class Reader {
  readonly #buffer: ArrayBuffer;
  #at = 0;

  constructor(file: string) {
    const bytes = readFileSync(file);
    this.#buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }

  float32(length: number): Float32Array<ArrayBuffer> {
    this.#at += 4 * length;
    return new Float32Array(this.#buffer.slice(this.#at - 4 * length, this.#at));
  }

  int32(length: number): Int32Array<ArrayBuffer> {
    this.#at += 4 * length;
    return new Int32Array(this.#buffer.slice(this.#at - 4 * length, this.#at));
  }

  layers(sizes: readonly number[]): Layer[] {
    return sizes.slice(1).map((outputs, i) => ({
      inputs: sizes[i],
      outputs,
      weight: this.float32(outputs * sizes[i]),
      bias: this.float32(outputs),
    }));
  }
}

export interface TrainingNumbers {
  readonly layers: Layer[];
  /** A batch each: x [batch, inputs], y [batch]. */
  readonly batches: { readonly x: Float32Array<ArrayBuffer>; readonly y: Int32Array<ArrayBuffer> }[];
}

export function readTraining({ file, sizes, batch, batches }: TrainingCase): TrainingNumbers {
  const reader = new Reader(file);
  const layers = reader.layers(sizes);
  const x = Array.from({ length: batches }, () => reader.float32(batch * sizes[0]));
  const y = Array.from({ length: batches }, () => reader.int32(batch));
  return { layers, batches: x.map((one, i) => ({ x: one, y: y[i] })) };
}

export function readMatmul({ file, n }: MatmulCase): {
  a: Float32Array<ArrayBuffer>;
  b: Float32Array<ArrayBuffer>;
} {
  const reader = new Reader(file);
  return { a: reader.float32(n * n), b: reader.float32(n * n) };
}

export function readInference({ file, sizes, batch }: InferenceCase): {
  layers: Layer[];
  x: Float32Array<ArrayBuffer>;
} {
  const reader = new Reader(file);
  return { layers: reader.layers(sizes), x: reader.float32(batch * sizes[0]) };
}

/** The 97 elements of a product or of outputs that are compared, spread evenly over rows and columns. */
export function samples(values: ArrayLike<number>): number[] {
  return Array.from({ length: 97 }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / 97)]);
}

/** [rows, columns] → [columns, rows] */
export function transposed<T extends Float32Array | Float64Array>(
  values: T,
  rows: number,
  columns: number,
): T {
  const turned = values.slice() as T;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j];
  return turned;
}
