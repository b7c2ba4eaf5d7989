/** Figures of points, decision regions and surfaces over two inputs. */
import { Generator } from "chainrule";
import { Adam, SGD } from "chainrule/optim";
import { heatMap, regions as drawRegions, scatter, trajectories as drawTrajectories } from "chainrule/plots";
import { bowl, circlePoints, circlesRun, descent, grid, places } from "./training.ts";

const rings = { classNames: ["outer ring", "inner ring"], x: { label: "x₁" }, y: { label: "x₂" } };
const percent = (value = 0): string => `${(100 * value).toFixed(1)} %`;

export function data(): string {
  return scatter({ title: "Circles: two rings with noise", ...rings, sets: circlePoints, equal: true });
}

export async function boundary(): Promise<string> {
  const { epochs, probabilities } = await circlesRun();
  const { train, test } = epochs.at(-1)!.metrics;
  return heatMap({
    title: "Decision boundary after 60 epochs",
    subtitle: `train ${percent(train?.accuracy)}, loss ${train?.loss.toFixed(3)}; test ${percent(test?.accuracy)}, loss ${test?.loss.toFixed(3)}`,
    ...rings,
    values: probabilities,
    columns: grid,
    rows: grid,
    range: [0, 1],
    valueLabel: "P(inner ring)",
    contours: [0.5],
    sets: circlePoints,
  });
}

export function regions(): string {
  return drawRegions({
    title: "Decision regions of three classes",
    x: { label: "x₁" },
    y: { label: "x₂" },
    classNames: ["west", "north", "south-east"],
    probabilities: places.flatMap(([u, v]) => {
      const scores = [-2 * u, 2 * v - 0.5 * u * u, u - v].map(Math.exp);
      return scores.map((score) => score / (scores[0] + scores[1] + scores[2]));
    }),
    columns: grid,
    rows: grid,
    sets: [],
  });
}

export function surface(): string {
  const error = (w: number, b: number): number =>
    (w - 0.5) * (w - 0.5) * 1.7 + (b + 0.3) * (b + 0.3) + 0.9 * (w - 0.5) * (b + 0.3);
  return heatMap({
    title: "Loss surface of a linear model",
    x: { label: "slope w" },
    y: { label: "intercept b" },
    values: places.map(([w, b]) => error(w, b)),
    columns: grid,
    rows: grid,
    valueLabel: "mean squared error",
    colors: "sequential",
    contours: [0.25, 0.5, 1, 2, 4, 8],
  });
}

export function trajectories(): string {
  return drawTrajectories({
    title: "Three optimizers on a stretched bowl",
    subtitle: "30 steps from (−1.8, 0.75)",
    x: { label: "w₁", domain: [-2, 1] },
    y: { label: "w₂", domain: [-1, 1] },
    surface: bowl,
    paths: [
      descent("SGD, lr 0.15", (weights) => new SGD(weights, { lr: 0.15 }), 30),
      descent("momentum 0.8, lr 0.03", (weights) => new SGD(weights, { lr: 0.03, momentum: 0.8 }), 30),
      descent("Adam, lr 0.2", (weights) => new Adam(weights, { lr: 0.2 }), 30),
    ],
    minimum: [0, 0],
    equal: true,
  });
}

export function redshift(): string {
  const noise = new Generator(7);
  const measured = Array.from({ length: 2500 }, () => 0.05 + 2.4 * noise.uniform() * noise.uniform());
  const predicted = measured.map(
    (z) => z + 0.06 * (1 + z) * noise.normal() + (noise.uniform() < 0.02 ? 0.6 : 0),
  );
  return scatter({
    title: "Redshift from photometry",
    x: { label: "measured by spectroscopy, z_spec" },
    y: { label: "predicted, z_phot" },
    sets: [{ name: "galaxies of the test set", x: measured, y: predicted }],
    diagonal: true,
    curves: [
      {
        name: "± 0.06 (1 + z)",
        style: "dotted",
        x: [0, 2.5, NaN, 0, 2.5],
        y: [0.06, 2.71, NaN, -0.06, 2.29],
      },
    ],
    equal: true,
  });
}

export function seven(): string {
  const noise = new Generator(8);
  return scatter({
    title: "Seven classes: every colour has a shape of its own, also with a long title that takes two lines",
    x: { label: "x₁", unit: "cm" },
    y: { label: "x₂", unit: "cm" },
    classNames: [
      "setosa",
      "versicolor",
      "virginica",
      "<script>",
      "a class with a rather long name",
      "six",
      "seven",
    ],
    sets: ["training", "validation", "test"].map((name, set) => ({
      name,
      x: Array.from({ length: 70 - 20 * set }, (_, i) => (i % 7) + 0.3 * noise.normal()),
      y: Array.from({ length: 70 - 20 * set }, (_, i) => ((3 * i) % 7) + 0.4 * noise.normal()),
      classes: Array.from({ length: 70 - 20 * set }, (_, i) => i % 7),
    })),
  });
}
