import { describe, expect, it } from "vitest";
import { compile, noGrad, ops, Parameter, reference, state, tensor } from "../index.ts";
import type { Program, Tensor } from "../index.ts";
import { crossEntropy } from "../functions/index.ts";
import { Linear, Sequential, Sigmoid } from "../nn/index.ts";
import { SGD } from "../optim/index.ts";
import { rules } from "./rewrite-rules.ts";
import { rewrite } from "./rewrite.ts";
import { replay } from "../../../../test/replay.ts";
import { trace } from "./trace.ts";

const f64 = (data: number | number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });
const names = ({ steps }: Program): string[] => steps.map(({ op }) => op.name);

/** The rewritten program of a step of one vector, and a proof that it gives what the recorded one gives. */
function rewritten(step: (x: Tensor) => Tensor[], x = f64([0.5, -2, 3])): Program {
  const recorded = trace(step, [x]);
  const program = rewrite(recorded.program);
  const run = (of: Program) => replay({ ...recorded, program: of }, reference)(x).map((t) => t.toArray());
  expect(run(program)).toEqual(run(recorded.program));
  return program;
}

describe("rewrite", () => {
  it("leaves out what nobody reads, and views that change nothing", () => {
    expect(names(rewritten((x) => (x.exp().sum(), [x.neg().detach().reshape([3]).to("float64")])))).toEqual([
      "neg",
    ]);
  });

  it("shares equal steps, but not those with other arguments or inputs", () => {
    const program = rewritten((x) => [
      x.exp().mul(x.exp()),
      x.sum(0, true).add(x.sum(0)),
      x.clamp(-Infinity, 0).add(x.clamp(-1, 0)),
    ]);
    expect(names(program)).toEqual(["exp", "mul", "sum", "sum", "add", "clamp", "clamp", "add"]);
  });

  it("computes constants now, also those of a gradient that starts with 1", () => {
    const w = new Parameter(f64([1, 2, 3]));
    const program = rewritten((x) => {
      w.grad = null;
      x.mul(w).mean().backward();
      return [w.grad as unknown as Tensor];
    });
    expect(names(program)).toEqual(["mul"]);
    expect(program.constants.map(({ values }) => [...values])).toEqual([[1 / 3]]);
  });

  it("keeps zero times x, which may be NaN, and x + 0, which loses the sign of −0", () => {
    expect(names(rewritten((x) => [x.mul(0), x.add(0), x.mul(1), x.div(1)]))).toEqual(["mul", "add"]);
  });

  it("drops x + 0 by a rule that is not exact, which the compiler leaves out", () => {
    const { program } = trace((x) => [x.add(0), x.sub(0), ops.add(0, x).mul(2)], [f64([-0, 1])]);
    expect(names(rewrite(program))).toEqual(["add", "sub", "add", "mul"]);
    expect(names(rewrite(program, rules))).toEqual(["mul"]);
    expect(rules.filter(({ exact }) => !exact).map(({ name }) => name)).toEqual(["x + 0 → x"]);
  });

  it("lets a product read a transposed matrix where it lies, also in gradients", () => {
    const w = new Parameter(f64([[1, 2, 3], [4, 5, 6]])); // prettier-ignore
    const program = rewritten((x) => {
      w.grad = null;
      const y = x.reshape([1, 3]).matmul(w.transpose());
      y.sum().backward();
      return [y, w.grad as unknown as Tensor];
    });
    expect(names(program)).toEqual(["reshape", "matmul", "expand", "matmul", "permute"]);
    expect(program.steps.filter(({ op }) => op.transposeFlags.length > 0).map(({ attrs }) => attrs)).toEqual([
      { transposeA: false, transposeB: true },
      { transposeA: true, transposeB: false },
    ]);
  });

  it("reads A for (Aᵀ)ᵀ, and leaves other orders of axes", () => {
    const program = rewritten((x) => {
      const y = x.reshape([1, 3, 1]).mul(f64([1, -2, 3, 4]).reshape([2, 1, 2]));
      return [
        y.permute([0, 2, 1]).matmul(y),
        y.matmul(y.transpose(1, 2).transpose(1, 2), { transposeB: true }),
        y.permute([2, 1, 0]).matmul(y.permute([2, 0, 1])),
      ];
    });
    expect(names(program)).toEqual(["reshape", "mul", "matmul", "matmul", "permute", "permute", "matmul"]); // prettier-ignore
  });

  it("keeps what broadcasting alone would not give", () => {
    expect(names(rewritten((x) => [x.expand([2, 3]).neg(), x.expand([2, 3]).mul(x)]))).toEqual([
      "expand",
      "neg",
      "mul", // prettier-ignore
    ]);
  });

  it("draws at each call", () => {
    const random = state(tensor([1, 2, 3], { dtype: "int32" }));
    const step = compile(() => {
      random.assign(random.add(tensor([0, 0, 1], { dtype: "int32" })));
      return ops.uniform(random, [2]);
    });
    expect(step().toArray()).not.toEqual(step().toArray());
    expect(names(rewritten(() => [ops.uniform(tensor([1, 2, 3], { dtype: "int32" }), [2])]))).toEqual([
      "uniform",
    ]);
  });

  it("shortens a usual training step", () => {
    const net = new Sequential(new Linear(4, 3), new Sigmoid(), new Linear(3, 2));
    const optimizer = new SGD(net.parameters(), { lr: 0.1 });
    const step = (x: Tensor, y: Tensor): Tensor[] => {
      const loss = crossEntropy(net.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return [loss];
    };
    const { program } = trace(step, [
      { shape: [5, 4], dtype: "float32" },
      { shape: [5], dtype: "int32" },
    ]);
    expect([program.steps.length, rewrite(program).steps.length]).toEqual([50, 40]);
  });
});

it("explain prints kernels with shapes, operations and bytes", () => {
  const w = new Parameter(tensor([[1, 2], [3, 4], [5, 6]]), { name: "w" }); // prettier-ignore
  const step = compile((x: Tensor) => noGrad(() => x.matmul(w).tanh().sum()));
  expect(step.explain()).toBe("no program yet: a compiled step is traced at its first call");
  step(tensor([[1, 2, 3]]));
  expect(step.explain()).toMatchInlineSnapshot(`
    "program 1: ([1,3])
          1 state cells, 0 of them assigned; arena 0 B
          3 kernels for 3 operations, 0 of them fused: 16 FLOP, 72 B
       1  matmul                 12 FLOP, 44 B
          [1,3] [3,2] → [1,2]
       2  tanh                   2 FLOP, 16 B
          [1,2] → [1,2]
       3  sum                    2 FLOP, 12 B
          [1,2] → []"
  `);
});
