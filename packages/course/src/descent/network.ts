/**
 * A dense network in plain loops, for experiments with thousands of short runs on two-dimensional data:
 *
 *     a₀ = x,  aₗ = f(aₗ₋₁ Wₗ + bₗ),  scores without f,  loss −ln softmax(scores)_class, averaged over a batch.
 */
import type { Generator } from "chainrule";

export type Activation = "tanh" | "sigmoid";

export interface Layer {
  /** [inputs, outputs], row after row */
  readonly W: Float64Array;
  readonly b: Float64Array;
  readonly inputs: number;
  readonly outputs: number;
}

export interface Points {
  /** [examples, inputs], row after row */
  readonly features: Float64Array;
  readonly labels: Int32Array;
}

export class PlainNetwork {
  readonly layers: readonly Layer[];
  readonly #activation: Activation;
  /** The outputs of each layer for the example at hand, and the derivatives of its loss by the sums before f. */
  readonly #a: Float64Array[];
  readonly #delta: Float64Array[];
  readonly #dW: Float64Array[];
  readonly #db: Float64Array[];

  /** Weights from N(0, σ²), a σ for each layer by its inputs and outputs; biases 0. */
  constructor(
    sizes: readonly number[],
    generator: Generator,
    sigma: (inputs: number, outputs: number) => number,
    activation: Activation = "tanh",
  ) {
    this.#activation = activation;
    this.layers = sizes.slice(1).map((outputs, l) => {
      const inputs = sizes[l];
      const scale = sigma(inputs, outputs);
      const W = Float64Array.from({ length: inputs * outputs }, () => scale * generator.normal());
      return { W, b: new Float64Array(outputs), inputs, outputs };
    });
    this.#a = sizes.map((size) => new Float64Array(size));
    this.#delta = sizes.map((size) => new Float64Array(size));
    this.#dW = this.layers.map(({ W }) => new Float64Array(W.length));
    this.#db = this.layers.map(({ b }) => new Float64Array(b.length));
  }

  /** The class probabilities of one example; they are overwritten by the next call. */
  #forward(x: Float64Array, from: number): Float64Array {
    const last = this.layers.length - 1;
    for (let i = 0; i < this.#a[0].length; i++) this.#a[0][i] = x[from + i];
    this.layers.forEach(({ W, b, inputs, outputs }, l) => {
      const [a, next] = [this.#a[l], this.#a[l + 1]];
      for (let j = 0; j < outputs; j++) next[j] = b[j];
      for (let i = 0; i < inputs; i++) for (let j = 0; j < outputs; j++) next[j] += a[i] * W[i * outputs + j];
      if (l < last)
        for (let j = 0; j < outputs; j++)
          next[j] = this.#activation === "tanh" ? Math.tanh(next[j]) : 1 / (1 + Math.exp(-next[j]));
    });
    return softmaxInPlace(this.#a[last + 1]);
  }

  /** Adds the gradient of one example's loss to the sums, and returns the loss. */
  #backward({ features, labels }: Points, row: number): number {
    const y = this.#forward(features, row * this.#a[0].length);
    const L = this.layers.length;
    const label = labels[row];
    for (let j = 0; j < y.length; j++) this.#delta[L][j] = y[j] - (j === label ? 1 : 0);
    for (let l = L - 1; l >= 0; l--) {
      const { W, inputs, outputs } = this.layers[l];
      const [a, delta, before] = [this.#a[l], this.#delta[l + 1], this.#delta[l]];
      const [dW, db] = [this.#dW[l], this.#db[l]];
      for (let j = 0; j < outputs; j++) db[j] += delta[j];
      for (let i = 0; i < inputs; i++) {
        let propagated = 0;
        for (let j = 0; j < outputs; j++) {
          dW[i * outputs + j] += a[i] * delta[j];
          propagated += W[i * outputs + j] * delta[j];
        }
        before[i] = propagated * (this.#activation === "tanh" ? 1 - a[i] * a[i] : a[i] * (1 - a[i]));
      }
    }
    return -Math.log(Math.max(y[label], Number.MIN_VALUE));
  }

  /** One step down the mean gradient of some rows; returns their mean loss from before it. */
  step(points: Points, rows: ArrayLike<number>, rate: number): number {
    for (const sums of [...this.#dW, ...this.#db]) sums.fill(0);
    let loss = 0;
    for (let n = 0; n < rows.length; n++) loss += this.#backward(points, rows[n]);
    const scale = rate / rows.length;
    this.layers.forEach(({ W, b }, l) => {
      for (let i = 0; i < W.length; i++) W[i] -= scale * this.#dW[l][i];
      for (let j = 0; j < b.length; j++) b[j] -= scale * this.#db[l][j];
    });
    return loss / rows.length;
  }

  /** The root mean square of each layer's weight gradient over all rows: where it is tiny, the layer does not learn. */
  gradientSizes(points: Points): number[] {
    for (const sums of [...this.#dW, ...this.#db]) sums.fill(0);
    const rows = points.labels.length;
    for (let n = 0; n < rows; n++) this.#backward(points, n);
    return this.#dW.map((dW) =>
      Math.sqrt(dW.reduce((sum, d) => sum + (d / rows) * (d / rows), 0) / dW.length),
    );
  }

  /** Mean loss and the share of rows whose class has the largest probability. */
  evaluate({ features, labels }: Points): { readonly loss: number; readonly accuracy: number } {
    const width = this.#a[0].length;
    let [loss, right] = [0, 0];
    for (let n = 0; n < labels.length; n++) {
      const y = this.#forward(features, n * width);
      loss -= Math.log(Math.max(y[labels[n]], Number.MIN_VALUE));
      if (y.every((p) => p <= y[labels[n]])) right++;
    }
    return { loss: loss / labels.length, accuracy: right / labels.length };
  }
}

function softmaxInPlace(o: Float64Array): Float64Array {
  let [most, total] = [-Infinity, 0];
  for (let j = 0; j < o.length; j++) most = Math.max(most, o[j]);
  for (let j = 0; j < o.length; j++) total += o[j] = Math.exp(o[j] - most);
  for (let j = 0; j < o.length; j++) o[j] /= total;
  return o;
}
