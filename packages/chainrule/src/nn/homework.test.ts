/** The linear regression notebook and the homework of the L-layer network, with their numbers. */
import { describe, expect, test } from "vitest";
import homeworkFile from "../../../../test/fixtures/golden/lh_homework.json" with { type: "json" };
import regressionFile from "../../../../test/fixtures/golden/lh_linear_regression.json" with { type: "json" };
import { difference, within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import { column, denseNet, descend, float64, int32, passes, planted } from "../../../../test/small-nets.ts";
import type { Matrix } from "../../../../test/small-nets.ts";
import { accuracy, crossEntropy, linear, softmax, squaredError } from "../functions/index.ts";
import { GraphError, RandomState, gradcheck, gradients, noGrad, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { Identity, Linear, Sigmoid } from "./index.ts";
import type { Module, Sequential } from "./index.ts";

const dtype = "float64";
const names = ["0.weight", "0.bias", "2.weight", "2.bias"];

describe("lh_linear_regression.json", () => {
  const close = within(regressionFile.tolerance);
  const printed = within({ abs: 1e-8, rel: 2e-6 });
  const [model, loss, gradient, two, fit, classes] = regressionFile.cases as unknown as {
    inputs: Record<"W" | "b" | "X" | "Y" | "Z" | "W0" | "b0", Matrix> & { lr: number };
    expected: Record<string, Numbers>;
    printed: Record<string, Numbers>;
    wrong: Record<string, number>;
  }[];
  const dense = (weight: Matrix, bias: Matrix): Linear => {
    const layer = new Linear(weight[0].length, weight.length, { dtype });
    layer.loadStateDict({ weight: float64(weight), bias: float64(bias).reshape([-1]) });
    return layer;
  };
  const halfSquares = (z: Tensor, y: Tensor): Tensor => squaredError(z, y, { half: true });

  test("linreg_model and linreg_loss", () => {
    const z = dense(model.inputs.W, model.inputs.b).forward(float64(model.inputs.X));
    close(z, model.expected.prediction);
    printed(z, model.printed.prediction);
    const own = dense(loss.inputs.W, loss.inputs.b).forward(float64(loss.inputs.X));
    close(own, loss.expected.prediction);
    close(halfSquares(own, float64(loss.inputs.Y)), loss.expected.loss);
    printed(halfSquares(own, float64(loss.inputs.Y)), loss.printed.loss);
  });

  test("linreg_gradients from given predictions", () => {
    const [z, x, y] = [gradient.inputs.Z, gradient.inputs.X, gradient.inputs.Y].map(float64);
    z.requiresGrad = true;
    const [dZ] = gradients(halfSquares(z, y), [z]);
    const dW = dZ.matmul(x, { transposeA: true });
    close(dW, gradient.expected.dLdW);
    printed(dW, gradient.printed.dLdW);
    close(column(dZ.sum(0)), gradient.expected.dLdb);
  });

  test("two outputs: the bias gradient is per output, and the notebook's sum over everything is told apart", () => {
    const layer = dense(two.inputs.W, two.inputs.b);
    const [x, y] = [float64(two.inputs.X), float64(two.inputs.Y)];
    const z = layer.forward(x);
    close(z, two.expected.prediction);
    close(halfSquares(z, y), two.expected.loss);
    const [dZ, dW, db] = gradients(halfSquares(z, y), [z, layer.weight, layer.bias!]);
    close(dZ, two.expected.dLdZ);
    close(dW, two.expected.dLdW);
    close(column(db), two.expected.dLdb);
    const f = (bias: Tensor): Tensor => halfSquares(linear(x, float64(two.inputs.W), bias), y);
    const bias = float64(two.inputs.b).reshape([-1]);
    expect(gradcheck(f, [bias]).ok).toBe(true);
    const wrong = float64([1, 1]).mul(two.wrong.dLdb_notebook_sum_over_everything);
    expect(() => gradcheck(planted(f, wrong), [bias])).toThrow(GraphError);
  });

  test("ten iterations of linreg_fit", () => {
    const layer = dense(fit.inputs.W0, fit.inputs.b0);
    const losses = (fit.expected.losses_before_update as number[]).map(() => {
      const before = halfSquares(layer.forward(float64(fit.inputs.X)), float64(fit.inputs.Y));
      descend(layer, before, fit.inputs.lr);
      return before.item();
    });
    close(losses, fit.expected.losses_before_update);
    close(layer.weight, fit.expected.W);
    close(column(layer.bias!), fit.expected.b);
  });

  test("K-class logistic regression has 1/m, not the slide's 1/(2m)", () => {
    const layer = dense(classes.inputs.W, classes.inputs.b);
    const z = layer.forward(float64(classes.inputs.X));
    const entropy = crossEntropy(z, float64(classes.inputs.Y));
    close(z.transpose(), classes.expected.Z);
    close(softmax(z), classes.expected.P);
    close(entropy, classes.expected.loss);
    const slide = classes.wrong.loss_with_slide_factor_1_over_2m;
    expect(difference(entropy, slide, regressionFile.tolerance)).toBeDefined();
    close(entropy.div(2), slide);
    const [dZ, dW, db] = gradients(entropy, [z, layer.weight, layer.bias!]);
    close(dZ.transpose(), classes.expected.dLdZ);
    close(dW, classes.expected.dLdW);
    close(column(db), classes.expected.dLdb);
  });
});

describe("lh_homework.json", () => {
  const close = within(homeworkFile.tolerance);
  const printed = within({ abs: 1e-8, rel: 2e-6 });
  interface Case {
    name: string;
    inputs: Record<string, Matrix> & { parameters: Record<string, Matrix>; [key: string]: unknown };
    expected: Record<string, Numbers> & { parameters: Record<string, Matrix> };
    printed: Record<string, Numbers>;
    legacy_expected: Record<string, Numbers>;
  }
  const find = (start: string): Case => {
    const found = homeworkFile.cases.find(({ name }) => name.startsWith(start));
    if (!found) throw new Error(`no case ${start}`);
    return found as unknown as Case;
  };
  const bias = (rows: Matrix): Tensor => float64(rows).reshape([-1]);
  const homeworkNet = (p: Record<string, Matrix>, hidden: Module = new Sigmoid()): Sequential =>
    denseNet(hidden, float64(p.W1), bias(p.b1), float64(p.W2), bias(p.b2));
  const compare = (model: Module, p: Record<string, Matrix>): void =>
    names.forEach((name, i) =>
      close(
        model.stateDict().get(name)!,
        i % 2 === 0 ? p[`W${i / 2 + 1}`] : p[`b${(i + 1) / 2}`].flat(),
        name,
      ),
    );

  test("one_hot", () => {
    const { inputs, expected } = find("one_hot");
    close(int32(inputs.y as unknown as number[]).oneHot(10, "float64"), expected.y_oh);
  });

  test("initialize_weights", () => {
    const { inputs, expected } = find("initialize_weights");
    const drawn = new RandomState(inputs.seed as unknown as number).randn(6, 3) as Float64Array;
    close(tensor(drawn, { shape: [6, 3] }).mul(0.01), expected.W1);
  });

  test("linear_forward, columns of examples", () => {
    const { inputs, expected } = find("linear_forward");
    const layer = new Linear(3, 2, { dtype });
    layer.loadStateDict({ weight: float64(inputs.W), bias: bias(inputs.b) });
    close(layer.forward(float64(inputs.a_prev).transpose()).transpose(), expected.Z);
  });

  test("activation_forward and softmax", () => {
    const sigmoid = find("activation_forward");
    close(float64(sigmoid.inputs.Z).sigmoid(), sigmoid.expected.a);
    printed(float64(sigmoid.inputs.Z).sigmoid(), sigmoid.printed.a);
    const rows = find("softmax rows");
    close(softmax(float64(rows.inputs.Z)), rows.expected.a);
  });

  test("nn_forward", () => {
    const { inputs, expected, printed: shown } = find("nn_forward");
    const [, z1, a1, z2] = passes(homeworkNet(inputs.parameters), float64(inputs.X));
    close(z1.transpose(), expected.Z1);
    close(a1.transpose(), expected.a1);
    close(z2.transpose(), expected.Z2);
    close(softmax(z2), expected.AL);
    printed(softmax(z2), shown.AL);
  });

  /** The slip behind the printed numbers: a hidden layer of 1/(1 + e^(+z)). */
  class Slipped extends Identity {
    override forward(z: Tensor): Tensor {
      return z.neg().sigmoid();
    }
  }

  test("crossentropy; the printed number needs the slip in the sigmoid", () => {
    const { inputs, expected, legacy_expected: legacy } = find("crossentropy");
    const y = float64(inputs.Y);
    const loss = (hidden: Module): Tensor =>
      crossEntropy(homeworkNet(inputs.parameters, hidden).forward(float64(inputs.X)), y);
    close(loss(new Sigmoid()), expected.loss);
    close(loss(new Slipped()), legacy.loss);
    expect(difference(loss(new Sigmoid()), legacy.loss, homeworkFile.tolerance)).toBeDefined();
  });

  test("losssoftmax_backward", () => {
    const { inputs, expected, legacy_expected: legacy } = find("losssoftmax_backward");
    const dZ = (hidden: Module): Tensor => {
      const z = homeworkNet(inputs.parameters, hidden).forward(float64(inputs.X));
      return gradients(crossEntropy(z, float64(inputs.Y)), [z])[0].transpose();
    };
    close(dZ(new Sigmoid()), expected.dLdZ);
    close(dZ(new Slipped()), legacy.dLdZ);
  });

  test("activation_backward and linear_backward from given upstream gradients", () => {
    const activation = find("activation_backward");
    const z = tensor(activation.inputs.Z, { dtype, requiresGrad: true });
    close(
      gradients(z.sigmoid(), [z], { upstream: float64(activation.inputs.dLda) })[0],
      activation.expected.dLdZ,
    );

    const { inputs, expected } = find("linear_backward");
    const layer = new Linear(2, 2, { dtype });
    layer.weight.assign(float64(inputs.W));
    const a = tensor(inputs.a_prev, { dtype, requiresGrad: true });
    const out = layer.forward(a.transpose());
    const [da, dW, db] = gradients(out, [a, layer.weight, layer.bias!], {
      upstream: float64(inputs.dLdZ).transpose(),
    });
    close(da, expected.dLda);
    close(dW, expected.dLdW);
    close(column(db), expected.dLdb);
  });

  test("nn_backward with labels that are not a distribution: (P − Y)/M given as the upstream gradient", () => {
    const { inputs, expected } = find("nn_backward seed 1");
    const model = homeworkNet(inputs.parameters);
    const z = model.forward(float64(inputs.X));
    const y = float64(inputs.Y);
    z.backward(noGrad(() => softmax(z).sub(y).div(y.shape[0])));
    const [w1, b1, w2, b2] = [...model.parameters()].map(({ grad }) => grad!);
    close(w1, expected.dLdW1);
    close(column(b1), expected.dLdb1);
    close(w2, expected.dLdW2);
    close(column(b2), expected.dLdb2);
    // for such labels it is not the gradient of the loss
    const [, , own] = gradients(crossEntropy(model.forward(float64(inputs.X)), y), [...model.parameters()]);
    expect(difference(own, expected.dLdW2, homeworkFile.tolerance)).toBeDefined();
  });

  test("nn_backward with one-hot labels", () => {
    const { inputs, expected } = find("nn_backward, same network");
    const model = homeworkNet(inputs.parameters);
    const loss = crossEntropy(model.forward(float64(inputs.X)), float64(inputs.Y));
    close(loss, expected.loss);
    const [w1, b1, w2, b2] = gradients(loss, [...model.parameters()]);
    close(w1, expected.dLdW1);
    close(column(b1), expected.dLdb1);
    close(w2, expected.dLdW2);
    close(column(b2), expected.dLdb2);
  });

  test("nn_train_gd and nn_train_sgd", () => {
    const full = find("nn_train_gd tiny");
    const [x, y] = [float64(full.inputs.X), float64(full.inputs.Y)];
    const lr = full.inputs.lr as unknown as number;
    const model = homeworkNet(full.inputs.parameters0 as unknown as Record<string, Matrix>);
    const losses = (full.expected.losses_before_update as number[]).map(() => {
      const loss = crossEntropy(model.forward(x), y);
      descend(model, loss, lr);
      return [loss.item(), crossEntropy(model.forward(x), y).item()];
    });
    close(
      losses.map(([before]) => before),
      full.expected.losses_before_update,
    );
    close(
      losses.map(([, after]) => after),
      full.expected.losses_after_update,
    );
    compare(model, full.expected.parameters);

    const online = find("nn_train_sgd tiny");
    const other = homeworkNet(online.inputs.parameters0 as unknown as Record<string, Matrix>);
    const batches: number[] = [];
    const epochs = (online.expected.full_loss_after_epoch as number[]).map(() => {
      for (let start = 0; start < x.shape[0]; start += 3) {
        const range = [[start, start + 3]] as const;
        const loss = crossEntropy(other.forward(x.slice(range)), y.slice(range));
        batches.push(loss.item());
        descend(other, loss, online.inputs.lr as unknown as number);
      }
      return crossEntropy(other.forward(x), y).item();
    });
    close(batches, online.expected.batch_losses_before_update);
    close(epochs, online.expected.full_loss_after_epoch);
    compare(other, online.expected.parameters);
  });

  test("accuracy", () => {
    const { inputs, expected } = find("accuracy");
    expect(accuracy(float64(inputs.P), float64(inputs.Y))).toBe(expected.accuracy);
  });
});
