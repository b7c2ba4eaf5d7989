/** The solution's batch code as something that `train()` can train: backpropagation by hand on cells that change. */
import { Parameter, noGrad, randn, tensor, zeros } from "chainrule";
import type { Generator } from "chainrule";
import type { Learner } from "chainrule/train";
import { backwardBatch, forwardBatch, lossBatch } from "./solution.ts";
import type { Network } from "./solution.ts";

export type TrainableNetwork = Readonly<Record<keyof Network, Parameter>>;

/** Weights from N(0, 1/inputs), biases 0. */
export function drawNetwork(
  inputs: number,
  hidden: number,
  classes: number,
  generator: Generator,
): TrainableNetwork {
  const drawn = (rows: number, columns: number): Parameter =>
    new Parameter(randn([rows, columns], { generator }).mul(Math.sqrt(1 / rows)));
  return {
    W: drawn(inputs, hidden),
    b: new Parameter(zeros([hidden])),
    V: drawn(hidden, classes),
    c: new Parameter(zeros([classes])),
  };
}

/** Descent with a rate that can be changed between runs; `backward` is the right one unless a slip is to be shown. */
export function byHand(
  network: TrainableNetwork,
  rate: number,
  backward: typeof backwardBatch = backwardBatch,
): Learner {
  const lr = tensor(rate);
  // what a step changes is in cells, so it may be compiled
  const learner: Learner & { readonly compilable: true } = {
    compilable: true,
    step: (X, targets) =>
      noGrad(() => {
        const pass = forwardBatch(network, X);
        const { dW, db, dV, dc } = backward(network, X, pass, targets);
        const loss = lossBatch(pass.o, targets);
        for (const [p, dp] of [
          [network.W, dW],
          [network.b, db],
          [network.V, dV],
          [network.c, dc],
        ] as const)
          p.assign(p.sub(dp.mul(lr)));
        return { loss, output: pass.o };
      }),
    predict: (X) => noGrad(() => forwardBatch(network, X).o),
    loss: lossBatch,
    parameterCount: Object.values(network).reduce((sum, { data }) => sum + data.length, 0),
  };
  return learner;
}
