/** Drawings of networks. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { Generator, gradients, named, Parameter, randn, tensor, traceProgram } from "chainrule";
import type { Tensor } from "chainrule";
import { denseDrawing, drawGraph, networkGraph, slotValues } from "chainrule/explain";
import { crossEntropy, linear, softmax } from "chainrule/functions";

const generator = new Generator(1);
const parameter = (...shape: number[]): Parameter => new Parameter(randn(shape, { generator }));

/** A step of the network 2-10-2 with its values and gradients, on four examples. */
export async function graph(): Promise<string> {
  const graphviz = await Graphviz.load();
  const cells = { W_h: parameter(10, 2), b_h: parameter(10), W_y: parameter(2, 10), b_y: parameter(2) };
  const { W_h, b_h, W_y, b_y } = cells;
  const inputs = { x: randn([4, 2], { generator }), y: tensor([0, 1, 1, 0], { dtype: "int32" }) };
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    const h = named(named(linear(x, W_h, b_h), "h̃").tanh(), "h");
    const scores = named(linear(h, W_y, b_y), "ỹ");
    const loss = named(crossEntropy(scores, y), "ℓ");
    return [named(softmax(scores), "ŷ"), loss, ...gradients(loss, [W_h, b_h, W_y, b_y])];
  };
  const examples = [inputs.x, inputs.y] as const;
  const program = traceProgram(step, examples, { names: { ...inputs, ...cells } });
  return drawGraph(networkGraph(program, { values: slotValues(program, examples, cells) }), {
    title: "2-10-2, forward and backward",
    layout: (dot) => graphviz.layout(dot, "json", "dot"),
  });
}

export function dense(): string {
  return denseDrawing(
    [
      { size: 2, symbol: "x" },
      { size: 10, symbol: "h", caption: "tanh", weights: ["W_h", "b_h"] },
      { size: 2, symbol: "ŷ", caption: "softmax", weights: ["W_y", "b_y"] },
    ],
    { title: "2-10-2" },
  );
}
