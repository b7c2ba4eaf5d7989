/**
 * safetensors, the format of Hugging Face: the header's length (8 bytes, little-endian), the header (JSON: name →
 * dtype, shape, data_offsets; `__metadata__` string → string), then the numbers of all tensors without a gap. Source:
 * https://huggingface.co/docs/safetensors. This file reads the header and checks its claims before anything is
 * allocated for them.
 */
import { otherFormat } from "../signatures.ts";
import type { FormatError } from "../../tensor/errors.ts";
import { formatShape } from "../../tensor/shape.ts";
import type { Shape } from "../../tensor/shape.ts";
import { bytesFor, elementTypes } from "../elements.ts";
import type { ElementName } from "../elements.ts";
import { JsonCursor } from "../json-cursor.ts";
import { quote, refusal } from "../refusal.ts";

export const mostHeaderBytes = 16 * 1024 * 1024;
export const mostTensors = 100_000;
const mostAxes = 64;
export const metadataName = "__metadata__";

/** The types that are read, each with its tensor type. */
export const readable = new Map<string, ElementName>([
  ["F64", "float64"],
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["I64", "int64"],
  ["I32", "int32"],
  ["I16", "int16"],
  ["I8", "int8"],
  ["U64", "uint64"],
  ["U32", "uint32"],
  ["U16", "uint16"],
  ["U8", "uint8"],
  ["BOOL", "bool"],
]);

/** The header's entry for a tensor, after it was checked. */
export interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
  /** The entry's place in the header: the character, and its index among the tensors. */
  readonly place: number;
  readonly order: number;
}

export interface Header {
  /** The position in the file where the numbers begin. */
  readonly dataStart: number;
  /** The tensors in the order of the header. */
  readonly entries: readonly Entry[];
  readonly metadata: Map<string, string>;
}

/** Reads the header and checks that every byte of the file belongs to it or to a tensor. */
export function readHeader(bytes: Uint8Array, file: string): Header {
  const dataStart = 8 + headerLength(bytes, file);
  const cursor = new JsonCursor(headerText(bytes.subarray(8, dataStart), file), file, 8);
  const { entries, metadata } = readMembers(cursor);
  const reached = checkLayout(entries, bytes.length - dataStart, cursor);
  if (dataStart + reached !== bytes.length)
    throw refusal(
      file,
      dataStart + reached,
      `data: expected the end of the file, found ${bytes.length - dataStart - reached} bytes that belong to no tensor`,
    );
  return { dataStart, entries, metadata };
}

function headerLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < 8)
    throw refusal(file, 0, `header length: expected 8 bytes, found a file of ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(bytes.length - 8, mostHeaderBytes);
  if (length > most)
    throw (
      otherFormat(file, bytes, "header length", "that of a safetensors file") ??
      refusal(
        file,
        0,
        `header length: expected at most ${most} (${most === mostHeaderBytes ? "the limit" : "the rest of the file"}), found ${length}`,
      )
    );
  return Number(length);
}

function headerText(header: Uint8Array, file: string): string {
  if (header[0] !== 0x7b)
    throw refusal(
      file,
      8,
      `header: expected "{", found ${header.length === 0 ? "nothing" : `the byte 0x${header[0].toString(16).padStart(2, "0")}`}`,
    );
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch (cause) {
    throw refusal(file, 8, "header: expected UTF-8, found bytes that are not", { cause });
  }
}

function readMembers(cursor: JsonCursor): { entries: Entry[]; metadata: Map<string, string> } {
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  for (const name of cursor.members("header")) {
    if (name === metadataName) {
      for (const key of cursor.members(metadataName))
        metadata.set(key, cursor.string(`${metadataName} ${quote(key)}`));
      continue;
    }
    const place = cursor.place();
    if (entries.length === mostTensors)
      throw cursor.refusal(place, `header: expected at most ${mostTensors} tensors, found more`);
    entries.push(readEntry(cursor, name, place, entries.length));
  }
  cursor.end("header");
  return { entries, metadata };
}

function readEntry(cursor: JsonCursor, name: string, place: number, order: number): Entry {
  const tensor = `tensor ${quote(name)}`;
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  for (const field of cursor.members(tensor)) {
    const at = cursor.place();
    if (field === "dtype") {
      dtype = cursor.string(`${tensor} dtype`);
      if (!readable.has(dtype))
        throw cursor.refusal(
          at,
          `${tensor} dtype: expected one of ${[...readable.keys()].join(", ")}, found ${quote(dtype)}`,
        );
    } else if (field === "shape") shape = cursor.counts(`${tensor} shape`, mostAxes);
    else if (field === "data_offsets") {
      offsets = cursor.counts(`${tensor} data_offsets`, 2);
      if (offsets.length !== 2 || offsets[1] < offsets[0])
        throw cursor.refusal(
          at,
          `${tensor} data_offsets: expected a begin and an end ≥ it, found [${offsets.join(",")}]`,
        );
    } else
      throw cursor.refusal(at, `${tensor}: expected dtype, shape and data_offsets, found ${quote(field)}`);
  }
  if (dtype === undefined || shape === undefined || offsets === undefined)
    throw cursor.refusal(place, `${tensor}: expected dtype, shape and data_offsets; one of them is missing`);
  const [begin, end] = offsets;
  const needed = bytesFor(shape, elementTypes[readable.get(dtype)!].bytes);
  if (needed !== end - begin)
    throw cursor.refusal(
      place,
      `${tensor} data_offsets: expected ${Number.isNaN(needed) ? "fewer than 2^53" : needed} bytes for ${dtype} ${formatShape(shape)}, found ${end - begin}`,
    );
  return { name, dtype, shape, begin, end, place, order };
}

/**
 * Checks that every tensor begins where the one before it ends, in the order of the data. Returns the end of the last
 * one.
 */
function checkLayout(entries: Entry[], length: number, cursor: JsonCursor): number {
  const sorted = inDataOrder(entries);
  const wrong = (entry: Entry, problem: string): FormatError =>
    cursor.refusal(entry.place, `tensor ${quote(entry.name)} data_offsets: ${problem}`);
  let reached = 0;
  for (const [i, entry] of sorted.entries()) {
    const { begin, end } = entry;
    if (end > length)
      throw wrong(entry, `expected an end up to ${length}, where the file ends, found ${end}`);
    if (begin !== reached)
      throw wrong(
        entry,
        `expected to begin at ${reached}, found ${begin}: ${begin < reached ? "it overlaps the tensor before" : "bytes that belong to no tensor"}`,
      );
    // The place of an empty tensor follows from the order alone, so the order must agree with the offsets.
    const empty = begin === end || (i > 0 && sorted[i - 1].begin === sorted[i - 1].end);
    if (i > 0 && empty && entry.order < sorted[i - 1].order)
      throw wrong(
        entry,
        `${begin} is shared with ${quote(sorted[i - 1].name)}, which is listed later and is empty or beside an empty one`,
      );
    reached = end;
  }
  return reached;
}

export function inDataOrder(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end || a.order - b.order);
}
