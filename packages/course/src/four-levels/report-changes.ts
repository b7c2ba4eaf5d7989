/** On the page: one change at a time, and the mistakes of the material in numbers. */
import { mean, pairedComparison, standardDeviation } from "chainrule/experiments";
import { meanSeries } from "chainrule/plots";
import { lineFigure, list, prose, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { percent } from "../frame/shown.ts";
import type { VariantResult } from "./experiments.ts";
import { exponent } from "./shown.ts";
import { accumulation, gradientErrors } from "./slips.ts";

/** Test losses of a variant at an epoch, and by how much it differs from the base, seed by seed. */
function atEpoch(result: VariantResult, base: VariantResult, epoch: number) {
  const losses = result.curves.map((curve) => curve[epoch]);
  const { difference, deviation } = pairedComparison(
    losses,
    base.curves.map((curve) => curve[epoch]),
  );
  return { loss: mean(losses), sd: standardDeviation(losses), difference, sdDifference: deviation };
}

export function changeSection(changes: readonly VariantResult[]): Section {
  const [base] = changes;
  const last = base.curves[0].length - 1;
  const epochs = [Math.min(50, last), last].filter((epoch, i, all) => all.indexOf(epoch) === i);
  const plus = (m: number, sd: number): string =>
    `${m < 0 ? "−" : ""}${Math.abs(m).toFixed(3)} ± ${sd.toFixed(3)}`;
  const rows = changes.map((one) => [
    one.name,
    ...epochs.flatMap((epoch) => {
      const { loss, sd, difference, sdDifference } = atEpoch(one, base, epoch);
      return [plus(loss, sd), one === base ? "" : plus(difference, sdDifference)];
    }),
    percent(mean(one.accuracy)),
  ]);
  const ranked = changes
    .slice(1)
    .map((one) => ({ name: one.name, ...atEpoch(one, base, epochs[0]) }))
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  const [most, second, third] = ranked;
  const order = ranked.find(({ name }) => name.startsWith("order"))!;
  const shown = ["nothing", "initialisation: that of Linear", "gradient: sum, not mean", "momentum 0.9"];
  return {
    title: "One change at a time",
    blocks: [
      prose(
        "The report that this page answers found autograd and modules faster than the network by hand, and explained it by errors of " +
          "the gradient that pile up, by a missing factor, and by an optimised optimizer. With everything else equal nothing is left to explain. " +
          `So here one thing at a time is changed, for ${base.curves.length} seeds, and compared with the run of the same seed.`,
      ),
      lineFigure({
        title: "Test loss, mean and deviation over the seeds",
        x: { label: "epoch" },
        y: { label: "loss", unit: "nats" },
        series: changes
          .filter(({ name }) => shown.includes(name))
          .map(({ name, curves }) => meanSeries(name, curves)),
      }),
      table({
        caption: `Test loss as mean ± standard deviation over ${base.curves.length} seeds; differences are paired by seed`,
        columns: [
          "changed",
          ...epochs.flatMap((epoch) => [`loss, epoch ${epoch}`, "difference"]),
          `accuracy, epoch ${last}`,
        ],
        rows,
      }),
      list([
        `What makes the published difference: "${most.name}" changes the loss at epoch ${epochs[0]} by ${plus(most.difference, most.sdDifference)}, ` +
          `"${second.name}" by ${plus(second.difference, second.sdDifference)}; next is "${third.name}" with ${plus(third.difference, third.sdDifference)}. ` +
          "Both of the first make the step ten times as long: the sum has ten rows, and momentum 0.9 adds up to 1/(1 − 0.9). The level changes it by nothing.",
        "E-11: the network by hand is not slow because errors pile up. Its gradients agree with autograd's to rounding; the sum over the batch " +
          "in place of the mean makes ten times the step, and another initialisation starts elsewhere.",
        "E-12: the initialisation of Linear is not slower for want of a factor 0.3; with all else equal it is faster here.",
        "E-13: the optimizer without momentum is p ← p − η dp, the same update; its curve is the same curve.",
        `The order of the batches alone changes the loss by ${Math.abs(order.difference) < 0.0005 ? "less than 0.001" : plus(order.difference, order.sdDifference)}.`,
      ]),
    ],
  };
}

export function slipSection(): Section {
  const { kept, emptied } = accumulation();
  return {
    title: "Mistakes in numbers",
    blocks: [
      prose(
        "A gradient is held against central differences of the loss: the relative error |a − n| / (|a| + |n|) of its worst element. " +
          "Right ones stay below 1e-6. The written answers forget 1 − h² in the hidden layer and multiply its bias's gradient by the bias (E-3); " +
          "the cheat sheet adds the batch up and averages the loss (E-4), which is B times too much, so its error is (B − 1)/(B + 1), which is 6.7e-1 for B = 5.",
      ),
      table({
        caption: "Largest relative error against central differences, batch of 5",
        columns: ["parameter", "right", "written answers", "cheat sheet"],
        rows: gradientErrors().map(({ parameter, right, written, cheatSheet }) => [
          parameter,
          exponent(right),
          exponent(written),
          exponent(cheatSheet),
        ]),
      }),
      prose(
        `Gradients pile up unless they are emptied: the derivative of w² at 3 is 6, and ${kept.length} calls of backward() leave ${kept.at(-1)} in its place.`,
      ),
      table({
        caption: "w.grad after each call",
        columns: ["calls", "never emptied", "emptied before each"],
        rows: kept.map((value, i) => [`${i + 1}`, value, emptied[i]]),
      }),
    ],
  };
}
