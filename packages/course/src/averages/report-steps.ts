/** The parts of the page about single steps: the first one of each rule, and what ε does to it. */
import { columns, lineFigure, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { markdown } from "../frame/page.ts";
import { firstSteps } from "./experiments.ts";
import { adam, gradientDescent, momentum, momentumTorch, rmsprop } from "./solution.ts";

const digits = (value: number, count = 4): number => Number(value.toPrecision(count));

export function firstStepsSection(): Section {
  const g = [-2, 10, 0.001];
  const zero = [0, 0, 0];
  const row = (name: string, w: readonly number[]): (string | number)[] => [
    name,
    ...w.map((wi) => digits(wi)),
  ];
  return {
    title: "The first step",
    blocks: [
      markdown(
        "One step from (0, 0, 0) at rate 0.15, for the gradient (−2, 10, 0.001). RMSProp without correction goes a/√(1 − b) in every coordinate, Adam goes a: " +
          "at first both descend by sign alone. The lecture's momentum goes a tenth of what descent goes, because its average starts at 0.",
      ),
      table({
        caption: "Where one step leads",
        columns: ["rule", "w₁", "w₂", "w₃"],
        rows: [
          row("descent", gradientDescent(zero, g, null, { lr: 0.15 }).w),
          row("momentum, b = 0.9 (lecture)", momentum(zero, g, null, { lr: 0.15, beta: 0.9 }).w),
          row("momentum 0.9 (PyTorch)", momentumTorch(zero, g, null, { lr: 0.15, momentum: 0.9 }).w),
          row("RMSProp, b = 0.9", rmsprop(zero, g, null, { lr: 0.15, beta: 0.9, eps: 1e-8 }).w),
          row("Adam", adam(zero, g, null, { lr: 0.15, betas: [0.9, 0.999], eps: 1e-8 }).w),
        ],
      }),
    ],
  };
}

export function epsilon(): Section {
  const gradients = Array.from({ length: 81 }, (_, i) => 10 ** (-10 + i * 0.125));
  const fine = firstSteps(gradients, 1e-8);
  const few = [1, 1e-2, 1e-4, 1e-6, 1e-8];
  const steps = firstSteps(few, 1e-8);
  const printed = rmsprop([1, 2], [0, 3], null, { lr: 0.1, beta: 0.9, eps: 0 }).w;
  const mended = rmsprop([1, 2], [0, 3], null, { lr: 0.1, beta: 0.9, eps: 1e-8 }).w;
  return {
    title: "Where ε stands",
    blocks: [
      markdown(
        "Adam divides by √Ŝ + ε. One transcript of the lecture has √(Ŝ + ε), which is another rule: ε = 1e-8 then acts like 1e-4 on the gradient's scale. " +
          `Without any ε a gradient that is exactly 0 gives 0/0: RMSProp as printed moves (1, 2) with the gradient (0, 3) to (${printed.map((w) => (Number.isNaN(w) ? "NaN" : w.toFixed(4))).join(", ")}), with ε to (${mended.map((w) => w.toFixed(4)).join(", ")}).`,
      ),
      columns(
        lineFigure(
          {
            title: "Adam's first step at rate 1, ε = 1e-8",
            x: { label: "|g|", scale: "log" },
            y: { label: "length of the step", scale: "log", domain: [1e-6, 3] },
            series: [
              { name: "√Ŝ + ε", x: gradients, y: fine.outside },
              { name: "√(Ŝ + ε)", x: gradients, y: fine.inside },
            ],
          },
          {
            caption:
              "Above |g| = 1e-3 nobody can tell the two apart. Below 1e-4 they part: by a factor of a hundred at 1e-6.",
          },
        ),
      ),
      table({
        caption: "The same as numbers",
        columns: ["|g|", "√Ŝ + ε", "√(Ŝ + ε)", "ratio"],
        rows: few.map((g, i) => [
          g,
          digits(steps.outside[i]),
          digits(steps.inside[i]),
          digits(steps.outside[i] / steps.inside[i]),
        ]),
      }),
    ],
  };
}
