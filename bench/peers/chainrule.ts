/** Chainrule as a user writes it: modules, an optimizer, `learner`. Every step on the reference device, eagerly. */
import { noGrad, tensor } from "chainrule";
import { crossEntropy } from "chainrule/functions";
import { Linear, ReLU, Sequential, Sigmoid, Tanh } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";
import { learner } from "chainrule/train";
import type { Activation, InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import { readInference, readMatmul, readTraining, samples } from "./numbers.ts";
import type { Layer } from "./numbers.ts";
import { serve } from "./serve.ts";
import type { Runner } from "./serve.ts";

const activations = { sigmoid: Sigmoid, tanh: Tanh, relu: ReLU };

function network(layers: readonly Layer[], f: Activation): Sequential {
  const modules = layers.flatMap(({ inputs, outputs }, l) => [
    new Linear(inputs, outputs),
    ...(l < layers.length - 1 ? [new activations[f]()] : []),
  ]);
  const model = new Sequential(...modules);
  setWeights(model, layers);
  return model;
}

function setWeights(model: Sequential, layers: readonly Layer[]): void {
  const cells = [...model.parameters()];
  layers.forEach(({ inputs, outputs, weight, bias }, l) => {
    cells[2 * l].assign(tensor(weight.slice(), { shape: [outputs, inputs] }));
    cells[2 * l + 1].assign(tensor(bias.slice()));
  });
}

function training(work: TrainingCase): Runner {
  const { layers, batches } = readTraining(work);
  const data = batches.map(({ x, y }) => ({
    x: tensor(x, { shape: [work.batch, work.sizes[0]] }),
    y: tensor(y),
  }));
  const model = network(layers, work.activation);
  let trained = learnerOf(model, work);
  let at = 0;
  return {
    reset() {
      setWeights(model, layers);
      trained = learnerOf(model, work);
      at = 0;
    },
    run: (count) =>
      Array.from({ length: count }, () => {
        const { x, y } = data[at++ % data.length];
        return trained.step(x, y).loss.item();
      }),
  };
}

function learnerOf(model: Sequential, { optimizer }: TrainingCase) {
  const { name, lr } = optimizer;
  const parameters = model.parameters();
  return learner({
    model,
    loss: crossEntropy,
    optimizer: name === "sgd" ? new SGD(parameters, { lr }) : new Adam(parameters, { lr }),
  });
}

function matmul(work: MatmulCase): Runner {
  const { n } = work;
  const { a, b } = readMatmul(work);
  const [left, right] = [a, b].map((values) => tensor(values, { shape: [n, n] }));
  return {
    run(count) {
      for (let i = 1; i < count; i++) left.matmul(right);
      return samples(left.matmul(right).data);
    },
  };
}

function inference(work: InferenceCase): Runner {
  const { layers, x } = readInference(work);
  const model = network(layers, work.activation);
  model.eval();
  const input = tensor(x, { shape: [work.batch, work.sizes[0]] });
  return {
    run(count) {
      for (let i = 1; i < count; i++) noGrad(() => model.forward(input));
      return samples(noGrad(() => model.forward(input)).data);
    },
  };
}

await serve(() => ({ version: "chainrule, eager on the reference device", training, matmul, inference }));
