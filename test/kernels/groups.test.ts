/** Elementwise groups have the same bits as separate ops, for operands of every form and every shape. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Values } from "chainrule";
import { records } from "../../packages/chainrule/src/ops/index.ts";
import { allocate } from "../../packages/chainrule/src/tensor/dtype.ts";
import { encodeGroup, type GroupOp, type Operand } from "./group-list.ts";
import { drawn } from "./numbers.ts";
import { Scratchpad } from "./scratchpad.ts";

type Shape = readonly number[];

function reference(
  name: string,
  out: Shape,
  inputs: [Values, Shape][],
  dtype: "float32" | "bool" = "float32",
): Values {
  const values = allocate(dtype, out[0] * out[1]);
  const shapes = { out, inputs: inputs.map(([, shape]) => shape) };
  records.get(name)!.kernel(
    values,
    inputs.map(([x]) => x),
    shapes,
    undefined,
  );
  return values;
}

const shapes: [rows: number, cols: number][] = [
  [0, 3], [3, 0], [1, 1], [1, 513], [513, 1], [7, 10], [100, 300], [3, 512], [3, 513], [2, 1031], [41, 13],
]; // prettier-ignore

describe.each([{ strict: false }, { strict: true, threads: 2 }])("%o", (options) => {
  let pad: Scratchpad;
  beforeAll(async () => {
    pad = await Scratchpad.of(options);
    return () => pad.instance.dispose();
  });

  test.each(shapes)("tanh(a · row + column) · 2 and a choice over [%i, %i]", (rows, cols) => {
    pad.clear();
    const shape = [rows, cols];
    const a = drawn("float32", rows * cols);
    const row = drawn("float32", cols, 3, 2);
    const column = drawn("float32", rows, 3, 3);
    const two = Float32Array.of(2);
    const f = (place: Operand["place"], at: number, slot?: number): Operand => ({
      place,
      at,
      bytes: 4,
      slot,
    });
    const [atA, atRow, atColumn, atTwo] = [a, row, column, two].map((x) => pad.put(x));
    const [out, chosen] = [pad.reserve(a.byteLength), pad.reserve(a.byteLength)];
    const list: GroupOp[] = [
      { kernel: "mul_f32", out: f("slot", 0), a: f("array", atA), b: f("row", atRow, 4) },
      { kernel: "add_f32", out: f("slot", 0), a: f("slot", 0), b: f("column", atColumn, 5) },
      { kernel: "tanh_f32", out: f("slot", 1), a: f("slot", 0) },
      { kernel: "mul_f32", out: f("array", out), a: f("slot", 1), b: f("scalar", atTwo) },
      { kernel: "gt_f32", out: { place: "slot", at: 2, bytes: 1 }, a: f("slot", 1), b: f("row", atRow, 6) },
      {
        kernel: "where_32",
        out: f("array", chosen),
        c: { place: "slot", at: 2, bytes: 1 },
        a: f("array", atA),
        b: f("scalar", atTwo),
      },
    ];
    const bytes = encodeGroup(list);
    const at = pad.reserve(bytes.length);
    new Uint8Array(pad.instance.memory.buffer, at, bytes.length).set(bytes);
    pad.instance.kernels.group(at, list.length, rows, cols);

    const product = reference("mul", shape, [
      [a, shape],
      [row, [cols]],
    ]);
    const sum = reference("add", shape, [
      [product, shape],
      [column, [rows, 1]],
    ]);
    const bent = reference("tanh", shape, [[sum, shape]]);
    expect(pad.get(out, "float32", a.length)).toEqual(
      reference("mul", shape, [
        [bent, shape],
        [two, []],
      ]),
    );
    const above = reference(
      "gt",
      shape,
      [
        [bent, shape],
        [row, [cols]],
      ],
      "bool",
    );
    expect(pad.get(chosen, "float32", a.length)).toEqual(
      reference("where", shape, [
        [above, shape],
        [a, shape],
        [two, []],
      ]),
    );
  });
});
