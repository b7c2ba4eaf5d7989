/** The figures, tables and numbers of page.md. */
import { meanSeries, trajectories } from "chainrule/plots";
import type { Series } from "chainrule/plots";
import { figure, lineFigure, table } from "chainrule/report";
import type { FigureText, Html } from "chainrule/report";
import { pageOf } from "../practical/page.ts";
import type { Fills } from "../practical/page.ts";
import { digits, mean, percent } from "../practical/shown.ts";
import { bell, bowls, firstSteps, height, pathsOn, steepAfter, resultsOf } from "./experiments.ts";
import type { Bowl, Results } from "./experiments.ts";
import { slider } from "./slider.ts";
import { adam, biasCorrected, effectiveWindow, ewa, gradientDescent, halfLife } from "./solution.ts";
import { momentum, momentumTorch, rmsprop, stabilityLimit } from "./solution.ts";

/** The bell and its averages, corrected or not. */
function averages(title: string, corrected: boolean, text: FigureText): Html {
  const { x, y } = bell();
  const curves = [0.5, 0.9, 0.95].map((beta): Series => {
    const v = ewa(y, beta);
    const name = `β = ${beta}`;
    return corrected ? { name, x: x.slice(1), y: biasCorrected(v, beta).slice(1) } : { name, x, y: v };
  });
  const axes = { x: { label: "x" }, y: { label: "y", domain: [0, 3] } } as const;
  return lineFigure({ title, ...axes, series: [{ name: "measured", x, y }, ...curves] }, text);
}

/** The paths of some rules over the contours of a bowl. */
function paths(
  bowl: Bowl,
  title: string,
  which: readonly number[],
  [low, high]: readonly [number, number],
  text: FigureText,
): Html {
  const all = pathsOn(bowl);
  const svg = trajectories({
    title: `The ${bowl.name} bowl: ${title}`,
    x: { label: "w₁", domain: [-4.6, 2.4] },
    y: { label: "w₂", domain: [low, high] },
    surface: (w1, w2) => height(bowl, [w1, w2]),
    minimum: [0, 0],
    equal: bowl.curvatures[0] === bowl.curvatures[1],
    paths: which.map((i) => {
      const { name, points } = all[i];
      return { name, x: points.map(([w1]) => w1), y: points.map(([, w2]) => w2) };
    }),
  });
  const steps = [1, 5, 10, 20, 40];
  const rows = all.map(({ name, points }) => [
    name,
    ...steps.map((step) => digits(height(bowl, points[step]))),
  ]);
  const columns = ["rule", ...steps.map(String)];
  return figure({
    svg,
    data: { caption: `f after so many steps, ${bowl.name} bowl (${title})`, columns, rows },
    ...text,
  });
}

/** Whether Adam's path leads past the minimum in the first coordinate. */
const overshoots = (bowl: Bowl): boolean => pathsOn(bowl)[4].points.some(([w1]) => w1 > 0);

const settings = { lr: 0.1, beta: 0.9 };
const shown = (w: readonly number[]): string =>
  w.map((wi) => (Number.isNaN(wi) ? "NaN" : wi.toFixed(4))).join(", ");

export const figures: Fills<Results> = {
  // averages
  uncorrected: (_, text) => averages("Without correction", false, text),
  corrected: (_, text) => averages("With correction", true, text),
  weights: (_, text) => {
    const ages = Array.from({ length: 50 }, (__, i) => (10 * i) / 49);
    return lineFigure(
      {
        title: "How much older values weigh",
        x: { label: "age in steps" },
        y: { label: "weight, 1 for the newest value" },
        series: [{ name: "β = 0.7", x: ages, y: ages.map((age) => 0.7 ** age) }],
        guides: [{ x: 10, name: "age 10: 0.028" }],
      },
      text,
    );
  },
  slider: () => slider(bell().x, bell().y),
  windows: () =>
    table({
      caption: "How far averages look back",
      columns: ["β", "window 1/(1 − β)", "half-life", "v after 10 values of 5", "corrected"],
      rows: [0.5, 0.7, 0.9, 0.99, 0.999].map((beta) => {
        const v = ewa(new Array<number>(11).fill(5), beta);
        return [beta, effectiveWindow(beta), halfLife(beta), v[10], biasCorrected(v, beta)[10]].map((one) =>
          digits(one),
        );
      }),
    }),

  // paths
  roundAveraged: (_, text) => paths(bowls.round, "averaging", [0, 1, 2], [-1.6, 2.9], text),
  roundScaled: (_, text) => paths(bowls.round, "scaling", [0, 3, 4], [-1.6, 2.9], text),
  roundOvershoots: () => overshoots(bowls.round),
  stretchedAveraged: (_, text) => paths(bowls.stretched, "averaging", [0, 1, 2], [-1.3, 1.3], text),
  stretchedScaled: (_, text) => paths(bowls.stretched, "scaling", [0, 3, 4], [-1.3, 1.3], text),
  stretchedOvershoots: () => overshoots(bowls.stretched),

  // limits
  limits: (_, text) => {
    const rates = Array.from({ length: 81 }, (__, i) => 0.02 * 10 ** (i * 0.03));
    const clip = (values: number[]): number[] =>
      values.map((value) => (value < 1e-9 ? 1e-9 : value > 1e9 ? NaN : value));
    return lineFigure(
      {
        title: "The steep coordinate after 40 steps",
        x: { label: "learning rate", scale: "log" },
        y: { label: "|w₂|, from 1", scale: "log", domain: [1e-9, 1e9] },
        series: [
          { name: "descent", x: rates, y: clip(steepAfter(40, rates)) },
          { name: "momentum, β = 0.9", x: rates, y: clip(steepAfter(40, rates, 0.9)) },
        ],
        guides: [
          { x: stabilityLimit(10), name: "2/λ = 0.2" },
          { x: stabilityLimit(10, 0.9), name: "2(1 + β)/((1 − β)λ) = 3.8" },
        ],
      },
      text,
    );
  },
  around: () => {
    const steps = [1, 2, 5, 10, 40];
    return table({
      caption: "Descent around its limit: w₂ after 1, 2, 5, 10, 40 steps, from 1",
      columns: ["rate", "factor 1 − 10 η", ...steps.map(String)],
      rows: [0.02, 0.18, 0.2, 0.25].map((lr) => {
        const factor = 1 - 10 * lr;
        return [lr, digits(factor), ...steps.map((count) => digits(factor ** count))];
      }),
    });
  },

  // steps
  firstSteps: () => {
    const [g, zero, lr, beta] = [[-2, 10, 0.001], [0, 0, 0], 0.15, 0.9];
    const steps = [
      ["descent", gradientDescent(zero, g, null, { lr })],
      ["momentum, β = 0.9 (lecture)", momentum(zero, g, null, { lr, beta })],
      ["momentum 0.9 (PyTorch)", momentumTorch(zero, g, null, { lr, momentum: 0.9 })],
      ["RMSProp, β = 0.9", rmsprop(zero, g, null, { lr, beta, eps: 1e-8 })],
      ["Adam", adam(zero, g, null, { lr, betas: [0.9, 0.999], eps: 1e-8 })],
    ] as const;
    const rows = steps.map(([name, { w }]) => [name, ...w.map((wi) => digits(wi))]);
    return table({ caption: "Where one step leads", columns: ["rule", "w₁", "w₂", "w₃"], rows });
  },
  printedStep: () => shown(rmsprop([1, 2], [0, 3], null, { ...settings, eps: 0 }).w),
  mendedStep: () => shown(rmsprop([1, 2], [0, 3], null, { ...settings, eps: 1e-8 }).w),
  epsilon: (_, text) => {
    const gradients = Array.from({ length: 81 }, (__, i) => 10 ** (-10 + i * 0.125));
    const { outside, inside } = firstSteps(gradients, 1e-8);
    return lineFigure(
      {
        title: "Adam's first step at rate 1, ε = 1e-8",
        x: { label: "|g|", scale: "log" },
        y: { label: "length of the step", scale: "log", domain: [1e-6, 3] },
        series: [
          { name: "√Ŝ + ε", x: gradients, y: outside },
          { name: "√(Ŝ + ε)", x: gradients, y: inside },
        ],
      },
      text,
    );
  },
  epsilonRatio: () => {
    const { outside, inside } = firstSteps([1e-6], 1e-8);
    return digits(outside[0] / inside[0], 3);
  },
  epsilons: () => {
    const gradients = [1, 1e-2, 1e-4, 1e-6, 1e-8];
    const { outside, inside } = firstSteps(gradients, 1e-8);
    const rows = gradients.map((g, i) => [
      g,
      ...[outside[i], inside[i], outside[i] / inside[i]].map((one) => digits(one)),
    ]);
    return table({ caption: "The same as numbers", columns: ["|g|", "√Ŝ + ε", "√(Ŝ + ε)", "ratio"], rows });
  },

  // race
  seeds: ({ seeds }) => seeds,
  race: ({ results }, text) => {
    const y = { label: "loss", unit: "nats", scale: "log" } as const;
    const series = results.map(({ name, rate, losses }) => meanSeries(`${name}, rate ${rate}`, losses));
    return lineFigure({ title: "Training loss", x: { label: "epoch" }, y, series }, text);
  },
  raceEnds: ({ results }) =>
    table({
      caption: "At the end",
      columns: ["rule", "rate", "training loss", "validation accuracy, chosen by", "test accuracy"],
      rows: results.map(({ name, rate, losses, validation, test }) => [
        name,
        rate,
        digits(mean(losses.map((curve) => curve.at(-1)!))),
        percent(mean(validation)),
        percent(mean(test)),
      ]),
    }),
};

export const report = pageOf("averages", resultsOf, figures);
