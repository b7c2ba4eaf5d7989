import { fromValues } from "../../tensor/tensor.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { elementTypes, readElements } from "../elements.ts";
import { quote, refusal } from "../refusal.ts";
import type { ReadOptions } from "../refusal.ts";
import { checksumName, verifyChecksums } from "./checksums.ts";
import { metadataName, readHeader, readable } from "./header.ts";

export interface SafetensorsFile {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Record<string, string>;
}

export interface SafetensorsReadOptions extends ReadOptions {
  /** `true` refuses a file without checksums. Checksums that are present are always verified. */
  readonly checksums?: boolean;
}

/**
 * Reads a safetensors file. F32, F64, I32 and BOOL keep their type; F16 and BF16 become float32; other integers become
 * int32 and must fit. Everything the header claims is checked before anything is allocated for it.
 *
 * @throws FormatError naming the file, the byte, the field, and what was expected and found
 * @example
 * const bytes = writeSafetensors([["weight", tensor([[1, 2]])]]);
 * parseSafetensors(bytes).tensors.get("weight")?.shape; // [ 1, 2 ]
 */
export function parseSafetensors(bytes: Uint8Array, options: SafetensorsReadOptions = {}): SafetensorsFile {
  const file = options.name ?? "the safetensors data";
  const header = readHeader(bytes, file);
  if (!verifyChecksums(header, bytes, file) && options.checksums)
    throw refusal(file, 8, `${metadataName}: expected checksums (${checksumName}), found none`);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of header.entries) {
    const element = readable.get(dtype)!;
    const { bytes: width, dtype: type } = elementTypes[element];
    const at = header.dataStart + begin;
    const field = `tensor ${quote(name)}`;
    const values = readElements(element, { file, field, bytes, at, count: (end - begin) / width });
    tensors.set(name, fromValues(values, shape, type));
  }
  return { tensors, metadata: Object.fromEntries(header.metadata) };
}
