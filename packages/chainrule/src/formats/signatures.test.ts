/** B7: a reader that is given a file of another format says what the file is. */
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { tensor } from "../index.ts";
import {
  gunzip,
  parseIdx,
  parseNpy,
  parseNpz,
  parseSafetensors,
  writeIdx,
  writeNpy,
  writeSafetensors,
} from "./index.ts";

const html = strToU8("<!DOCTYPE html>\n<html><head><title>404</title></head></html>");
const lfs = strToU8("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
const torch = zipSync(
  { "archive/data.pkl": Uint8Array.of(0x80, 2), "archive/data/0": new Uint8Array(8) },
  { level: 0 },
);
const pickle = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20);
const csv = strToU8("a,b\n1,2\n3,4\n");
const json = strToU8('{"weights": [1, 2]}');
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13);
const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0);
const npy = writeNpy(tensor([1, 2]));
const idx = writeIdx([2], Uint8Array.of(1, 2));
const safetensors = writeSafetensors([["w", tensor([1])]]);

const files: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["a web page (HTML)", html],
  ["a pointer of Git LFS", lfs],
  ["a file of torch.save (a zip with a pickle)", torch],
  ["a pickle of Python", pickle],
  ["text, such as CSV", csv],
  ["JSON", json],
  ["a PNG image", png],
  ["a .npy file of NumPy", npy],
  ["gzip data", gzip],
];

describe.each(files)("%s", (what, bytes) => {
  it.each([
    ["a safetensors file", (data: Uint8Array) => parseSafetensors(data, { name: "f" })],
    ["a .npy file", (data: Uint8Array) => parseNpy(data, { name: "f" })],
    ["an IDX file", (data: Uint8Array) => parseIdx(data, { name: "f" })],
  ] as const)("B7: is named where %s is read", (expected, read) => {
    if (bytes === npy && expected === "a .npy file") return;
    if (bytes === gzip && expected === "an IDX file") return;
    expect(() => read(bytes)).toThrow(`found ${what}`);
    expect(() => read(bytes)).toThrow(expected);
  });
});

it("B7: an IDX file and a web page in place of an archive are named", () => {
  expect(() => parseNpz(html, { name: "f" })).toThrow(
    "f: at byte 0: directory: expected that of a zip archive, found a web page (HTML)",
  );
  expect(() => parseNpy(idx, { name: "f" })).toThrow(
    "magic: expected a .npy file, found an IDX file, as of MNIST; read it with parseIdx",
  );
});

it("the formats themselves are read as before", () => {
  expect(parseSafetensors(safetensors).tensors.size).toBe(1);
  expect(parseIdx(idx).shape).toEqual([2]);
  expect(() => gunzip(html)).toThrow();
});
