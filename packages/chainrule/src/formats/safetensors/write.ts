import { describe } from "../../tensor/check.ts";
import { checkOptions, flag, requireTensor } from "../../tensor/options.ts";
import { bytesPer } from "../../tensor/dtype.ts";
import type { DType } from "../../tensor/dtype.ts";
import { ValueError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { littleEndianBytes } from "../elements.ts";
import { quote } from "../refusal.ts";
import { checksumName, compareText, tensorChecksum, textChecksum } from "./checksums.ts";
import { metadataName, mostHeaderBytes, mostTensors } from "./header.ts";

const codes: Record<DType, string> = { float64: "F64", float32: "F32", int32: "I32", bool: "BOOL" };

/** The official order of the types: wide types first, so that every tensor is aligned. */
const order: Record<DType, number> = { float64: 0, float32: 1, int32: 2, bool: 3 };

/**
 * The bytes of a safetensors file: tensors in the order of the official library, wide types first and then by name, so
 * that the same tensors give the same bytes. `checksums` adds a CRC-32 per tensor to the metadata.
 *
 * @throws ValueError for a name that appears twice, is `__metadata__` or is not well-formed text
 * @example
 * const bytes = writeSafetensors([["bias", tensor([0.5])]], { made: "by hand" });
 * parseSafetensors(bytes).metadata; // { made: 'by hand' }
 */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, tensor: Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
  options: { readonly checksums?: boolean } = {},
): Uint8Array {
  checkOptions("writeSafetensors", options, { checksums: flag });
  const sorted = pairsOf(tensors).sort(
    ([a, x], [b, y]) => order[x.dtype] - order[y.dtype] || compareText(a, b),
  );
  const header = new TextEncoder().encode(headerOf(sorted, metadata, options.checksums ?? false));
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > mostHeaderBytes || sorted.length > mostTensors)
    throw new ValueError(
      "writeSafetensors",
      `${sorted.length} tensors with ${padded} bytes of header; readers take at most ${mostTensors} and ${mostHeaderBytes}`,
    );
  const bytes = new Uint8Array(8 + padded + sorted.reduce((sum, [, tensor]) => sum + byteLength(tensor), 0));
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(header, 8);
  let at = 8 + padded;
  for (const [, tensor] of sorted) {
    bytes.set(littleEndianBytes(tensor.data), at);
    at += byteLength(tensor);
  }
  return bytes;
}

/** Names and tensors, each pair of its kind. */
function pairsOf(tensors: Iterable<readonly [string, Tensor]>): (readonly [string, Tensor])[] {
  const where = "writeSafetensors";
  const advice = 'write pairs such as [["weight", tensor]], a Map, or module.stateDict()';
  if (typeof (tensors as Partial<typeof tensors> | null)?.[Symbol.iterator] !== "function")
    throw new ValueError(where, `takes names with tensors, not ${describe(tensors)}`, { advice });
  return [...tensors].map((pair) => {
    if (!Array.isArray(pair) || typeof pair[0] !== "string")
      throw new ValueError(where, `takes names with tensors, not ${describe(pair)}`, { advice });
    return [pair[0], requireTensor(where, quote(pair[0]), pair[1])];
  });
}

function byteLength(tensor: Tensor): number {
  return tensor.size * bytesPer[tensor.dtype];
}

function headerOf(
  sorted: readonly (readonly [string, Tensor])[],
  metadata: Readonly<Record<string, string>>,
  checksums: boolean,
): string {
  const members = new Map<string, string>();
  let end = 0;
  for (const [name, tensor] of sorted) {
    const problem = members.has(name)
      ? "it is given twice"
      : name === metadataName
        ? "the format reserves it"
        : name.isWellFormed()
          ? undefined
          : "it has half of a surrogate pair in it";
    if (problem !== undefined)
      throw new ValueError("writeSafetensors", `${quote(name)} cannot name a tensor: ${problem}`);
    const begin = end;
    end += byteLength(tensor);
    members.set(
      name,
      `{"dtype":"${codes[tensor.dtype]}","shape":[${tensor.shape.join(",")}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const texts = Object.entries(metadata);
  for (const [key, value] of texts)
    if (typeof value !== "string" || key === checksumName || !`${key} ${value}`.isWellFormed())
      throw new ValueError(
        "writeSafetensors",
        `the metadata ${quote(key)} must be well-formed text of its own name`,
      );
  texts.sort(([a], [b]) => compareText(a, b));
  if (checksums) {
    const sums = sorted.map(([name, tensor]) =>
      tensorChecksum(name, codes[tensor.dtype], tensor.shape, littleEndianBytes(tensor.data)),
    );
    texts.push([checksumName, [textChecksum(texts), ...sums].join(" ")]);
  }
  const parts = [...members].map(([name, entry]) => `${JSON.stringify(name)}:${entry}`);
  if (texts.length > 0)
    parts.unshift(
      `"${metadataName}":{${texts.map((pair) => pair.map((text) => JSON.stringify(text)).join(":")).join(",")}}`,
    );
  return `{${parts.join(",")}}`;
}
