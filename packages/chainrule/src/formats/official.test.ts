import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { idxTensor, parseIdx, parseNpy, parseNpz, parseSafetensors } from "./index.ts";
import { writeIdx, writeNpy, writeNpz, writeSafetensors } from "./index.ts";

// Files written by the official libraries, with the contents that these libraries report; see
// scripts/fixtures/formats.py.
const folder = new URL("../../../../test/fixtures/formats/", import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

interface Described {
  dtype: string;
  shape: number[];
  values: number[];
}
const expected: Record<string, { tensors: Record<string, Described>; metadata?: Record<string, string> }> =
  JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")).files;

/** The tensor type for each file type. */
function typeFor(name: string): string {
  if (name === "float16") return "float32";
  return /^(u?int)/.test(name) ? "int32" : name;
}

function expectTensors(found: Map<string, Tensor>, file: string): void {
  const { tensors } = expected[file];
  expect([...found.keys()].sort()).toEqual(Object.keys(tensors).sort());
  for (const [name, { dtype, shape, values }] of Object.entries(tensors)) {
    const tensor = found.get(name)!;
    expect(tensor.shape, name).toEqual(shape);
    expect(tensor.dtype, name).toBe(typeFor(dtype));
    expect([...tensor.data], name).toEqual(values);
  }
}

const named = (ending: string): string[] => Object.keys(expected).filter((name) => name.endsWith(ending));
const refused = ["too-big.safetensors", "object.npy", "text.npy", "record.npy", "int64-too-big.npy"];

describe("files of the official libraries are read", () => {
  test.each(named(".safetensors").filter((name) => !refused.includes(name)))("%s", (name) => {
    const { tensors, metadata } = parseSafetensors(fixture(name), { name });
    expectTensors(tensors, name);
    expect(metadata).toEqual(expected[name].metadata);
  });

  test.each(named(".npy").filter((name) => !refused.includes(name)))("%s", (name) => {
    expectTensors(new Map([["", parseNpy(fixture(name), { name })]]), name);
  });

  test.each(named(".npz"))("%s", (name) => {
    expectTensors(parseNpz(fixture(name), { name }), name);
  });

  test.each(named(".idx"))("%s", (name) => {
    expectTensors(new Map([["", idxTensor(parseIdx(fixture(name), { name }))]]), name);
  });

  test("from the middle of a buffer, at an odd place", () => {
    for (const name of ["model.safetensors", "float64.npy", "stored.npz", "double.idx"]) {
      const bytes = fixture(name);
      const around = new Uint8Array(bytes.length + 7).fill(255);
      around.set(bytes, 3);
      const inside = around.subarray(3, 3 + bytes.length);
      if (name.endsWith("s")) expectTensors(parseSafetensors(inside).tensors, name);
      else if (name.endsWith("z")) expectTensors(parseNpz(inside), name);
      else
        expectTensors(
          new Map([["", name.endsWith("x") ? idxTensor(parseIdx(inside)) : parseNpy(inside)]]),
          name,
        );
    }
  });
});

test("bytes out of a Buffer are plain bytes", () => {
  const { values } = parseIdx(readFileSync(new URL("ubyte.idx", folder)));
  expect(values.constructor).toBe(Uint8Array);
  expect([...values]).toEqual(expected["ubyte.idx"].tensors[""].values);
});

describe("and written to the same bytes", () => {
  test.each(["model.safetensors", "plain.safetensors"])("%s", (name) => {
    const { tensors, metadata } = parseSafetensors(fixture(name));
    expect(writeSafetensors([...tensors].reverse(), metadata)).toEqual(fixture(name));
  });

  test.each(["float32", "float64", "int32", "bool", "scalar", "empty"])("%s.npy", (name) => {
    expect(writeNpy(parseNpy(fixture(`${name}.npy`)))).toEqual(fixture(`${name}.npy`));
  });

  test.each(named(".idx"))("%s", (name) => {
    const { shape, values } = parseIdx(fixture(name));
    expect(writeIdx(shape, values)).toEqual(fixture(name));
  });

  test.each([false, true])("an archive of the same arrays, compressed: %s", (compress) => {
    const arrays = parseNpz(fixture("stored.npz"));
    const bytes = writeNpz(arrays, { compress });
    expectTensors(parseNpz(bytes), "stored.npz");
    expect(writeNpz(arrays, { compress })).toEqual(bytes);
  });
});

describe("data that do not fit a tensor are refused", () => {
  test("int64 beyond int32", () => {
    expect(() =>
      parseSafetensors(fixture("too-big.safetensors"), { name: "too-big.safetensors" }),
    ).toThrowError(
      'too-big.safetensors: at byte 80: tensor "labels": 3000000000 (element 1, int64) does not fit int32; save it as float64 instead',
    );
    expect(() => parseNpy(fixture("int64-too-big.npy"))).toThrowError(
      "the npy data: at byte 136: data: 3000000000 (element 1, int64) does not fit int32",
    );
  });

  test.each([
    ["object.npy", /^object\.npy: at byte 20: descr: expected numbers, found "\|O": Python objects/],
    ["text.npy", /^text\.npy: at byte 20: descr: expected .*, found "<U2"/],
    [
      "record.npy",
      /^record\.npy: at byte 20: descr: expected one type in quotes .*, found "\[\('a', '<f4'\)/,
    ],
  ])("%s", (name, message) => {
    expect(() => parseNpy(fixture(name), { name })).toThrowError(message);
  });
});
