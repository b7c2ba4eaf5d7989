import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dtypeOf } from "../tensor/dtype.ts";
import type { Values } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { state } from "../ops/state.ts";
import { gunzip, parseIdx, parseNpy, parseNpz, parseSafetensors } from "./index.ts";
import { writeIdx, writeNpy, writeNpz, writeSafetensors } from "./index.ts";
import { gzipSync } from "fflate";

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** Tensors of every type with the numbers that are hard to keep: −0, NaN, infinities, subnormal numbers, extremes. */
const tensors: fc.Arbitrary<Tensor> = shapes.chain((shape) => {
  const length = { minLength: sizeOf(shape), maxLength: sizeOf(shape) };
  const values: fc.Arbitrary<Values> = fc.oneof(
    fc.float32Array(length),
    fc.float64Array(length),
    fc.int32Array(length),
    fc.uint8Array({ ...length, max: 1 }),
  );
  return values.map((array) => fromValues(array, shape, dtypeOf(array)));
});

const named = (names: fc.Arbitrary<string>): fc.Arbitrary<(readonly [string, Tensor])[]> =>
  fc.uniqueArray(fc.tuple(names, tensors), { selector: ([name]) => name, maxLength: 5 });
const texts = fc.string({ unit: "binary", maxLength: 12 });

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function expectSame(found: Tensor | undefined, given: Tensor): void {
  expect(found?.dtype).toBe(given.dtype);
  expect(found?.shape).toEqual(given.shape);
  expect(bytesOf(found!)).toEqual(bytesOf(given));
}

describe("writing and reading change nothing", () => {
  test("safetensors", () => {
    fc.assert(
      fc.property(
        named(texts.filter((name) => name !== "__metadata__")),
        fc.dictionary(texts, texts, { maxKeys: 3 }),
        fc.boolean(),
        (given, metadata, checksums) => {
          const bytes = writeSafetensors(given, metadata, { checksums });
          const found = parseSafetensors(bytes, { checksums });
          expect(found.tensors.size).toBe(given.length);
          for (const [name, tensor] of given) expectSame(found.tensors.get(name), tensor);
          expect(new Map(Object.entries(found.metadata))).toEqual(new Map(Object.entries(metadata)));
          expect(writeSafetensors(found.tensors, found.metadata, { checksums })).toEqual(bytes);
          expect(writeSafetensors([...given].reverse(), metadata, { checksums })).toEqual(bytes);
        },
      ),
    );
  });

  test("npy", () => {
    fc.assert(
      fc.property(tensors, (given) => {
        const bytes = writeNpy(given);
        expect((bytes.length - bytesOf(given).length) % 64).toBe(0);
        expectSame(parseNpy(bytes), given);
      }),
    );
  });

  test("npz", () => {
    const names = fc.stringMatching(/^[\w.-]*[\wäöü🙂-]$/u).filter((name) => name !== "");
    fc.assert(
      fc.property(named(names), fc.boolean(), (given, compress) => {
        const bytes = writeNpz(given, { compress });
        const found = parseNpz(bytes);
        expect([...found.keys()]).toEqual(given.map(([name]) => name));
        for (const [name, tensor] of given) expectSame(found.get(name), tensor);
      }),
    );
  });

  test("IDX, gzipped or not", () => {
    const arrays = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
      const length = { minLength: sizeOf(shape), maxLength: sizeOf(shape) };
      const values = fc.oneof(
        fc.uint8Array(length),
        fc.int8Array(length),
        fc.int16Array(length),
        fc.int32Array(length),
        fc.float32Array(length),
        fc.float64Array(length),
      );
      return fc.tuple(fc.constant(shape), values);
    });
    fc.assert(
      fc.property(arrays, fc.boolean(), ([shape, values], packed) => {
        const bytes = writeIdx(shape, values);
        const found = parseIdx(packed ? gzipSync(bytes) : bytes);
        expect(found.shape).toEqual(shape);
        expect(found.values).toEqual(values);
        expect(found.values.constructor).toBe(values.constructor);
      }),
    );
  });

  test("gzip, across the pieces in which it is expanded", () => {
    const repeated = fc.tuple(
      fc.uint8Array({ maxLength: 2000 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(0, 1, 6, 9),
    );
    fc.assert(
      fc.property(fc.array(repeated, { minLength: 1, maxLength: 4 }), (members) => {
        const parts = members.map(([bytes, times]) =>
          Uint8Array.from({ length: bytes.length * times }, (_, i) => bytes[i % bytes.length]),
        );
        const packed = parts.map((part, i) => gzipSync(part, { level: members[i][2] as 0 | 1 | 6 | 9 }));
        const join = (arrays: Uint8Array[]): Uint8Array => Uint8Array.from(arrays.flatMap((a) => [...a]));
        expect(gunzip(join(packed))).toEqual(join(parts));
      }),
      { numRuns: 30 },
    );
  });
});

test("a state cell is written with its present value", () => {
  const cell = state(fromValues(new Float32Array([1, 2]), [2], "float32"), { name: "w" });
  cell.assign(fromValues(new Float32Array([3, 4]), [2], "float32"));
  expectSame(parseSafetensors(writeSafetensors([["w", cell]])).tensors.get("w"), cell.read());
  expectSame(parseNpy(writeNpy(cell)), cell.read());
});

describe("tensors that cannot be written are refused", () => {
  const one = fromValues(new Float32Array([1]), [1], "float32");
  test.each<[string, () => unknown, RegExp]>([
    ["a name twice", () => writeSafetensors([["w", one], ["w", one]]), /"w" cannot name a tensor: it is given twice/], // prettier-ignore
    ["the reserved name", () => writeSafetensors([["__metadata__", one]]), /the format reserves it/],
    ["half a surrogate pair", () => writeSafetensors([["\ud800", one]]), /half of a surrogate pair/],
    ["metadata of another kind", () => writeSafetensors([], { a: 1 } as never), /the metadata "a" must be/],
    ["the checksums' own name", () => writeSafetensors([], { "chainrule.crc32": "" }), /must be/],
    ["npz: a name twice", () => writeNpz([["w", one], ["w", one]]), /"w" cannot name an array: it is given twice/], // prettier-ignore
    ["npz: a name that leads out", () => writeNpz([["../w", one]]), /it must be a relative path/],
    ["npz: no name", () => writeNpz([["", one]]), /it must be a relative path/],
    ["IDX: a scalar", () => writeIdx([], new Uint8Array(1)), /needs 1 to 8 axes/],
    ["IDX: a wrong shape", () => writeIdx([2], new Uint8Array(1)), /1 values do not fill the shape \[2\]/],
    ["IDX: too long", () => writeIdx([0, 4294967296], new Uint8Array(0)), /below 2\^32/],
  ])("%s", (_what, write, message) => {
    expect(write).toThrowError(message);
  });
});
