import { expect, test } from "vitest";
import { ShapeError, ValueError, arange, tensor, zeros } from "../index.ts";
import { trace } from "../graph/trace.ts";
import { einsum } from "./index.ts";

// values and gradients of many equations are compared with PyTorch's in torch.test.ts

test("blanks do not count, and letters of the result may be in any order", () => {
  const a = arange(6, { dtype: "float64" }).reshape([2, 3]);
  expect(einsum(" i j -> j i ", a).toArray()).toEqual(a.transpose().toArray());
});

test("empty axes sum to 0", () => {
  expect(einsum("ij,jk->ik", zeros([2, 0]), zeros([0, 2])).toArray()).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(einsum("ii->i", zeros([0, 0])).shape).toEqual([0]);
});

test("whole numbers stay whole", () => {
  const a = tensor([[1, 2]], { dtype: "int32" });
  expect(einsum("ij,ij->", a, a).dtype).toBe("int32");
  expect(einsum("ij,ij->", a, a).item()).toBe(5);
});

test("a matrix that lies the other way round is read by matmul's flags, not moved", () => {
  const { program } = trace(
    (a, b) => [einsum("ki,jk->ij", a, b)],
    [
      { shape: [4, 2], dtype: "float32" },
      { shape: [3, 4], dtype: "float32" },
    ],
  );
  const names = program.steps.map(({ op }) => op.name);
  expect(names).not.toContain("permute");
  expect(names).toContain("matmul");
});

test.each<[string, new (...args: never[]) => Error, () => unknown]>([
  [
    '"ij,jk->ik": axis j is 3 long and 4 in tensor 2, [4,5]',
    ShapeError,
    () => einsum("ij,jk->ik", zeros([2, 3]), zeros([4, 5])),
  ],
  ['"ij->i": the term "ij" names 2 axes, tensor 1 [3] has 1', ShapeError, () => einsum("ij->i", zeros([3]))],
  ['"ij,jk": 2 terms for 1 tensors', ValueError, () => einsum("ij,jk", zeros([2, 2]))],
  ['"ij->ik": the result\'s axis k is in no term', ValueError, () => einsum("ij->ik", zeros([2, 2]))],
  ['"i->ii": the result names axis i twice', ValueError, () => einsum("i->ii", zeros([2]))],
  ['"i->j->k": there is more than one ->', ValueError, () => einsum("i->j->k", zeros([2]))],
  ['"i1": the term "i1" may hold letters', ValueError, () => einsum("i1", zeros([2, 2]))],
  ['"ii": axis i is 2 long and 3 in tensor 1, [2,3]', ShapeError, () => einsum("ii", zeros([2, 3]))],
  ["einsum: cannot broadcast", ShapeError, () => einsum("...i,...i", zeros([2, 3]), zeros([4, 3]))],
])("%s", (message, kind, call) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(message);
});
