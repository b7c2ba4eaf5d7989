/**
 * A 2-10-2 network whose backward pass is written by hand, row form (one example a row):
 *
 *     forward    H̃ = X Wₕᵀ + bₕ    H = tanh H̃    Ỹ = H Wᵧᵀ + bᵧ    Ŷ = softmax Ỹ    L = −1/B Σ Y ln Ŷ
 *     backward   Dᵧ = (Ŷ − Y)/B    dWᵧ = Dᵧᵀ H    dbᵧ = Σ rows of Dᵧ
 *                Dₕ = (Dᵧ Wᵧ) ⊙ (1 − H ⊙ H)    dWₕ = Dₕᵀ X    dbₕ = Σ rows of Dₕ
 */
import { Generator, randn, zeros } from "chainrule";
import type { Tensor } from "chainrule";
import { circles, DataLoader, fromPoints } from "chainrule/data";
import { accuracy, softmax } from "chainrule/functions";

const generator = new Generator(1);
const train = fromPoints(circles({ samples: 200, generator: generator.stream("train") }));
const test = fromPoints(circles({ samples: 200, generator: generator.stream("test") }));

const weights = generator.stream("weights");
let Wh = randn([10, 2], { generator: weights }).mul(0.3);
let bh = zeros([10]);
let Wy = randn([2, 10], { generator: weights }).mul(0.3);
let by = zeros([2]);

function forward(X: Tensor): { H: Tensor; Yhat: Tensor } {
  const H = X.matmul(Wh, { transposeB: true }).add(bh).tanh();
  return { H, Yhat: softmax(H.matmul(Wy, { transposeB: true }).add(by)) };
}

const epochs = process.env.CHAINRULE_QUICK ? 20 : 150;
const batches = new DataLoader(train, { batchSize: 10, generator: generator.stream("order") });
for (let epoch = 1; epoch <= epochs; epoch++) {
  for (const { inputs: X, targets } of batches.batches(epoch)) {
    const { H, Yhat } = forward(X);
    const Dy = Yhat.sub(targets.oneHot(2)).div(X.shape[0]);
    const Dh = Dy.matmul(Wy).mul(H.mul(H).neg().add(1));
    const step = (value: Tensor, gradient: Tensor): Tensor => value.sub(gradient.mul(0.3));
    [Wy, by] = [step(Wy, Dy.matmul(H, { transposeA: true })), step(by, Dy.sum(0))];
    [Wh, bh] = [step(Wh, Dh.matmul(X, { transposeA: true })), step(bh, Dh.sum(0))];
  }
  if (epoch % 10 === 0) {
    const right = accuracy(forward(test.inputs).Yhat, test.targets);
    console.log(`epoch ${epoch}: ${(100 * right).toFixed(1)} % of the test points`);
  }
}
