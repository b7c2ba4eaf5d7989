import { describe, expect, it } from "vitest";
import { parseIdx, readIdxRows, writeIdx } from "./index.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  await Promise.resolve();
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("readIdxRows", () => {
  it.each([
    [
      "bytes",
      writeIdx(
        [3000, 30, 31],
        Uint8Array.from({ length: 3000 * 930 }, (_, i) => i),
      ),
    ],
    [
      "floats",
      writeIdx(
        [700, 1000],
        Float32Array.from({ length: 700_000 }, (_, i) => i / 7),
      ),
    ],
    ["a short one", writeIdx([3, 2], new Int16Array([1, -2, 3, -4, 5, -6]))],
    ["none", writeIdx([0, 5], new Uint8Array(0))],
  ])("gives the rows that parseIdx gives: %s", async (_name, bytes) => {
    const whole = parseIdx(bytes);
    for (const size of [65_536, 999_999]) {
      const arrays = await all(readIdxRows(pieces(bytes, size)));
      if (bytes.length > 2 ** 21) expect(arrays.length).toBeGreaterThan(1);
      expect(arrays.reduce((sum, { shape }) => sum + shape[0], 0)).toBe(whole.shape[0]);
      for (const { shape } of arrays) expect(shape.slice(1)).toEqual(whole.shape.slice(1));
      const values = arrays.flatMap((array) => [...array.values]);
      expect(values.length).toBe(whole.values.length);
      expect(values.every((value, i) => value === whole.values[i])).toBe(true);
    }
  });

  it.each([
    ["cut off", (bytes: Uint8Array) => bytes.subarray(0, -1), "expected 2000000 bytes for 2000 rows, found 1999999; the file is cut off"],
    ["longer than it says", (bytes: Uint8Array) => new Uint8Array([...bytes, 0]), "expected 2000000 bytes for 2000 rows, found 2000001; the file has bytes behind the data"],
    ["no IDX", () => new TextEncoder().encode("width,height\n"), "magic: expected an IDX file, found text, such as CSV"],
    ["nothing", () => new Uint8Array(0), "magic: expected 00 00, a type and a number of axes, found an empty file"],
    ["cut off in its header", (bytes: Uint8Array) => bytes.subarray(0, 9), "expected 8 bytes, found 5; the file is cut off"],
    ["of no known type", (bytes: Uint8Array) => bytes.with(2, 7), "type: expected"],
  ])("refuses data that are %s", async (_name, spoil, message) => {
    const bytes = spoil(writeIdx([2000, 1000], new Uint8Array(2_000_000)));
    await expect(all(readIdxRows(pieces(bytes, 65_536), { name: "a.idx" }))).rejects.toThrow(message);
  }); // prettier-ignore
});
