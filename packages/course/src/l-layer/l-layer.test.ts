/** The homework on networks of L layers against its golden numbers, and its mistakes reproduced by their slips. */
import { RandomState, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { Linear, Sequential, Sigmoid } from "chainrule/nn";
import { describe, expect, test } from "vitest";
import homeworkFile from "../../../../test/fixtures/golden/lh_homework.json" with { type: "json" };
import { difference, within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import { numericalGradient } from "chainrule/grade";
import {
  accuracy,
  embeddedData,
  legacy,
  legacyDifferentiated,
  printedCase,
  saturation,
  secondPart,
  symmetry,
  trainDigits,
} from "./experiments.ts";
import * as solution from "./solution.ts";
import { own } from "./solution.ts";
import type { Parameters } from "./solution.ts";

type Matrix = number[][];
const wide = (data: Matrix): Tensor => tensor(data, { dtype: "float64" });
const close = within(homeworkFile.tolerance);
const printed = within({ abs: 1e-8, rel: 2e-6 });

interface Case {
  readonly name: string;
  readonly inputs: Record<string, Matrix> & { readonly parameters: Record<string, Matrix> };
  readonly expected: Record<string, Numbers> & { readonly parameters: Record<string, Numbers> };
  readonly printed: Record<string, Numbers>;
  readonly legacy_expected: Record<string, Numbers>;
}
function find(start: string): Case {
  const found = homeworkFile.cases.find(({ name }) => name.startsWith(start));
  if (!found) throw new Error(`no case ${start}`);
  return found as unknown as Case;
}
const tensors = (matrices: Record<string, Matrix>): Parameters =>
  Object.fromEntries(Object.entries(matrices).map(([name, matrix]) => [name, wide(matrix)]));
const closeAll = (got: Parameters, expected: Record<string, Numbers>): void => {
  for (const [name, value] of Object.entries(expected)) close(got[name], value, name);
};

describe("LH-6, lh_homework.json, part 1", () => {
  test("one_hot of the first ten labels (D-3), and its shapes", () => {
    const { inputs, expected } = find("one_hot");
    close(solution.oneHot(inputs.y as unknown as number[]), expected.y_oh);
    const many = Array.from({ length: 60_000 }, (_, i) => i % 10);
    expect(solution.oneHot(many).shape).toEqual([60_000, 10]);
  });

  test("initialize_weights", () => {
    const { expected, printed: shown } = find("initialize_weights");
    const { W1, b1 } = solution.initializeWeights([3, 6], new RandomState(0));
    close(W1, expected.W1);
    close(b1, expected.b1);
    printed(W1, shown.W1);
  });

  test("linear_forward", () => {
    const { inputs, expected, printed: shown } = find("linear_forward");
    const [W, b, a] = [wide(inputs.W), wide(inputs.b), wide(inputs.a_prev)];
    const { Z, cache } = solution.linearForward(W, b, a);
    close(Z, expected.Z);
    printed(Z.reshape([-1]), shown.Z);
    expect(cache).toEqual({ Z, W, a });
  });

  test("activation_forward and softmax", () => {
    const sigmoid = find("activation_forward");
    close(solution.activationForward(wide(sigmoid.inputs.Z)), sigmoid.expected.a);
    printed(solution.activationForward(wide(sigmoid.inputs.Z)), sigmoid.printed.a);
    const rows = find("softmax rows");
    close(solution.softmax(wide(rows.inputs.Z)), rows.expected.a);
    printed(solution.softmax(wide(rows.inputs.Z)), rows.printed.a);
  });

  test("nn_forward, from the seed as from the numbers", () => {
    const { inputs, expected, printed: shown } = find("nn_forward");
    const { P, caches } = solution.nnForward(tensors(inputs.parameters), wide(inputs.X));
    close(P, expected.AL);
    close(caches[0].Z, expected.Z1);
    close(caches[1].a, expected.a1);
    close(caches[1].Z, expected.Z2);
    printed(P, shown.AL);
    close(printedCase([3, 4, 2], 2, own).P, expected.AL);
  });

  test("accuracy", () => {
    const { inputs, expected } = find("accuracy");
    expect(accuracy(wide(inputs.P), wide(inputs.Y))).toBe(expected.accuracy);
  });
});

describe("LH-6, lh_homework.json, part 2", () => {
  const [right, slipped] = [secondPart(own), secondPart(legacy)];

  test("E-26: crossentropy; the printed number needs the sign slip in the hidden sigmoid", () => {
    const { expected, legacy_expected: wrong, printed: shown } = find("crossentropy");
    close(right.crossentropy, expected.loss);
    close(slipped.crossentropy, wrong.loss);
    // digit for digit, as many as are printed
    expect(slipped.crossentropy).toBe(shown.loss);
    expect(difference(right.crossentropy, shown.loss, { abs: 1e-8, rel: 2e-6 })).toBeDefined();
  });

  test("E-26: losssoftmax_backward", () => {
    const { inputs, expected, legacy_expected: wrong, printed: shown } = find("losssoftmax_backward");
    close(solution.losssoftmaxBackward(wide(inputs.P), wide(inputs.Y)), expected.dLdZ);
    close(right.losssoftmaxBackward, expected.dLdZ);
    close(slipped.losssoftmaxBackward, wrong.dLdZ);
    printed(slipped.losssoftmaxBackward, shown.dLdZ);
    expect(difference(right.losssoftmaxBackward, shown.dLdZ, { abs: 1e-8, rel: 2e-6 })).toBeDefined();
  });

  test("E-26: linear_backward, whose inputs alone are wrong", () => {
    const { expected, legacy_expected: wrong, printed: shown } = find("linear_backward");
    for (const name of ["dLda", "dLdW", "dLdb"] as const) {
      close(right.linearBackward[name], expected[name], name);
      close(slipped.linearBackward[name], wrong[name], name);
      const got = name === "dLdb" ? slipped.linearBackward.dLdb.reshape([-1]) : slipped.linearBackward[name];
      printed(got, shown[name], name);
    }
  });

  test("E-26, E-27: nn_backward with labels that are none", () => {
    const { expected, legacy_expected: wrong, printed: shown } = find("nn_backward seed 1");
    closeAll(right.nnBackward, expected);
    closeAll(slipped.nnBackward, wrong);
    // E-27: the biases' gradients are printed as rows, and are columns
    for (const [name, value] of Object.entries(shown)) {
      const got = slipped.nnBackward[name];
      printed(name.startsWith("dLdb") ? got.reshape([-1]) : got, value, name);
      expect(name.startsWith("dLdb") ? got.shape : [2, 1]).toEqual([2, 1]);
    }
  });

  test("E-26: the first layer's printed gradient also lacks the factor −1 of d/dz σ(−z)", () => {
    const { parameters, X, P, caches } = printedCase([3, 2, 2], 4, legacy);
    const Y = solution.oneHot([0, 1, 1, 0]);
    const analytic = own.nnBackward(X, Y, P, caches).dLdW1;
    const loss = (W1: Tensor): number =>
      own.crossentropy(own.nnForward({ ...parameters, W1 }, X, legacy).P, Y);
    const numeric = numericalGradient(loss, parameters.W1);
    expect(analytic.add(numeric).abs().max().item()).toBeLessThan(1e-9);
    expect(analytic.sub(numeric).abs().max().item()).toBeGreaterThan(1e-3);
  });

  test("E-27: with one-hot labels the gradients are PyTorch's and those of the loss; with the printed ones they are not", () => {
    const { inputs, expected } = find("nn_backward, same network");
    const parameters = tensors(inputs.parameters);
    const X = wide(inputs.X);
    const { P, caches } = own.nnForward(parameters, X);
    const { loss, ...gradients } = expected;
    close(own.crossentropy(P, wide(inputs.Y)), loss);
    closeAll(own.nnBackward(X, wide(inputs.Y), P, caches), gradients);
    const off = (Y: Tensor): number => {
      const f = (W2: Tensor): number => own.crossentropy(own.nnForward({ ...parameters, W2 }, X).P, Y);
      return own
        .nnBackward(X, Y, P, caches)
        .dLdW2.sub(numericalGradient(f, parameters.W2))
        .abs()
        .max()
        .item();
    };
    expect(off(wide(inputs.Y))).toBeLessThan(1e-9);
    expect(
      off(
        wide([
          [1, 1],
          [1, 0],
          [0, 0],
          [0, 1],
        ]),
      ),
    ).toBeGreaterThan(1e-3);
  });

  test("activation_backward", () => {
    const { inputs, expected, printed: shown } = find("activation_backward");
    const cache = { Z: wide(inputs.Z), W: wide(inputs.W), a: wide(inputs.a_prev) };
    close(solution.activationBackward(wide(inputs.dLda), cache), expected.dLdZ);
    printed(solution.activationBackward(wide(inputs.dLda), cache), shown.dLdZ);
  });
});

describe("LH-6, lh_homework.json, part 3", () => {
  test("nn_train_gd", () => {
    const { inputs, expected } = find("nn_train_gd tiny");
    const [X, Y] = [wide(inputs.X), wide(inputs.Y)];
    const { losses, parameters } = solution.nnTrainGd(X, Y, [4, 5, 3], {
      nIter: 5,
      lr: 0.5,
      random: new RandomState(3),
    });
    close([...losses], expected.losses_after_update);
    closeAll(parameters, expected.parameters);
    const start = own.initializeWeights([4, 5, 3], new RandomState(3));
    const before = own.crossentropy(own.nnForward(start, X).P, Y);
    close([before, ...losses.slice(0, -1)], expected.losses_before_update);
  });

  test("nn_train_sgd without shuffling, the last batch smaller", () => {
    const { inputs, expected } = find("nn_train_sgd tiny");
    const [X, Y] = [wide(inputs.X), wide(inputs.Y)];
    const batches: number[] = [];
    const watched = {
      ...own,
      nnBackward: ((Xb, Yb, P, ...rest) => {
        batches.push(own.crossentropy(P, Yb));
        return own.nnBackward(Xb, Yb, P, ...rest);
      }) as typeof own.nnBackward,
    };
    const options = { epochs: 3, batchSize: 3, lr: 0.5, shuffle: false, random: new RandomState(3) };
    const { losses, parameters } = solution.nnTrainSgd(X, Y, [4, 5, 3], options, watched);
    close(batches, expected.batch_losses_before_update);
    close([...losses], expected.full_loss_after_epoch);
    closeAll(parameters, expected.parameters);
  });

  test("LH-9: 100 examples in batches of 10 are 10 iterations an epoch, each example once", () => {
    const X = tensor(new RandomState(0).randn(100, 2) as Float64Array, { shape: [100, 2] });
    const Y = own.nnForward(own.initializeWeights([2, 2]), X).P;
    const seen: number[] = [];
    const counted = {
      ...own,
      nnBackward: ((Xb, ...rest) => {
        seen.push(...Array.from(Xb.slice([null, 0]).data));
        return own.nnBackward(Xb, ...rest);
      }) as typeof own.nnBackward,
    };
    let steps = 0;
    const stepped = {
      ...counted,
      losssoftmaxBackward: (P: Tensor, Yb: Tensor) => (steps++, own.losssoftmaxBackward(P, Yb)),
    };
    solution.nnTrainSgd(
      X,
      Y,
      [2, 2],
      { epochs: 1, batchSize: 10 },
      {
        ...stepped,
        nnBackward: (Xb, Yb, P, caches) => counted.nnBackward(Xb, Yb, P, caches, stepped),
      },
    );
    expect(steps).toBe(10);
    const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);
    expect(sorted(seen)).toEqual(sorted(Array.from(X.slice([null, 0]).data)));
  });
});

describe("what the practical shows", () => {
  test("LH-7: units that begin equal stay equal to 1e-15; drawn ones part", () => {
    const [equal, drawn] = [symmetry(true, 50), symmetry(false, 50)];
    expect(Math.max(...equal)).toBeLessThan(1e-15);
    expect(drawn[0]).toBeGreaterThan(0);
    expect(drawn.at(-1)).toBeGreaterThan(10 * drawn[0]);
  });

  test("LH-8, F-13: the sigmoid is flat where |z| is large", () => {
    const { z, derivative } = saturation();
    expect(derivative[z.indexOf(0)]).toBe(0.25);
    expect(derivative[z.indexOf(10)]).toBeLessThan(5e-5);
    expect(derivative[z.indexOf(-10)]).toBeLessThan(5e-5);
  });

  test("R-8: examples in columns and the library's layers with examples in rows agree", () => {
    const { parameters, X, P } = printedCase([3, 4, 2], 5, own);
    const options = { dtype: "float64" } as const;
    const model = new Sequential(new Linear(3, 4, options), new Sigmoid(), new Linear(4, 2, options));
    model.loadStateDict({
      "0.weight": parameters.W1,
      "0.bias": parameters.b1.reshape([-1]),
      "2.weight": parameters.W2,
      "2.bias": parameters.b2.reshape([-1]),
    });
    expect(solution.softmax(model.forward(X)).sub(P).abs().max().item()).toBeLessThan(1e-15);
    expect(() => solution.linearForward(parameters.W1, parameters.b1, X)).toThrow(/\[4,3\].*\[5,3\]/);
  });

  test("LH-6, LH-10: digits are learnt with the right sigmoid, and not with the slip of E-26", () => {
    const settings = { hidden: 30, epochs: 20, lr: 0.5 };
    const data = embeddedData();
    const [good, bad, repaired] = [own, legacy, legacyDifferentiated].map((pieces) =>
      trainDigits(data, settings, pieces),
    );
    expect(good.losses.at(-1)).toBeLessThan(good.losses[0] / 2);
    expect(good.testAccuracy).toBeGreaterThan(0.75);
    expect(bad.testAccuracy).toBeLessThan(0.15);
    // it is the factor −1 that keeps it at chance, not the sign in the forward pass
    expect(repaired.testAccuracy).toBeGreaterThan(0.75);
  });
});
