/** The small dense networks of the golden tests, and their training. */
import { noGrad, tensor } from "../packages/chainrule/src/index.ts";
import type { Tensor, TensorData } from "../packages/chainrule/src/index.ts";
import { Linear, Sequential } from "../packages/chainrule/src/nn/index.ts";
import type { Module } from "../packages/chainrule/src/nn/index.ts";

export type Matrix = number[][];
export const float64 = (data: unknown): Tensor => tensor(data as TensorData, { dtype: "float64" });
export const int32 = (data: number[]): Tensor => tensor(data, { dtype: "int32" });
/** A vector as an n × 1 matrix. */
export const column = (t: Tensor): Tensor => t.reshape([-1, 1]);

/** A dense net in − hidden − out in float64 with the given weights [out, in] and biases. */
export function denseNet(hidden: Module, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor): Sequential {
  const [first, last] = [w1, w2].map(({ shape: [outs, ins] }) => new Linear(ins, outs, { dtype: "float64" }));
  const net = new Sequential(first, hidden, last);
  net.loadStateDict({ "0.weight": w1, "0.bias": b1, "2.weight": w2, "2.bias": b2 });
  return net;
}

/** The outputs of every layer, after the input. */
export function passes(model: Sequential, x: Tensor): Tensor[] {
  return model.layers.reduce((all, layer) => [...all, layer.forward(all[all.length - 1])], [x]);
}

/** One step of plain gradient descent. */
export function descend(model: Module, loss: Tensor, rate: number): void {
  model.zeroGrad();
  loss.backward();
  noGrad(() => {
    for (const w of model.parameters()) if (w.grad) w.assign(w.sub(w.grad.mul(rate)));
  });
}

/** f with another gradient: the value is that of f, the derivative is `wrong`. */
export function planted(f: (x: Tensor) => Tensor, wrong: Tensor): (x: Tensor) => Tensor {
  return (x) => {
    const slope = x.mul(wrong).sum();
    return f(x).detach().add(slope).sub(slope.detach());
  };
}
