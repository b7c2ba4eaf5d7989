/** The page of the practical: the sheet worked out in full, and what happens with other rates, margins and memory. */
import { settingsMap } from "chainrule/plots";
import { columns, figure, lineFigure, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { markdown } from "../frame/page.ts";
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import { fixed } from "../frame/shown.ts";
import { calculator } from "./calculator.ts";
import { sheet } from "./check.ts";
import { checkpointBytes, hingeAlong, iterations, lossSums, slopeAlong } from "./experiments.ts";
import { chainBackward, chainForward, probabilityHinge, softmax, softmaxJacobian } from "./solution.ts";
import type { Activation, Chain, Mode } from "./solution.ts";

export async function report(_context: ReportContext): Promise<Page> {
  return {
    scripts: [calculator().script],
    sections: [chain(), network(), modes(), hinge(), memory()],
  };
}

const all = (values: readonly number[], places = 4): string =>
  values.map((one) => fixed(one, places)).join(", ");

function chain(): Section {
  const kinds: readonly (readonly [Activation, Activation, Activation])[] = [
    ["identity", "identity", "identity"],
    ["sigmoid", "sigmoid", "sigmoid"],
    ["tanh", "tanh", "tanh"],
    ["relu", "relu", "tanh"],
  ];
  const made = kinds.map(([f1, f2, f3]) => {
    const one: Chain = { x: 0.5, target: 1, W1: 0.8, W2: -0.4, Wout: 1.2, f1, f2, f3 };
    const values = chainForward(one);
    return { name: `${f1}, ${f2}, ${f3}`, values, gradients: chainBackward(one, values) };
  });
  return {
    title: "A chain of three weights",
    blocks: [
      markdown(
        "x = 0.5, target 1, W₁ = 0.8, W₂ = −0.4, W_out = 1.2. Forward from left to right, then δ_out = (y − target) f₃′(s_out), δ₂ = δ_out W_out f₂′(s₂), δ₁ = δ₂ W₂ f₁′(s₁), " +
          "and each weight's gradient is the δ behind it times the z before it. With relu, s₂ is negative here: its slope is 0, and everything before it gets nothing.",
      ),
      table({
        caption: "Forward",
        columns: ["f₁, f₂, f₃", "s₁", "z₁", "s₂", "z₂", "s_out", "y", "loss"],
        rows: made.map(({ name, values: v }) => [
          name,
          ...[v.s1, v.z1, v.s2, v.z2, v.sOut, v.y, v.loss].map((one) => fixed(one, 6)),
        ]),
      }),
      table({
        caption: "Backward",
        columns: ["f₁, f₂, f₃", "δ_out", "δ₂", "δ₁", "dW_out", "dW₂", "dW₁"],
        rows: made.map(({ name, gradients: g }) => [
          name,
          ...[g.deltaOut, g.delta2, g.delta1, g.dWout, g.dW2, g.dW1].map((one) => fixed(one, 6)),
        ]),
      }),
    ],
  };
}

function network(): Section {
  const worked = iterations(0.1, "sum", 3);
  return {
    title: "The 2-3-1 network, three iterations",
    blocks: [
      markdown(
        "The sheet's weights and data; descent on the sum of the four losses with α = 0.1. The sheet leaves α open, and whether to sum, to average or to step after each example: all are below. " +
          `Data rows are ${sheet.X.map((row) => `(${row.join(", ")})`).join(", ")} with labels ${sheet.y.join(", ")}.`.replaceAll(
            "-",
            "−",
          ),
      ),
      ...worked.flatMap(({ passes, lossSum, after }, k) => [
        table({
          caption: `Iteration ${k + 1}: forward and backward; the loss sum is ${fixed(lossSum, 6)}`,
          columns: ["example", "s", "z", "s_out", "y_out", "loss", "δ_out", "δ"],
          rows: passes.map((pass, n) => [
            `${n + 1}`,
            all(pass.s),
            all(pass.z),
            fixed(pass.sOut, 5),
            fixed(pass.yOut, 5),
            fixed(pass.loss, 5),
            fixed(pass.deltaOut, 5),
            all(pass.delta),
          ]),
        }),
        table({
          caption: `Weights after iteration ${k + 1}`,
          columns: ["weights", "to unit 1", "to unit 2", "to unit 3"],
          rows: [
            ...after.W.map((row, i) => [`from x${i + 1}`, ...row.map((one) => fixed(one, 6))]),
            ["to the output", ...after.w.map((one) => fixed(one, 6))],
          ],
        }),
      ]),
    ],
  };
}

function modes(): Section {
  const rates = [0.1, 0.5, 1];
  const kinds: readonly (readonly [string, Mode])[] = [
    ["sum", "sum"],
    ["mean", "mean"],
    ["online", "online"],
  ];
  const curve = (alpha: number, count: number) =>
    kinds.map(([name, mode]) => ({ name, y: lossSums(alpha, mode, count) }));
  return {
    title: "Sum, mean or online, and the rate",
    blocks: [
      columns(
        ...[0.1, 1].map((alpha) =>
          lineFigure(
            {
              title: `Loss sum over 30 iterations, α = ${alpha}`,
              x: { label: "iteration" },
              y: { label: "sum of the four losses", domain: [0, 2.1] as const },
              series: curve(alpha, 30),
            },
            {
              caption:
                alpha === 1
                  ? "At α = 1 online descent no longer comes down: each example undoes what the one before did."
                  : "Sum and online take about the same way; the mean takes a quarter of it.",
            },
          ),
        ),
      ),
      table({
        caption: "Loss sums before iterations 1, 2, 3 and after the third",
        columns: ["α", "mode", "before 1", "before 2", "before 3", "after 3"],
        rows: rates.flatMap((alpha) =>
          kinds.map(([name, mode]) => [alpha, name, ...lossSums(alpha, mode, 3).map((one) => fixed(one, 6))]),
        ),
      }),
    ],
  };
}

function hinge(): Section {
  const leads = Array.from({ length: 81 }, (_, i) => -6 + 0.15 * i);
  const margins = [0.2, 0.5, 1];
  const o = [0.5, -1, 2, 0.1];
  const p = softmax(o);
  return {
    title: "Softmax with a hinge on the probabilities",
    blocks: [
      markdown(
        "The loss asks that the true class's probability exceeds every other by the margin. Probabilities differ by less than 1, so with margin 1 every class is always active and the loss is k(1 − p_y). " +
          "The gradient goes through softmax's whole Jacobian: each probability depends on every score. Where the true class is far behind, that Jacobian is almost 0, and so is the gradient: " +
          "a loss on probabilities learns slowest where it is most wrong. Cross-entropy does not have this fault.",
      ),
      columns(
        lineFigure(
          {
            title: "Loss of three classes",
            x: { label: "lead of the true class's score over two equal others" },
            y: { label: "loss" },
            series: margins.map((margin) => ({
              name: `margin ${margin}`,
              x: leads,
              y: hingeAlong(leads, margin),
            })),
          },
          { caption: "With a margin below 1 the loss is exactly 0 once the lead suffices." },
        ),
        lineFigure(
          {
            title: "Size of its gradient in the true score",
            x: { label: "lead of the true class's score over two equal others" },
            y: { label: "|dL/do_y|" },
            series: margins.map((margin) => ({
              name: `margin ${margin}`,
              x: leads,
              y: slopeAlong(leads, margin),
            })),
          },
          { caption: "Largest where the classes are about even, and gone on both sides." },
        ),
        figure({
          svg: settingsMap({
            title: "The Jacobian of softmax at scores 0.5, −1, 2, 0.1",
            x: { label: "score j", values: [1, 2, 3, 4] },
            y: { label: "probability i", values: [1, 2, 3, 4] },
            values: softmaxJacobian(p),
            valueLabel: "∂pᵢ/∂oⱼ",
            digits: 2,
          }),
          caption: "Positive on the diagonal, negative beside it; rows and columns add up to 0.",
          data: {
            caption: "The Jacobian of softmax",
            columns: ["probability", "score 1", "score 2", "score 3", "score 4"],
            rows: softmaxJacobian(p).map((row, i) => [String(i + 1), ...row]),
          },
        }),
      ),
      table({
        caption: "Scores 0.5, −1, 2, 0.1",
        columns: ["true class", "margin", "p", "active", "loss", "dL/do"],
        rows: [2, 0].flatMap((y) =>
          [0.2, 0.5, 1].map((margin) => {
            const one = probabilityHinge(o, y, margin);
            const active = one.active.flatMap((on, j) => (on ? [j] : []));
            return [y, margin, all(one.p), active.join(", ") || "none", fixed(one.loss, 6), all(one.dO)];
          }),
        ),
      }),
    ],
  };
}

function memory(): Section {
  const depths = [16, 36, 64];
  const counts = depths.map((layers) => checkpointBytes(layers, 256, 100));
  const { html: form } = calculator();
  return {
    title: "The memory question",
    blocks: [
      markdown(
        "The backward pass reads what every layer read, so it has to be kept or worked out again. With z = f(s) kept, s is redundant for sigmoid, tanh and relu: their slopes follow from z. " +
          "Keeping every k-th input only and working the others out again, a group at a time, costs one more forward pass and brings the memory of L layers down to about L/k + k − 1 of them: " +
          "least near k = √L. These are sizes by the formula; nothing was measured here.",
      ),
      columns(
        lineFigure(
          {
            title: "Activations kept: layers of 256 units, batch 100, float32",
            x: { label: "every k-th input kept", scale: "log" },
            y: { label: "megabytes" },
            series: depths.map((layers, i) => ({
              name: `${layers} layers`,
              x: counts[i].map((_, k) => k + 1),
              y: counts[i].map((bytes) => bytes / 1e6),
            })),
          },
          { caption: "The minima lie at k = 4, 6 and 8: the roots of 16, 36 and 64." },
        ),
      ),
      table({
        caption: "The same as numbers, in MB",
        columns: ["layers", "all kept", "best k", "with it", "saved"],
        rows: depths.map((layers, i) => {
          const least = Math.min(...counts[i]);
          return [
            layers,
            (counts[i][0] / 1e6).toFixed(2),
            counts[i].indexOf(least) + 1,
            (least / 1e6).toFixed(2),
            `${(100 * (1 - least / counts[i][0])).toFixed(0)} %`,
          ];
        }),
      }),
      markdown("Other sizes:"),
      form,
    ],
  };
}
