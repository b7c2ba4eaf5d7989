/** jax-js on WebAssembly: the whole step, update included, is one jitted function; every loss is read before the next step. */
import { init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { Activation, InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import { readInference, readMatmul, readTraining, samples, transposed } from "./numbers.ts";
import type { Layer } from "./numbers.ts";
import { serve } from "./serve.ts";
import type { Runner } from "./serve.ts";

const activations = { sigmoid: nn.sigmoid, tanh: np.tanh, relu: nn.relu };

/** Weights [inputs, outputs] and biases in turn. */
const arrays = (layers: readonly Layer[]): np.Array[] =>
  layers.flatMap(({ inputs, outputs, weight, bias }) => [
    np.array(transposed(weight, outputs, inputs)).reshape([inputs, outputs]),
    np.array(bias.slice()),
  ]);

function forward(parameters: readonly np.Array[], x: np.Array, f: Activation): np.Array {
  let y = x;
  for (let l = 0; l < parameters.length; l += 2) {
    y = np.matmul(y, parameters[l]).add(parameters[l + 1]);
    if (l + 2 < parameters.length) y = activations[f](y);
  }
  return y;
}

function training(work: TrainingCase): Runner {
  const { layers, batches } = readTraining(work);
  const { batch, activation, sizes, optimizer } = work;
  const classes = sizes.at(-1)!;
  const data = batches.map(({ x, y }) => ({
    x: np.array(x).reshape([batch, sizes[0]]),
    labels: nn.oneHot(np.array(y), classes),
  }));
  const loss = (parameters: np.Array[], x: np.Array, labels: np.Array): np.Array =>
    nn
      .logSoftmax(forward(parameters, x, activation))
      .mul(labels)
      .sum()
      .mul(-1 / batch);
  const lossAndGrads = valueAndGrad(loss);

  const sgd = jit((parameters: np.Array[], x: np.Array, labels: np.Array): [np.Array[], np.Array] => {
    const [value, grads] = lossAndGrads(
      parameters.map((one) => one.ref),
      x,
      labels,
    );
    return [parameters.map((one, i) => one.sub(grads[i].mul(optimizer.lr))), value];
  });

  type Adam = { parameters: np.Array[]; m: np.Array[]; v: np.Array[] };
  const adam = jit(
    (
      { parameters, m, v }: Adam,
      x: np.Array,
      labels: np.Array,
      mScale: np.Array,
      vScale: np.Array,
    ): [Adam, np.Array] => {
      const [value, grads] = lossAndGrads(
        parameters.map((one) => one.ref),
        x,
        labels,
      );
      const newM = m.map((one, i) => one.mul(0.9).add(grads[i].ref.mul(0.1)));
      const newV = v.map((one, i) => one.mul(0.999).add(np.square(grads[i]).mul(0.001)));
      const updated = parameters.map((one, i) => {
        const root = np.sqrt(newV[i].ref.mul(vScale.ref)).add(1e-8);
        return one.sub(newM[i].ref.mul(mScale.ref).div(root).mul(optimizer.lr));
      });
      mScale.dispose();
      vScale.dispose();
      return [{ parameters: updated, m: newM, v: newV }, value];
    },
  );

  let state: Adam;
  let step = 0;
  const reset = () => {
    if (state) for (const one of [...state.parameters, ...state.m, ...state.v]) one.dispose();
    const zeros = () =>
      optimizer.name === "adam"
        ? layers.flatMap(({ inputs, outputs }) => [np.zeros([inputs, outputs]), np.zeros([outputs])])
        : [];
    state = { parameters: arrays(layers), m: zeros(), v: zeros() };
    step = 0;
  };
  reset();

  function train(): number {
    const { x, labels } = data[step++ % data.length];
    let value: np.Array;
    if (optimizer.name === "sgd") {
      const [parameters, loss] = sgd(state.parameters, x.ref, labels.ref);
      state = { ...state, parameters };
      value = loss;
    } else {
      const scales = [1 / (1 - 0.9 ** step), 1 / (1 - 0.999 ** step)].map((one) => np.array(one));
      [state, value] = adam(state, x.ref, labels.ref, scales[0], scales[1]);
    }
    return (value.dataSync() as Float32Array)[0];
  }

  return { reset, run: (count) => Array.from({ length: count }, train) };
}

function matmul(work: MatmulCase): Runner {
  const { n } = work;
  const [a, b] = Object.values(readMatmul(work)).map((values) => np.array(values).reshape([n, n]));
  const product = jit((left: np.Array, right: np.Array) => np.matmul(left, right));
  return {
    async run(count) {
      for (let i = 1; i < count; i++) {
        const c = product(a.ref, b.ref);
        await c.blockUntilReady();
        c.dispose();
      }
      return samples((await product(a.ref, b.ref).data()) as Float32Array);
    },
  };
}

function inference(work: InferenceCase): Runner {
  const { layers, x } = readInference(work);
  const parameters = arrays(layers);
  const input = np.array(x).reshape([work.batch, work.sizes[0]]);
  const predict = jit((weights: np.Array[], rows: np.Array) => forward(weights, rows, work.activation));
  return {
    run(count) {
      let values: ArrayLike<number> = [];
      for (let i = 0; i < count; i++)
        values = predict(
          parameters.map((one) => one.ref),
          input.ref,
        ).dataSync() as Float32Array;
      return samples(values);
    },
  };
}

await serve(async () => {
  await init("wasm");
  return { version: `jax-js 0.1.25, wasm`, training, matmul, inference };
});
