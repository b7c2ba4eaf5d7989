import { zipSync } from "fflate";
import type { Zippable } from "fflate";
import { ValueError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { parseNpy, writeNpy } from "./npy.ts";
import { quote, refusal } from "./refusal.ts";
import { isSafeName, readZip } from "./zip.ts";
import type { ZipOptions } from "./zip.ts";

/**
 * Reads a .npz file, as NumPy's `savez` and `savez_compressed` write it: a zip archive of .npy files.
 *
 * @throws FormatError for a damaged archive, one made to fill memory, names that lead out of it, and what {@link parseNpy} refuses
 * @example
 * const bytes = writeNpz([["x", tensor([1, 2])]]);
 * parseNpz(bytes).get("x")?.toArray(); // [ 1, 2 ]
 */
export function parseNpz(bytes: Uint8Array, options: ZipOptions = {}): Map<string, Tensor> {
  const file = options.name ?? "the npz data";
  const tensors = new Map<string, Tensor>();
  for (const [name, content] of readZip(bytes, { ...options, name: file })) {
    if (!name.endsWith(".npy"))
      throw refusal(file, 0, `entry ${quote(name)}: expected names that end in .npy only`);
    tensors.set(name.slice(0, -".npy".length), parseNpy(content, { name: `${file}, entry ${quote(name)}` }));
  }
  return tensors;
}

/**
 * The bytes of a .npz file, in the order given; the same tensors give the same bytes. `compress` deflates them.
 *
 * @throws ValueError for a name that appears twice or would lead out of a folder
 * @example
 * writeNpz([["../x", tensor([1])]]); // throws ValueError
 */
export function writeNpz(
  tensors: Iterable<readonly [name: string, tensor: Tensor]>,
  options: { readonly compress?: boolean } = {},
): Uint8Array {
  // Times in the archive have no time zone. Local noon of the earliest possible day gives the same bytes everywhere.
  const settings = { level: options.compress ? 6 : 0, mtime: new Date(1980, 0, 1, 12) } as const;
  const entries: Zippable = {};
  for (const [name, tensor] of tensors) {
    const path = `${name}.npy`;
    if (name === "" || !isSafeName(path) || Object.hasOwn(entries, path))
      throw new ValueError(
        "writeNpz",
        `${quote(name)} cannot name an array: ${Object.hasOwn(entries, path) ? "it is given twice" : "it must be a relative path without empty parts and .."}`,
      );
    entries[path] = [writeNpy(tensor), settings];
  }
  return zipSync(entries);
}
