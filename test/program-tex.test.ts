/** The equations and gradients of three networks in LaTeX. The fixtures were looked at typeset. */
import { describe, expect, it } from "vitest";
import { Generator, Parameter, gradients, named, randn, tensor, traceProgram } from "chainrule";
import type { Program, Tensor } from "chainrule";
import { crossEntropy, layerNorm, linear, mseLoss, softmax } from "chainrule/functions";
import { latexFormula } from "../packages/course/src/practical/formula.ts";
import { programTex, symbol } from "./program-tex.ts";

const generator = new Generator(1);
const parameter = (...shape: number[]): Parameter => new Parameter(randn(shape, { generator }));

/** The 2-10-2 network of the course, and its gradients. */
function network(): Program {
  const [W_h, b_h, W_y, b_y] = [parameter(10, 2), parameter(10), parameter(2, 10), parameter(2)];
  const x = randn([4, 2], { generator });
  const y = tensor([0, 1, 1, 0], { dtype: "int32" });
  const step = (x: Tensor, y: Tensor) => {
    const h = named(named(linear(x, W_h, b_h), "h̃").tanh(), "h");
    const scores = named(linear(h, W_y, b_y), "ỹ");
    const p = named(softmax(scores), "ŷ");
    const loss = named(crossEntropy(scores, y), "L");
    return [p, loss, ...gradients(loss, [W_h, b_h, W_y, b_y])];
  };
  return traceProgram(step, [x, y], { names: { x, y, W_h, b_h, W_y, b_y } });
}

/** Two residual blocks, h + W relu(h), with the mean of squares as the loss. */
function residual(): Program {
  const [W_1, W_2] = [parameter(3, 3), parameter(3, 3)];
  const [x, y] = [randn([4, 3], { generator }), randn([4, 3], { generator })];
  const step = (x: Tensor, y: Tensor) => {
    const h = named(x.add(linear(x.relu(), W_1)), "h");
    const o = named(h.add(linear(h.relu(), W_2)), "o");
    const loss = named(mseLoss(o, y), "L");
    return [loss, ...gradients(loss, [W_1, W_2])];
  };
  return traceProgram(step, [x, y], { names: { x, y, W_1, W_2 } });
}

/** One layer norm, with γ and β. */
function norm(): Program {
  const [γ, β] = [parameter(3), parameter(3)];
  const x = randn([4, 3], { generator, requiresGrad: true });
  const step = (x: Tensor) => {
    const y = named(layerNorm(x, [3], { weight: γ, bias: β }), "y");
    const loss = named(y.mul(y).sum(), "L");
    return [loss, ...gradients(loss, [x, γ, β])];
  };
  return traceProgram(step, [x], { names: { x, γ, β } });
}

describe("a traced program in LaTeX", () => {
  it.each<[string, () => Program]>([
    ["network", network],
    ["residual", residual],
    ["layer-norm", norm],
  ])("%s: equations and gradients, composites closed and opened", async (name, make) => {
    const program = make();
    for (const open of [false, true]) {
      const lines = programTex(program, { open });
      for (const line of lines) expect(latexFormula(line).markup, line).toContain("<math");
      const file = `./fixtures/program-tex/${name}-${open ? "opened" : "closed"}.tex`;
      await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(file);
    }
  });

  it("writes names as symbols", () => {
    const names = ["W_h", "ŷ", "h̃", "γ", "loss", "0.weight"];
    expect(names.map(symbol)).toEqual([
      "W_{h}",
      "\\hat{y}",
      "\\tilde{h}",
      "\\gamma",
      "\\mathrm{loss}",
      "\\mathrm{0.weight}",
    ]);
  });
});
