/** Figures of losses and accuracies over epochs and updates. */
import { line, meanSeries } from "chainrule/plots";
import { circlesRun, epochsOf, lossFor, trials, triedRates } from "./training.ts";

const epoch = { label: "epoch" };

export async function loss(): Promise<string> {
  const { epochs } = await circlesRun();
  const test = epochsOf(epochs, "test", "loss");
  return line({
    title: "Loss on training and test data",
    x: epoch,
    y: { label: "cross-entropy", unit: "nats" },
    series: [
      { name: "training", y: epochsOf(epochs, "train", "loss") },
      { name: "test", y: test },
    ],
    guides: [{ x: test.indexOf(Math.min(...test)), name: "smallest test loss" }],
  });
}

export async function accuracy(): Promise<string> {
  const { epochs } = await circlesRun();
  return line({
    title: "Accuracy",
    x: epoch,
    y: { label: "accuracy", domain: [0, 1] },
    series: [
      { name: "training", y: epochsOf(epochs, "train", "accuracy") },
      { name: "test", y: epochsOf(epochs, "test", "accuracy") },
    ],
  });
}

export async function rates(): Promise<string> {
  const series = [];
  for (const lr of triedRates) series.push({ name: `lr ${lr}`, y: await lossFor(lr) });
  return line({
    title: "Loss for five learning rates",
    x: epoch,
    y: { label: "training loss", unit: "nats", scale: "log" },
    series,
  });
}

export async function batches(): Promise<string> {
  const { batches: losses } = await circlesRun();
  const mean = losses.map((_, i) => {
    const seen = losses.slice(Math.max(0, i - 39), i + 1);
    return seen.reduce((sum, one) => sum + one, 0) / seen.length;
  });
  return line({
    title: "Loss of each batch",
    x: { label: "update" },
    y: { label: "loss", unit: "nats" },
    series: [
      { name: "batches of 10", y: losses, faint: true },
      { name: "mean of 40", y: mean },
    ],
  });
}

export async function band(): Promise<string> {
  const all = await trials();
  return line({
    title: "Mean over three seeds, with one standard deviation on either side",
    x: epoch,
    y: { label: "test loss", unit: "nats" },
    series: [0.03, 0.3].map((lr) =>
      meanSeries(
        `lr ${lr}`,
        all.filter((one) => one.lr === lr && one.batch === 20).map(({ losses }) => losses),
      ),
    ),
  });
}

export function diverged(): string {
  return line({
    title: "A run that diverged",
    x: epoch,
    y: { label: "loss", scale: "log" },
    series: [
      { name: "lr 10", y: [0.7, 3.1, 88, 4.1e3, 7.7e6, Infinity, NaN, NaN] },
      { name: "lr 0.1", y: [0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.28, 0.27] },
    ],
  });
}

export function empty(): string {
  return line({ title: "Nothing yet", x: epoch, y: { label: "loss" }, series: [] });
}

export function one(): string {
  return line({
    title: "One epoch",
    x: epoch,
    y: { label: "loss" },
    series: [{ name: "training", y: [0.69] }],
  });
}
