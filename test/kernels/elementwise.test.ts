/** The elementwise kernels have the reference kernels' bits, in every build. */
import { beforeAll, describe, expect, test } from "vitest";
import { ops, type DType, type Values } from "chainrule";
import { records } from "../../packages/chainrule/src/ops/index.ts";
import { allocate } from "../../packages/chainrule/src/tensor/dtype.ts";
import { signatures, type KernelName } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import { drawn, drawnWithSpecial, lengths, suffix } from "./numbers.ts";
import { Scratchpad } from "./scratchpad.ts";

const floats: DType[] = ["float32", "float64"];
const numbers: DType[] = [...floats, "int32"];
const unaryOps = [
  "neg",
  "abs",
  "sign",
  "sqrt",
  "relu",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
];
const binaryOps = ["add", "sub", "mul", "div", "maximum", "minimum", "pow"];
const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"];

const known = (name: string): name is KernelName => signatures.has(name as KernelName);
const record = (name: string) => records.get(name)!;

/** The reference's result for arrays of equal length, or for one number and an array. */
function reference(name: string, dtype: DType, length: number, inputs: Values[], attrs?: unknown): Values {
  const out = allocate(dtype, length);
  const shapes = { out: [length], inputs: inputs.map((x) => (x.length === length ? [length] : [])) };
  record(name).kernel(out, inputs, shapes, attrs);
  return out;
}

describe.each([{ strict: false }, { strict: true }, { strict: true, threads: 2 }])("%o", (options) => {
  let pad: Scratchpad;
  beforeAll(async () => {
    pad = await Scratchpad.of(options);
    return () => pad.instance.dispose();
  });

  const cases = unaryOps.flatMap((op) =>
    numbers.map((dtype) => ({ op, dtype, name: `${op}_${suffix[dtype]}` })).filter(({ name }) => known(name)),
  );
  test.each(cases)("$name", ({ op, dtype, name }) => {
    for (const length of lengths)
      for (const scale of [0.3, 4, 120]) {
        pad.clear();
        const x = drawnWithSpecial(dtype, length, scale, length);
        const got = pad.call(name as KernelName, dtype, length, pad.put(x), length);
        expect(got).toEqual(reference(op, dtype, length, [x]));
      }
  });

  test.each([
    ["elu", [0.7], { alpha: 0.7 }],
    ["softplus", [2.5], { beta: 2.5 }],
    ["clamp", [-0.5, 1.1], { low: -0.5, high: 1.1 }],
  ] as const)("%s with its numbers", (op, parameters, attrs) => {
    for (const dtype of floats) {
      pad.clear();
      const x = drawnWithSpecial(dtype, 1031, 30);
      const got = pad.call(
        `${op}_${suffix[dtype]}` as KernelName,
        dtype,
        1031,
        pad.put(x),
        1031,
        ...parameters,
      );
      expect(got).toEqual(reference(op, dtype, 1031, [x], attrs));
    }
  });

  const pairs = [...binaryOps, ...comparisons].flatMap((op) =>
    numbers.map((dtype) => ({ op, dtype, name: `${op}_${suffix[dtype]}` })).filter(({ name }) => known(name)),
  );
  test.each(pairs)("$name of arrays and single numbers", ({ op, dtype, name }) => {
    const result = comparisons.includes(op) ? "bool" : dtype;
    for (const length of lengths)
      for (const [da, db] of [
        [1, 1],
        [0, 1],
        [1, 0],
        [0, 0],
      ]) {
        pad.clear();
        const a = drawnWithSpecial(dtype, da === 1 ? length : 1, 3, 1);
        const b = drawn(dtype, db === 1 ? length : 1, 3, 2);
        if (dtype === "int32" && length > 3 && da === 1) a.set([2147483647, -2147483648, 65537]);
        const got = pad.call(name as KernelName, result, length, pad.put(a), pad.put(b), length, da, db);
        expect(got).toEqual(reference(op, result, length, [a, b]));
      }
  });

  test.each([
    ["where_32", "float32"],
    ["where_64", "float64"],
  ] as const)("%s", (name, dtype) => {
    for (const length of lengths)
      for (const [dc, da, db] of [
        [1, 1, 1],
        [1, 0, 1],
        [1, 1, 0],
        [0, 1, 1],
        [1, 0, 0],
      ]) {
        pad.clear();
        const c = drawn("bool", dc === 1 ? length : 1, 1, length);
        const a = drawnWithSpecial(dtype, da === 1 ? length : 1, 3, 1);
        const b = drawn(dtype, db === 1 ? length : 1, 3, 2);
        const got = pad.call(name, dtype, length, pad.put(c), pad.put(a), pad.put(b), length, dc, da, db);
        expect(got).toEqual(reference("where", dtype, length, [c, a, b]));
      }
  });

  const types: DType[] = ["float32", "float64", "int32", "bool"];
  test.each(types.flatMap((from) => types.filter((to) => to !== from).map((to) => [from, to] as const)))(
    "cast %s to %s",
    (from, to) => {
      for (const length of lengths) {
        pad.clear();
        const x = drawnWithSpecial(from, length, 5);
        if (from === "float64" && length > 20) x.set([4e9, -4e9, 1e20, -1e20, 9007199254740993, 1e300], 15);
        const name = `cast_${suffix[from]}_${suffix[to]}` as KernelName;
        // the kernel wraps what int32 cannot hold, as JavaScript does; the reference refuses it
        const expected =
          to === "int32" ? Int32Array.from(x) : reference("to", to, length, [x], { dtype: to });
        expect(pad.call(name, to, length, pad.put(x), length)).toEqual(expected);
      }
    },
  );
});

test("a kernel that is wrong in one element fails", async () => {
  const pad = await Scratchpad.of();
  const x = drawn("float32", 100);
  const right = pad.call("exp_f32", "float32", 100, pad.put(x), 100);
  expect(right).toEqual(reference("exp", "float32", 100, [x]));
  // the float32 next to the right one
  new Int32Array(right.buffer)[99] += 1;
  expect(right).not.toEqual(reference("exp", "float32", 100, [x]));
  expect(ops.exp.name).toBe("exp");
});
