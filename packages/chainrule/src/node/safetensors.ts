import { parseSafetensors } from "../formats/safetensors/read.ts";
import type { SafetensorsFile, SafetensorsReadOptions } from "../formats/safetensors/read.ts";
import { writeSafetensors } from "../formats/safetensors/write.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { readBytes, writeFileAtomic } from "./files.ts";

/**
 * Writes tensors to a safetensors file, whole or not at all. Files rot, so a checksum per tensor goes into the metadata
 * unless `checksums` is false; PyTorch and others read the file either way.
 *
 * @throws FileError when it cannot be written, ValueError for names the format does not take
 * @example
 * const path = `${process.env.TMPDIR ?? "/tmp"}/chainrule-example.safetensors`;
 * saveSafetensors(path, [["weight", tensor([1, 2])]]);
 * loadSafetensors(path).tensors.get("weight")?.toArray(); // [ 1, 2 ]
 */
export function saveSafetensors(
  path: string,
  tensors: Iterable<readonly [name: string, tensor: Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
  options: { readonly checksums?: boolean } = {},
): void {
  writeFileAtomic(path, writeSafetensors(tensors, metadata, { checksums: options.checksums ?? true }));
}

/**
 * Reads a safetensors file; checksums that are there are verified.
 *
 * @throws FileError when it cannot be read, FormatError when it is damaged or something else
 */
export function loadSafetensors(
  path: string,
  options: Omit<SafetensorsReadOptions, "name"> = {},
): SafetensorsFile {
  return parseSafetensors(readBytes(path), { ...options, name: path });
}
