/** The part of the page about cost: multiplications, counted while gradients were worked out. */
import { columns, lineFigure, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { grouped } from "chainrule/report/words";
import { markdown } from "../frame/page.ts";
import { operationCounts } from "./experiments.ts";

const digits = (value: number, count: number): number => Number(value.toPrecision(count));

export function costs(): Section {
  const counts = operationCounts(16);
  const layers = counts.map((one) => one.layers);
  return {
    title: "What a gradient costs",
    blocks: [
      markdown(
        "Every multiplication below was counted while the gradient was worked out, for 1 to 10 layers of 16 units. With L layers and M weights one forward pass multiplies M times. " +
          "Differences need two forward passes for each weight, 2M². The chain rule written out anew for each layer goes from the loss down L times, so it grows with L². " +
          "Backpropagation uses each δ for the one before: forward and backward together come to two forward passes for one layer, which sends no δ further down, and to about three for many.",
      ),
      columns(
        lineFigure(
          {
            title: "Multiplications for one gradient",
            x: { label: "layers of 16 units" },
            y: { label: "multiplications", scale: "log" },
            series: [
              { name: "differences", x: layers, y: counts.map((one) => one.differences) },
              { name: "naive chain rule", x: layers, y: counts.map((one) => one.naive) },
              { name: "backpropagation", x: layers, y: counts.map((one) => one.backprop) },
              { name: "forward alone", x: layers, y: counts.map((one) => one.forward) },
            ],
          },
          { caption: "All three give the same gradient; the check of this practical holds them together." },
        ),
      ),
      table({
        caption: "Multiplications, counted",
        columns: [
          "layers",
          "weights",
          "forward",
          "differences",
          "naive chain rule",
          "backpropagation",
          "backprop / forward",
        ],
        rows: counts.map((one) => [
          one.layers,
          one.parameters,
          one.forward,
          grouped(one.differences),
          one.naive,
          one.backprop,
          digits(one.backprop / one.forward, 3),
        ]),
      }),
    ],
  };
}
