import { describe, expect, it } from "vitest";
import { Generator, Parameter, composite, ones, ops, rand, randint, state, tensor, zeros } from "../index.ts";
import type { Tensor, Tex } from "../index.ts";

const int32 = (data: number[]): Tensor => tensor(data, { dtype: "int32" });

describe("what is given stays the caller's", () => {
  it("copies shapes", () => {
    const shape = [2, 3];
    const x = ones(shape);
    const made = [
      x,
      x.reshape(shape),
      x.expand(shape),
      ops.uniform(int32([1, 2, 3]), shape),
      ops.scatterAdd(x, tensor([[0, 1, 2], [2, 1, 0]], { dtype: "int32" }), 1, shape), // prettier-ignore
      rand(shape),
    ];
    shape[0] = 99;
    for (const y of made) expect(y.shape).toEqual([2, 3]);
  });

  it("copies the numbers that a state cell begins with", () => {
    const source = tensor([1, 2]);
    const cells = [state(source), new Parameter(source)];
    source.data[0] = 50;
    for (const cell of cells) expect(cell.toArray()).toEqual([1, 2]);
  });
});

describe("uniform numbers in float32", () => {
  // draws whose 53 bits round to 1 in float32
  it("stay below 1", () => {
    const generator = Generator.fromState({ key: [1, 2], counter: 15513717 });
    expect(rand([1], { generator }).item()).toBe(1 - 1 / 16777216);
    expect(ops.uniform(int32([1, 2, 2021400]), [1]).item()).toBe(1 - 1 / 16777216);
  });
});

describe("calls that say what they do not mean", () => {
  const scope = { tex: ({ x }: { x: Tex }) => x };
  const itself = ({ x }: { x: Tensor }): Tensor => x;
  const x = zeros([2, 3]);
  const refused: [() => unknown, string][] = [
    [() => tensor(new Uint32Array([4294967295]) as never), "tensor: takes Float32Array, Float64Array, Int32Array or Uint8Array, not Uint32Array; convert it, as with Float64Array.from(…)"], // prettier-ignore
    [() => tensor(new Int16Array([1]) as never), "not Int16Array"],
    [() => tensor(new DataView(new ArrayBuffer(4)) as never), "not DataView"],
    [() => randint(0, 2147483649, [1]), "randint: int32 holds -2147483648 … 2147483647, not all of 0 … 2147483648"], // prettier-ignore
    [() => randint(0, 3, [1], { dtype: "bool" }), "randint: bool holds 0 … 1, not all of 0 … 2"],
    [() => randint(0, 16777218, [1], { dtype: "float32" }), "randint: float32 holds -16777216 … 16777216, not all of 0 … 16777217"], // prettier-ignore
    [() => x.sum(0, { keepDim: false } as never), "sum: keepDim must be true or false, not [object Object]"],
    [() => x.argmax(0, 1 as never), "argmax: keepDim must be true or false, not 1"],
    [() => x.variance(0, { keepDim: 0 as never }), "variance: keepDim must be true or false, not 0"],
    [() => (x.add as (...args: number[]) => Tensor)(1, 5, 6), "add: takes 2 tensors, got 4 arguments"],
    [() => (ops.exp as (...args: unknown[]) => Tensor)(x, 1), "exp: takes 1 tensor, got 2 arguments"],
    [() => composite("twice", itself, scope) && composite("twice", itself, scope), 'composite: "twice" exists already'], // prettier-ignore
  ];
  it.each(refused.map(([f, message]) => [message, f] as const))("%s", (message, f) =>
    expect(f).toThrow(message),
  );

  it("takes randint to the ends of a type", () => {
    expect(randint(-2147483648, 2147483648, [3]).dtype).toBe("int32");
    expect(randint(0, 2, [3], { dtype: "bool" }).dtype).toBe("bool");
  });

  it("names the composite in which shapes did not fit", () => {
    const mixed = composite("test mixed", ({ x }: { x: Tensor }) => x.add(zeros([4])), scope);
    expect(() => mixed({ x })).toThrow(
      expect.objectContaining({
        code: "shape-mismatch",
        shapes: [[2, 3], [4]],
        message: expect.stringMatching(/^test mixed: add: cannot broadcast \[2,3\] with \[4\]/),
      }),
    );
  });
});

it("converts to the type that a tensor has by handing it on", () => {
  const w = new Parameter(tensor([1, 2]));
  expect(w.to("float32").data).toBe(w.data);
  w.to("float32").sum().backward();
  expect(w.grad?.toArray()).toEqual([1, 1]);
  expect(w.to("float64").dtype).toBe("float64");
});
