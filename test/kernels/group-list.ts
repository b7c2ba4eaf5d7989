/** Encodes elementwise groups as the words that the kernel `group` reads; its file describes the layout. */
import { signatures } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import type { KernelName } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";

/** The place of an operand's elements; `at` is an address, or the number of a slot. */
export interface Operand {
  readonly place: "array" | "slot" | "scalar" | "row" | "column";
  readonly at: number;
  /** Bytes per element. */
  readonly bytes: 1 | 4 | 8;
  /** The slot in which a row or column is repeated to the length of a block; unused for other operands. */
  readonly slot?: number;
}

/** One op of a group: `out` is an array or a slot, the other operands may have any form. */
export interface GroupOp {
  readonly kernel: KernelName;
  readonly out: Operand;
  readonly a: Operand;
  readonly b?: Operand;
  readonly c?: Operand;
  readonly p0?: number;
  readonly p1?: number;
}

/** The number of slots, and the number of elements in a slot. */
export const groupSlots = 16;
export const groupBlock = 512;

const places = ["array", "slot", "scalar", "row", "column"];
const logarithm = { 1: 0, 4: 2, 8: 3 };
const wordsPerOp = 12;

/** Encodes the list to which a `group` instruction points. */
export function encodeGroup(ops: readonly GroupOp[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ops.length * wordsPerOp * 4);
  const view = new DataView(bytes.buffer);
  ops.forEach(({ kernel, out, a, b, c, p0 = 0, p1 = 0 }, i) => {
    const signature = signatures.get(kernel)!;
    if (!signature.block) throw new Error(`${kernel} cannot be part of a group`);
    const start = i * wordsPerOp * 4;
    view.setUint32(start, signature.opcode, true);
    [out, a, b, c].forEach((operand, place) => {
      if (operand === undefined) return;
      or(view, start + 4, places.indexOf(operand.place) << (4 * place));
      or(view, start + 8, logarithm[operand.bytes] << (4 * place));
      or(view, start + 12, (operand.slot ?? 0) << (8 * place));
      view.setUint32(start + 16 + 4 * place, operand.at, true);
    });
    view.setFloat64(start + 32, p0, true);
    view.setFloat64(start + 40, p1, true);
  });
  return bytes;
}

function or(view: DataView, at: number, bits: number): void {
  view.setUint32(at, view.getUint32(at, true) | bits, true);
}
