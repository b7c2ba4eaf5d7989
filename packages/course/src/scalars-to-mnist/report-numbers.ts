/** The parts of the page that need no images: one example by three levels, and the synthetic points. */
import { tensor } from "chainrule";
import { meanSeries } from "chainrule/plots";
import { columns, heatMapFigure, lineFigure, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { grouped } from "chainrule/report/words";
import { markdown } from "../frame/page.ts";
import { fixed, percent } from "../frame/shown.ts";
import { networkOf, printed, unequal, wide } from "./networks.ts";
import {
  backwardBatch,
  backwardNumbers,
  backwardVector,
  forwardBatch,
  forwardNumbers,
  forwardVector,
  lossNumbers,
  sigmoid,
} from "./solution.ts";
import type { Lists } from "./solution.ts";
import { runSynthetic, syntheticData } from "./synthetic.ts";

const list = (values: readonly number[]): string => values.map((one) => fixed(one, 6)).join(",\u00a0");
const rows = (values: readonly (readonly number[])[]): string =>
  values.map((row) => `(${list(row)})`).join(" ");

export function oneExample(): Section {
  const x = [1, -1];
  const cases = [
    ["as printed", printed],
    ["V and b without symmetry", unequal],
  ] as const;
  const worked = cases.map(([name, network]) => {
    const pass = forwardNumbers(network, x);
    return { name, network, pass, gradients: backwardNumbers(network, x, pass, 0) };
  });
  const z = Array.from({ length: 81 }, (_, i) => -8 + 0.2 * i);
  return {
    title: "One example, in numbers",
    blocks: [
      markdown(
        "x = (1, −1), class 0. In the network as printed both columns of V are equal, so the two output errors cancel in dl/dh: the gradients of W and b are exactly 0, and **no mistake in them can be seen**. " +
          "The second column has the same sizes without that symmetry.",
      ),
      table({
        caption: "Forward and backward",
        columns: ["quantity", ...worked.map(({ name }) => name)],
        rows: [
          ["k", ...worked.map(({ pass }) => list(pass.k))],
          ["h", ...worked.map(({ pass }) => list(pass.h))],
          ["o", ...worked.map(({ pass }) => list(pass.o))],
          ["y", ...worked.map(({ pass }) => list(pass.y))],
          ["loss", ...worked.map(({ pass }) => list([lossNumbers(pass.y, 0)]))],
          ["dl/dy", ...worked.map(({ gradients }) => list(gradients.dy))],
          ["dl/do\u00a0=\u00a0dc", ...worked.map(({ gradients }) => list(gradients.dO))],
          ["dV", ...worked.map(({ gradients }) => rows(gradients.dV))],
          ["dl/dh", ...worked.map(({ gradients }) => list(gradients.dh))],
          ["dl/dk\u00a0=\u00a0db", ...worked.map(({ gradients }) => list(gradients.dk))],
          ["dW", ...worked.map(({ gradients }) => rows(gradients.dW))],
        ],
      }),
      table({
        caption: "The three levels agree: largest difference from the plain numbers over dW, db, dV, dc",
        columns: ["network", "by vectors", "by a batch of one"],
        rows: worked.map(({ name, network, gradients }) => {
          const levels = bothLevels(network, x);
          const off = levels.map((level) =>
            Math.max(
              ...(["dW", "db", "dV", "dc"] as const).map((one) =>
                level[one]
                  .sub(wide(gradients[one] as number[]).reshape(level[one].shape))
                  .abs()
                  .max()
                  .item(),
              ),
            ).toExponential(1),
          );
          return [name, ...off];
        }),
      }),
      markdown(
        "**Two local derivatives or one closed form?** dl/do can be had as dl/dy times softmax's Jacobian, or at once as y − onehot. Both are right, and backpropagation needs no closed form. " +
          "But the first divides by y_c, the probability of the target: even 1e-300 comes out right, and one that is rounded to 0 does not.",
      ),
      table({
        caption: "dl/do for two scores, class 1",
        columns: ["scores o", "y_c", "−1/y_c", "dl/dy times the Jacobian", "y − onehot"],
        // ln 1e300 is 690.8
        rows: [2, 300 * Math.LN10, 800].map((score) => closedForm(score)),
      }),
      columns(
        lineFigure(
          {
            title: "The sigmoid and its slope",
            x: { label: "k" },
            y: { label: "value", domain: [0, 1] },
            series: [
              { name: "σ(k)", x: z, y: z.map(sigmoid) },
              { name: "σ′(k) = σ(1 − σ)", x: z, y: z.map((k) => sigmoid(k) * (1 - sigmoid(k))) },
            ],
          },
          {
            caption:
              "The slope is at most ¼ and below 0.02 for |k| > 4: in the flat parts a hidden unit passes next to nothing back.",
          },
        ),
      ),
    ],
  };
}

/** A network that gives these scores whatever comes in, and its dl/do in two ways. */
function closedForm(score: number): (string | number)[] {
  const fixedScores: Lists = { W: [[0]], b: [0], V: [[0, 0]], c: [score, 0] };
  const pass = forwardNumbers(fixedScores, [0]);
  const { dy, dO } = backwardNumbers(fixedScores, [0], pass, 1);
  const tensors = networkOf(fixedScores);
  const { dc } = backwardVector(tensors, wide([0]), forwardVector(tensors, wide([0])), 1);
  const vector = (values: ArrayLike<number>): string => `(${list(Array.from(values))})`;
  return [`(${Number(score.toFixed(1))}, 0)`, pass.y[1], dy[1], vector(dO), vector(dc.data)];
}

function bothLevels(network: Lists, x: number[]) {
  const tensors = networkOf(network);
  const [vector, X] = [wide(x), wide([x])];
  return [
    backwardVector(tensors, vector, forwardVector(tensors, vector), 0),
    backwardBatch(tensors, X, forwardBatch(tensors, X), tensor([0], { dtype: "int32" })),
  ];
}

export function syntheticSection(quick: boolean): Section {
  const [count, validation, epochs] = quick ? [10000, 2000, 3] : [60000, 10000, 10];
  const seeds = [0, 1, 2];
  const raw = syntheticData(count, validation);
  const runs = seeds.map((seed) => runSynthetic(raw, epochs, 0.01, seed));
  const scaled = syntheticData(count, validation, true);
  const scaledRuns = seeds.map((seed) => runSynthetic(scaled, epochs, 0.01, seed));
  const epochNumbers = Array.from({ length: epochs }, (_, i) => i + 1);
  const [first] = runs;
  const grid = { from: -3, to: 3, count: 61 };
  const at = (i: number): number => grid.from + (i * (grid.to - grid.from)) / (grid.count - 1);
  const values = Array.from(
    { length: grid.count * grid.count },
    (_, i) => forwardNumbers(first.network, [at(i % grid.count), at(Math.floor(i / grid.count))]).y[1],
  );
  const shown = raw.validationX.slice(0, 400);
  return {
    title: "The synthetic points, one example a step",
    blocks: [
      markdown(
        `x ~ N(0, I) in the plane, class 1 outside of the ellipse x₁² + 0.95 x₁x₂ + 0.4 x₂² = 0.6. ${grouped(count)} points to train, ${grouped(validation)} for validation, a 2-3-2 network in plain ` +
          `lists, rate 0.01, ${epochs} epochs, three seeds. Guessing by the classes' shares costs 0.686.`,
      ),
      columns(
        lineFigure(
          {
            title: "Loss of each stretch of 500 examples",
            x: { label: "examples seen" },
            y: { label: "mean loss before each step", unit: "nats" },
            series: [
              ["inputs as they are", runs] as const,
              ["inputs squeezed into [0, 1]", scaledRuns] as const,
            ].map(([name, some]) =>
              meanSeries(
                name,
                some.map(({ stretches }) => stretches),
                first.stretches.map((_, i) => 500 * (i + 1)),
              ),
            ),
          },
          {
            caption:
              "Squeezing each feature into [0, 1] by its range, as the report did, takes away the centre at 0 and the scale of 1, and learning all but stops. Mean and one standard deviation over seeds.",
          },
        ),
        lineFigure(
          {
            title: "Training against validation",
            x: { label: "epoch" },
            y: { label: "loss", unit: "nats" },
            series: [
              meanSeries(
                "training (mean over the epoch)",
                runs.map(({ training }) => training),
                epochNumbers,
              ),
              meanSeries(
                "validation (after it)",
                runs.map(({ validation: all }) => all.map(({ loss }) => loss)),
                epochNumbers,
              ),
            ],
          },
          {
            caption:
              "The training curve lags, because it averages over the epoch while the network improves. There is no over-fitting with 17 parameters.",
          },
        ),
      ),
      columns(
        heatMapFigure(
          {
            title: `What seed 0 has learnt after ${epochs} epochs`,
            x: { label: "x₁" },
            y: { label: "x₂" },
            columns: grid,
            rows: grid,
            values,
            range: [0, 1],
            valueLabel: "P(class 1)",
            contours: [0.5],
            sets: [
              {
                name: "validation points",
                x: shown.map(([x1]) => x1),
                y: shown.map(([, x2]) => x2),
                classes: raw.validationTargets.slice(0, 400),
              },
              { name: "the ellipse", ...ellipse(), classes: new Array<number>(120).fill(2) },
            ],
            classNames: ["class 0", "class 1", "true boundary"],
          },
          {
            caption:
              "Each sigmoid unit cuts the plane along a soft line. With two of them in use the learnt boundary is a strip, with all three a rounded triangle.",
          },
        ),
      ),
      table({
        caption: "After the last epoch",
        columns: ["inputs", "seed", "training loss", "validation loss", "validation accuracy"],
        rows: [
          ...seeds.map((seed, i) => ["as they are", seed, ...ends(runs[i])]),
          ...seeds.map((seed, i) => ["in [0, 1]", seed, ...ends(scaledRuns[i])]),
        ],
      }),
    ],
  };
}

function ends({ training, validation }: ReturnType<typeof runSynthetic>): (string | number)[] {
  const { loss, accuracy } = validation.at(-1)!;
  return [Number(training.at(-1)!.toFixed(4)), Number(loss.toFixed(4)), percent(accuracy)];
}

/** Points on the true boundary, by its angle: r² q(cos, sin) = 0.6. */
function ellipse(): { readonly x: number[]; readonly y: number[] } {
  const angles = Array.from({ length: 120 }, (_, i) => (2 * Math.PI * i) / 120);
  const radius = (angle: number): number => {
    const [u, v] = [Math.cos(angle), Math.sin(angle)];
    return Math.sqrt(0.6 / (u * u + 0.95 * u * v + 0.4 * v * v));
  };
  return {
    x: angles.map((angle) => radius(angle) * Math.cos(angle)),
    y: angles.map((angle) => radius(angle) * Math.sin(angle)),
  };
}
