/** Selection, random numbers and the fused losses: the bits of the reference kernels and composites. */
import { beforeAll, describe, expect, test } from "vitest";
import { tensor, type DType, type Values } from "chainrule";
import { crossEntropy, logSoftmax, softmax } from "chainrule/functions";
import { records } from "../../packages/chainrule/src/ops/index.ts";
import { allocate } from "../../packages/chainrule/src/tensor/dtype.ts";
import type { KernelName } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import { drawn, suffix } from "./numbers.ts";
import { Scratchpad } from "./scratchpad.ts";

const record = (name: string) => records.get(name)!;
type Shape = readonly number[];

function reference(
  name: string,
  dtype: DType,
  out: Shape,
  inputs: Values[],
  shapes: Shape[],
  attrs: unknown,
): Values {
  const values = allocate(
    dtype,
    out.reduce((product, length) => product * length, 1),
  );
  record(name).kernel(values, inputs, { out, inputs: shapes }, attrs);
  return values;
}

const indices = (count: number, below: number, seed = 9) =>
  Int32Array.from(drawn("float64", count, 1, seed), (x) =>
    Math.min(below - 1, Math.floor(((x + 1) / 2) * below)),
  );

describe.each([{ strict: false }, { strict: true, threads: 2 }])("%o", (options) => {
  let pad: Scratchpad;
  beforeAll(async () => {
    pad = await Scratchpad.of(options);
    return () => pad.instance.dispose();
  });

  const floats = ["float32", "float64"] as const;
  const [outer, length, count, inner] = [2, 5, 3, 7];

  test.each(floats)("gather and scatterAdd of %s", (dtype) => {
    pad.clear();
    const x = drawn(dtype, outer * length * inner);
    const index = indices(outer * count * inner, length);
    const bits = dtype === "float32" ? "gather_32" : "gather_64";
    const shape = [outer, length, inner];
    const small = [outer, count, inner];
    const got = pad.call(bits, dtype, index.length, pad.put(x), pad.put(index), outer, length, count, inner);
    expect(got).toEqual(reference("gather", dtype, small, [x, index], [shape, small], { axis: 1 }));
    const sums = pad.reserve(x.length * 8);
    const name = `scatterAdd_${suffix[dtype]}` as KernelName;
    const added = pad.call(
      name,
      dtype,
      x.length,
      pad.put(got),
      pad.put(index),
      sums,
      outer,
      length,
      count,
      inner,
    );
    expect(added).toEqual(
      reference("scatterAdd", dtype, shape, [got, index], [small, small], { axis: 1, shape }),
    );
  });

  test.each([...floats, "int32"] as const)("indexSelect and indexAdd of %s", (dtype) => {
    // some of the 12 indices below 5 repeat
    for (const count of [0, 3, 12])
      for (const width of [1, 2, 7, 8, 100]) {
        pad.clear();
        const x = drawn(dtype, outer * length * width);
        const index = indices(count, length);
        const shape = [outer, length, width];
        const small = [outer, count, width];
        const at = [pad.put(x), pad.put(index)];
        const bytes = width * x.BYTES_PER_ELEMENT;
        const got = pad.call("indexSelect", dtype, outer * count * width, ...at, outer, length, count, bytes);
        expect(got).toEqual(
          reference("indexSelect", dtype, small, [x, index], [shape, [count]], { axis: 1 }),
        );
        const slices = drawn(dtype, outer * count * width, 3, 4);
        const places = [pad.put(slices), pad.put(index), pad.reserve((length + count) * 4)];
        const name = `indexAdd_${suffix[dtype]}` as KernelName;
        const added = pad.call(name, dtype, x.length, ...places, outer, length, count, width);
        expect(added).toEqual(
          reference("indexAdd", dtype, shape, [slices, index], [small, [count]], { axis: 1, length }),
        );
      }
  });

  test("oneHot of every type", () => {
    for (const dtype of ["float32", "float64", "int32", "bool"] as const) {
      pad.clear();
      const index = indices(11, 4);
      const got = pad.call(`oneHot_${suffix[dtype]}` as KernelName, dtype, 44, pad.put(index), 11, 4);
      expect(got).toEqual(reference("oneHot", dtype, [11, 4], [index], [[11]], { classes: 4, dtype }));
    }
  });

  test("an index out of range is recorded", () => {
    pad.clear();
    expect(pad.instance.takeFault()).toBeNull();
    pad.call("oneHot_f32", "float32", 6, pad.put(Int32Array.of(1, 3)), 2, 3);
    expect(pad.instance.takeFault()).toMatchObject({ index: 3, length: 3 });
    pad.call("oneHot_f32", "float32", 6, pad.put(Int32Array.of(-1, 2)), 2, 3);
    expect(pad.instance.takeFault()).toMatchObject({ index: -1, length: 3 });
    expect(pad.instance.takeFault()).toBeNull();
  });

  test("uniform returns the reference's numbers", () => {
    for (const dtype of floats) {
      pad.clear();
      const state = Int32Array.of(-5, 123456789, 7);
      const got = pad.call(`uniform_${suffix[dtype]}` as KernelName, dtype, 1031, pad.put(state), 1031);
      expect(got).toEqual(reference("uniform", dtype, [1031], [state], [[3]], { shape: [1031], dtype }));
    }
  });

  test.each(floats)(
    "softmax, logSoftmax, cross-entropy and its gradient of %s are the composites' bits",
    (dtype) => {
      const s = suffix[dtype];
      for (const [rows, cols] of [
        [1, 2],
        [4, 3],
        [7, 10],
        [3, 101],
      ]) {
        pad.clear();
        const x = drawn(dtype, rows * cols, 6, cols);
        const target = indices(rows, cols);
        const [logits, classes] = [
          tensor(x, { dtype, requiresGrad: true }).reshape([rows, cols]),
          tensor(target, { dtype: "int32" }),
        ];
        const [at, to] = [pad.put(x), pad.put(target)];
        const call = (name: string, size: number, ...rest: number[]) =>
          pad.call(`${name}_${s}` as KernelName, dtype, size, ...rest);
        expect(call("softmax", rows * cols, at, rows, cols)).toEqual(softmax(logits).data);
        expect(call("logSoftmax", rows * cols, at, rows, cols)).toEqual(logSoftmax(logits).data);
        expect(call("crossEntropy", rows, at, to, rows, cols)).toEqual(
          crossEntropy(logits, classes, { reduction: "none" }).data,
        );
        const leaf = tensor(x, { dtype, requiresGrad: true });
        crossEntropy(leaf.reshape([rows, cols]), classes).backward();
        const share = tensor([1], { dtype }).div(rows).data;
        expect(call("crossEntropyGrad", rows * cols, at, to, pad.put(share), rows, cols, 0)).toEqual(
          leaf.grad!.data,
        );
      }
    },
  );
});
