/** What a file is, by its first bytes: for a reader that was given a file of another format. */
import { refusal } from "./refusal.ts";
import type { FormatError } from "../tensor/errors.ts";

interface Signature {
  /** What the file is, in a sentence "this is …". */
  readonly what: string;
  readonly advice: string;
  begins(bytes: Uint8Array, text: string): boolean;
}

const convert = "save the tensors with safetensors.torch.save_file(model.state_dict(), …) in Python";

/** From the most special to the most general. */
const signatures: readonly Signature[] = [
  {
    what: "a web page (HTML)",
    advice: "the download answered with a page; fetch the file itself, such as its raw link",
    begins: (_bytes, text) => /^\s*(?:<!doctype html|<html|<head|<\?xml)/i.test(text),
  },
  {
    what: "a pointer of Git LFS, not the file itself",
    advice: "fetch it with git lfs pull",
    begins: (_bytes, text) => text.startsWith("version https://git-lfs.github.com"),
  },
  {
    what: "a file of torch.save (a zip with a pickle)",
    advice: convert,
    begins: (bytes, text) => isZip(bytes) && /data\.pkl|\/data\/|archive\//.test(text),
  },
  { what: "a zip archive", advice: "unpack it first", begins: isZip },
  { what: "a pickle of Python", advice: convert, begins: ([a, b]) => a === 0x80 && b >= 2 && b <= 5 },
  { what: "a .npy file of NumPy", advice: "read it with parseNpy", begins: starts(0x93, 0x4e, 0x55, 0x4d) },
  { what: "an HDF5 file, such as Keras saves", advice: convert, begins: starts(0x89, 0x48, 0x44, 0x46) },
  { what: "a PNG image", advice: "images are given as IDX or CSV", begins: starts(0x89, 0x50, 0x4e, 0x47) },
  { what: "a JPEG image", advice: "images are given as IDX or CSV", begins: starts(0xff, 0xd8, 0xff) },
  { what: "a PDF document", advice: "give the data themselves", begins: starts(0x25, 0x50, 0x44, 0x46) },
  {
    what: "a SQLite database",
    advice: "export its tables",
    begins: (_bytes, text) => text.startsWith("SQLite format 3"),
  },
  { what: "gzip data", advice: "unpack it first, with gunzip", begins: starts(0x1f, 0x8b) },
  { what: "an IDX file, as of MNIST", advice: "read it with parseIdx", begins: (bytes) => isIdx(bytes) },
  {
    what: "JSON",
    advice: "give the file of the format itself",
    begins: (_bytes, text) => /^\s*[[{]\s*["[{\d]/.test(text),
  },
  { what: "text, such as CSV", advice: "give the file of the format itself", begins: isText },
];

function starts(...first: readonly number[]): Signature["begins"] {
  return (bytes) => startsWith(bytes, first);
}

export function startsWith(bytes: Uint8Array, first: readonly number[]): boolean {
  return first.every((byte, i) => bytes[i] === byte);
}

export function isZip(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0x50, 0x4b, 0x05, 0x06]);
}

function isIdx([a, b, type, axes]: Uint8Array): boolean {
  return a === 0 && b === 0 && type >= 0x08 && type <= 0x0e && axes >= 1 && axes <= 8;
}

function isText(bytes: Uint8Array): boolean {
  const first = bytes.subarray(0, 256);
  return first.length > 0 && first.every((byte) => byte === 9 || byte === 10 || byte === 13 || byte >= 32);
}

/** The error for a file that is evidently of another format; undefined if its first bytes say nothing. */
export function otherFormat(
  file: string,
  bytes: Uint8Array,
  field: string,
  expected: string,
): FormatError | undefined {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 512));
  const found = signatures.find(({ begins }) => begins(bytes, text));
  return found && refusal(file, 0, `${field}: expected ${expected}, found ${found.what}; ${found.advice}`);
}
