/** The figures, tables and numbers of page.md; those of the forensic part are in forensic-figures.ts. */
import { tensor } from "chainrule";
import { mean, standardDeviation } from "chainrule/experiments";
import { boxPlot, meanSeries } from "chainrule/plots";
import { figure, heatMapFigure, lineFigure, table } from "chainrule/report";
import { grouped } from "chainrule/report/words";
import { pageOf } from "../practical/page.ts";
import type { Fills } from "../practical/page.ts";
import { fixed, percent } from "../practical/shown.ts";
import type { RateResult } from "./experiments.ts";
import { forensicFigures } from "./forensic-figures.ts";
import { networkOf, printed, unequal, wide } from "./networks.ts";
import { resultsOf } from "./results.ts";
import type { Results } from "./results.ts";
import { backwardBatch, backwardNumbers, backwardVector, forwardBatch } from "./solution.ts";
import { forwardNumbers, forwardVector, lossNumbers, sigmoid } from "./solution.ts";
import type { Lists } from "./solution.ts";
import type { runSynthetic } from "./synthetic.ts";

const list = (values: readonly number[]): string => values.map((one) => fixed(one, 6)).join(",\u00a0");
const rows = (values: readonly (readonly number[])[]): string =>
  values.map((row) => `(${list(row)})`).join(" ");

// ---- One example -------------------------------------------------------------------------------------------------------

const x = [1, -1];

const workedExamples = () =>
  (
    [
      ["as printed", printed],
      ["V and b without symmetry", unequal],
    ] as const
  ).map(([name, network]) => {
    const pass = forwardNumbers(network, x);
    return { name, network, pass, gradients: backwardNumbers(network, x, pass, 0) };
  });

/** The gradients by vectors, and by a batch of one. */
function bothLevels(network: Lists) {
  const tensors = networkOf(network);
  const [vector, X] = [wide(x), wide([x])];
  return [
    backwardVector(tensors, vector, forwardVector(tensors, vector), 0),
    backwardBatch(tensors, X, forwardBatch(tensors, X), tensor([0], { dtype: "int32" })),
  ];
}

/** The dl/do of a network that gives these scores whatever comes in, computed in two ways. */
function closedForm(score: number): (string | number)[] {
  const fixedScores: Lists = { W: [[0]], b: [0], V: [[0, 0]], c: [score, 0] };
  const pass = forwardNumbers(fixedScores, [0]);
  const { dy, dO } = backwardNumbers(fixedScores, [0], pass, 1);
  const tensors = networkOf(fixedScores);
  const { dc } = backwardVector(tensors, wide([0]), forwardVector(tensors, wide([0])), 1);
  return [
    `(${Number(score.toFixed(1))}, 0)`,
    pass.y[1],
    dy[1],
    ...[dO, dc.data].map((one) => `(${list(Array.from(one))})`),
  ];
}

// ---- The synthetic points ----------------------------------------------------------------------------------------------

type SyntheticRun = ReturnType<typeof runSynthetic>;

const lossAxis = { label: "loss", unit: "nats" };

/** Training beside validation by epoch, from 1. */
function bothParts(
  title: string,
  training: readonly (readonly number[])[],
  validation: readonly (readonly number[])[],
) {
  const epochs = training[0].map((_, i) => i + 1);
  const series = [
    meanSeries("training (mean over the epoch)", training, epochs),
    meanSeries("validation (after it)", validation, epochs),
  ];
  return { title, x: { label: "epoch" }, y: lossAxis, series };
}

const validationLoss = (runs: readonly SyntheticRun[]): string =>
  fixed(mean(runs.map(({ validation }) => validation.at(-1)!.loss)));

function ends({ training, validation }: SyntheticRun): (string | number)[] {
  const { loss, accuracy } = validation.at(-1)!;
  return [Number(training.at(-1)!.toFixed(4)), Number(loss.toFixed(4)), percent(accuracy)];
}

/** Points on the true boundary, by its angle: r² q(cos, sin) = 0.6. */
function ellipse(): { readonly x: number[]; readonly y: number[] } {
  const points = Array.from({ length: 120 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 120;
    const [u, v] = [Math.cos(angle), Math.sin(angle)];
    const radius = Math.sqrt(0.6 / (u * u + 0.95 * u * v + 0.4 * v * v));
    return [radius * u, radius * v];
  });
  return { x: points.map(([u]) => u), y: points.map(([, v]) => v) };
}

// ---- Images ------------------------------------------------------------------------------------------------------------

const spread = (values: readonly number[]): string =>
  `${(100 * mean(values)).toFixed(2)} ± ${(100 * standardDeviation(values)).toFixed(2)} %`;
const lastAccuracies = ({ runs }: RateResult): number[] => runs.map(({ accuracies }) => accuracies.at(-1)!);
const lastLoss = ({ runs }: RateResult): number => mean(runs.map(({ validation }) => validation.at(-1)!));
const bestOf = (results: readonly RateResult[]): RateResult =>
  results.reduce((best, one) => (lastLoss(one) < lastLoss(best) ? one : best));

export const figures: Fills<Results> = {
  ...forensicFigures,
  worked: () => {
    const all = workedExamples();
    const row = (name: string, of: (one: (typeof all)[number]) => string) => [name, ...all.map(of)];
    return table({
      caption: "Forward and backward",
      columns: ["quantity", ...all.map(({ name }) => name)],
      rows: [
        ...(["k", "h", "o", "y"] as const).map((name) => row(name, ({ pass }) => list(pass[name]))),
        row("loss", ({ pass }) => list([lossNumbers(pass.y, 0)])),
        row("dl/dy", ({ gradients }) => list(gradients.dy)),
        row("dl/do\u00a0=\u00a0dc", ({ gradients }) => list(gradients.dO)),
        row("dV", ({ gradients }) => rows(gradients.dV)),
        row("dl/dh", ({ gradients }) => list(gradients.dh)),
        row("dl/dk\u00a0=\u00a0db", ({ gradients }) => list(gradients.dk)),
        row("dW", ({ gradients }) => rows(gradients.dW)),
      ],
    });
  },
  agreement: () =>
    table({
      caption: "The three levels agree: largest difference from the plain numbers over dW, db, dV, dc",
      columns: ["network", "by vectors", "by a batch of one"],
      rows: workedExamples().map(({ name, network, gradients }) => {
        const off = bothLevels(network).map((level) =>
          (["dW", "db", "dV", "dc"] as const).map((one) => {
            const own = wide(gradients[one] as number[]).reshape(level[one].shape);
            return level[one].sub(own).abs().max().item();
          }),
        );
        return [name, ...off.map((differences) => Math.max(...differences).toExponential(1))];
      }),
    }),
  closedForms: () =>
    table({
      caption: "dl/do for two scores, class 1",
      columns: ["scores o", "y_c", "−1/y_c", "dl/dy times the Jacobian", "y − onehot"],
      rows: [2, 300 * Math.LN10, 800].map(closedForm),
    }),
  sigmoid: (_, text) => {
    const z = Array.from({ length: 81 }, (__, i) => -8 + 0.2 * i);
    const series = [
      { name: "σ(k)", x: z, y: z.map(sigmoid) },
      { name: "σ′(k) = σ(1 − σ)", x: z, y: z.map((k) => sigmoid(k) * (1 - sigmoid(k))) },
    ];
    const y = { label: "value", domain: [0, 1] } as const;
    return lineFigure({ title: "The sigmoid and its slope", x: { label: "k" }, y, series }, text);
  },

  // the synthetic points
  count: ({ synthetic }) => grouped(synthetic.count),
  validation: ({ synthetic }) => grouped(synthetic.validation),
  epochs: ({ synthetic }) => synthetic.epochs,
  rawLoss: ({ synthetic }) => validationLoss(synthetic.runs),
  squeezedLoss: ({ synthetic }) => validationLoss(synthetic.squeezedRuns),
  stretches: ({ synthetic: { runs, squeezedRuns } }, text) => {
    const seen = runs[0].stretches.map((_, i) => 500 * (i + 1));
    const curve = (name: string, some: readonly SyntheticRun[]) =>
      meanSeries(
        name,
        some.map(({ stretches }) => stretches),
        seen,
      );
    return lineFigure(
      {
        title: "Loss of each stretch of 500 examples",
        x: { label: "examples seen" },
        y: { label: "mean loss before each step", unit: "nats" },
        series: [curve("inputs as they are", runs), curve("inputs squeezed into [0, 1]", squeezedRuns)],
      },
      text,
    );
  },
  synthetic: ({ synthetic: { runs } }, text) => {
    const validation = runs.map((run) => run.validation.map(({ loss }) => loss));
    const training = runs.map((run) => run.training);
    return lineFigure(bothParts("Training against validation", training, validation), text);
  },
  region: ({ synthetic: { raw, runs, epochs } }, text) => {
    const grid = { from: -3, to: 3, count: 61 };
    const at = (i: number): number => grid.from + (i * (grid.to - grid.from)) / (grid.count - 1);
    const probability = (i: number): number =>
      forwardNumbers(runs[0].network, [at(i % grid.count), at(Math.floor(i / grid.count))]).y[1];
    const shown = raw.validationX.slice(0, 400);
    const points = { x: shown.map(([x1]) => x1), y: shown.map(([, x2]) => x2) };
    return heatMapFigure(
      {
        title: `What seed 0 has learnt after ${epochs} epochs`,
        x: { label: "x₁" },
        y: { label: "x₂" },
        columns: grid,
        rows: grid,
        values: Array.from({ length: grid.count * grid.count }, (_, i) => probability(i)),
        range: [0, 1],
        valueLabel: "P(class 1)",
        contours: [0.5],
        sets: [
          { name: "validation points", ...points, classes: raw.validationTargets.slice(0, 400) },
          { name: "the ellipse", ...ellipse(), classes: new Array<number>(120).fill(2) },
        ],
        classNames: ["class 0", "class 1", "true boundary"],
      },
      text,
    );
  },
  syntheticEnds: ({ synthetic: { seeds, runs, squeezedRuns } }) =>
    table({
      caption: "After the last epoch",
      columns: ["inputs", "seed", "training loss", "validation loss", "validation accuracy"],
      rows: [
        ...seeds.map((seed, i) => ["as they are", seed, ...ends(runs[i])]),
        ...seeds.map((seed, i) => ["in [0, 1]", seed, ...ends(squeezedRuns[i])]),
      ],
    }),

  // images
  missing: ({ missing }) => missing,
  images: ({ images }) => images.what,
  inputs: ({ images }) => images.train.inputs.shape[1],
  hidden: ({ budget }) => budget.hidden,
  batch: ({ budget }) => budget.batch,
  imageEpochs: ({ budget }) => budget.epochs,
  seeds: ({ budget }) => budget.seeds.length,
  chosen: ({ chosen }) => chosen,
  firstLoss: ({ runs: [first] }) => fixed(first.batchLosses[0], 3),
  batchLosses: ({ runs: [first] }, text) => {
    const series = [{ name: "batch loss", y: first.batchLosses }];
    const axes = { x: { label: "step" }, y: { label: "batch loss", unit: "nats" } };
    return lineFigure({ title: "Loss of each batch, seed 0", ...axes, series }, text);
  },
  across: ({ runs, budget }, text) => {
    const losses = runs.map(({ batchLosses }) => batchLosses);
    const axes = { x: { label: "step" }, y: { label: "batch loss", unit: "nats" } };
    const series = [meanSeries(`${budget.seeds.length} seeds`, losses)];
    return lineFigure({ title: "Across runs: mean and standard deviation", ...axes, series }, text);
  },
  imageCurves: ({ runs }, text) => {
    const [training, validation] = [runs.map((run) => run.training), runs.map((run) => run.validation)];
    return lineFigure(bothParts("Training against validation, on images", training, validation), text);
  },

  // rates and the choice
  bestPublished: ({ published }) => bestOf(published).rate,
  largestBest: ({ published }) => bestOf(published) === published.at(-1),
  publishedRates: ({ published }, text) => {
    const series = published.map(({ rate, runs }) => {
      const losses = runs.map(({ validation }) => validation);
      return meanSeries(
        `rate ${rate}`,
        losses,
        losses[0].map((_, i) => i + 1),
      );
    });
    return lineFigure({ title: "Validation loss", x: { label: "epoch" }, y: lossAxis, series }, text);
  },
  publishedEnds: ({ published, budget }) =>
    table({
      caption: `Validation after ${budget.epochs} epochs`,
      columns: ["rate", "loss", "accuracy, mean ± standard deviation over seeds"],
      rows: published.map((one) => [one.rate, Number(lastLoss(one).toFixed(4)), spread(lastAccuracies(one))]),
    }),
  candidates: ({ candidates }) => candidates.map(({ rate }) => rate).join(", "),
  allRows: ({ images }) => grouped(images.all.length),
  testRows: ({ images }) => grouped(images.test.length),
  testAccuracy: ({ tested }) => spread(tested),
  choice: ({ candidates, budget }, text) => {
    const groups = candidates.map((one) => ({ name: `rate ${one.rate}`, values: lastAccuracies(one) }));
    const title = "Validation accuracy at the end, a point per seed";
    const columns = ["rate", ...budget.seeds.map((seed) => `seed ${seed}`)];
    const cells = candidates.map((one) => [String(one.rate), ...lastAccuracies(one)]);
    const data = { caption: "Validation accuracy at the end", columns, rows: cells };
    return figure({ svg: boxPlot({ title, value: { label: "accuracy" }, groups }), data, ...text });
  },
  choiceTable: ({ candidates, chosen, tested, budget }) =>
    table({
      caption: `${budget.epochs} epochs`,
      columns: ["rate", "validation accuracy", "choice", "test accuracy, once, after retraining"],
      rows: candidates.map((one) => {
        const end = one.rate === chosen ? ["chosen", spread(tested)] : ["", ""];
        return [one.rate, spread(lastAccuracies(one)), ...end];
      }),
    }),
  testTable: ({ tested, budget }) =>
    table({
      caption: "The test, by seed",
      columns: ["seed", "test accuracy"],
      rows: budget.seeds.map((seed, i) => [seed, `${(100 * tested[i]).toFixed(2)} %`]),
    }),
};

export const report = pageOf("scalars-to-mnist", resultsOf, figures);
