import { describe, expect, it } from "vitest";
import {
  composite,
  gradients,
  named,
  noGrad,
  ops,
  Parameter,
  randn,
  reference,
  state,
  tensor,
  traceProgram,
} from "../index.ts";
import type { Tensor } from "../index.ts";
import { linear } from "../functions/linear.ts";
import { Linear, Sequential, Tanh } from "../nn/index.ts";
import { replay } from "../../../../test/replay.ts";
import { trace } from "./trace.ts";

interface Pair {
  readonly a: Tensor;
  readonly b: Tensor;
}
const squaredError = composite("test squared error", ({ a, b }: Pair) => a.sub(b).mul(a.sub(b)).mean(), {
  tex: ({ a, b }) => ({ text: `\\overline{(${a.text} - ${b.text})^2}`, binds: 5 }),
  vjp: {
    a: (g, _y, { a, b }) => g.mul(a.sub(b)).mul(2 / a.size),
    b: (g, _y, { a, b }) => g.mul(b.sub(a)).mul(2 / a.size),
  },
  tests: { examples: [{ inputs: { a: [2, 3], b: [2, 3] } }] },
});

/** A whole training step: forward, backward, a momentum update whose step count and moment are cells. */
function setup() {
  const weight = new Parameter(tensor([[0.5, -0.25]], { dtype: "float64" }), { name: "weight" });
  const moment = state(tensor([[0, 0]], { dtype: "float64" }), { name: "moment" });
  const count = state(tensor(0, { dtype: "float64" }), { name: "count" });
  const step = (x: Tensor, y: Tensor): Tensor[] => {
    const loss = squaredError({ a: x.matmul(weight, { transposeB: true }).tanh(), b: y });
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

  it("keeps a composite's call with its body, also where a rule gives the gradient", () => {
    const { step } = setup();
    const { program } = trace(step, [x, y]);
    const [call, ...others] = program.composites;
    expect(others).toEqual([]);
    const inside = program.steps.filter(({ scope }) => scope === call.id);
    expect(inside.map(({ op }) => op.name)).toEqual(["sub", "sub", "mul", "mean", "test squared error"]);
    const tanh = program.steps.find(({ op }) => op.name === "tanh");
    expect(call).toEqual({
      id: 0,
      name: "test squared error",
      parent: null,
      inputs: { a: tanh?.output, b: program.inputs[1] },
      attrs: undefined,
      output: inside.at(-1)?.output,
    });
    expect(program.outputs).toEqual([call.output]);
  });

  it("tells two calls of a composite apart, and says which call made which", () => {
    const twice = composite(
      "test twice",
      ({ x, w }: { x: Tensor; w: Tensor }, { by }: { by: number }) => linear(linear(x, w).mul(by), w),
      { tex: ({ x }) => x },
    );
    const w = new Parameter(tensor([[1, 2], [3, 4]], { dtype: "float64" })); // prettier-ignore
    const step = (x: Tensor): Tensor[] => {
      const y = twice({ x, w }, { by: 2 });
      w.assign(w.mul(2));
      return [linear(y, w)];
    };
    const { program } = trace(step, [tensor([[1, 2]], { dtype: "float64" })]);
    const { composites, cells, inputs, outputs } = program;
    expect(composites.map(({ id, name, parent }) => [id, name, parent])).toEqual([
      [0, "test twice", null],
      [1, "linear", 0],
      [2, "linear", 0],
      [3, "linear", null],
    ]);
    const [outer, first, second, last] = composites;
    expect(outer).toMatchObject({ inputs: { x: inputs[0], w: cells[0].slot }, attrs: { by: 2 } });
    expect(first.inputs).toEqual({ x: inputs[0], weight: cells[0].slot });
    expect(second).toMatchObject({ inputs: { weight: cells[0].slot }, output: outer.output });
    expect(last).toEqual({
      id: 3,
      name: "linear",
      parent: null,
      attrs: undefined,
      inputs: { x: outer.output, weight: cells[0].update },
      output: outputs[0],
    });
    const scopes = program.steps.map(({ op, scope }) => [op.name, scope]);
    expect(scopes).toEqual([
      ["matmul", 1],
      ["mul", 0],
      ["matmul", 2],
      ["mul", null],
      ["detach", null],
      ["matmul", 3],
    ]);
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

describe("traceProgram", () => {
  const f64 = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

  it("names slots by parameters, by the step and by results, and says what is a gradient of what", () => {
    const net = new Sequential(new Linear(2, 3, { dtype: "float64" }), new Tanh());
    const [weight, bias] = net.parameters();
    const x = f64([[1, 2]]);
    const step = (x: Tensor) => {
      const h = named(net.forward(x), "h");
      const loss = h.mul(h).sum();
      const [slope] = gradients(loss, [weight]);
      bias.assign(bias.mul(2));
      return { loss, slope };
    };
    const program = traceProgram(step, [x], { names: { x, W: weight, unused: f64([1]) } });
    const called = new Map(program.names.map(({ name, slot }) => [name, slot]));
    const { inputs, cells, outputs, steps, gradients: slopes } = program;
    expect([...called.keys()]).toEqual(["h", "x", "W", "0.bias", "loss", "slope"]);
    expect(called.get("x")).toBe(inputs[0]);
    expect([called.get("W"), called.get("0.bias")]).toEqual(cells.map(({ slot }) => slot));
    expect(called.get("h")).toBe(steps.find(({ op }) => op.name === "tanh")?.output);
    expect(outputs).toEqual([called.get("loss"), called.get("slope")]);
    const by = (name: string): unknown => slopes.find((one) => one.by === called.get(name));
    expect(by("W")).toEqual({ slot: called.get("slope"), of: called.get("loss"), by: called.get("W") });
    expect(by("h")).toMatchObject({ of: called.get("loss") });
    expect(by("x"), "no gradient is computed for the input").toBeUndefined();
    expect(step(x).loss.item(), "the step runs eagerly as before").toBeGreaterThan(0);
  });

  it("keeps the composite in whose body a name was given, and takes the names of a module", () => {
    const inside = composite("test inside", ({ x }: { x: Tensor }) => named(x.exp(), "e").add(1), {
      tex: ({ x }) => x,
    });
    const net = new Sequential(new Linear(2, 1, { dtype: "float64" }));
    const program = traceProgram(
      (x) => inside({ x: net.forward(x) }),
      [{ shape: [1, 2], dtype: "float64" }],
      {
        names: net.namedParameters(),
      },
    );
    expect(program.names.map(({ name, scope }) => [name, scope])).toEqual([
      ["e", 1],
      ["0.weight", null],
      ["0.bias", null],
    ]);
    expect(program.composites.map(({ name }) => name)).toEqual(["linear", "test inside"]);
  });
});
