import { gzipSync, strToU8, zipSync } from "fflate";
import type { Zippable } from "fflate";
import { describe, expect, test } from "vitest";
import { tensor, zeros } from "../tensor/create.ts";
import { FormatError } from "../tensor/errors.ts";
import { gunzip, pairImages, parseIdx, parseNpy, parseNpz, parseSafetensors } from "./index.ts";
import { writeIdx, writeNpy, writeNpz, writeSafetensors } from "./index.ts";

/** Requires a refusal with this message, and that reading allocated no more memory than the file justifies. */
function expectRefusal(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array, message: RegExp): void {
  // gzip data may expand a hundredfold before they are refused; intermediate pieces are garbage that still counts.
  const allowed = bytes[0] === 0x1f ? 102 * bytes.length + 64e6 : 2 * bytes.length + 16e6;
  const before = process.memoryUsage().arrayBuffers;
  let error: unknown;
  try {
    read(bytes);
  } catch (thrown) {
    error = thrown;
  }
  const taken = process.memoryUsage().arrayBuffers - before;
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^f: at byte \d+: |^f, entry "\w+\.npy": at byte \d+: /);
  expect(taken).toBeLessThan(allowed);
}

const join = (...parts: (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe("safetensors", () => {
  const read = (bytes: Uint8Array): unknown => parseSafetensors(bytes, { name: "f" });
  const framed = (header: Uint8Array, dataBytes: number): Uint8Array => {
    const bytes = new Uint8Array(8 + header.length + dataBytes);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    return bytes;
  };
  const file = (header: string, dataBytes = 0): Uint8Array =>
    framed(new TextEncoder().encode(header), dataBytes);
  const entry = (dtype: string, shape: string, begin: unknown, end: unknown): string =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${String(begin)},${String(end)}]}`;
  const withLength = (length: bigint): Uint8Array => {
    const bytes = file("{}");
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  const w = entry("F32", "[2]", 0, 8);

  test("valid files are read", () => {
    expect(parseSafetensors(file(`{"w":${w}}`, 8)).tensors.get("w")?.shape).toEqual([2]);
    expect(parseSafetensors(file("{}")).tensors.size).toBe(0);
    expect(parseSafetensors(file(` {"w" :\n\t${w} }  `.trimStart(), 8)).tensors.size).toBe(1);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["1 fewer than 8 bytes", new Uint8Array(7), /byte 0: header length: expected 8 bytes, found a file of 7/],
    ["1 an empty file", new Uint8Array(0), /found a file of 0/],
    [
      "2 length 2^63",
      withLength(1n << 63n),
      /byte 0: header length: expected at most 2 .*found 9223372036854775808/,
    ],
    ["2 length above 2^53", withLength((1n << 53n) + 1n), /found 9007199254740993/],
    ["3 header beyond the file", withLength(3n), /expected at most 2 \(the rest of the file\), found 3/],
    [
      "4 header above 16 MiB",
      file(`{${" ".repeat(16 * 1024 * 1024)}}`),
      /at most 16777216 \(the limit\), found 16777218/,
    ],
    ["5 no object", file("[]"), /byte 8: header: expected "{", found the byte 0x5b/],
    ["5 an empty header", file(""), /header: expected "{", found nothing/],
    ["5 white space before", file(" {}"), /found the byte 0x20/],
    ["5 a byte-order mark", file("\ufeff{}"), /found the byte 0xef/],
    ["5 not UTF-8", framed(new Uint8Array([0x7b, 0xff, 0x7d]), 0), /byte 8: header: expected UTF-8/],
    [
      "5 half a surrogate pair",
      file(`{"\\ud800":${w}}`, 8),
      /byte 9: header: a name: the string has half of a surrogate/,
    ],
    [
      "5 half a surrogate pair in UTF-8",
      framed(new Uint8Array([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22]), 0),
      /expected UTF-8/,
    ],
    ["5 not closed", file(`{"w":${w}`, 8), /header: expected "}", found the end/],
    ["5 more behind", file(`{"w":${w}}x`, 8), /header: expected nothing more, found "x"/],
    ["5 a zero byte behind", file(`{"w":${w}}\0`, 8), /header: expected nothing more, found "\\u0000"/],
    ["5 a comma too many", file(`{"w":${w},}`, 8), /header: a name: expected a string, found "}"/],
    ["6 a name twice", file(`{"w":${w},"w":${w}}`, 8), /byte 62: header: the name "w" appears twice/],
    [
      "6 a name twice through an escape",
      file(`{"w":${w},"\\u0077":${w}}`, 8),
      /header: the name "w" appears twice/,
    ],
    [
      "6 a field twice",
      file(`{"w":{"dtype":"F32",${w.slice(1)}}`, 8),
      /tensor "w": the name "dtype" appears twice/,
    ],
    [
      "8 unknown type",
      file(`{"w":${entry("F8_E4M3", "[2]", 0, 2)}}`, 2),
      /byte 22: tensor "w" dtype: expected one of F64.*, found "F8_E4M3"/,
    ],
    ["8 a type of Object.prototype", file(`{"w":${entry("toString", "[2]", 0, 2)}}`, 2), /found "toString"/],
    [
      "9 negative",
      file(`{"w":${entry("F32", "[-2]", 0, 8)}}`, 8),
      /shape: expected a whole number from 0 to 2\^53 − 1, found "-2"/,
    ],
    ["9 fractional", file(`{"w":${entry("F32", "[2.0]", 0, 8)}}`, 8), /found "2.0"/],
    ["9 exponent", file(`{"w":${entry("F32", "[2e0]", 0, 8)}}`, 8), /found "2e0"/],
    [
      "9 a string",
      file(`{"w":${entry("F32", '["2"]', 0, 8)}}`, 8),
      /shape: expected a whole number .*, found "\\"2\\""/,
    ],
    [
      "9 above 2^53",
      file(`{"w":${entry("F32", "[9007199254740993]", 0, 8)}}`, 8),
      /found "9007199254740993"/,
    ],
    ["9 no list", file(`{"w":${entry("F32", "2", 0, 8)}}`, 8), /shape: expected "\[", found "2"/],
    [
      "9 too many axes",
      file(`{"w":${entry("F32", `[${Array(65).fill(1).join()}]`, 0, 4)}}`, 4),
      /shape: more than 64 numbers/,
    ],
    [
      "10 product wraps",
      file(`{"w":${entry("F32", "[4194305,4194305,211106198978564]", 0, 16)}}`, 16),
      /expected fewer than 2\^53 bytes/,
    ],
    [
      "10 product infinite",
      file(`{"w":${entry("F32", `[${Array(30).fill("9007199254740991").join()}]`, 0, 16)}}`, 16),
      /fewer than 2\^53 bytes/,
    ],
    [
      "11 overlap",
      file(`{"a":${w},"b":${entry("F32", "[2]", 4, 12)}}`, 12),
      /tensor "b" data_offsets: expected to begin at 8, found 4: it overlaps/,
    ],
    [
      "11 the same bytes twice",
      file(`{"a":${w},"b":${w}}`, 8),
      /tensor "b" data_offsets: expected to begin at 8, found 0/,
    ],
    [
      "12 hole",
      file(`{"a":${w},"b":${entry("F32", "[2]", 12, 20)}}`, 20),
      /expected to begin at 8, found 12: bytes that belong/,
    ],
    ["12 hole in front", file(`{"b":${entry("F32", "[2]", 4, 12)}}`, 12), /expected to begin at 0, found 4/],
    [
      "13 end before begin",
      file(`{"w":${entry("F32", "[2]", 8, 0)}}`, 8),
      /data_offsets: expected a begin and an end ≥ it, found \[8,0\]/,
    ],
    [
      "13 end beyond the file",
      file(`{"w":${entry("F32", "[4]", 0, 16)}}`, 8),
      /expected an end up to 8, where the file ends, found 16/,
    ],
    [
      "13 three offsets",
      file(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}`, 8),
      /data_offsets: more than 2 numbers/,
    ],
    [
      "14 size against shape",
      file(`{"w":${entry("F64", "[2]", 0, 8)}}`, 8),
      /expected 16 bytes for F64 \[2\], found 8/,
    ],
    [
      "15 trailing bytes",
      file(`{"w":${w}}`, 9),
      /byte 70: data: expected the end of the file, found 1 bytes/,
    ],
    ["15 data without tensors", file("{}", 1), /byte 10: data: expected the end of the file, found 1 bytes/],
    [
      "16 cut off by one byte",
      file(`{"w":${w}}`, 7),
      /expected an end up to 7, where the file ends, found 8/,
    ],
    [
      "18 metadata not text",
      file(`{"__metadata__":{"a":1}}`),
      /__metadata__ "a": expected a string, found "1"/,
    ],
    ["18 metadata no object", file(`{"__metadata__":"a"}`), /__metadata__: expected "{", found "\\"a\\""/],
    ["19 deep nesting", file(`{"w":${"[".repeat(1_000_000)}`), /tensor "w": expected "{", found "\["/],
    [
      "19 deep objects",
      file(`{"__metadata__":${'{"a":'.repeat(100)}`),
      /__metadata__ "a": expected a string, found "{"/,
    ],
    [
      "20 an empty tensor out of order",
      file(`{"w":${w},"z":${entry("F32", "[0]", 0, 0)}}`, 8),
      /tensor "w" data_offsets: 0 is shared with "z"/,
    ],
    [
      "20 an empty tensor before what it ends with",
      file(`{"z":${entry("F32", "[0]", 8, 8)},"w":${w}}`, 8),
      /tensor "z" data_offsets: 8 is shared with "w"/,
    ],
    [
      "20 an empty tensor inside another",
      file(`{"w":${w},"z":${entry("F32", "[0]", 4, 4)}}`, 8),
      /tensor "z" data_offsets: expected to begin at 8, found 4/,
    ],
    [
      "an unknown field",
      file(`{"w":{"strides":[1],${w.slice(1)}}`, 8),
      /expected dtype, shape and data_offsets, found "strides"/,
    ],
    ["a missing field", file(`{"w":{"dtype":"F32"}}`), /one of them is missing/],
    [
      "a bool other than 0 and 1",
      framed(new TextEncoder().encode(`{"w":${entry("BOOL", "[1]", 0, 1)}}`), 1).fill(2, -1),
      /tensor "w": expected a bool, 0 or 1, found 2/,
    ],
  ])("%s", (_what, bytes, message) => expectRefusal(read, bytes, message));

  test("4 more than 100,000 tensors", () => {
    const names = Array.from({ length: 100_001 }, (_, i) => `"${i}":${entry("F32", "[0]", 0, 0)}`);
    const bytes = file(`{${names.join()}}`);
    expect(() => read(bytes)).toThrowError(/expected at most 100000 tensors/);
  });

  test("7 names of Object.prototype are data", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const bytes = writeSafetensors(
      names.map((name, i) => [name, tensor([i])]),
      JSON.parse('{"__proto__":"a","constructor":"b"}'),
    );
    const { tensors, metadata } = parseSafetensors(bytes);
    expect(names.map((name) => tensors.get(name)?.item())).toEqual([0, 1, 2, 3]);
    expect(Object.entries(metadata)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test("17 any flipped bit, with checksums", () => {
    const tensors = [["0.weight", tensor([[1, 2], [3, 4]])], ["b", tensor([0.5, -1])], ["n", zeros([0])]] as const; // prettier-ignore
    const right = writeSafetensors(tensors, { made: "today" }, { checksums: true });
    const { tensors: back, metadata } = parseSafetensors(right, { checksums: true });
    expect([...back.keys()]).toEqual(["0.weight", "b", "n"]);
    expect(metadata).toEqual({ made: "today" });
    for (let bit = 0; bit < 8 * right.length; bit++) {
      const damaged = right.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => parseSafetensors(damaged, { checksums: true }), `bit ${bit}`).toThrowError(FormatError);
    }
    const last = right.slice();
    last[last.length - 1] ^= 1;
    expectRefusal(
      read,
      last,
      /tensor "b": expected the checksum "[0-9a-f]{8}", found "[0-9a-f]{8}"; the file was damaged/,
    );
  });

  test("17 required checksums that are missing", () => {
    const bytes = writeSafetensors([["w", tensor([1])]]);
    expect(() => parseSafetensors(bytes, { checksums: true })).toThrowError(
      /expected checksums .*, found none/,
    );
  });

  test("names in messages are short and hold no control characters", () => {
    const name = `\\u001b[31m\\u009b${"x".repeat(1000)}`;
    expect(() => read(file(`{"${name}":1}`))).toThrowError(/tensor "\\u001b\[31m\\u009bx{50,60}…": expected/);
  });
});

describe("npy", () => {
  const read = (bytes: Uint8Array): unknown => parseNpy(bytes, { name: "f" });
  const file = (dict: string, dataBytes = 8, version = 1, length = dict.length): Uint8Array =>
    join(
      [0x93, ...strToU8("NUMPY"), version, 0, length & 255, (length >> 8) & 255],
      version === 1 ? [] : [(length >> 16) & 255, length >>> 24],
      strToU8(dict, true),
      new Uint8Array(dataBytes),
    );
  const dict = (descr = "'<f4'", fortran = "False", shape = "(2,)", more = ""): string =>
    `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, ${more}}\n`;

  test("valid files are read", () => {
    expect(parseNpy(file(dict())).shape).toEqual([2]);
    expect(parseNpy(file(`{"shape":(2L,),"descr":"<f4","fortran_order":True}`)).shape).toEqual([2]);
    expect(parseNpy(file(dict("'<f4'", "False", "()"), 4)).shape).toEqual([]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["21 magic", strToU8("NUMPY\x93 and more"), /byte 0: magic: expected/],
    ["21 an empty file", new Uint8Array(0), /byte 0: magic/],
    ["21 version 4", file(dict(), 8, 4), /byte 6: version: expected 1\.0, 2\.0 or 3\.0, found 4\.0/],
    ["21 only a magic", file("").subarray(0, 6), /byte 6: version/],
    [
      "22 header beyond the file",
      file(dict(), 8, 1, 300),
      /byte 8: header length: expected at most \d+ \(the rest of the file\), found 300/,
    ],
    ["22 header beyond the file, version 2", file(dict(), 8, 2, 0xffffffff), /found 4294967295/],
    [
      "22 header above 10,000",
      file(dict().padEnd(10_001), 8, 2),
      /expected at most 10000 \(the limit\), found 10001/,
    ],
    ["22 no length", file(dict(), 8, 2).subarray(0, 10), /header length: expected 4 bytes, found 2/],
    [
      "23 a call",
      file(dict("__import__('os').system('true')")),
      /descr: expected one type in quotes .*found "__import__\('os'\)\./,
    ],
    [
      "23 an expression",
      file(dict("'<f4'", "not True")),
      /fortran_order: expected True or False, found "not True/,
    ],
    ["23 arithmetic", file(dict("'<f4'", "False", "(1+1,)")), /shape: expected ",", found "\+1,\)/],
    [
      "23 an extra key",
      file(dict("'<f4'", "False", "(2,)", "'x': 1, ")),
      /header: expected descr, .*, each once, found "x"/,
    ],
    ["23 a key twice", file(dict("'<f4'", "False", "(2,)", "'descr': '<f4', ")), /each once, found "descr"/],
    [
      "23 a missing key",
      file("{'descr': '<f4', 'shape': (2,)}"),
      /header: expected .*, found no fortran_order/,
    ],
    [
      "23 more behind",
      file(`${dict().trim()} or 1`),
      /header: expected nothing after the dict, found "or 1"/,
    ],
    ["23 not closed", file("{'descr': '<f4'"), /header: expected "}", found/],
    ["23 no dict", file("['descr']"), /byte 10: header: expected "{"/],
    [
      "24 objects",
      file(dict("'|O'")),
      /byte 20: descr: expected numbers, found "\|O": Python objects \(pickle\) are never read/,
    ],
    ["24 objects without an order", file(dict("'O'")), /Python objects/],
    [
      "25 True as a length",
      file(dict("'<f4'", "False", "(True,)")),
      /shape: expected a whole number .*, found "True/,
    ],
    ["25 a negative length", file(dict("'<f4'", "False", "(-1,)")), /found "-1/],
    ["25 a fraction", file(dict("'<f4'", "False", "(2.0,)")), /shape: expected/],
    ["25 no tuple", file(dict("'<f4'", "False", "2")), /shape: expected "\(", found "2/],
    ["25 a number in brackets", file(dict("'<f4'", "False", "(2)")), /shape: expected ",", found "\)/],
    ["25 above 2^53", file(dict("'<f4'", "False", "(9007199254740993,)")), /numbers below 2\^53/],
    [
      "26 larger than the rest",
      file(dict("'<f8'", "False", "(65536, 65536)")),
      /shape: expected 34359738368 bytes for <f8 \(65536, 65536\), found 8/,
    ],
    [
      "26 a product that wraps",
      file(dict("'<f8'", "False", "(4294967296, 4294967296)")),
      /expected fewer than 2\^53 bytes/,
    ],
    ["26 cut off by one byte", file(dict(), 7), /expected 8 bytes for <f4 \(2\), found 7/],
    ["26 trailing bytes", file(dict(), 9), /found 9 behind the header/],
    ["27 unknown type", file(dict("'<c8'")), /descr: expected .*, found "<c8"/],
    ["27 no order", file(dict("'f4'")), /found "f4"/],
    ["27 native order", file(dict("'=f4'")), /found "=f4"/],
    ["27 no order where there must be one", file(dict("'|f4'")), /found "\|f4"/],
    ["27 a byte order for a type of one byte", file(dict("'>b1'"), 2), /found ">b1"/],
    ["a structured type", file(dict("[('a', '<f4')]")), /structured types are not read/],
  ])("%s", (_what, bytes, message) => expectRefusal(read, bytes, message));
});

describe("npz", () => {
  const read = (bytes: Uint8Array): unknown => parseNpz(bytes, { name: "f" });
  const array = writeNpy(tensor([1, 2]));
  const zip = (entries: Zippable, level: 0 | 6 = 0): Uint8Array => zipSync(entries, { level });
  const good = writeNpz([["a", tensor([1, 2])], ["b", zeros([4096])]], { compress: true }); // prettier-ignore
  /** The archive with bytes of the directory's first entry replaced. */
  const patched = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    copy.set(values, view.getUint32(copy.length - 6, true) + at);
    return copy;
  };
  /** Both names of an archive's only entry replaced by one of the same length. */
  const renamed = (from: string, to: string): Uint8Array => {
    const bytes = zip({ [from]: array });
    const [raw, other] = [strToU8(from), strToU8(to)];
    for (let at = 0; at < bytes.length; at++)
      if (raw.every((byte, i) => bytes[at + i] === byte)) bytes.set(other, at);
    return bytes;
  };
  const twice = (): Uint8Array => {
    const bytes = zip({ "a.npy": array, "b.npy": array });
    for (let at = 0; at < bytes.length; at++)
      if (bytes[at] === 0x62 && bytes[at + 1] === 0x2e && bytes[at + 2] === 0x6e) bytes[at] = 0x61;
    return bytes;
  };
  const bomb = zip({ "a.npy": writeNpy(zeros([4_000_000])) }, 6);

  test("valid files are read", () => {
    expect([...parseNpz(good).keys()]).toEqual(["a", "b"]);
    expect(parseNpz(zip({})).size).toBe(0);
    expect(parseNpz(bomb, { limit: 20_000_000 }).get("a")?.size).toBe(4_000_000);
    expect([...parseNpz(zip({ "__proto__.npy": array })).keys()]).toEqual(["__proto__"]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    [
      "28 ../x",
      renamed("aaax.npy", "../x.npy"),
      /zip: expected a relative name without "\.\.", found "\.\.\/x\.npy"/,
    ],
    ["28 inside ..", renamed("a/bb/x.npy", "a/../x.npy"), /found "a\/\.\.\/x\.npy"/],
    ["28 absolute", renamed("aax.npy", "/ax.npy"), /found "\/ax\.npy"/],
    ["28 a drive", renamed("aax.npy", "C:x.npy"), /found "C:x\.npy"/],
    ["28 a backslash", renamed("a-x.npy", "a\\x.npy"), /found "a\\\\x\.npy"/],
    ["28 a zero byte", renamed("a-x.npy", "a\0x.npy"), /found "a\\u0000x\.npy"/],
    ["28 a name twice", twice(), /zip: the entry "a\.npy" appears twice/],
    [
      "28 larger than declared",
      patched(good, 24, 100, 0, 0, 0),
      /entry "a\.npy": expected to expand to 100 bytes, found more/,
    ],
    [
      "28 smaller than declared",
      patched(good, 24, 137, 0, 0, 0),
      /entry "a\.npy": expected to expand to 137 bytes, found 136/,
    ],
    [
      "28 declared far too large",
      patched(good, 24, 0, 0, 0, 0x70),
      /expand at most 100:1, found \d+ bytes that expand to 1879048192/,
    ],
    [
      "28 ratio above 100:1",
      bomb,
      /entry "a\.npy": expected to expand at most 100:1, found \d+ bytes that expand to 16000128/,
    ],
    ["28 nested", zip({ "a.npz": good }), /entry "a\.npz": expected names that end in \.npy only/],
    ["28 nested under another name", zip({ "a.npy": good }), /entry "a\.npy": at byte 0: magic/],
    [
      "28 stored with another size",
      patched(zip({ "a.npy": array }), 24, 1, 0, 0, 0),
      /expected 136 bytes, as many as are stored, found 1 declared/,
    ],
    [
      "overlapping entries",
      patched(zip({ "a.npy": array, "b.npy": array }), 20, 255, 0, 0, 0, 255),
      /it overlaps what follows/,
    ],
    [
      "a wrong checksum",
      patched(good, 16, 1, 2, 3, 4),
      /entry "a\.npy": expected the CRC-32 04030201, found/,
    ],
    ["encrypted", patched(good, 8, 1), /encrypted entries are not read/],
    [
      "another compression",
      patched(good, 10, 12),
      /expected compression 0 \(stored\) or 8 \(deflated\), found 12/,
    ],
    ["another name in front of the data", patched(good, 46, 0x63), /its header and the directory differ/],
    ["a header elsewhere", patched(good, 42, 1), /expected its header at byte 1, found something else/],
    ["cut off", good.subarray(0, -1), /byte 0: zip: expected an end-of-directory record, found none/],
    [
      "no archive",
      strToU8("PK\x03\x04 but nothing else, really nothing"),
      /expected an end-of-directory record/,
    ],
    ["data in front", join([1, 2, 3], good), /expected the directory to end at/],
  ])("%s", (_what, bytes, message) => expectRefusal(read, bytes, message));

  test("28 more than the limit in all", () => {
    expect(() => parseNpz(good, { limit: 200 })).toThrowError(
      /expected at most 200 bytes in all, found 16648/,
    );
  });

  test("damaged compressed data", () => {
    for (let at = 40; at < 60; at++) {
      const damaged = good.slice();
      damaged[at] ^= 0x55;
      expect(() => read(damaged)).toThrowError(FormatError);
    }
  });
});

describe("IDX", () => {
  const read = (bytes: Uint8Array): unknown => parseIdx(bytes, { name: "f" });
  const right = writeIdx([3, 2], new Uint8Array([1, 2, 3, 4, 5, 6]));
  const patched = (at: number, ...values: number[]): Uint8Array => {
    const copy = right.slice();
    copy.set(values, at);
    return copy;
  };
  const zeroBytes = writeIdx([60_000_000], new Uint8Array(60_000_000));
  const bomb = gzipSync(zeroBytes, { level: 1 });
  const million = gzipSync(new Uint8Array(1e6));
  const chain = join(...Array.from({ length: 100 }, () => million));

  test.each<[string, Uint8Array, RegExp]>([
    [
      "29 type byte",
      patched(2, 0x0a),
      /byte 2: type: expected 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, found 0x0a/,
    ],
    ["30 rank 0", patched(3, 0), /byte 3: number of axes: expected 1 to 8, found 0/],
    ["30 rank 9", patched(3, 9), /expected 1 to 8, found 9/],
    [
      "31 axes of 2^32 − 1 each",
      patched(4, ...Array<number>(8).fill(255)),
      /expected fewer than 2\^53 bytes for \[4294967295,4294967295\], found 6/,
    ],
    [
      "32 cut off",
      right.subarray(0, -1),
      /byte 4: lengths of the axes: expected 6 bytes for \[3,2\], found 5; the file is cut off/,
    ],
    [
      "32 trailing",
      join(right, [0]),
      /expected 6 bytes for \[3,2\], found 7; the file has bytes behind the data/,
    ],
    ["32 cut off in the lengths", right.subarray(0, 9), /lengths of the axes: expected 8 bytes, found 5/],
    ["32 an empty file", new Uint8Array(0), /magic: expected 00 00, .* found an empty file/],
    ["another format", strToU8("<html>"), /magic: expected an IDX file, found a web page/],
    ["34 a gzip bomb", bomb, /gzip: expands to more than \d+ bytes \(\d+ compressed\)/],
    ["34 a chain of gzip bombs", chain, /gzip: expands to more than \d+ bytes/],
    ["34 a gzip bomb in a gzip bomb", gzipSync(bomb), /magic/],
    ["gzip cut off", gzipSync(right).subarray(0, -1), /gzip: .*cut short/],
    [
      "gzip cut in the middle",
      gzipSync(right).subarray(0, 20),
      /byte 20: gzip: the compressed data end too early/,
    ],
    ["gzip damaged", gzipSync(right).fill(9, 14, 16), /gzip: /],
    [
      "gzip of another checksum",
      gzipSync(right).fill(9, -8, -4),
      /gzip: expected 18 bytes with the CRC-32 09090909, found 18 with/,
    ],
    ["gzip and more", join(gzipSync(right), [1, 2, 3]), /gzip: /],
    ["gzip and much more", join(gzipSync(right), new Uint8Array(100)), /gzip: /],
  ])("%s", (_what, bytes, message) => expectRefusal(read, bytes, message));

  test("33 as many labels as images", () => {
    const images = { shape: [3, 2, 1], values: new Uint8Array(6) };
    const labels = { shape: [2], values: new Uint8Array(2) };
    const names = { images: "i", labels: "l" };
    expect(() => pairImages(images, labels, names)).toThrowError(
      "l: at byte 4: number of labels: expected 3, as many as images in i, found 2",
    );
    expect(() => pairImages(labels, images, names)).toThrowError(
      /i: at byte 2: .* found \[2\] in Uint8Array/,
    );
    const three = { shape: [3], values: new Uint8Array([1, 2, 3]) };
    expect(pairImages(images, three)).toMatchObject({ count: 3, rows: 2, columns: 1 });
    const signed = { shape: [3], values: new Int8Array(3) };
    expect(() => pairImages(images, signed, names)).toThrowError(/found \[3\] in Int8Array/);
  });

  test("34 the limit of the expanded size is an option", () => {
    const some = zeroBytes.subarray(0, 2_000_000);
    const packed = gzipSync(some);
    expect(gunzip(packed, { limit: some.length })).toEqual(some);
    expect(() => gunzip(packed, { limit: some.length - 1 })).toThrowError(/more than 1999999 bytes/);
  });

  test("several gzip members are one file", () => {
    const [a, b] = [right.subarray(0, 5), right.subarray(5)];
    expect(parseIdx(join(gzipSync(a), gzipSync(b))).shape).toEqual([3, 2]);
    const damaged = join(gzipSync(a).fill(0, -8, -4), gzipSync(b));
    expect(() => read(damaged)).toThrowError(/CRC-32 00000000/);
  });
});
