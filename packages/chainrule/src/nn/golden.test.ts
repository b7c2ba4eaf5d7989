/** The course's networks, with its numbers: forward passes, gradients, steps of gradient descent, and known slips. */
import { describe, expect, test } from "vitest";
import forensicsFile from "../../../../test/fixtures/golden/vu_forensics.json" with { type: "json" };
import chainFile from "../../../../test/fixtures/golden/penpaper_chain.json" with { type: "json" };
import sheetFile from "../../../../test/fixtures/golden/penpaper_net.json" with { type: "json" };
import practicalFile from "../../../../test/fixtures/golden/tp1_net.json" with { type: "json" };
import reportFile from "../../../../test/fixtures/golden/vu_network.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import type { Numbers } from "../../../../test/golden.ts";
import { denseNet, descend, float64, int32, passes, planted } from "../../../../test/small-nets.ts";
import type { Matrix } from "../../../../test/small-nets.ts";
import { accuracy, crossEntropy, linear, softmax, squaredError } from "../functions/index.ts";
import { gradcheck, gradients, jacobian } from "../index.ts";
import type { Tensor } from "../index.ts";
import { Identity, Linear, ReLU, Sequential, Sigmoid, Tanh } from "./index.ts";
import type { Module } from "./index.ts";

const dtype = "float64";

describe("tp1_net.json: tanh, softmax and cross-entropy", () => {
  const close = within(practicalFile.tolerance);
  test.each(practicalFile.cases)("$name", ({ inputs, params, expected }) => {
    const [x, y] = [float64(inputs.X), float64(inputs.Y)];
    const made = (): Sequential =>
      denseNet(new Tanh(), float64(params.Wh), float64(params.bh), float64(params.Wy), float64(params.by));
    const model = made();
    const [, htilde, h, ytilde] = passes(model, x);
    close(htilde, expected.htilde);
    close(h, expected.h);
    close(ytilde, expected.ytilde);
    close(softmax(ytilde), expected.yhat);
    const loss = crossEntropy(ytilde, y);
    close(loss, expected.loss);
    close(crossEntropy(ytilde, int32(inputs.labels)), expected.loss);
    expect(accuracy(softmax(ytilde), y)).toBeCloseTo(expected.accuracy, 14);

    const { Wh, bh, Wy, by, dYtilde, dHtilde } = expected.grads_mean;
    const wanted = [...model.parameters(), ytilde, htilde];
    const mean = gradients(loss, wanted);
    [Wh, bh, Wy, by, dYtilde, dHtilde].forEach((numbers, i) => close(mean[i], numbers, `mean ${i}`));
    const total = gradients(crossEntropy(ytilde, y, { reduction: "sum" }), wanted);
    const sum = expected.grads_sum;
    [sum.Wh, sum.bh, sum.Wy, sum.by].forEach((numbers, i) => close(total[i], numbers, `sum ${i}`));

    const { dWh, dbh, dWy, dby, ...square } = expected.square_loss_variant;
    const squared = squaredError(softmax(ytilde), y);
    close(squared, square.loss);
    const squares = gradients(squared, [...model.parameters()]);
    [dWh, dbh, dWy, dby].forEach((numbers, i) => close(squares[i], numbers, `square loss ${i}`));

    const after = (state: { Wh: Numbers; bh: Numbers; Wy: Numbers; by: Numbers }): void =>
      [state.Wh, state.bh, state.Wy, state.by].forEach((numbers, i) =>
        close([...model.parameters()][i], numbers, `after training ${i}`),
      );
    const losses = expected.losses_5_steps_before_update.map((_, step) => {
      const before = crossEntropy(model.forward(x), y);
      descend(model, before, inputs.eta);
      if (step === 0) after(expected.params_after_1_sgd_step_mean);
      return before.item();
    });
    close(losses, expected.losses_5_steps_before_update);
    after(expected.params_after_5_steps);
  });
});

describe("vu_network.json: the 2-3-2 network of sigmoids", () => {
  const close = within(reportFile.tolerance);
  test.each(reportFile.cases)("$name", (one) => {
    const { inputs, params, expected } = one;
    const model = denseNet(
      new Sigmoid(),
      float64(params.W).transpose(),
      float64(params.b),
      float64(params.V).transpose(),
      float64(params.c),
    );
    const [, k, h, o] = passes(model, float64([inputs.x]));
    const y = softmax(o);
    close(k, [expected.k]);
    close(h, [expected.h]);
    close(o, [expected.o]);
    close(y, [expected.y]);
    // −ln y_c, whose derivative by y only the spelled out form shows
    const spelled = y.slice([0, inputs.target]).log().neg();
    close(spelled, expected.loss);
    close(gradients(spelled, [y])[0], [expected.dl_dy]);
    close(
      jacobian((z) => softmax(z), float64(expected.o)),
      expected.softmax_jacobian,
    );
    for (const loss of [crossEntropy(o, int32([inputs.target])), spelled]) {
      close(loss, expected.loss);
      const [dk, dh, dO, dW, db, dV, dc] = gradients(loss, [k, h, o, ...model.parameters()]);
      close(dk, [expected.dl_dk]);
      close(dh, [expected.dl_dh]);
      close(dO, [expected.dl_do]);
      close(dW.transpose(), expected.dW);
      close(db, expected.db);
      close(dV.transpose(), expected.dV);
      close(dc, expected.dc);
    }
    for (const step of "sgd" in one && one.sgd ? one.sgd.steps : []) {
      const loss = crossEntropy(model.forward(float64([inputs.x])), int32([inputs.target]));
      close(loss, step.loss_before);
      descend(model, loss, 0.01);
      const [w, b, v, c] = [...model.parameters()];
      close(w.transpose(), step.W);
      close(b, step.b);
      close(v.transpose(), step.V);
      close(c, step.c);
    }
  });
});

describe("penpaper_chain.json: three weights in a chain", () => {
  const close = within(chainFile.tolerance);
  const activations: Record<string, () => Module> = {
    sigmoid: () => new Sigmoid(),
    tanh: () => new Tanh(),
    relu: () => new ReLU(),
    identity: () => new Identity(),
  };
  test.each(chainFile.cases)("$name", ({ inputs, params, expected }) => {
    const weight = (): Linear => new Linear(1, 1, { bias: false, dtype });
    const [f1, f2, f3] = [inputs.f1, inputs.f2, inputs.f3].map((name) => activations[name]());
    const model = new Sequential(weight(), f1, weight(), f2, weight(), f3);
    model.loadStateDict({
      "0.weight": float64([[params.W1]]),
      "2.weight": float64([[params.W2]]),
      "4.weight": float64([[params.Wout]]),
    });
    const [, s1, z1, s2, z2, sOut, y] = passes(model, float64([[inputs.x]]));
    const loss = squaredError(y, float64([[inputs.y_gt]]), { half: true });
    const e = expected;
    [s1, z1, s2, z2, sOut, y].forEach((t, i) =>
      close(t, [[[e.s1, e.z1, e.s2, e.z2, e.s_out, e.y_out][i]]], `value ${i}`),
    );
    close(loss, e.loss);
    const found = gradients(loss, [sOut, s2, s1, ...model.parameters()]);
    [e.delta_out, e.delta2, e.delta1, e.dW1, e.dW2, e.dWout].forEach((number, i) =>
      close(found[i], [[number]], `gradient ${i}`),
    );
  });
});

describe("penpaper_net.json: three iterations by hand", () => {
  const close = within(sheetFile.tolerance);
  interface Pass {
    S: Numbers;
    Z: Numbers;
    s_out: Numbers;
    y_out: Numbers;
    delta_out: Numbers;
    delta_hidden: Numbers;
    dW: Numbers;
    dw: Numbers;
    W_after: Numbers;
    w_after: Numbers;
  }
  const asColumn = (numbers: Numbers): Numbers => (numbers as number[]).map((value) => [value]);

  function step(model: Sequential, x: Tensor, y: Tensor, alpha: number, mean: boolean, pass: Pass): number {
    const [, s, z, sOut, yOut] = passes(model, x);
    const loss = squaredError(yOut, y, { half: true, reduction: mean ? "mean" : "sum" });
    // the sheet's deltas are those of each example's own loss, whatever is done with the batch
    const own = squaredError(yOut, y, { half: true, reduction: "sum" });
    const [ds, dOut] = gradients(own, [s, sOut]);
    const [dW, dw] = gradients(loss, [...model.parameters()]);
    close(s, pass.S);
    close(z, pass.Z);
    close(sOut, asColumn(pass.s_out));
    close(yOut, asColumn(pass.y_out));
    close(dOut, asColumn(pass.delta_out));
    close(ds, pass.delta_hidden);
    close(dW.transpose(), pass.dW);
    close(dw, [pass.dw]);
    descend(model, loss, alpha);
    const [w1, w2] = [...model.parameters()];
    close(w1.transpose(), pass.W_after);
    close(w2, [pass.w_after]);
    return own.item();
  }

  test.each(sheetFile.cases)("$name", ({ inputs, params, expected }) => {
    const model = new Sequential(
      new Linear(2, 3, { bias: false, dtype }),
      new ReLU(),
      new Linear(3, 1, { bias: false, dtype }),
      new Tanh(),
    );
    model.loadStateDict({ "0.weight": float64(params.W).transpose(), "2.weight": float64([params.w]) });
    const x = float64(inputs.X);
    const y = float64(asColumn(inputs.y));
    for (const iteration of expected.iterations) {
      if ("samples" in iteration) {
        let running = 0;
        for (const sample of iteration.samples as unknown as (Pass & { sample: number; loss: number })[]) {
          const [xi, yi] = [x, y].map((t) => t.slice([[sample.sample, sample.sample + 1]]));
          const one = Object.fromEntries(
            Object.entries(sample).map(([key, value]) => [
              key,
              /^(S|Z|s_|y_|delta)/.test(key) ? [value] : value,
            ]),
          ) as unknown as Pass;
          const loss = step(model, xi, yi, inputs.alpha, false, one);
          close(loss, sample.loss);
          running += loss;
        }
        close(running, iteration.loss_sum_before_updates_running as number);
      } else {
        const losses = squaredError(model.forward(x), y, { half: true, reduction: "none" });
        close(losses, iteration.loss_per_sample as number[]);
        close(losses.mean(), iteration.loss_mean as number);
        const mean = inputs.mode === "batch_mean";
        close(
          step(model, x, y, inputs.alpha, mean, iteration as unknown as Pass),
          iteration.loss_sum as number,
        );
      }
    }
    const last = model.forward(x);
    close(squaredError(last, y, { half: true, reduction: "sum" }), expected.final_loss_sum);
    close(last, asColumn(expected.final_y_out));
  });
});

describe("vu_forensics.json", () => {
  const close = within(forensicsFile.tolerance);
  const [printed, losses, , , batch] = forensicsFile.cases;

  test("the network as printed predicts the class prior everywhere", () => {
    const { w1, b1, w2, b2 } = printed.params as Record<"w1" | "w2", Matrix> & Record<"b1" | "b2", number[]>;
    const model = denseNet(
      new Sigmoid(),
      float64(w1).transpose(),
      float64(b1),
      float64(w2).transpose(),
      float64(b2),
    );
    for (const [point, p] of Object.entries(printed.expected.p_at as Record<string, number[]>)) {
      const x = /\((.*),(.*)\)/.exec(point)!.slice(1).map(Number);
      close(softmax(model.forward(float64([x]))), [p], point);
    }
    const centre = model.forward(float64([[0.5, 0.5]]));
    const { true_ce_class0_at_centre: zero, true_ce_class1_at_centre: one } = printed.expected;
    close(crossEntropy(centre, int32([0])), zero as number);
    close(crossEntropy(centre, int32([1])), one as number);
  });

  test("the printed losses are −Σ ŷ ln(y + ε): prediction and target swapped", () => {
    const inputs = losses.inputs as { printed_losses_epochs_97_100: number[]; eps: number };
    const swapped = float64(inputs.printed_losses_epochs_97_100);
    const wrongClass = swapped.div(float64(inputs.eps).log().neg());
    close(wrongClass, losses.expected.probability_of_the_WRONG_class as number[]);
    close(wrongClass.neg().log1p().neg(), losses.expected.true_cross_entropy as number[]);
  });

  test("the batch gradient, and the published running sum told apart from it", () => {
    const { X, Y } = batch.inputs as { X: Matrix; Y: Matrix };
    const { W, b, V, c } = batch.params as { W: Matrix; V: Matrix; b: number[]; c: number[] };
    const [x, y] = [float64(X), float64(Y)];
    const right = batch.expected as unknown as Record<string, Numbers>;
    const wrong = batch.wrong as unknown as Record<string, Numbers>;
    const model = denseNet(
      new Sigmoid(),
      float64(W).transpose(),
      float64(b),
      float64(V).transpose(),
      float64(c),
    );
    const found = gradients(crossEntropy(model.forward(x), y), [...model.parameters()]);
    ["dW", "db", "dV", "dc"].forEach((name, i) =>
      close(found[i].rank === 2 ? found[i].transpose() : found[i], right[name], name),
    );

    const parameters = [float64(W).transpose(), float64(b), float64(V).transpose(), float64(c)];
    const f =
      (place: number) =>
      (w: Tensor): Tensor => {
        const [w1, b1, w2, b2] = parameters.map((other, i) => (i === place ? w : other));
        return crossEntropy(linear(linear(x, w1, b1).sigmoid(), w2, b2), y);
      };
    // the slip leaves dc right, so a check must pass it and flag the other three
    const verdicts = ["dW", "db", "dV", "dc"].map((name, i) => {
      expect(gradcheck(f(i), [parameters[i]]).ok).toBe(true);
      const numbers = float64(wrong[name]);
      const other = planted(f(i), numbers.rank === 2 ? numbers.transpose() : numbers);
      return gradcheck(other, [parameters[i]], { throws: false }).ok;
    });
    expect(verdicts).toEqual([false, false, false, true]);
  });
});
