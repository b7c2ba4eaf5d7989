/** What the page of this practical shows, as numbers: batches, order, rate, start and depth, one changed at a time. */
import { Generator, compile, tensor, zeros } from "chainrule";
import type { Tensor } from "chainrule";
import { circlesCourse } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { Linear, Sequential, Sigmoid, Tanh } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { wasm } from "chainrule/wasm";
import type { ReportContext } from "../practical/practical.ts";
import { mean } from "../practical/shown.ts";
import { countOf, example, stack } from "./check.ts";
import {
  Tally,
  batchesOf,
  forward,
  gradientByBackprop,
  gradientByDifferences,
  gradientByNaiveChain,
  shuffled,
} from "./solution.ts";

/** One run; what is not said is as in the practical sheet: 2-10-2, N(0, 0.3²), batches of 10, rate 0.3, shuffled. */
export interface Setting {
  readonly batch?: number;
  readonly rate?: number;
  /** The rows as they are stored, one class after the other, in place of a new order each epoch. */
  readonly sorted?: boolean;
  /** σ of the weights at the start; "scaled" is √(1/inputs) for each layer. */
  readonly sigma?: number | "scaled";
  /** Hidden layers of 10 units. */
  readonly depth?: number;
  readonly activation?: "tanh" | "sigmoid";
}

export interface Run {
  /** On the training points, before training and after each epoch. */
  readonly losses: readonly number[];
  readonly accuracies: readonly number[];
  /** Of each batch, from before its step. */
  readonly batchLosses: readonly number[];
}

/** Thousands of short runs need compiled steps. */
const device = await wasm({ threads: 1 });

/** The training points, the same in every run. */
function points(): { readonly X: Tensor; readonly labels: Tensor } {
  const { features, labels } = circlesCourse(0).train;
  const X = tensor(Float64Array.from(features), { shape: [labels.length, 2] });
  return { X, labels: tensor(Int32Array.from(labels)) };
}

/** A network of float64 layers; the weights of each are drawn input by input, the biases are 0. */
export function networkOf(setting: Setting, seed: number): Sequential {
  const { sigma = 0.3, depth = 1, activation = "tanh" } = setting;
  const generator = new Generator(seed).stream("weights");
  const sizes = [2, ...new Array<number>(depth).fill(10), 2];
  const layers = sizes.slice(1).flatMap((outputs, l) => {
    const inputs = sizes[l];
    const scale = sigma === "scaled" ? Math.sqrt(1 / inputs) : sigma;
    const drawn = Float64Array.from({ length: inputs * outputs }, () => scale * generator.normal());
    const layer = new Linear(inputs, outputs, { dtype: "float64", generator: new Generator(0) });
    layer.loadStateDict({
      weight: tensor(drawn, { shape: [inputs, outputs] }).transpose(),
      bias: zeros([outputs], { dtype: "float64" }),
    });
    return l === depth ? [layer] : [layer, activation === "tanh" ? new Tanh() : new Sigmoid()];
  });
  return new Sequential(...layers);
}

/** A compiled step down the mean gradient of a batch; it returns the batch's loss from before the step. */
export function stepOf(model: Sequential, rate: number) {
  const optimizer = new SGD(model.parameters(), { lr: rate });
  return compile(
    (X: Tensor, labels: Tensor) => {
      const loss = crossEntropy(model.forward(X), labels);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss;
    },
    { device },
  );
}

/** Trains on the circles; the seed draws weights and orders. */
export function run(setting: Setting, epochs: number, seed: number): Run {
  const { batch = 10, rate = 0.3, sorted = false } = setting;
  const { X, labels } = points();
  const model = networkOf(setting, seed);
  const order = new Generator(seed).stream("order");
  const stored = Array.from(labels.data, (_, n) => n);
  using step = stepOf(model, rate);
  using evaluate = compile(
    (inputs: Tensor, targets: Tensor) => {
      const scores = model.forward(inputs);
      return [crossEntropy(scores, targets), scores.argmax(1).eq(targets).to("float64").mean()];
    },
    { device },
  );
  const [losses, accuracies, batchLosses] = [[] as number[], [] as number[], [] as number[]];
  const record = (): void => {
    const [loss, accuracy] = evaluate(X, labels);
    losses.push(loss.item());
    accuracies.push(accuracy.item());
  };
  record();
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const rows = sorted ? stored : shuffled(stored, () => order.uniform());
    const batches = batchesOf(rows, batch).map((one) => Int32Array.from(one));
    batchLosses.push(...step.run([X, labels], batches).data);
    record();
  }
  return { losses, accuracies, batchLosses };
}

/** The same setting over several seeds. */
export function runs(setting: Setting, epochs: number, seeds: readonly number[]): Run[] {
  return seeds.map((seed) => run(setting, epochs, seed));
}

/** Mean training loss after some epochs for each batch size (rows) and rate (columns); NaN where a run left the finite. */
export function grid(
  batches: readonly number[],
  rates: readonly number[],
  epochs: number,
  seeds: readonly number[],
): number[][] {
  return batches.map((batch) =>
    rates.map((rate) => {
      const ends = runs({ batch, rate }, epochs, seeds).map(({ losses }) => losses.at(-1)!);
      return ends.reduce((sum, loss) => sum + loss, 0) / ends.length;
    }),
  );
}

/** The root mean square of each layer's weight gradient at the start: where it is tiny, the layer does not learn. */
export function gradientSizes(setting: Setting, seed: number): number[] {
  const { X, labels } = points();
  const model = networkOf(setting, seed);
  crossEntropy(model.forward(X), labels).backward();
  const weights = [...model.namedParameters()].filter(([name]) => name.endsWith("weight"));
  return weights.map(([, { grad }]) => Math.sqrt(grad!.mul(grad!).mean().item()));
}

export interface Count {
  readonly layers: number;
  readonly parameters: number;
  readonly forward: number;
  readonly differences: number;
  readonly naive: number;
  readonly backprop: number;
}

/** How often each way to the gradient multiplies, for 1 to 10 layers of equal width: counted while it is worked out. */
export function operationCounts(width: number, most = 10): Count[] {
  return Array.from({ length: most }, (_, i) => {
    const one = example(stack(i + 1, width));
    const tally = new Tally();
    forward(one.weights, one.x, tally);
    return {
      layers: i + 1,
      parameters: one.weights.flat(2).length,
      forward: tally.multiplications,
      differences: countOf(gradientByDifferences, one),
      naive: countOf(gradientByNaiveChain, one),
      backprop: countOf(gradientByBackprop, one),
    };
  });
}

// ---- The results of the page ---------------------------------------------------------------------------------------------

/** The runs of one setting over the seeds. */
export interface Curve {
  readonly name: string;
  readonly runs: readonly Run[];
  readonly steps?: number;
}

export type Results = ReturnType<typeof resultsOf>;

export function resultsOf({ quick, progress }: ReportContext) {
  const epochs = quick ? 40 : 150;
  const seeds = quick ? [0, 1, 2] : [0, 1, 2, 3, 4, 5, 6, 7];
  progress(`  runs of ${epochs} epochs over ${seeds.length} seeds`);
  const curve = (name: string, setting: Setting): Curve => ({ name, runs: runs(setting, epochs, seeds) });
  const batches = (rate: number): Curve[] => [
    { ...curve("classic, all 200", { batch: 200, rate }), steps: 1 },
    { ...curve("mini-batches of 10", { batch: 10, rate }), steps: 20 },
    { ...curve("online, 1", { batch: 1, rate }), steps: 200 },
  ];
  const start = (name: string, sigma: Setting["sigma"]): Curve => curve(name, { sigma, rate: 0.1 });
  const deep = (depth: number): Curve =>
    curve(`${depth} hidden ${depth === 1 ? "layer" : "layers"}`, { depth, sigma: "scaled", rate: 0.1 });
  const sizesOf = (name: string, setting: Setting) => {
    const all = seeds.map((seed) => gradientSizes({ depth: 8, ...setting }, seed));
    return { name, sizes: all[0].map((_, l) => mean(all.map((one) => one[l]))) };
  };
  const sizes = [1, 5, 10, 50, 200];
  const tried = [0.003, 0.03, 0.1, 0.3, 1, 10];
  return {
    epochs,
    seeds: seeds.length,
    slow: batches(0.03),
    fast: batches(0.3),
    shuffled: curve("a new order each epoch", { rate: 0.1 }),
    sorted: curve("one class after the other", { rate: 0.1, sorted: true }),
    rates: [0.003, 0.03, 0.3, 3].map((rate) => curve(`rate ${rate}`, { rate })),
    grid: { sizes, tried, values: grid(sizes, tried, epochs, seeds) },
    starts: [
      start("σ = 0", 0),
      start("σ = 0.01", 0.01),
      start("σ = 0.3", 0.3),
      start("σ = √(1/inputs)", "scaled"),
      start("σ = 5", 5),
    ],
    depths: [0, 1, 2, 4, 8].map(deep),
    gradients: [
      sizesOf("tanh, σ = √(1/inputs)", { sigma: "scaled" }),
      sizesOf("tanh, σ = 0.3", { sigma: 0.3 }),
      sizesOf("sigmoid, σ = 0.3", { sigma: 0.3, activation: "sigmoid" }),
    ],
    counts: operationCounts(16),
  };
}
