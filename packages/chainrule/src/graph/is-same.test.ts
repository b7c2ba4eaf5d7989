import { describe, expect, it } from "vitest";
import { defineOp, noGrad, Parameter, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { SGD } from "../optim/index.ts";
import { isSame } from "./is-same.ts";
import { trace } from "./trace.ts";

describe("isSame", () => {
  const w = new Parameter(tensor([1, 2]));
  const v = new Parameter(tensor([3, 4]));
  const own = tensor([5, 6]);
  const [twice, twiceToo] = [2, 3].map((slope) =>
    defineOp<[x: Tensor], [], undefined>({
      name: "test twice",
      kind: "elementwise",
      arity: 1,
      shape: ([x]) => x,
      kernel: (out, [x]) => x.forEach((value, i) => (out[i] = 2 * value)),
      vjp: [(g) => g.mul(slope)],
      tex: ([x]) => x,
      examples: [],
    }),
  );
  /** Steps that do something else when they are told to. */
  const steps: Record<string, (x: Tensor, other: boolean) => Tensor[]> = {
    "another op": (x, other) => [other ? x.exp() : x.neg()],
    "another op of that name": (x, other) => [(other ? twiceToo : twice)(x)],
    "one op more": (x, other) => [other ? x.neg().neg() : x.neg()],
    "one op less": (x, other) => (other || x.exp(), [x.neg()]),
    "another argument": (x, other) => [x.sum(0, other)],
    "another number": (x, other) => [x.mul(other ? 2 : 3)],
    "a constant of another type": (x, other) => [
      x.mul(tensor([1, 2], { dtype: other ? "float64" : "float32" })),
    ],
    "a constant of another shape": (x, other) => [x.mul(tensor(other ? [[1, 2]] : [1, 2]))],
    "another order of inputs": (x, other) => [other ? x.sub(own) : own.sub(x)],
    "another cell": (x, other) => [x.mul(other ? v : w)],
    "another cell assigned": (x, other) => ((other ? v : w).assign(x), []),
    "another value assigned": (x, other) => (w.assign(other ? x.neg() : x), [x.neg()]),
    "no assignment": (x, other) => (other || w.assign(x), []),
    "a gradient that is left": (x, other) => {
      w.grad = null;
      x.mul(w).sum().backward();
      if (!other) w.grad = null;
      return [];
    },
    "no graph": (x, other) => [other ? noGrad(() => w.mul(x)) : w.mul(x)],
    "another result": (x, other) => [other ? x : x.neg()],
    "another number returned": (x, other) => [x.neg(), tensor(other ? 2 : 3)],
    "what the step catches": (x, other) => {
      try {
        w.assign(other ? x.neg() : x);
      } catch {
        // goes on
      }
      return [];
    },
    "an error": (x, other) => {
      if (other) throw new Error("not now");
      return [x.neg()];
    },
  };

  it.each(Object.keys(steps))("sees %s, and what is as it was", (name) => {
    const run = (other: boolean) => (x: Tensor) => steps[name](x, other);
    const none = new Set<Tensor>();
    const before = trace(run(false), [tensor([1, 2])]);
    expect(isSame(before, run(false), none)).not.toBeNull();
    expect(isSame(before, run(true), none)).toBeNull();
    expect(isSame(before, run(false), none), "nothing is left of it").not.toBeNull();
    expect([w.toArray(), v.toArray(), w.grad]).toEqual([[1, 2], [3, 4], null]);
    expect(tensor([1]).add(1).toArray(), "the eager evaluator is back").toEqual([2]);
  });

  it("takes gradients, assignments and what is kept as another trace would", () => {
    const optimizer = new SGD([w], { lr: 0.5 });
    const step = (x: Tensor): Tensor[] => {
      optimizer.zeroGrad();
      const loss = x.mul(w).tanh().sum();
      loss.backward();
      optimizer.step();
      return [loss, w.mul(2)];
    };
    const before = trace(step, [tensor([1, 2])]);
    const now = isSame(before, step, new Set());
    expect(now?.dependences.length).toBe(before.dependences.length);
    const adding = (x: Tensor): Tensor[] => (x.mul(v).sum().backward(), []);
    const kept = new Set<Tensor>([v]);
    expect(isSame(trace(adding, [tensor([1, 2])], kept), adding, kept)).not.toBeNull();
    const asked = (x: Tensor): Tensor[] => (x.mul(v).sum().backward(), [x.grad as Tensor]);
    const leaf = { shape: [2], dtype: "float32" as const, requiresGrad: true };
    expect(isSame(trace(asked, [leaf], kept), asked, kept)).not.toBeNull();
  });
});
