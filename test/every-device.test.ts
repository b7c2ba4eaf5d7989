/** Compares every op on every fast device with its reference kernel. */
import "../packages/chainrule/src/functions/index.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compile,
  concat,
  defineOp,
  Generator,
  gradients,
  ops,
  Parameter,
  randn,
  records,
  reference,
  tensor,
  where,
} from "../packages/chainrule/src/index.ts";
import type { Device, DType, OpRecord, Tensor, Values } from "../packages/chainrule/src/index.ts";
import { composites } from "../packages/chainrule/src/ops/composite.ts";
import type { Example } from "../packages/chainrule/src/ops/define.ts";
import { isFloat } from "../packages/chainrule/src/tensor/dtype.ts";
import { fastDevices } from "./devices.ts";
import { casesOf } from "./op-cases.ts";
import { drawCall, subjectOf, subjectOfComposite } from "./op-checks.ts";
import type { Subject } from "./op-checks.ts";

/** The largest |x| among numbers that are finite, or 1. */
const scaleOf = (tensors: readonly Tensor[]): number =>
  Math.max(1, ...tensors.flatMap((t) => (isFloat(t.dtype) ? Array.from(t.data, Math.abs) : [])).filter(Number.isFinite)); // prettier-ignore

/** The tolerance of a result: sums may be in another order, and float32 products may be summed in float32. */
function requireClose(got: Tensor, expected: Tensor, exact: boolean, scale: number, what: string): void {
  expect([got.shape, got.dtype], what).toEqual([expected.shape, expected.dtype]);
  const [a, b] = [got.data, expected.data];
  if (exact || !isFloat(got.dtype)) {
    for (let i = 0; i < a.length; i++)
      if (!Object.is(a[i], b[i])) expect(a[i], `${what}, element ${i}`).toBe(b[i]);
    return;
  }
  const unit = got.dtype === "float32" ? 2 ** -21 : 2 ** -48;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || Math.abs(a[i] - b[i]) <= unit * Math.max(scale, Math.abs(b[i]))) continue;
    expect(a[i], `${what}, element ${i}`).toBe(b[i]);
  }
}

/** Whether a device must return the reference's exact bits: the op adds nothing up. */
const isExact = ({ kind }: OpRecord): boolean => kind !== "reduce" && kind !== "contract";

/** Calls the subject compiled, with tensors of the types, and compares; then its gradients in float64. */
function checkCall(device: Device, subject: Subject, exact: boolean, example: Example, seed: number): void {
  const args = example.args ?? [];
  const drawn = drawCall(subject, example, seed);
  for (const dtype of ["float32", "float64"] as const) {
    const inputs = drawn.map((x) => (isFloat(x.dtype) ? x.to(dtype) : x));
    const expected = subject.call(inputs, args);
    using compiled = compile((...xs: Tensor[]) => subject.call(xs, args), { device });
    const what = `${subject.name} of ${dtype} ${JSON.stringify(example)}`;
    requireClose(compiled(...inputs), expected, exact, scaleOf([...inputs, expected]), what);
  }
  const leaves = drawn.map((x, i) => (isFloat(x.dtype) && subject.differentiable(i) ? new Parameter(x) : x));
  const parameters = leaves.filter((x) => x instanceof Parameter);
  if (parameters.length === 0) return;
  const slopes = (): Tensor[] => {
    const y = subject.call(leaves, args);
    return y.requiresGrad ? gradients(y.mul(y).sum(), parameters) : [];
  };
  using compiled = compile(slopes, { device });
  const expected = slopes();
  compiled().forEach((g, i) =>
    requireClose(
      g,
      expected[i],
      false,
      scaleOf([...leaves, ...expected]),
      `gradient ${i} of ${subject.name}`,
    ),
  );
}

describe.each(Object.keys(fastDevices))("on %s", async (name) => {
  const device = await fastDevices[name]();

  test.each([...records])("%s agrees with the reference, on examples and random calls", (_, op) => {
    const subject = subjectOf(op);
    op.tests.examples.forEach((example, i) => checkCall(device, subject, isExact(op), example, i));
    fc.assert(
      fc.property(casesOf(op), (call) => checkCall(device, subject, isExact(op), call, call.seed)),
      { seed: 3, numRuns: 20 },
    );
  });

  test.each([...records].filter(([, { kind }]) => kind !== "view"))(
    "another op that is called %s is run by its own kernel",
    (_, op) => {
      const spec = { ...op, kernel: (out: Values) => void out.fill(7) };
      const own = subjectOf(
        defineOp(spec as unknown as Parameters<typeof defineOp>[0]) as unknown as OpRecord,
      );
      const inputs = drawCall(own, op.tests.examples[0], 0).map((x) =>
        isFloat(x.dtype) ? x.to("float32") : x,
      );
      using compiled = compile((...xs: Tensor[]) => own.call(xs, op.tests.examples[0].args ?? []), {
        device,
      });
      expect(new Set(compiled(...inputs).data)).toEqual(new Set([7]));
    },
  );

  test.each([...composites].filter(([, { tests }]) => tests !== undefined))(
    "%s, a composite, too",
    (_, record) => {
      const subject = subjectOfComposite(record);
      subject.examples.forEach((example, i) => checkCall(device, subject, false, example, i));
    },
  );

  test("every type and every mixture of types", () => {
    const types: DType[] = ["float32", "float64", "int32", "bool"];
    const values = [0, 1, -3, 2, 0, 7, 1, 1, -2, 5];
    const of = (dtype: DType, turn = 0): Tensor =>
      tensor(values.map((_, i) => values[(i + turn) % 10] * (isFloat(dtype) ? 1.37 : 1))).to(dtype);
    const { add, sub, mul, div, maximum, minimum, eq, lt, ge } = ops;
    for (const a of types)
      for (const b of types)
        for (const op of [add, sub, mul, div, maximum, minimum, eq, lt, ge]) {
          using compiled = compile((x: Tensor, y: Tensor) => op(x, y), { device });
          requireClose(
            compiled(of(a), of(b, 3)),
            op(of(a), of(b, 3)),
            true,
            1,
            `${op.name} of ${a} and ${b}`,
          );
        }
    for (const from of types) {
      for (const to of types) {
        using compiled = compile((x: Tensor) => x.to(to), { device });
        requireClose(compiled(of(from)), of(from).to(to), true, 1, `${from} to ${to}`);
      }
      for (const f of [
        (x: Tensor) => x.exp(),
        (x: Tensor) => x.neg(),
        (x: Tensor) => x.abs(),
        (x: Tensor) => x.relu(),
        (x: Tensor) => x.sum(),
        (x: Tensor) => x.max(),
        (x: Tensor) => x.mean(),
        (x: Tensor) => where(x, x, x.neg()),
        (x: Tensor) => concat([x, x.neg()]),
        (x: Tensor) => x.cumsum(0),
        (x: Tensor) => x.argmax(),
        (x: Tensor) => x.clamp(-1, 2),
        (x: Tensor) => x.clamp(-3e9, 3e9),
        (x: Tensor) => x.pow(2),
        (x: Tensor) => x.pad([[1, 2]]),
      ]) {
        // prettier-ignore
        using compiled = compile(f, { device });
        requireClose(compiled(of(from)), f(of(from)), false, 10, `${String(f)} of ${from}`);
      }
    }
  });

  test("elementwise chains over sizes around blocks and vectors, with rows, columns and numbers", () => {
    const generator = new Generator(5);
    for (const [rows, cols] of [
      [1, 1],
      [3, 1],
      [1, 5],
      [7, 73],
      [2, 512],
      [3, 513],
      [1, 1025],
      [130, 7],
      [40, 1000],
    ]) {
      // prettier-ignore
      const x = randn([rows, cols], { generator });
      const row = randn([cols], { generator });
      const column = randn([rows, 1], { generator });
      const f = (x: Tensor, row: Tensor, column: Tensor): Tensor =>
        where(x.mul(row).add(column).gt(0.1), x.sigmoid().sub(row), column.mul(0.3).mul(x))
          .div(x.mul(x).add(1))
          .tanh();
      using compiled = compile(f, { device });
      requireClose(compiled(x, row, column), f(x, row, column), true, 1, `[${rows},${cols}]`);
    }
  });

  test("products of all transposes around a tile, with bias and activation", () => {
    const generator = new Generator(6);
    const sizes = [0, 1, 2, 5, 6, 7, 8, 9, 17, 53, 300];
    for (let i = 0; i < 60; i++) {
      const [m, n, k] = [0, 1, 2].map(() => sizes[generator.integer(0, sizes.length)]);
      const [transposeA, transposeB] = [generator.integer(0, 2) === 1, generator.integer(0, 2) === 1];
      const a = randn(transposeA ? [k, m] : [m, k], { generator });
      const b = randn(transposeB ? [n, k] : [k, n], { generator });
      const bias = randn([n], { generator });
      const f = (a: Tensor, b: Tensor, bias: Tensor): Tensor[] => {
        const y = a.matmul(b, { transposeA, transposeB });
        return [y, a.mul(1).matmul(b, { transposeA, transposeB }).add(bias).relu(), y.add(bias).sigmoid()];
      };
      using compiled = compile(f, { device });
      const [got, expected] = [compiled(a, b, bias), f(a, b, bias)];
      expected.forEach((y, j) =>
        requireClose(
          got[j],
          y,
          false,
          4 * Math.max(1, k),
          `[${m},${k}] × [${k},${n}] ${transposeA} ${transposeB}`,
        ),
      );
    }
  });

  test("products of transposed matrices, few rows and many, one by one and in batches", () => {
    const generator = new Generator(7);
    const sizes = [1, 2, 5, 6, 7, 9, 17, 53];
    for (let i = 0; i < 60; i++) {
      const [m, n, k] = [0, 1, 2].map(() => sizes[generator.integer(0, sizes.length)]);
      const [ofA, ofB] = [[], [3], [1]].flatMap((of, j, all) => [[of, all[(j + i) % 3]]])[i % 3];
      const drawn = (batch: number[], rows: number, columns: number, turned: boolean): Tensor =>
        randn([...batch, ...(turned ? [columns, rows] : [rows, columns])], { generator });
      const [turnA, turnB] = [generator.integer(0, 2) === 1, generator.integer(0, 2) === 1];
      const turn = (x: Tensor, turned: boolean): Tensor => {
        if (!turned) return x;
        return x.rank === 3 ? x.permute([0, 2, 1]) : x.transpose();
      };
      const f = (a: Tensor, b: Tensor): Tensor => turn(a, turnA).matmul(turn(b, turnB));
      const [a, b] = [drawn(ofA, m, k, turnA), drawn(ofB, k, n, turnB)];
      using compiled = compile(f, { device });
      const what = `[${a.shape.join()}] × [${b.shape.join()}] ${turnA} ${turnB}`;
      requireClose(compiled(a, b), f(a, b), false, 4 * k, what);
    }
  });

  test("an index out of range gives the reference's error, and the device works afterwards", () => {
    using compiled = compile((x: Tensor, i: Tensor) => x.indexSelect(i, 0), { device });
    const x = tensor([1, 2, 3]);
    const at = (i: number): Tensor => tensor([i], { dtype: "int32" });
    expect(() => compiled(x, at(3))).toThrow(/indexSelect: index 3 is out of range 0 … 2/);
    expect(compiled(x, at(2)).toArray()).toEqual([3]);
  });
});

test("a wrong kernel is caught", () => {
  const wrong: Device = {
    ...reference,
    load: (program, cells) =>
      reference.load(
        { ...program, steps: program.steps.map((step) => (step.op.name === "add" ? { ...step, op: ops.sub as unknown as OpRecord } : step)) }, // prettier-ignore
        cells,
      ),
  };
  const check = (): void => checkCall(wrong, subjectOf(ops.add as unknown as OpRecord), true, { inputs: [[2, 3], [2, 3]] }, 1); // prettier-ignore
  expect(check).toThrow(/add of float32/);
});
