import { describe, expect, it } from "vitest";
import { defineOp, gradients, noGrad, Parameter, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { SGD } from "../optim/index.ts";
import { difference } from "./differences.ts";
import { trace } from "./trace.ts";

describe("another trace of a step", () => {
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
      tests: { examples: [] },
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

  it.each(Object.keys(steps))(
    "follows the earlier one where the step does the same, and notices %s",
    (name) => {
      const run = (other: boolean) => (x: Tensor) => steps[name](x, other);
      const none = new Set<Tensor>();
      const before = trace(run(false), [tensor([1, 2])]);
      const sees = (other: boolean): boolean =>
        trace(run(other), [tensor([1, 2])], none, before).program === before.program;
      expect(sees(false)).toBe(true);
      if (name === "an error") expect(() => sees(true)).toThrow("not now");
      else expect(sees(true)).toBe(false);
      expect(sees(false), "nothing is left of the other").toBe(true);
      expect([w.toArray(), v.toArray(), w.grad]).toEqual([[1, 2], [3, 4], null]);
      expect(tensor([1]).add(1).toArray(), "the eager evaluator is back").toEqual([2]);
    },
  );

  it("follows gradients, assignments and gradients that are kept", () => {
    const follows = (step: (x: Tensor) => Tensor[], requiresGrad = false, kept = new Set<Tensor>()): void => {
      const examples = [{ shape: [2], dtype: "float32" as const, requiresGrad }];
      const before = trace(step, examples, kept);
      for (let turn = 0; turn < 2; turn++) {
        const now = trace(step, examples, kept, before);
        expect(now.program).toBe(before.program);
        expect(now.dependences.length).toBe(before.dependences.length);
      }
    };
    const optimizer = new SGD([w], { lr: 0.5 });
    follows((x) => {
      optimizer.zeroGrad();
      const loss = x.mul(w).tanh().sum();
      loss.backward();
      optimizer.step();
      return [loss, w.mul(2)];
    });
    follows((x) => (x.mul(v).sum().backward(), []), false, new Set([v]));
    follows((x) => (x.mul(v).sum().backward(), [x.grad as Tensor]), true, new Set([v]));
    follows((x) => {
      const leaf = x.detach();
      leaf.requiresGrad = true;
      leaf.mul(leaf).sum().backward();
      return [leaf.grad as Tensor];
    });
  });

  it("records anew what asks for the gradient of a constant that the step makes", () => {
    const step = (): Tensor[] => {
      const x = tensor([1, 2], { requiresGrad: true });
      return gradients(x.mul(x).sum(), [x]);
    };
    const before = trace(step, []);
    const now = trace(step, [], new Set(), before);
    expect(now.program).not.toBe(before.program);
    expect(difference(before, now)).toBeNull();
  });
});
