/**
 * Chainrule like in a user's program: modules, an optimizer, `learner`. `BENCH_FORM` is eager (no compiled step), run
 * (compiled for WebAssembly, many steps a call) or train (the training loop with a DataLoader).
 */
import { compile, noGrad, state, tensor } from "chainrule";
import type { Device, Tensor } from "chainrule";
import { Dataset, DataLoader } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { Linear, ReLU, Sequential, Sigmoid, Tanh } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";
import { wasm } from "chainrule/wasm";
import type { Activation, InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import { readInference, readMatmul, readTraining, samples } from "./numbers.ts";
import type { Layer, TrainingNumbers } from "./numbers.ts";
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

/** Runs every step eagerly. */
function eagerTraining(work: TrainingCase): Runner {
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

/** All batches as one data set, and the rows of each. */
function datasetOf({ batch, sizes }: TrainingCase, batches: TrainingNumbers["batches"]) {
  const rows = batch * batches.length;
  const x = new Float32Array(rows * sizes[0]);
  const y = new Int32Array(rows);
  batches.forEach((one, i) => {
    x.set(one.x, i * batch * sizes[0]);
    y.set(one.y, i * batch);
  });
  return new Dataset(tensor(x, { shape: [rows, sizes[0]] }), tensor(y));
}

/** Runs the compiled step, with the requested number of steps in one call. */
function compiledTraining(work: TrainingCase, device: Device): Runner {
  const { layers, batches } = readTraining(work);
  const data = datasetOf(work, batches);
  const rows = batches.map((_, i) =>
    Int32Array.from({ length: work.batch }, (_, row) => i * work.batch + row),
  );
  const model = network(layers, work.activation);
  const compiled = () => {
    const trained = learnerOf(model, work);
    return compile((x: Tensor, y: Tensor) => trained.step(x, y).loss, { device });
  };
  let step = compiled();
  let at = 0;
  return {
    reset() {
      setWeights(model, layers);
      step.dispose();
      step = compiled();
      at = 0;
    },
    run: (count) =>
      step.run(
        data,
        Array.from({ length: count }, () => rows[at++ % rows.length]),
      ).data,
  };
}

/** The training loop of the library with its events; an epoch visits all batches in order. */
function loopTraining(work: TrainingCase, device: Device): Runner {
  const { layers, batches } = readTraining(work);
  const dataset = datasetOf(work, batches);
  const data = new DataLoader(dataset, { batchSize: work.batch, shuffle: false });
  const model = network(layers, work.activation);
  let trained = learnerOf(model, work);
  return {
    // The loop computes ahead; when it ends within an epoch, those steps are lost.
    unit: batches.length,
    reset() {
      setWeights(model, layers);
      trained = learnerOf(model, work);
    },
    async run(count) {
      const losses: number[] = [];
      const epochs = Math.ceil(count / batches.length);
      for await (const event of train({ learner: trained, data, epochs, evalTrain: false, device })) {
        if (event.event === "batch") losses.push(event.loss);
        if (losses.length === count) break;
      }
      return losses;
    },
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

function eagerMatmul(work: MatmulCase): Runner {
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

/** Operands and product stay on the device. */
function compiledMatmul(work: MatmulCase, device: Device): Runner {
  const { n } = work;
  const { a, b } = readMatmul(work);
  const [left, right, product] = [a, b, new Float32Array(n * n)].map((values) =>
    state(tensor(values, { shape: [n, n] })),
  );
  const multiply = compile(() => product.assign(left.matmul(right)), { device });
  return {
    run(count) {
      for (let i = 0; i < count; i++) multiply();
      return samples(product.data);
    },
  };
}

function eagerInference(work: InferenceCase): Runner {
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

/** Like a server: one row or many come in, and outputs go out. */
function compiledInference(work: InferenceCase, device: Device): Runner {
  const { layers, x } = readInference(work);
  const model = network(layers, work.activation);
  model.eval();
  const input = tensor(x, { shape: [work.batch, work.sizes[0]] });
  const predict = compile((rows: Tensor) => noGrad(() => model.forward(rows)), { device });
  return {
    run(count) {
      for (let i = 1; i < count; i++) predict(input);
      return samples(predict(input).data);
    },
  };
}

const { BENCH_FORM: form, BENCH_THREADS: threads = "1", BENCH_STRICT: strict } = process.env;

await serve(async () => {
  if (form === "eager")
    return {
      version: "chainrule, eager",
      training: eagerTraining,
      matmul: eagerMatmul,
      inference: eagerInference,
    };
  const device = await wasm({ threads: Number(threads), strict: strict !== undefined });
  if (form === "train")
    return { version: `chainrule, train(), ${device.name}`, training: (work) => loopTraining(work, device) };
  return {
    version: `chainrule, ${device.name}`,
    training: (work) => compiledTraining(work, device),
    matmul: (work) => compiledMatmul(work, device),
    inference: (work) => compiledInference(work, device),
  };
});
