/** The mistakes of the material, as formulas that run, each beside what is right. */
import { Generator, Parameter, RandomState, randn, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { crossEntropy } from "chainrule/functions";
import { numericalGradient } from "chainrule/grade";
import { normalParams } from "./levels.ts";
import { backward, forward, sgdModel } from "./solution.ts";
import type { Outputs, Params } from "./solution.ts";

/** E-1: the sheet's sigmoid, without the minus. */
export function sheetSigmoid(x: Tensor): Tensor {
  return x.exp().add(1).pow(-1); // 1/(1 + exp(x)), which is σ(−x)
}

/** E-3: the hidden layer's gradients of the written answers: no (1 − h²), and a stray b in the bias. */
export function writtenBackward(params: Params, outputs: Outputs, Y: Tensor): Params {
  const right = backward(params, outputs, Y);
  const Dy = outputs.yhat.sub(Y).div(Y.shape[0]);
  const Dh = Dy.matmul(params.Wy); // the factor 1 − h² is missing
  return { ...right, Wh: Dh.matmul(outputs.X, { transposeA: true }), bh: Dh.sum(0).mul(params.bh) };
}

/** E-4: the cheat sheet's gradients: summed over the batch, beside a loss that is averaged. */
export function cheatSheetBackward(params: Params, outputs: Outputs, Y: Tensor): Params {
  const { Wh, bh, Wy, by } = backward(params, outputs, Y);
  const B = Y.shape[0];
  return { Wh: Wh.mul(B), bh: bh.mul(B), Wy: Wy.mul(B), by: by.mul(B) };
}

export interface GradientError {
  readonly parameter: keyof Params;
  /** max |a − n| / max(1e-8, |a| + |n|) over the elements, against central differences. */
  readonly right: number;
  readonly written: number;
  readonly cheatSheet: number;
}

/** The relative error of each version against central differences of the mean loss, on a drawn batch of 5. */
export function gradientErrors(seed = 2): GradientError[] {
  const random = new RandomState(seed);
  const params = normalParams(random, 3, 4, 2, true);
  const X = tensor(random.randn(5, 3) as Float64Array, { shape: [5, 3] });
  const Y = tensor(Int32Array.from([0, 1, 1, 0, 1])).oneHot(2, "float64");
  const outputs = forward(params, X);
  const versions = [backward, writtenBackward, cheatSheetBackward].map((one) => one(params, outputs, Y));
  return (["Wh", "bh", "Wy", "by"] as const).map((parameter) => {
    const loss = (p: Tensor): number =>
      crossEntropy(forward({ ...params, [parameter]: p }, X).ytilde, Y).item();
    const numeric = numericalGradient(loss, params[parameter]);
    const [right, written, cheatSheet] = versions.map((one) => relativeError(one[parameter], numeric));
    return { parameter, right, written, cheatSheet };
  });
}

function relativeError(analytic: Tensor, numeric: Tensor): number {
  return Array.from(numeric.data).reduce((most, n, i) => {
    const a = analytic.data[i];
    return Math.max(most, Math.abs(a - n) / Math.max(1e-8, Math.abs(a) + Math.abs(n)));
  }, 0);
}

/** TP-9: the gradient of Σ w² at 3 after one, two and three calls of backward(), without and with emptying. */
export function accumulation(): { readonly kept: number[]; readonly emptied: number[] } {
  const w = new Parameter(tensor([3], { dtype: "float64" }));
  const after = (empty: boolean): number[] => {
    w.grad = null;
    return [1, 2, 3].map(() => {
      if (empty) w.grad = null;
      w.mul(w).sum().backward();
      return w.grad!.item();
    });
  };
  return { kept: after(false), emptied: after(true) };
}

/** E-6: where the gradient of a scaled draw ends up. */
export function scaledLeaf(): { readonly scaledLast: Tensor | null; readonly scaledFirst: Tensor | null } {
  const drawn = (): Tensor => randn([3], { dtype: "float64", generator: new Generator(1) });
  const source = drawn();
  source.requiresGrad = true;
  const w = source.mul(0.3); // a result, no leaf: its gradient goes on to `source`
  w.mul(w).sum().backward();
  const leaf = new Parameter(drawn().mul(0.3)); // scaled first: a leaf
  leaf.mul(leaf).sum().backward();
  return { scaledLast: w.grad, scaledFirst: leaf.grad };
}

/** E-7: what `model = sgd(model, 0.03)` leaves in `model`. */
export function assignedModel(model: Parameters<typeof sgdModel>[0]): unknown {
  const sgd: (...args: Parameters<typeof sgdModel>) => unknown = sgdModel;
  return sgd(model, 0.03);
}
