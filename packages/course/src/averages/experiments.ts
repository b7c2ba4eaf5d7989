/** What the page of this practical shows, as numbers: paths on two bowls, limits, the place of ε, and a race on a real network. */
import { Generator } from "chainrule";
import { DataLoader, bumpCourse, split } from "chainrule/data";
import type { Dataset } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { Adam, MomentumEWA, RMSprop, SGD } from "chainrule/optim";
import type { Optimizer } from "chainrule/optim";
import type { Parameter } from "chainrule";
import { learner, train } from "chainrule/train";
import { digitParts } from "../practical/images.ts";
import type { ReportContext } from "../practical/practical.ts";
import { adam, gradientDescent, momentum, rmsprop, trajectory } from "./solution.ts";

type Point = readonly number[];

/** The lecture's noisy bell: 100 places and what was measured there. */
export function bell(): { readonly x: number[]; readonly y: number[] } {
  const { features, targets } = bumpCourse();
  return { x: Array.from(features), y: Array.from(targets) };
}

/** f(w) = ½ (λ₁ w₁² + λ₂ w₂²): contours are circles where the curvatures are equal, else ellipses. */
export interface Bowl {
  readonly name: string;
  readonly curvatures: readonly [number, number];
  readonly start: readonly [number, number];
}
export const bowls: { readonly round: Bowl; readonly stretched: Bowl } = {
  round: { name: "round", curvatures: [1, 1], start: [-4, 2.5] },
  stretched: { name: "stretched", curvatures: [0.5, 10], start: [-4, 1] },
};

export function height({ curvatures: [a, b] }: Bowl, [w1, w2]: Point): number {
  return 0.5 * (a * w1 * w1 + b * w2 * w2);
}
const slope =
  ({ curvatures: [a, b] }: Bowl) =>
  ([w1, w2]: Point): Point => [a * w1, b * w2];

/**
 * The slope as a mini-batch sees it: the bowl is the mean of many, each with its own bottom, and a batch draws four of them.
 * Its mean is the true slope, and it jumps about.
 */
function noisySlope({ curvatures }: Bowl, seed: number): (w: Point) => Point {
  const random = new Generator(seed);
  return (w) =>
    w.map((wi, i) => {
      const bottoms = Array.from({ length: 4 }, () => 0.4 * random.normal());
      return curvatures[i] * (wi - bottoms.reduce((sum, one) => sum + one, 0) / 4);
    });
}

/** The paths of all rules on a bowl, with rates that suit each rule. */
export function pathsOn(
  bowl: Bowl,
  steps = 40,
): { readonly name: string; readonly points: readonly Point[] }[] {
  const g = slope(bowl);
  const { start } = bowl;
  const stretched = bowl.curvatures[0] !== bowl.curvatures[1];
  const lr = stretched ? 0.18 : 0.25;
  const averaged = { lr: 0.5, beta: 0.9 };
  const scaled = { lr: 0.15, beta: 0.9, eps: 1e-8 };
  return [
    { name: `descent, rate ${lr}`, points: trajectory(gradientDescent, g, start, { lr }, steps) },
    {
      name: "mini-batches, rate 0.1",
      points: trajectory(gradientDescent, noisySlope(bowl, 3), start, { lr: 0.1 }, steps),
    },
    { name: "momentum, rate 0.5", points: trajectory(momentum, g, start, averaged, steps) },
    { name: "RMSProp, rate 0.15", points: trajectory(rmsprop, g, start, scaled, steps) },
    {
      name: "Adam, rate 0.15",
      points: trajectory(adam, g, start, { lr: 0.15, betas: [0.9, 0.999], eps: 1e-8 }, steps),
    },
  ];
}

/** |w₂|, the steep coordinate, after some steps on the stretched bowl from 1, for a rate each. */
export function steepAfter(steps: number, rates: readonly number[], beta = 0): number[] {
  const { stretched } = bowls;
  return rates.map((lr) => {
    const points =
      beta === 0
        ? trajectory(gradientDescent, slope(stretched), stretched.start, { lr }, steps)
        : trajectory(momentum, slope(stretched), stretched.start, { lr, beta }, steps);
    return Math.abs(points[steps][1]);
  });
}

/** How long Adam's first step is for a gradient of each size, at rate 1: ε outside the root, and inside. */
export function firstSteps(
  gradients: readonly number[],
  eps: number,
): { readonly outside: number[]; readonly inside: number[] } {
  const settings = { lr: 1, betas: [0.9, 0.999], eps } as const;
  return {
    outside: gradients.map((g) => -adam([0], [g], null, settings).w[0]),
    inside: gradients.map((g) => g / Math.sqrt(g * g + eps)),
  };
}

// ---- the race ---------------------------------------------------------------------------------------------------------

/** A rule of the library with the rates that it may choose from. */
interface Racer {
  readonly name: string;
  readonly rates: readonly number[];
  readonly make: (parameters: readonly Parameter[], lr: number) => Optimizer;
}
const racers: readonly Racer[] = [
  { name: "descent", rates: [0.3, 1, 3], make: (p, lr) => new SGD(p, { lr }) },
  { name: "momentum (average)", rates: [1, 3, 10], make: (p, lr) => new MomentumEWA(p, { lr, beta: 0.9 }) },
  { name: "RMSProp", rates: [0.003, 0.01, 0.03], make: (p, lr) => new RMSprop(p, { lr, alpha: 0.9 }) },
  { name: "Adam", rates: [0.003, 0.01, 0.03], make: (p, lr) => new Adam(p, { lr }) },
];

export interface RaceResult {
  readonly name: string;
  /** The rate that was best on validation. */
  readonly rate: number;
  /** Training loss before training and after each epoch: a curve per seed. */
  readonly losses: readonly (readonly number[])[];
  /** What the rate was chosen by, a number per seed: at the best of several rates it is an optimistic estimate. */
  readonly validation: readonly number[];
  /** On rows that no choice has seen, a number per seed. */
  readonly test: readonly number[];
}

type Parts = Readonly<Record<"train" | "validation" | "test", Dataset>>;

/** The embedded digits in three: a fifth to test, a fifth of the others to choose by, the rest to train. */
function raceParts(): Parts {
  const { train: known, held: test } = digitParts();
  const { rest, held } = split(known.length, 0.2, new Generator(0).stream("validation"), known.targets.data);
  return { train: known.subset(rest), validation: known.subset(held), test };
}

/** 64-32-10 on the embedded digits: each rule with the best of its three rates, over several seeds. */
export async function race({
  epochs,
  seeds,
}: {
  readonly epochs: number;
  readonly seeds: readonly number[];
}): Promise<RaceResult[]> {
  const parts = raceParts();
  const results: RaceResult[] = [];
  for (const racer of racers) {
    const tried: RaceResult[] = [];
    for (const rate of racer.rates) {
      const runs = [];
      for (const seed of seeds) runs.push(await run(racer, rate, parts, epochs, seed));
      tried.push({
        name: racer.name,
        rate,
        losses: runs.map((one) => one.losses),
        validation: runs.map((one) => one.validation),
        test: runs.map((one) => one.test),
      });
    }
    const mean = ({ validation }: RaceResult): number =>
      validation.reduce((sum, one) => sum + one, 0) / validation.length;
    results.push(tried.reduce((best, one) => (mean(one) > mean(best) ? one : best)));
  }
  return results;
}

async function run(
  { make }: Racer,
  lr: number,
  parts: Parts,
  epochs: number,
  seed: number,
): Promise<{ readonly losses: number[]; readonly validation: number; readonly test: number }> {
  const generator = new Generator(seed);
  const weights = generator.stream("weights");
  const model = new Sequential(
    new Linear(64, 32, { generator: weights }),
    new Tanh(),
    new Linear(32, 10, { generator: weights }),
  );
  const losses: number[] = [];
  let [validation, test] = [0, 0];
  for await (const event of train({
    learner: learner({ model, loss: crossEntropy, optimizer: make([...model.parameters()], lr) }),
    data: new DataLoader(parts.train, { batchSize: 32, generator: generator.stream("order") }),
    validation: parts.validation,
    test: parts.test,
    testAt: "end",
    epochs,
  })) {
    if (event.event === "epoch") losses.push(event.metrics.train!.loss);
    if (event.event === "done")
      [validation, test] = [event.metrics.validation!.accuracy!, event.metrics.test!.accuracy!];
  }
  return { losses, validation, test };
}

// ---- the results of the page ------------------------------------------------------------------------------------------

export interface Results {
  readonly seeds: number;
  readonly results: readonly RaceResult[];
}

export async function resultsOf({ quick, progress }: ReportContext): Promise<Results> {
  const [epochs, seeds] = quick ? [2, [0, 1]] : [15, [0, 1, 2, 3, 4]];
  progress(`  four rules race on the digits, ${epochs} epochs, ${seeds.length} seeds`);
  return { seeds: seeds.length, results: await race({ epochs, seeds }) };
}
