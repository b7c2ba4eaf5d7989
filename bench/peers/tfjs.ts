/**
 * TensorFlow.js on its cpu and wasm backends. `BENCH_BACKEND` is cpu or wasm. With `BENCH_FORM=hand` the gradients are
 * written out and transposes are ops of their own: the transpose flags of its wasm matMul, which its own gradients use,
 * are slow.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths, version_wasm } from "@tensorflow/tfjs-backend-wasm";
import type { Activation, InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import { readInference, readMatmul, readTraining, samples, transposed } from "./numbers.ts";
import type { Layer } from "./numbers.ts";
import { serve } from "./serve.ts";
import type { Runner } from "./serve.ts";

const backend = process.env.BENCH_BACKEND!;
const byHand = process.env.BENCH_FORM === "hand";

const activate = (x: Tensor2D, f: Activation): Tensor2D =>
  f === "relu" ? tf.relu(x) : f === "tanh" ? tf.tanh(x) : tf.sigmoid(x);

/** Weights in the layout of tfjs: [inputs, outputs]. */
const variables = (layers: readonly Layer[]): Variable[] =>
  layers.flatMap(({ inputs, outputs, weight, bias }) => [
    tf.variable(tf.tensor2d(transposed(weight, outputs, inputs), [inputs, outputs])),
    tf.variable(tf.tensor1d(bias)),
  ]);

/** The outputs of all layers. */
function forward(parameters: readonly Tensor[], x: Tensor2D, f: Activation): Tensor2D[] {
  const outputs: Tensor2D[] = [];
  for (let l = 0; l < parameters.length; l += 2) {
    const input = outputs.at(-1) ?? x;
    const z = tf.add<Tensor2D>(tf.matMul(input, parameters[l] as Tensor2D), parameters[l + 1] as Tensor1D);
    outputs.push(l + 2 < parameters.length ? activate(z, f) : z);
  }
  return outputs;
}

const lossOf = (logits: Tensor2D, labels: Tensor2D): Scalar =>
  tf.losses.softmaxCrossEntropy<Tensor2D, Scalar>(labels, logits);

/** The loss and the gradients, in the order of the parameters, with a transpose before each product that needs one. */
function gradientsByHand(parameters: readonly Tensor[], x: Tensor2D, labels: Tensor2D, f: Activation) {
  const outputs = forward(parameters, x, f);
  const logits = outputs.at(-1)!;
  const batch = x.shape[0];
  const logs = tf.logSoftmax(logits);
  const loss = tf.neg(tf.div(tf.sum(tf.mul(logs, labels)), batch));
  let d = tf.div<Tensor2D>(tf.sub(tf.exp(logs), labels), batch);
  const grads: Tensor[] = [];
  for (let l = outputs.length - 1; l >= 0; l--) {
    const input = l === 0 ? x : outputs[l - 1];
    grads.unshift(tf.matMul(tf.transpose(input), d), tf.sum(d, 0));
    if (l === 0) break;
    const back = tf.matMul(d, tf.transpose(parameters[2 * l] as Tensor2D));
    const slope =
      f === "relu"
        ? tf.step(input)
        : f === "tanh"
          ? tf.sub(1, tf.square(input))
          : tf.mul(input, tf.sub(1, input));
    d = tf.mul<Tensor2D>(back, slope);
  }
  return { loss, grads };
}

function training(work: TrainingCase): Runner {
  const { layers, batches } = readTraining(work);
  const { batch, activation, sizes } = work;
  const classes = sizes.at(-1)!;
  const data = batches.map(({ x, y }) => ({
    x: tf.tensor2d(x, [batch, sizes[0]]),
    labels: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(y, "int32"), classes), "float32") as Tensor2D),
  }));
  let parameters = variables(layers);
  let optimizer = optimizerOf(work);
  let step = 0;

  function train(): number {
    const { x, labels } = data[step++ % data.length];
    if (!byHand) {
      const loss = optimizer.minimize(
        () => lossOf(forward(parameters, x, activation).at(-1)!, labels),
        true,
      )!;
      const [value] = loss.dataSync();
      loss.dispose();
      return value;
    }
    return tf.tidy(() => {
      const { loss, grads } = gradientsByHand(parameters, x, labels, activation);
      if (work.optimizer.name === "sgd") {
        const { lr } = work.optimizer;
        parameters.forEach((one, i) => one.assign(tf.sub(one, tf.mul(grads[i], lr))));
      } else {
        optimizer.applyGradients(parameters.map(({ name }, i) => ({ name, tensor: grads[i] })));
      }
      return loss.dataSync()[0];
    });
  }

  return {
    reset() {
      for (const one of parameters) one.dispose();
      optimizer.dispose();
      parameters = variables(layers);
      optimizer = optimizerOf(work);
      step = 0;
    },
    run: (count) => Array.from({ length: count }, train),
  };
}

const optimizerOf = ({ optimizer }: TrainingCase) =>
  optimizer.name === "sgd" ? tf.train.sgd(optimizer.lr) : tf.train.adam(optimizer.lr, 0.9, 0.999, 1e-8);

function matmul(work: MatmulCase): Runner {
  const { n } = work;
  const [a, b] = Object.values(readMatmul(work)).map((values) => tf.tensor2d(values, [n, n]));
  return {
    run(count) {
      for (let i = 1; i < count; i++) tf.matMul(a, b).dispose();
      const c = tf.matMul(a, b);
      const values = samples(c.dataSync());
      c.dispose();
      return values;
    },
  };
}

function inference(work: InferenceCase): Runner {
  const { layers, x } = readInference(work);
  const parameters = variables(layers);
  const input = tf.tensor2d(x, [work.batch, work.sizes[0]]);
  return {
    run(count) {
      let values: ArrayLike<number> = [];
      for (let i = 0; i < count; i++)
        values = tf.tidy(() => forward(parameters, input, work.activation).at(-1)!.dataSync());
      return samples(values);
    },
  };
}

await serve(async () => {
  if (backend === "wasm") {
    const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${dirname(main)}/`);
    setThreadsCount(1);
  }
  await tf.setBackend(backend);
  await tf.ready();
  return {
    version: `tfjs ${backend === "wasm" ? version_wasm : tf.version.tfjs}, ${tf.getBackend()}`,
    training,
    matmul,
    inference,
  };
});
