/**
 * NumPy's .npy: "\x93NUMPY", version, header length (2 bytes, 4 from version 2), a Python dict literal of descr,
 * fortran_order and shape, padded to a multiple of 64 bytes with spaces and a line feed, then the numbers.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { otherFormat } from "./signatures.ts";
import { allocate } from "../tensor/dtype.ts";
import type { DType } from "../tensor/dtype.ts";
import { move } from "../ops/moves.ts";
import { stridesOf } from "../tensor/shape.ts";
import type { Shape } from "../tensor/shape.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { bytesFor, elementTypes, littleEndianBytes, readElements } from "./elements.ts";
import type { ElementName } from "./elements.ts";
import { readNpyDict } from "./npy-header.ts";
import { quote, refusal } from "./refusal.ts";
import type { ReadOptions } from "./refusal.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const mostHeaderBytes = 10_000;

const kinds = new Map<string, ElementName>([
  ["b1", "bool"],
  ["i1", "int8"],
  ["u1", "uint8"],
  ["i2", "int16"],
  ["u2", "uint16"],
  ["i4", "int32"],
  ["u4", "uint32"],
  ["i8", "int64"],
  ["u8", "uint64"],
  ["f2", "float16"],
  ["f4", "float32"],
  ["f8", "float64"],
]);

const descrs: Record<DType, string> = { float32: "<f4", float64: "<f8", int32: "<i4", bool: "|b1" };

/**
 * Reads a .npy file, versions 1 to 3, C or Fortran order, either byte order. float32, float64, int32 and bool keep
 * their type; float16 becomes float32; other integers become int32 and must fit.
 *
 * @throws FormatError naming the file, the byte, the field, and what was expected and found
 * @example
 * parseNpy(writeNpy(tensor([[1, 2], [3, 4]]))).toArray(); // [ [ 1, 2 ], [ 3, 4 ] ]
 */
export function parseNpy(bytes: Uint8Array, options: ReadOptions = {}): Tensor {
  const file = options.name ?? "the npy data";
  if (magic.some((byte, i) => bytes[i] !== byte))
    throw (
      otherFormat(file, bytes, "magic", "a .npy file") ??
      refusal(file, 0, `magic: expected "\\x93NUMPY", found another beginning; this is not a .npy file`)
    );
  const [major, minor] = [bytes[6], bytes[7]];
  if (!(major >= 1 && major <= 3) || minor !== 0)
    throw refusal(file, 6, `version: expected 1.0, 2.0 or 3.0, found ${major}.${minor}`);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start)
    throw refusal(file, 8, `header length: expected ${start - 8} bytes, found ${bytes.length - 8}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const most = Math.min(bytes.length - start, mostHeaderBytes);
  if (length > most)
    throw refusal(
      file,
      8,
      `header length: expected at most ${most} (${most === mostHeaderBytes ? "the limit" : "the rest of the file"}), found ${length}`,
    );
  const at = start + length;
  const { descr, fortran_order: fortran, shape } = readNpyDict(bytes.subarray(start, at), file, start);
  const { element, little } = elementOf(descr.value, file, descr.at);
  const needed = bytesFor(shape.value, elementTypes[element].bytes);
  if (needed !== bytes.length - at)
    throw refusal(
      file,
      shape.at,
      `shape: expected ${Number.isNaN(needed) ? "fewer than 2^53" : needed} bytes for ${descr.value} (${shape.value.join(", ")}), found ${bytes.length - at} behind the header`,
    );
  const count = needed / elementTypes[element].bytes;
  const values = readElements(element, { file, field: "data", bytes, at, count }, little);
  const { dtype } = elementTypes[element];
  if (!fortran.value || shape.value.length < 2) return fromValues(values, shape.value, dtype);
  const ordered = allocate(dtype, count);
  const from = fortranStrides(shape.value);
  move(ordered, values, { lengths: shape.value, from, to: stridesOf(shape.value) });
  return fromValues(ordered, shape.value, dtype);
}

/** The first axis runs fastest. */
function fortranStrides(shape: Shape): number[] {
  return stridesOf([...shape].reverse()).reverse();
}

function elementOf(descr: string, file: string, at: number): { element: ElementName; little: boolean } {
  if (/^[|<>=]?O/.test(descr))
    throw refusal(
      file,
      at,
      `descr: expected numbers, found ${quote(descr)}: Python objects (pickle) are never read; save numbers instead`,
    );
  const element = kinds.get(descr.slice(1));
  const order = descr[0];
  const single = element !== undefined && elementTypes[element].bytes === 1;
  if (element === undefined || (single ? order !== "|" : order !== "<" && order !== ">"))
    throw refusal(
      file,
      at,
      `descr: expected "|b1", "|i1", "|u1", or "<" or ">" before one of i2 u2 i4 u4 i8 u8 f2 f4 f8, found ${quote(descr)}`,
    );
  return { element, little: order !== ">" };
}

/**
 * The bytes of a .npy file (version 1.0), the same that NumPy's `save` writes for the array.
 *
 * @example
 * writeNpy(tensor([0.5])).length; // 132
 */
export function writeNpy(tensor: Tensor): Uint8Array {
  const { shape } = tensor;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  let header = `{'descr': '${descrs[tensor.dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy leaves room for the first axis to grow to 21 digits.
  if (shape.length > 0) header += " ".repeat(21 - String(shape[0]).length);
  header += " ".repeat(64 - ((10 + header.length + 1) % 64)) + "\n";
  const data = littleEndianBytes(tensor.data);
  const bytes = new Uint8Array(10 + header.length + data.length);
  bytes.set([...magic, 1, 0, header.length & 255, header.length >> 8]);
  new TextEncoder().encodeInto(header, bytes.subarray(10));
  bytes.set(data, 10 + header.length);
  return bytes;
}
