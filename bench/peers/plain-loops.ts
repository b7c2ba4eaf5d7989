/**
 * The work in plain loops over typed arrays, like a program without a library: no blocking, no unrolling. The inner
 * loops run along rows, so that they read memory in order.
 */
import type { Activation, InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import { readInference, readMatmul, readTraining, samples } from "./numbers.ts";
import type { Layer } from "./numbers.ts";
import type { Runner } from "./serve.ts";

type Floats = Float32Array | Float64Array;
type FloatsType = Float32ArrayConstructor | Float64ArrayConstructor;

interface Weights {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Floats;
  readonly bias: Floats;
  readonly weightGrad: Floats;
  readonly biasGrad: Floats;
  /** Adam's two means for the weights, then for the biases. */
  readonly moments: readonly Floats[];
}

const copy = (type: FloatsType, { inputs, outputs, weight, bias }: Layer): Weights => ({
  inputs,
  outputs,
  weight: type.from(weight),
  bias: type.from(bias),
  weightGrad: new type(weight.length),
  biasGrad: new type(bias.length),
  moments: [weight.length, weight.length, bias.length, bias.length].map((length) => new type(length)),
});

/** y = f(x·Wᵀ + b) */
function forward(y: Floats, x: Floats, batch: number, layer: Weights, f: Activation | "none"): void {
  const { inputs, outputs, weight, bias } = layer;
  for (let i = 0; i < batch; i++)
    for (let j = 0; j < outputs; j++) {
      let sum = bias[j];
      for (let k = 0; k < inputs; k++) sum += x[i * inputs + k] * weight[j * inputs + k];
      y[i * outputs + j] =
        f === "none"
          ? sum
          : f === "relu"
            ? Math.max(sum, 0)
            : f === "tanh"
              ? Math.tanh(sum)
              : 1 / (1 + Math.exp(-sum));
    }
}

/** ∂W = dᵀ·x and ∂b = Σ d over the rows */
function backwardWeights(d: Floats, x: Floats, batch: number, layer: Weights): void {
  const { inputs, outputs, weightGrad, biasGrad } = layer;
  weightGrad.fill(0);
  biasGrad.fill(0);
  for (let i = 0; i < batch; i++)
    for (let j = 0; j < outputs; j++) {
      const one = d[i * outputs + j];
      biasGrad[j] += one;
      for (let k = 0; k < inputs; k++) weightGrad[j * inputs + k] += one * x[i * inputs + k];
    }
}

/** dx = (d·W) ⊙ f′, with f′ computed from y = f(…) */
function backwardInputs(
  dx: Floats,
  d: Floats,
  y: Floats,
  batch: number,
  layer: Weights,
  f: Activation,
): void {
  const { inputs, outputs, weight } = layer;
  dx.fill(0);
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < outputs; j++) {
      const one = d[i * outputs + j];
      for (let k = 0; k < inputs; k++) dx[i * inputs + k] += one * weight[j * inputs + k];
    }
    for (let k = i * inputs; k < (i + 1) * inputs; k++)
      dx[k] *= f === "relu" ? (y[k] > 0 ? 1 : 0) : f === "tanh" ? 1 - y[k] * y[k] : y[k] * (1 - y[k]);
  }
}

/** d = (softmax(z) − onehot(y)) ⁄ batch, and the mean of −log softmax(z)[y] */
function crossEntropy(d: Floats, z: Floats, y: Int32Array, batch: number, classes: number): number {
  let loss = 0;
  for (let i = 0; i < batch; i++) {
    const row = i * classes;
    let largest = z[row];
    for (let j = 1; j < classes; j++) largest = Math.max(largest, z[row + j]);
    let total = 0;
    for (let j = 0; j < classes; j++) total += d[row + j] = Math.exp(z[row + j] - largest);
    loss += Math.log(total) + largest - z[row + y[i]];
    for (let j = 0; j < classes; j++) d[row + j] = (d[row + j] / total - (j === y[i] ? 1 : 0)) / batch;
  }
  return loss / batch;
}

function sgd(values: Floats, grads: Floats, lr: number): void {
  for (let i = 0; i < values.length; i++) values[i] -= lr * grads[i];
}

function adam(values: Floats, grads: Floats, m: Floats, v: Floats, lr: number, step: number): void {
  const [mScale, vScale] = [1 / (1 - 0.9 ** step), 1 / (1 - 0.999 ** step)];
  for (let i = 0; i < values.length; i++) {
    const g = grads[i];
    m[i] = 0.9 * m[i] + 0.1 * g;
    v[i] = 0.999 * v[i] + 0.001 * g * g;
    values[i] -= (lr * m[i] * mScale) / (Math.sqrt(v[i] * vScale) + 1e-8);
  }
}

export function trainingOf(work: TrainingCase, type: FloatsType): Runner {
  const { layers, batches } = readTraining(work);
  const { batch, activation, optimizer } = work;
  const data = batches.map(({ x, y }) => ({ x: type.from(x), y }));
  const values = layers.map(({ outputs }) => new type(batch * outputs));
  const grads = layers.map(({ outputs }) => new type(batch * outputs));
  const last = layers.length - 1;
  let network = layers.map((layer) => copy(type, layer));
  let step = 0;

  function train(): number {
    const { x, y } = data[step % data.length];
    network.forEach((layer, l) =>
      forward(values[l], l === 0 ? x : values[l - 1], batch, layer, l === last ? "none" : activation),
    );
    const loss = crossEntropy(grads[last], values[last], y, batch, network[last].outputs);
    for (let l = last; l >= 0; l--) {
      backwardWeights(grads[l], l === 0 ? x : values[l - 1], batch, network[l]);
      if (l > 0) backwardInputs(grads[l - 1], grads[l], values[l - 1], batch, network[l], activation);
    }
    step++;
    for (const { weight, bias, weightGrad, biasGrad, moments } of network) {
      if (optimizer.name === "sgd") {
        sgd(weight, weightGrad, optimizer.lr);
        sgd(bias, biasGrad, optimizer.lr);
      } else {
        adam(weight, weightGrad, moments[0], moments[1], optimizer.lr, step);
        adam(bias, biasGrad, moments[2], moments[3], optimizer.lr, step);
      }
    }
    return loss;
  }

  return {
    reset() {
      network = layers.map((layer) => copy(type, layer));
      step = 0;
    },
    run: (count) => Array.from({ length: count }, train),
  };
}

export function matmulOf(work: MatmulCase, type: FloatsType): Runner {
  const { n } = work;
  const [a, b] = Object.values(readMatmul(work)).map((values) => type.from(values));
  const c = new type(n * n);
  return {
    run(count) {
      for (let repeat = 0; repeat < count; repeat++) {
        c.fill(0);
        for (let i = 0; i < n; i++)
          for (let k = 0; k < n; k++) {
            const one = a[i * n + k];
            for (let j = 0; j < n; j++) c[i * n + j] += one * b[k * n + j];
          }
      }
      return samples(c);
    },
  };
}

/** The compared elements of a product in float64; the whole product would take long. */
export function matmulSamples(work: MatmulCase): number[] {
  const { n } = work;
  const { a, b } = readMatmul(work);
  return samples({ length: n * n }).map((_, at) => {
    const place = Math.floor(((at + 0.5) * n * n) / 97);
    const [i, j] = [Math.floor(place / n), place % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
    return sum;
  });
}

export function inferenceOf(work: InferenceCase, type: FloatsType): Runner {
  const { layers, x } = readInference(work);
  const { batch, activation } = work;
  const network = layers.map((layer) => copy(type, layer));
  const values = layers.map(({ outputs }) => new type(batch * outputs));
  const input = type.from(x);
  return {
    run(count) {
      for (let repeat = 0; repeat < count; repeat++)
        network.forEach((layer, l) =>
          forward(
            values[l],
            l === 0 ? input : values[l - 1],
            batch,
            layer,
            l === layers.length - 1 ? "none" : activation,
          ),
        );
      return samples(values.at(-1)!);
    },
  };
}
