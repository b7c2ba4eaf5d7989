/** Figures that compare settings over several seeds. */
import { bar, boxPlot, parallelCoordinates, settingsMap } from "chainrule/plots";
import { trials, triedRates, triedSeeds, triedSizes } from "./training.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((one) => (one - mean(values)) ** 2)) * (values.length / (values.length - 1)));

export async function box(): Promise<string> {
  const all = await trials();
  return boxPlot({
    title: "Test accuracy of twelve runs for each learning rate",
    value: { label: "test accuracy" },
    groups: triedRates.map((lr) => ({
      name: `lr ${lr}`,
      values: all.filter((one) => one.lr === lr).map(({ accuracy }) => accuracy),
    })),
  });
}

export async function settings(): Promise<string> {
  const all = await trials();
  const overSeeds = (of: (values: readonly number[]) => number): number[][] =>
    triedSizes.map((size) =>
      triedRates.map((lr) =>
        of(all.filter((one) => one.lr === lr && one.batch === size).map(({ accuracy }) => accuracy)),
      ),
    );
  return settingsMap({
    title: "Test accuracy by learning rate and batch size",
    subtitle: "mean and standard deviation over three seeds",
    x: { label: "learning rate", values: triedRates },
    y: { label: "batch size", values: triedSizes },
    values: overSeeds(mean),
    errors: overSeeds(deviation),
    valueLabel: "test accuracy",
    best: "largest",
    digits: 3,
  });
}

export async function parallel(): Promise<string> {
  const all = await trials();
  const ranked = [...all].sort((one, other) => other.accuracy - one.accuracy);
  return parallelCoordinates({
    title: "Sixty runs on the circles",
    axes: [
      { label: "learning rate", scale: "log" },
      { label: "batch size", names: triedSizes.map(String) },
      { label: "seed", names: triedSeeds.map(String) },
      { label: "loss after 5 epochs", unit: "nats", scale: "log" },
      { label: "test accuracy" },
    ],
    lines: all.map((one) => ({
      name: `lr ${one.lr}, batch ${one.batch}`,
      values: [one.lr, String(one.batch), String(one.seed), one.losses[5], one.accuracy],
      highlighted: one === ranked[0] || one === ranked[1] || one === ranked.at(-1),
    })),
  });
}

/** With made-up numbers. */
export function bars(): string {
  return bar({
    title: "Test accuracy by optimizer, mean of five seeds",
    value: { label: "accuracy" },
    labels: ["SGD", "Momentum 0.9", "RMSProp", "Adam, no weight decay"],
    series: [
      { name: "hidden 10", values: [0.91, 0.953, 0.948, 0.962], errors: [0.02, 0.012, 0.015, 0.01] },
      { name: "hidden 100", values: [0.93, 0.968, 0.961, 0.975], errors: [0.015, 0.01, 0.012, 0.008] },
    ],
  });
}

export function signedBars(): string {
  return bar({
    title: "Weights of a linear model",
    value: { label: "weight", unit: "standardised" },
    labels: ["alcohol", "flavanoids", "colour intensity", "hue", "malic acid"],
    series: [{ name: "weight", values: [1.31, 0.84, -0.66, 0.12, -1.07] }],
  });
}
