import { describe, expect, it } from "vitest";
import { defineOp, grad, gradients, hessian, ops, Parameter, tensor, valueAndGrad, vjp } from "../index.ts";
import type { Tensor } from "../index.ts";

const f64 = (data: number | number[]): Tensor => tensor(data, { dtype: "float64" });

describe("derivatives of functions", () => {
  it("keep no graph in a plain loop", () => {
    const w = new Parameter(f64([2, 3]));
    const descend = valueAndGrad((x: Tensor) => x.mul(x).mul(w).sum());
    let x = f64([1, 2]);
    for (let i = 0; i < 3; i++) x = x.sub(descend(x).grads[0].mul(0.1));
    expect(x.node).toBeNull();
    expect(grad((x) => x.exp().sum())(x).node).toBeNull();
    expect(vjp((x) => x.exp(), x).pull(f64([1, 1]))[0].node).toBeNull();
  });

  it("keep one inside another derivative, by an input or by what the function closes over", () => {
    const cube = (x: Tensor): Tensor => x.mul(x).mul(x).sum();
    expect(grad((x) => grad(cube)(x).sum())(f64([1, 2])).toArray()).toEqual([6, 12]);
    expect(hessian(cube, f64([1, 2])).toArray()).toEqual([[6, 0], [0, 12]]); // prettier-ignore
    const x = f64([1, 2]);
    const outer = grad((a: Tensor) => grad((x) => a.mul(x).mul(x).sum())(x).sum());
    expect(outer(f64([5, 5])).toArray(), "d/da Σ 2ax").toEqual([2, 4]);
    const g = tensor([1, 1], { dtype: "float64", requiresGrad: true });
    const [pulled] = vjp((x) => x.exp(), f64([0, 1])).pull(g);
    expect(gradients(pulled.sum(), [g])[0].toArray()).toEqual([1, Math.E]);
  });

  it("run only the rules on the way to what was asked for", () => {
    let calls = 0;
    const counted = defineOp<[x: Tensor], [], undefined>({
      ...ops.neg,
      tests: { examples: [] },
      vjp: [(g) => (calls++, g.neg())],
    });
    const [x, w] = [tensor([1], { requiresGrad: true }), new Parameter(tensor([2]))];
    expect(gradients(counted(w).mul(x).sum(), [x])[0].toArray()).toEqual([-2]);
    expect(calls).toBe(0);
    expect(gradients(counted(w).mul(x).sum(), [w])[0].toArray()).toEqual([-1]);
    expect(calls).toBe(1);
  });
});
