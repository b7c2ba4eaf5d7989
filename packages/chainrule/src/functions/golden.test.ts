/** The course's reference numbers for softmax, cross-entropy, the hinge on probabilities and the activations. */
import { describe, expect, test } from "vitest";
import activationsFile from "../../../../test/fixtures/golden/activations.json" with { type: "json" };
import crossEntropyFile from "../../../../test/fixtures/golden/softmax_ce.json" with { type: "json" };
import hingeFile from "../../../../test/fixtures/golden/softmax_hinge.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import { grad, jacobian, tensor } from "../index.ts";
import type { Tensor, TensorData } from "../index.ts";
import { accuracy, crossEntropy, hingeLoss, logSoftmax, nllLoss } from "./index.ts";
import { probabilityHingeLoss, softmax, squaredError } from "./index.ts";

const float64 = (data: TensorData): Tensor => tensor(data, { dtype: "float64" });
const int32 = (data: TensorData): Tensor => tensor(data, { dtype: "int32" });

describe("softmax_ce.json", () => {
  const close = within(crossEntropyFile.tolerance);
  type Case = (typeof crossEntropyFile.cases)[number];
  const ofLogits = crossEntropyFile.cases.filter(
    (one): one is Case & { inputs: { logits: number[][]; targets: number[] } } => "targets" in one.inputs,
  );
  expect(ofLogits).toHaveLength(4);

  test.each(ofLogits)("$name", ({ inputs, expected }) => {
    const x = float64(inputs.logits);
    const y = int32(inputs.targets);
    const e = expected as unknown as Record<string, number[]> & { accuracy: number };
    close(softmax(x), e.softmax);
    close(x.logSumExp(1), e.logsumexp);
    close(logSoftmax(x), e.log_softmax);
    close(crossEntropy(x, y, { reduction: "none" }), e.loss_per_sample);
    close(crossEntropy(x, y), e.loss_mean as unknown as number);
    close(nllLoss(logSoftmax(x), y), e.loss_mean as unknown as number);
    const gradient = grad((z) => crossEntropy(z, y))(x);
    close(gradient, e.grad_mean_loss);
    close(grad((z) => crossEntropy(z, y, { reduction: "sum" }))(x), e.grad_per_sample);
    close(grad((z) => nllLoss(logSoftmax(z), y))(x), e.grad_mean_loss);
    const oneHot = y.oneHot(x.shape[1], "float64");
    close(crossEntropy(x, oneHot), e.loss_mean as unknown as number);
    close(grad((z) => crossEntropy(z, oneHot))(x), e.grad_mean_loss);
    close(
      jacobian((z) => softmax(z), x.slice([0])),
      e.jacobian_first_sample,
    );
    expect(accuracy(x, y)).toBe(e.accuracy);
    for (const value of gradient.data) expect(value).not.toBeNaN();
  });

  test("square loss of TP1 question 8", () => {
    const { inputs, expected } = crossEntropyFile.cases[4];
    const [y, yhat] = [float64([inputs.y as number[]]), float64([inputs.yhat as number[]])];
    close(squaredError(yhat, y), expected.square_loss as number);
    close(grad((p) => squaredError(p, y))(yhat), [expected.grad_wrt_yhat as number[]]);
    // cross-entropy of probabilities: −Σ y ln ŷ
    const entropy = (p: Tensor): Tensor => y.mul(p.log()).sum().neg();
    close(entropy(yhat), expected.cross_entropy as number);
    close(grad(entropy)(yhat), [expected.ce_grad_wrt_yhat as number[]]);
  });

  test("square loss through softmax", () => {
    const { inputs, expected } = crossEntropyFile.cases[5];
    const [x, y] = [float64([inputs.logits as number[]]), float64([inputs.y as number[]])];
    close(softmax(x), [expected.p as number[]]);
    close(squaredError(softmax(x), y), expected.loss as number);
    close(grad((z) => squaredError(softmax(z), y))(x), [expected.grad_wrt_logits as number[]]);
  });
});

describe("softmax_hinge.json", () => {
  const close = within(hingeFile.tolerance);
  test.each(hingeFile.cases)("$name", ({ inputs, expected }) => {
    const x = float64(inputs.o);
    const y = int32(inputs.y);
    const { margin } = inputs;
    const p = softmax(x);
    close(p, expected.p);
    close(probabilityHingeLoss(x, y, { margin, reduction: "none" }), expected.loss_per_sample);
    close(probabilityHingeLoss(x, y, { margin, reduction: "sum" }), expected.loss_sum);
    close(probabilityHingeLoss(x, y, { margin }), expected.loss_mean);
    close(grad((q) => hingeLoss(q, y, { margin, reduction: "sum" }))(p), expected.dl_dp);
    close(
      grad((z) => probabilityHingeLoss(z, y, { margin, reduction: "sum" }))(x),
      expected.dl_do_per_sample,
    );
    close(grad((z) => probabilityHingeLoss(z, y, { margin }))(x), expected.dl_do_mean_loss);
    close(
      jacobian((z) => softmax(z), x.slice([0])),
      expected.jacobian_first_sample,
    );
  });
});

describe("activations.json", () => {
  const close = within(activationsFile.tolerance);
  const functions: Record<string, (x: Tensor) => Tensor> = {
    sigmoid: (x) => x.sigmoid(),
    tanh: (x) => x.tanh(),
    relu: (x) => x.relu(),
    "elu alpha 0.5 (optional)": (x) => x.elu(0.5),
  };
  test.each(activationsFile.cases)("$name", ({ name, inputs, expected }) => {
    const z = float64(inputs.z);
    close(functions[name](z), expected.value);
    close(grad((x) => functions[name](x).sum())(z), expected.derivative);
  });
});
