import { gzipSync } from "fflate";
import { expect, test } from "vitest";
import { tensor } from "../tensor/create.ts";
import { FormatError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { gunzip, parseIdx, parseNpy, parseNpz, parseSafetensors } from "./index.ts";
import { writeIdx, writeNpy, writeNpz, writeSafetensors } from "./index.ts";

const tensors = [
  ["0.weight", tensor([[1, 2, 3], [4, 5, 6]])], // prettier-ignore
  ["0.bias", tensor([0.25, -1], { dtype: "float64" })],
  ["steps", tensor([7, 8], { dtype: "int32" })],
  ["mask", tensor([true, false, true])],
  ["none", tensor(new Float32Array(0))],
] as const;

const idx = writeIdx([3, 2, 2], new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
const formats: [name: string, read: (bytes: Uint8Array) => unknown, seeds: Uint8Array[]][] = [
  [
    "safetensors",
    parseSafetensors,
    [writeSafetensors(tensors, { made: "today" }), writeSafetensors(tensors, {}, { checksums: true })],
  ],
  ["npy", parseNpy, tensors.map(([, one]) => writeNpy(one))],
  ["npz", parseNpz, [writeNpz(tensors), writeNpz(tensors, { compress: true })]],
  ["IDX", parseIdx, [idx, writeIdx([2], new Float64Array([1, 2]))]],
  ["gzip", (bytes) => (parseIdx(bytes), gunzip(bytes)), [gzipSync(idx), gzipSync(new Uint8Array(3000))]],
];

/** The bytes that mutations insert: numbers at the edges of their types, and pieces of the formats. */
const pieces = [
  "-1",
  "0",
  "1e9",
  "9007199254740993",
  "4294967296",
  "null",
  "{}",
  "[",
  "}",
  '"',
  "\\",
  "\\u0077",
  ",",
  "é",
  "\0", // prettier-ignore
  "F64",
  "BOOL",
  "__metadata__",
  "data_offsets",
  "'|O'",
  ">f8",
  "True",
  "(1,)",
  "../",
  "\u001f\u008b\b",
  "PK\u0001\u0002", // prettier-ignore
].map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0)));
const edges = [0, 1, 7, 8, 127, 128, 255];

function mutated(seed: Uint8Array, random: Generator): Uint8Array {
  let bytes: Uint8Array = seed.slice();
  const changes = random.integer(1, 5);
  for (let k = 0; k < changes && bytes.length > 0; k++) {
    const at = random.integer(0, bytes.length);
    const to = Math.min(bytes.length, at + random.integer(1, 9));
    const splice = (...middle: Uint8Array[]): Uint8Array =>
      Uint8Array.from([bytes.subarray(0, at), ...middle, bytes.subarray(to)].flatMap((part) => [...part]));
    const kind = random.integer(0, 7);
    if (kind === 0) bytes[at] ^= 1 << random.integer(0, 8);
    else if (kind === 1) bytes[at] = random.integer(0, 256);
    else if (kind === 2) bytes.fill(edges[random.integer(0, edges.length)], at, to);
    else if (kind === 3) bytes = splice();
    else if (kind === 4) bytes = splice(pieces[random.integer(0, pieces.length)]);
    else if (kind === 5) bytes = splice(bytes.subarray(at, to), bytes.subarray(at, to));
    else bytes = bytes.slice(0, at);
  }
  return bytes;
}

// The number of mutations per format; more find more. Every run tries the same first mutations.
const mutations = Number(process.env.CHAINRULE_FUZZ ?? 3000);

test.each(formats)("%s: a mutated file is read or refused, and nothing else happens", (name, read, seeds) => {
  const random = new Generator(0).stream(name);
  let refused = 0;
  for (let i = 0; i < mutations; i++) {
    const bytes = mutated(seeds[random.integer(0, seeds.length)], random);
    try {
      read(bytes);
    } catch (error) {
      if (!(error instanceof FormatError))
        throw new Error(`mutation ${i}: ${Buffer.from(bytes).toString("base64")}`, { cause: error });
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(mutations / 2);
  expect(refused).toBeLessThan(mutations);
});
