import { parseSafetensors } from "../formats/safetensors/read.ts";
import type { SafetensorsFile, SafetensorsReadOptions } from "../formats/safetensors/read.ts";
import { writeSafetensors } from "../formats/safetensors/write.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { readBytes, writeFileAtomic } from "./files.ts";

/**
 * Writes tensors to a safetensors file, whole or not at all. The metadata gets a checksum per tensor, which finds
 * damaged files, unless `checksums` is false. PyTorch and others read the file either way.
 *
 * @throws FileError when it cannot be written, ValueError for names that the format does not allow
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
 * Reads a safetensors file, and verifies its checksums if it has any.
 *
 * @throws FileError when it cannot be read, FormatError when it is damaged or not a safetensors file
 */
export function loadSafetensors(
  path: string,
  options: Omit<SafetensorsReadOptions, "name"> = {},
): SafetensorsFile {
  return parseSafetensors(readBytes(path), { ...options, name: path });
}
