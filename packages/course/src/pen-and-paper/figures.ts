/** The figures, tables and numbers of page.md. */
import { settingsMap } from "chainrule/plots";
import { figure, lineFigure, table } from "chainrule/report";
import type { FigureText, Html } from "chainrule/report";
import { pageOf } from "../practical/page.ts";
import type { Fills } from "../practical/page.ts";
import { fixed } from "../practical/shown.ts";
import { calculator } from "./calculator.ts";
import { sheet } from "./check.ts";
import { checkpointBytes, hingeAlong, iterations, lossSums, slopeAlong } from "./experiments.ts";
import { chainBackward, chainForward, probabilityHinge, softmax, softmaxJacobian } from "./solution.ts";
import type { Activation, Chain, Iteration, Mode } from "./solution.ts";

const all = (values: readonly number[], places = 4): string =>
  values.map((one) => fixed(one, places)).join(", ");
const six = (values: readonly number[]): string[] => values.map((one) => fixed(one, 6));
const withMinus = (text: string): string => text.replaceAll("-", "−");

/** The chain with some activations, forward and backward. */
function chains() {
  const kinds: readonly (readonly [Activation, Activation, Activation])[] = [
    ["identity", "identity", "identity"],
    ["sigmoid", "sigmoid", "sigmoid"],
    ["tanh", "tanh", "tanh"],
    ["relu", "relu", "tanh"],
  ];
  return kinds.map(([f1, f2, f3]) => {
    const one: Chain = { x: 0.5, target: 1, W1: 0.8, W2: -0.4, Wout: 1.2, f1, f2, f3 };
    const v = chainForward(one);
    return { name: `${f1}, ${f2}, ${f3}`, v, g: chainBackward(one, v) };
  });
}

function iterationTables({ passes, lossSum, after }: Iteration, k: number): Html[] {
  const worked = table({
    caption: `Iteration ${k + 1}: forward and backward; the loss sum is ${fixed(lossSum, 6)}`,
    columns: ["example", "s", "z", "s_out", "y_out", "loss", "δ_out", "δ"],
    rows: passes.map((pass, n) => [
      `${n + 1}`,
      all(pass.s),
      all(pass.z),
      ...[pass.sOut, pass.yOut, pass.loss, pass.deltaOut].map((one) => fixed(one, 5)),
      all(pass.delta),
    ]),
  });
  const weights = table({
    caption: `Weights after iteration ${k + 1}`,
    columns: ["weights", "to unit 1", "to unit 2", "to unit 3"],
    rows: [...after.W.map((row, i) => [`from x${i + 1}`, ...six(row)]), ["to the output", ...six(after.w)]],
  });
  return [worked, weights];
}

const modes: readonly Mode[] = ["sum", "mean", "online"];

const lossCurves = (rate: number, text: FigureText): Html =>
  lineFigure(
    {
      title: `Loss sum over 30 iterations, η = ${rate}`,
      x: { label: "iteration" },
      y: { label: "sum of the four losses", domain: [0, 2.1] },
      series: modes.map((mode) => ({ name: mode, y: lossSums(rate, mode, 30) })),
    },
    text,
  );

/** The loss sum after 30 iterations in each mode. */
const endsAt = (rate: number): string =>
  modes.map((mode) => `${fixed(lossSums(rate, mode, 30).at(-1)!, 3)} (${mode})`).join(", ");

const leads = Array.from({ length: 81 }, (_, i) => -6 + 0.15 * i);

function alongLead(
  title: string,
  label: string,
  of: (leads: readonly number[], margin: number) => number[],
  text: FigureText,
): Html {
  const x = { label: "lead of the true class's score over two equal others" };
  const series = [0.2, 0.5, 1].map((margin) => ({
    name: `margin ${margin}`,
    x: leads,
    y: of(leads, margin),
  }));
  return lineFigure({ title, x, y: { label }, series }, text);
}

const scores = [0.5, -1, 2, 0.1];

const depths = [16, 36, 64];
const kept = () => depths.map((layers) => ({ layers, bytes: checkpointBytes(layers, 256, 100) }));
const best = (bytes: readonly number[]): number => bytes.indexOf(Math.min(...bytes)) + 1;

export const figures: Fills<undefined> = {
  chainForward: () =>
    table({
      caption: "Forward",
      columns: ["f₁, f₂, f₃", "s₁", "z₁", "s₂", "z₂", "s_out", "y", "loss"],
      rows: chains().map(({ name, v }) => [name, ...six([v.s1, v.z1, v.s2, v.z2, v.sOut, v.y, v.loss])]),
    }),
  chainBackward: () =>
    table({
      caption: "Backward",
      columns: ["f₁, f₂, f₃", "δ_out", "δ₂", "δ₁", "dW_out", "dW₂", "dW₁"],
      rows: chains().map(({ name, g }) => [
        name,
        ...six([g.deltaOut, g.delta2, g.delta1, g.dWout, g.dW2, g.dW1]),
      ]),
    }),

  // the 2-3-1 network
  rows: () => withMinus(sheet.X.map((row) => `(${row.join(", ")})`).join(", ")),
  labels: () => withMinus(sheet.y.join(", ")),
  iterations: () => ({
    markup: iterations(0.1, "sum", 3)
      .flatMap(iterationTables)
      .map(({ markup }) => markup)
      .join("\n"),
  }),
  smallRate: (_, text) => lossCurves(0.1, text),
  largeRate: (_, text) => lossCurves(1, text),
  smallEnds: () => endsAt(0.1),
  largeEnds: () => endsAt(1),
  onlineWorst: () => {
    const [sum, mean, online] = modes.map((mode) => lossSums(1, mode, 30).at(-1)!);
    return online > Math.max(sum, mean);
  },
  lossSums: () =>
    table({
      caption: "Loss sums before iterations 1, 2, 3 and after the third",
      columns: ["η", "mode", "before 1", "before 2", "before 3", "after 3"],
      rows: [0.1, 0.5, 1].flatMap((rate) =>
        modes.map((mode) => [rate, mode, ...six(lossSums(rate, mode, 3))]),
      ),
    }),

  // the hinge
  hingeLoss: (_, text) => alongLead("Loss of three classes", "loss", hingeAlong, text),
  hingeSlope: (_, text) => alongLead("Size of its gradient in the true score", "|dL/do_y|", slopeAlong, text),
  jacobian: (_, text) => {
    const values = softmaxJacobian(softmax(scores));
    const svg = settingsMap({
      title: "The Jacobian of softmax at scores 0.5, −1, 2, 0.1",
      x: { label: "score j", values: [1, 2, 3, 4] },
      y: { label: "probability i", values: [1, 2, 3, 4] },
      values,
      valueLabel: "∂pᵢ/∂oⱼ",
      digits: 2,
    });
    const columns = ["probability", "score 1", "score 2", "score 3", "score 4"];
    const rows = values.map((row, i) => [String(i + 1), ...row]);
    return figure({ svg, data: { caption: "The Jacobian of softmax", columns, rows }, ...text });
  },
  hingeTable: () =>
    table({
      caption: "Scores 0.5, −1, 2, 0.1",
      columns: ["true class", "margin", "p", "active", "loss", "dL/do"],
      rows: [2, 0].flatMap((y) =>
        [0.2, 0.5, 1].map((margin) => {
          const one = probabilityHinge(scores, y, margin);
          const active = one.active.flatMap((on, j) => (on ? [j] : []));
          return [y, margin, all(one.p), active.join(", ") || "none", fixed(one.loss, 6), all(one.dO)];
        }),
      ),
    }),

  // memory
  checkpoints: (_, text) =>
    lineFigure(
      {
        title: "Activations kept: layers of 256 units, batch 100, float32",
        x: { label: "every k-th input kept", scale: "log" },
        y: { label: "megabytes" },
        series: kept().map(({ layers, bytes }) => ({
          name: `${layers} layers`,
          x: bytes.map((__, k) => k + 1),
          y: bytes.map((one) => one / 1e6),
        })),
      },
      text,
    ),
  bestK: () =>
    kept()
      .map(({ layers, bytes }) => `k = ${best(bytes)} for ${layers} layers`)
      .join(", "),
  memory: () =>
    table({
      caption: "The same as numbers, in MB",
      columns: ["layers", "all kept", "best k", "with it", "saved"],
      rows: kept().map(({ layers, bytes }) => {
        const [whole, least] = [bytes[0], Math.min(...bytes)];
        const saved = `${(100 * (1 - least / whole)).toFixed(0)} %`;
        return [layers, (whole / 1e6).toFixed(2), best(bytes), (least / 1e6).toFixed(2), saved];
      }),
    }),
  calculator,
};

export const report = pageOf("pen-and-paper", () => undefined, figures);
