import { describe, expect, it } from "vitest";
import { composite, gradients, noGrad, ops, Parameter, randn, reference, state, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { replay, trace } from "./trace.ts";

const squaredError = composite(
  "test squared error",
  (a: Tensor, b: Tensor) => a.sub(b).mul(a.sub(b)).mean(),
  {
    tex: ([a, b]) => ({ text: `\\overline{(${a.text} - ${b.text})^2}`, binds: 5 }),
    vjp: [
      (g, _y, [a, b]) => g.mul(a.sub(b)).mul(2 / a.size),
      (g, _y, [a, b]) => g.mul(b.sub(a)).mul(2 / a.size),
    ],
    tests: {
      examples: [
        {
          inputs: [
            [2, 3],
            [2, 3],
          ],
        },
      ],
    },
  },
);

/** A whole training step: forward, backward, a momentum update whose step count and moment are cells. */
function setup() {
  const weight = new Parameter(tensor([[0.5, -0.25]], { dtype: "float64" }), { name: "weight" });
  const moment = state(tensor([[0, 0]], { dtype: "float64" }), { name: "moment" });
  const count = state(tensor(0, { dtype: "float64" }), { name: "count" });
  const step = (x: Tensor, y: Tensor): Tensor[] => {
    const loss = squaredError(x.matmul(weight, { transposeB: true }).tanh(), y);
    weight.grad = null;
    loss.backward();
    const g = weight.grad as unknown as Tensor;
    noGrad(() => {
      count.assign(count.add(1));
      moment.assign(moment.mul(0.9).add(g));
      weight.assign(weight.sub(moment.mul(0.1).div(count)));
    });
    return [loss];
  };
  return { weight, moment, count, step };
}

describe("trace", () => {
  const x = tensor(
    [
      [1, 2],
      [3, -1],
      [0.5, 0.25],
    ],
    { dtype: "float64" },
  );
  const y = tensor([[0.1], [0.9], [-0.3]], { dtype: "float64" });

  it("records forward, backward and update of an ordinary step; replaying equals running it eagerly", () => {
    const eager = setup();
    const eagerLosses = Array.from({ length: 5 }, () => eager.step(x, y)[0].item());
    const traced = setup();
    const before = traced.weight.data.slice();
    const recording = trace(traced.step, [x, y]);
    expect(traced.weight.data, "tracing changes no cell").toEqual(before);
    expect(traced.weight.grad, "nor any grad").toBeNull();
    expect(recording.program.cells.map(({ name, update }) => [name, update !== null])).toEqual([
      ["weight", true],
      ["count", true],
      ["moment", true],
    ]);
    const run = replay(recording, reference);
    const losses = Array.from({ length: 5 }, () => run(x, y)[0].item());
    expect(losses).toEqual(eagerLosses);
    expect(traced.weight.data).toEqual(eager.weight.data);
    expect(traced.count.item()).toBe(5);
    expect(losses[4]).toBeLessThan(losses[0]);
  });

  it("keeps composites as scopes, with their own gradient rule", () => {
    const { step } = setup();
    const { program } = trace(step, [x, y]);
    const scoped = program.steps.filter(({ scope }) => scope.includes("test squared error"));
    expect(scoped.map(({ op }) => op.name)).toEqual(["sub", "sub", "mul", "mean", "test squared error"]);
  });

  it("sees an eager assignment between two replays", () => {
    const { weight, step } = setup();
    const run = replay(trace(step, [x, y]), reference);
    run(x, y);
    weight.assign(tensor([[0.5, -0.25]], { dtype: "float64" }));
    const again = setup();
    expect(run(x, y)[0].item()).toBe(again.step(x, y)[0].item());
  });

  it("reads the new value after an assignment within the step, and stops gradients there", () => {
    const cell = new Parameter(tensor([2], { dtype: "float64" }));
    const step = (): Tensor[] => {
      noGrad(() => cell.assign(cell.mul(3)));
      const loss = cell.mul(cell).sum();
      return [loss, ...gradients(loss, [cell])];
    };
    const run = replay(trace(step, []), reference);
    expect(run().map((t) => t.toArray())).toEqual([36, [12]]);
    expect(cell.toArray()).toEqual([6]);
    expect(step().map((t) => t.toArray())).toEqual([324, [36]]);
  });

  it("draws fresh random numbers on each replay, as the eager step does", () => {
    const make = () => {
      const random = state(tensor([7, 8, 0], { dtype: "int32" }));
      return (): Tensor[] => {
        random.assign(random.add(tensor([0, 0, 1], { dtype: "int32" })));
        return [ops.uniform(random, [4])];
      };
    };
    const eager = make();
    const run = replay(trace(make(), []), reference);
    const drawn = [run()[0].toArray(), run()[0].toArray()];
    expect(drawn).toEqual([eager()[0].toArray(), eager()[0].toArray()]);
    expect(drawn[0]).not.toEqual(drawn[1]);
  });

  it("refuses to read a value while tracing, and leaves everything as it was", () => {
    const { weight, step } = setup();
    const reading = (a: Tensor, b: Tensor): Tensor[] => (step(a, b)[0].item() > 0 ? [a] : [b]);
    expect(() => trace(reading, [x, y])).toThrow(/is being traced and has no values yet/);
    expect(weight.toArray()).toEqual([[0.5, -0.25]]);
    expect(randn([2]).add(1).hasValues, "the eager evaluator is back").toBe(true);
  });

  it("puts back every grad that the step set, also before it read the tensor", () => {
    const { weight, step } = setup();
    const g = tensor([[7, 8]], { dtype: "float64" });
    weight.grad = g;
    const leaf = tensor([[1, 2]], { dtype: "float64", requiresGrad: true });
    trace(
      (a, b) => {
        weight.grad = null;
        leaf.mul(a).sum().backward();
        return step(a, b);
      },
      [x, y],
    );
    expect(weight.grad).toBe(g);
    expect(leaf.grad).toBeNull();
  });
});
