/**
 * The same network at four levels. Fill in the functions one after the other; README.md has the formulas.
 * `npm start` runs this file and says what to write next, `npm run check` counts the points.
 *
 * Row form: an example is a row. X is [B, nx], Y is one-hot [B, ny]. All numbers are float64.
 */
import { Parameter } from "chainrule";
import type { Generator, Tensor } from "chainrule";
import { circlesCourse, DataLoader, fromPoints } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import type { Module, Sequential } from "chainrule/nn";
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
  return todo("initParams: draw Wh [nh, nx] and Wy [ny, nh] as 0.3 · randn(…), and make bh and by zeros");
}

/** The forward pass on a batch X [B, nx]. */
export function forward(params: Params, X: Tensor): Outputs {
  return todo(
    "forward: H̃ = X Wₕᵀ + bₕ, H = tanh H̃, Ỹ = H Wᵧᵀ + bᵧ, Ŷ = softmax of each row; return all five",
  );
}

/** The mean cross-entropy of Ŷ [B, ny] against one-hot Y, and the share of rows whose largest entries agree. */
export function lossAccuracy(Yhat: Tensor, Y: Tensor): { loss: number; accuracy: number } {
  return todo(
    "lossAccuracy: L = −1/B Σ Y ln Ŷ, and how often arg max Ŷ is arg max Y; throw where the shapes differ",
  );
}

/** The gradient of the mean loss with respect to each parameter. */
export function backward(params: Params, outputs: Outputs, Y: Tensor): Params {
  return todo(
    "backward: Dᵧ = (Ŷ − Y)/B, Dₕ = (Dᵧ Wᵧ) ⊙ (1 − H ⊙ H); from these the gradients of Wh, bh, Wy and by",
  );
}

/** One step down: new parameters, the old ones unchanged. */
export function sgd(params: Params, grads: Params, eta = 0.03): Params {
  return todo("sgd: p ← p − η dp for each of the four");
}

// ---- Level 2: with autograd -------------------------------------------------------------------------------------------

/**
 * From a loss that was computed with these parameters to one step down: `backward()`, update in place, empty the gradients.
 */
export function autogradStep(params: Params<Parameter>, loss: Tensor, eta = 0.03): void {
  todo("autogradStep: loss.backward(), for each p noGrad(() => p.assign(p − η p.grad)), then p.grad = null");
}

// ---- Level 3: with modules --------------------------------------------------------------------------------------------

/** The network as layers. It ends with Ỹ: softmax is in the loss, and for showing. */
export function makeModel(nx: number, nh: number, ny: number, generator?: Generator): Sequential {
  return todo(
    "makeModel: a Sequential of Linear, Tanh and Linear; the layers with { dtype: 'float64', generator }",
  );
}

/** One step down for every parameter of a model, from the gradients that `backward()` left; empties them. */
export function sgdModel(model: Module, eta = 0.03): void {
  todo("sgdModel: a loop over model.parameters() that updates each as in autogradStep");
}

// ---- Level 4: with an optimizer ---------------------------------------------------------------------------------------

/** From a loss to one step of the optimizer; gradients that are left from before do not count. */
export function optimizerStep(optimizer: Optimizer, loss: Tensor): void {
  todo("optimizerStep: optimizer.zeroGrad(), loss.backward(), optimizer.step()");
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

const isProgram = process.argv[1] === import.meta.filename;

/** Ends a function that is not written yet; in the program, says what to write and ends that. */
function todo(what: string): never {
  const message = `not written yet. ${what}`;
  if (!isProgram) throw new Error(message);
  console.error(message);
  process.exit(1);
}

if (isProgram) main();
