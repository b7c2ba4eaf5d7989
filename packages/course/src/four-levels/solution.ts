/**
 * The same network at four levels. Row form: an example is a row. X is [B, nx], Y is one-hot [B, ny]. All numbers are float64.
 *
 *     forward    H̃ = X Wₕᵀ + bₕ    H = tanh H̃    Ỹ = H Wᵧᵀ + bᵧ    Ŷ = softmax Ỹ, row by row
 *     loss       L = −1/B Σ Y ln Ŷ
 *     backward   Dᵧ = (Ŷ − Y)/B              dWᵧ = Dᵧᵀ H    dbᵧ = column sums of Dᵧ
 *                Dₕ = (Dᵧ Wᵧ) ⊙ (1 − H ⊙ H)   dWₕ = Dₕᵀ X    dbₕ = column sums of Dₕ
 *     update     p ← p − η dp
 */
import { noGrad, Parameter, randn, zeros } from "chainrule";
import type { Generator, Tensor } from "chainrule";
import { circlesCourse, DataLoader, fromPoints } from "chainrule/data";
import { crossEntropy, softmax } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import type { Module } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import type { Optimizer } from "chainrule/optim";

/** The parameters, or a gradient for each of them. */
export interface Params<T extends Tensor = Tensor> {
  /** [nh, nx] */
  readonly Wh: T;
  /** [nh] */
  readonly bh: T;
  /** [ny, nh] */
  readonly Wy: T;
  /** [ny] */
  readonly by: T;
}

/** What the forward pass computes on the way, for the backward pass to use. */
export interface Outputs {
  readonly X: Tensor;
  readonly htilde: Tensor;
  readonly h: Tensor;
  readonly ytilde: Tensor;
  readonly yhat: Tensor;
}

export interface InitOptions {
  readonly generator?: Generator;
  /** Draws the biases too; they are 0 unless asked. */
  readonly drawBiases?: boolean;
}

// ---- Level 1: by hand -------------------------------------------------------------------------------------------------

/** Weights from N(0, 0.3²), in float64, Wₕ first; biases 0. */
export function initParams(nx: number, nh: number, ny: number, options: InitOptions = {}): Params {
  // solution: draw Wh [nh, nx] and Wy [ny, nh] as 0.3 · randn(…), and make bh and by zeros
  const { generator, drawBiases = false } = options;
  const normal = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator }).mul(0.3); // w = 0.3 z, z ~ N(0, 1)
  const bias = (size: number): Tensor => (drawBiases ? normal(size) : zeros([size], { dtype: "float64" }));
  return { Wh: normal(nh, nx), bh: bias(nh), Wy: normal(ny, nh), by: bias(ny) };
}

/** The forward pass on a batch X [B, nx]. */
export function forward(params: Params, X: Tensor): Outputs {
  // solution: H̃ = X Wₕᵀ + bₕ, H = tanh H̃, Ỹ = H Wᵧᵀ + bᵧ, Ŷ = softmax of each row; return all five
  const { Wh, bh, Wy, by } = params;
  const htilde = X.matmul(Wh, { transposeB: true }).add(bh); // H̃ = X Wₕᵀ + bₕ
  const h = htilde.tanh(); // H = tanh H̃
  const ytilde = h.matmul(Wy, { transposeB: true }).add(by); // Ỹ = H Wᵧᵀ + bᵧ
  const yhat = softmax(ytilde); // ŷᵢ = exp ỹᵢ / Σⱼ exp ỹⱼ
  return { X, htilde, h, ytilde, yhat };
}

/** The mean cross-entropy of Ŷ [B, ny] against one-hot Y, and the share of rows whose largest entries agree. */
export function lossAccuracy(Yhat: Tensor, Y: Tensor): { loss: number; accuracy: number } {
  // solution: L = −1/B Σ Y ln Ŷ, and how often arg max Ŷ is arg max Y; throw where the shapes differ
  if (Yhat.shape.join() !== Y.shape.join())
    throw new Error(`Yhat has shape [${Yhat.shape.join()}] and Y [${Y.shape.join()}]`);
  const loss = Y.mul(Yhat.log()).sum(1).neg().mean().item(); // L = −1/B Σₙ Σᵢ yₙᵢ ln ŷₙᵢ
  const accuracy = Yhat.argmax(1).eq(Y.argmax(1)).to("float64").mean().item(); // a fraction, between 0 and 1
  return { loss, accuracy };
}

/** The gradient of the mean loss with respect to each parameter. */
export function backward(params: Params, outputs: Outputs, Y: Tensor): Params {
  // solution: Dᵧ = (Ŷ − Y)/B, Dₕ = (Dᵧ Wᵧ) ⊙ (1 − H ⊙ H); from these the gradients of Wh, bh, Wy and by
  const { X, h, yhat } = outputs;
  const Dy = yhat.sub(Y).div(X.shape[0]); // Dᵧ = (Ŷ − Y)/B
  const Dh = Dy.matmul(params.Wy).mul(h.mul(h).neg().add(1)); // Dₕ = (Dᵧ Wᵧ) ⊙ (1 − H ⊙ H)
  return {
    Wh: Dh.matmul(X, { transposeA: true }), // dWₕ = Dₕᵀ X
    bh: Dh.sum(0), // dbₕ = column sums of Dₕ
    Wy: Dy.matmul(h, { transposeA: true }), // dWᵧ = Dᵧᵀ H
    by: Dy.sum(0), // dbᵧ = column sums of Dᵧ
  };
}

/** One step down: new parameters, the old ones unchanged. */
export function sgd(params: Params, grads: Params, eta = 0.03): Params {
  // solution: p ← p − η dp for each of the four
  const step = (p: Tensor, g: Tensor): Tensor => p.sub(g.mul(eta)); // p ← p − η dp
  return {
    Wh: step(params.Wh, grads.Wh),
    bh: step(params.bh, grads.bh),
    Wy: step(params.Wy, grads.Wy),
    by: step(params.by, grads.by),
  };
}

// ---- Level 2: with autograd -------------------------------------------------------------------------------------------

/**
 * From a loss that was computed with these parameters to one step down: `backward()`, update in place, empty the gradients.
 */
export function autogradStep(params: Params<Parameter>, loss: Tensor, eta = 0.03): void {
  // solution: loss.backward(), for each p noGrad(() => p.assign(p − η p.grad)), then p.grad = null
  loss.backward(); // adds ∂L/∂p to p.grad
  for (const p of [params.Wh, params.bh, params.Wy, params.by]) {
    const g = p.grad!;
    noGrad(() => p.assign(p.sub(g.mul(eta)))); // p ← p − η dp, outside of the graph
    p.grad = null; // else the next backward() adds to it
  }
}

// ---- Level 3: with modules --------------------------------------------------------------------------------------------

/** The network as layers. It ends with Ỹ: softmax is in the loss, and for showing. */
export function makeModel(nx: number, nh: number, ny: number, generator?: Generator): Sequential {
  // solution: a Sequential of Linear, Tanh and Linear; the layers with { dtype: 'float64', generator }
  const options = { dtype: "float64", generator } as const;
  return new Sequential(
    new Linear(nx, nh, options), // H̃ = X Wₕᵀ + bₕ
    new Tanh(), // H = tanh H̃
    new Linear(nh, ny, options), // Ỹ = H Wᵧᵀ + bᵧ
  );
}

/** One step down for every parameter of a model, from the gradients that `backward()` left; empties them. */
export function sgdModel(model: Module, eta = 0.03): void {
  // solution: a loop over model.parameters() that updates each as in autogradStep
  for (const p of model.parameters()) {
    const g = p.grad;
    if (g) noGrad(() => p.assign(p.sub(g.mul(eta)))); // p ← p − η dp
    p.grad = null; // the next backward() starts from nothing
  }
}

// ---- Level 4: with an optimizer ---------------------------------------------------------------------------------------

/** From a loss to one step of the optimizer; gradients that are left from before do not count. */
export function optimizerStep(optimizer: Optimizer, loss: Tensor): void {
  // solution: optimizer.zeroGrad(), loss.backward(), optimizer.step()
  optimizer.zeroGrad(); // gradients accumulate, so first empty them
  loss.backward(); // ∂L/∂p
  optimizer.step(); // p ← p − η dp
}

// ---- The program: node FILE -------------------------------------------------------------------------------------------

function main(): void {
  const points = circlesCourse(0);
  const [train, test] = [points.train, points.test].map((part) => fromPoints(part, "float64"));
  const batches = new DataLoader(train, { batchSize: 10 });
  let params = initParams(2, 10, 2);
  for (let epoch = 1; epoch <= 150; epoch++) {
    for (const { inputs, targets } of batches.batches(epoch)) {
      const Y = targets.oneHot(2, "float64");
      params = sgd(params, backward(params, forward(params, inputs), Y), 0.03);
    }
    if (epoch % 25 !== 0) continue;
    const { loss, accuracy } = lossAccuracy(
      forward(params, test.inputs).yhat,
      test.targets.oneHot(2, "float64"),
    );
    console.log(`epoch ${epoch}: test loss ${loss.toFixed(4)}, ${(100 * accuracy).toFixed(1)} % right`);
  }

  // one more step, at each of the other levels
  const [X, Y] = [train.inputs, train.targets.oneHot(2, "float64")];
  const { Wh, bh, Wy, by } = params;
  const cells = {
    Wh: new Parameter(Wh),
    bh: new Parameter(bh),
    Wy: new Parameter(Wy),
    by: new Parameter(by),
  };
  autogradStep(cells, crossEntropy(forward(cells, X).ytilde, Y));
  console.log(`autograd: train loss ${lossAccuracy(forward(cells, X).yhat, Y).loss.toFixed(6)}`);
  const model = makeModel(2, 10, 2);
  model.loadStateDict({ "0.weight": Wh, "0.bias": bh, "2.weight": Wy, "2.bias": by });
  crossEntropy(model.forward(X), Y).backward();
  sgdModel(model);
  console.log(`modules: train loss ${crossEntropy(model.forward(X), Y).item().toFixed(6)}`);
  model.loadStateDict({ "0.weight": Wh, "0.bias": bh, "2.weight": Wy, "2.bias": by });
  optimizerStep(new SGD(model.parameters(), { lr: 0.03 }), crossEntropy(model.forward(X), Y));
  console.log(`optimizer: train loss ${crossEntropy(model.forward(X), Y).item().toFixed(6)}`);
}

if (process.argv[1] === import.meta.filename) main();
