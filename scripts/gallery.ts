/**
 * Every kind of figure with data as they come in a course, as SVG files, one page, and one picture of them all:
 * npx node --conditions=chainrule-source scripts/gallery.ts [folder]. With `--sheet` the picture is also put into docs,
 * as figures.png. The page is there to be looked at: narrow and wide,
 * light and, with `#dark` behind its address or the system's setting, dark.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Generator, noGrad, Parameter, tensor } from "chainrule";
import { circles, DataLoader, Dataset, fromPoints } from "chainrule/data";
import { digits } from "chainrule/data/digits";
import { confusionMatrix as countPairs, crossEntropy, softmax } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";
import type { Optimizer } from "chainrule/optim";
import {
  bar,
  boxPlot,
  confusionMatrix,
  heatMap,
  imageGrid,
  line,
  meanSeries,
  parallelCoordinates,
  regions,
  scatter,
  settingsMap,
  sheet,
  trajectories,
} from "chainrule/plots";
import type { PointSet } from "chainrule/plots";
import { learner, train } from "chainrule/train";
import type { EpochEvent, PartName } from "chainrule/train";
import { png } from "../packages/cli/src/png.ts";
import sharp from "sharp";
import { root } from "./command.ts";

const [folder = join(root, "build/gallery")] = process.argv.slice(2).filter((word) => !word.startsWith("--"));

/** Trains a network with one hidden layer; the events tell its curves. */
async function trained(
  data: Dataset,
  test: Dataset,
  hidden: number,
  settings: { lr: number; batchSize: number; epochs: number; seed?: number },
) {
  const generator = new Generator(settings.seed ?? 1);
  const weights = generator.stream("weights");
  const [inputs, classes] = [data.inputs.shape[1], Math.max(...(data.targets.toArray() as number[])) + 1];
  const model = new Sequential(
    new Linear(inputs, hidden, { generator: weights }),
    new Tanh(),
    new Linear(hidden, classes, { generator: weights }),
  );
  const optimizer = new SGD(model.parameters(), { lr: settings.lr });
  const epochs: EpochEvent[] = [];
  const batches: number[] = [];
  try {
    for await (const event of train({
      learner: learner({ model, loss: crossEntropy, optimizer }),
      data: new DataLoader(data, { batchSize: settings.batchSize, generator: generator.stream("order") }),
      test,
      epochs: settings.epochs,
    })) {
      if (event.event === "epoch") epochs.push(event);
      if (event.event === "batch") batches.push(event.loss);
    }
  } catch (error) {
    console.log(String(error));
  }
  return { model, epochs, batches };
}

const generator = new Generator(1);
const raw = (part: string) => circles({ samples: 200, generator: generator.stream(part) });
const [trainPoints, testPoints] = [raw("train"), raw("test")];
const [trainSet, testSet] = [fromPoints(trainPoints), fromPoints(testPoints)];
const column = (set: Dataset, axis: number) => (set.inputs.toArray() as number[][]).map((row) => row[axis]);
const pointSet = (name: string, set: Dataset): PointSet => ({
  name,
  x: column(set, 0),
  y: column(set, 1),
  classes: set.targets.toArray() as number[],
});
const sets = [pointSet("train", trainSet), pointSet("test", testSet)];
const ring = { classNames: ["outer ring", "inner ring"], x: { label: "x₁" }, y: { label: "x₂" } };

const run = await trained(trainSet, testSet, 10, { lr: 0.3, batchSize: 10, epochs: 60 });
const last = run.epochs.at(-1)!.metrics;
const percent = (value = 0) => `${(100 * value).toFixed(1)} %`;
const grid = { from: -2, to: 1.9, count: 40 };
const middles = Array.from({ length: 40 }, (_, i) => -2 + i / 10);
const places = middles.flatMap((y) => middles.map((x) => [x, y]));
const probability = noGrad(() => softmax(run.model.forward(tensor(places)), 1)).toArray() as number[][];

const curves = async (name: string, lr: number, batchSize: number) => {
  const { epochs } = await trained(trainSet, testSet, 10, { lr, batchSize, epochs: 30 });
  return { name, y: epochs.map((event) => event.metrics.train?.loss ?? NaN) };
};
const rates = [];
for (const [lr, size] of [
  [0.01, 10],
  [0.03, 10],
  [0.1, 10],
  [0.3, 10],
  [1, 10],
])
  rates.push(await curves(`lr ${lr}`, lr, size));

const all = digits();
const order = new Generator(3).permutation(all.length);
const part = (from: number, to: number) => {
  const indices = Array.from(order.slice(from, to));
  return new Dataset(
    tensor(indices.map((i) => Array.from(all.inputs.data.slice(64 * i, 64 * i + 64), (v) => v / 16))),
    tensor(
      indices.map((i) => all.targets.data[i]),
      { dtype: "int32" },
    ),
  );
};
const [digitTrain, digitTest] = [part(0, 1400), part(1400, 1797)];
const digitRun = await trained(digitTrain, digitTest, 24, { lr: 0.3, batchSize: 20, epochs: 12 });
const scores = noGrad(() => digitRun.model.forward(digitTest.inputs));
const predicted = (scores.toArray() as number[][]).map((row) => row.indexOf(Math.max(...row)));
const truth = digitTest.targets.toArray() as number[];
const image = (i: number) => digitTest.inputs.data.slice(64 * i, 64 * i + 64);
const chosen = [...truth.keys()]
  .sort((a, b) => Number(predicted[a] === truth[a]) - Number(predicted[b] === truth[b]) || a - b)
  .slice(0, 20);
const [first] = digitRun.model.parameters();
const hidden = Array.from({ length: 24 }, (_, h) =>
  first.shape[0] === 24
    ? first.data.slice(64 * h, 64 * h + 64)
    : Float64Array.from({ length: 64 }, (_, i) => first.data[i * 24 + h]),
);

const noise = new Generator(7);
const redshift = Array.from({ length: 2500 }, () => 0.05 + 2.4 * noise.uniform() * noise.uniform());
const estimated = redshift.map(
  (z) => z + 0.06 * (1 + z) * noise.normal() + (noise.uniform() < 0.02 ? 0.6 : 0),
);
const epochsOf = (values: readonly EpochEvent[], part: PartName, metric: "loss" | "accuracy") =>
  values.map(({ metrics }) => metrics[part]?.[metric] ?? NaN);
/** Runs for each rate and batch size, over three seeds. */
interface Tried {
  readonly lr: number;
  readonly batch: number;
  readonly seed: number;
  readonly losses: readonly number[];
  readonly accuracy: number;
}
const [triedRates, triedSizes, seeds] = [
  [0.01, 0.03, 0.1, 0.3, 1],
  [5, 10, 20, 50],
  [1, 2, 3],
];
const tried: Tried[] = [];
for (const lr of triedRates)
  for (const batch of triedSizes)
    for (const seed of seeds) {
      const { epochs } = await trained(trainSet, testSet, 10, { lr, batchSize: batch, epochs: 20, seed });
      const losses = epochs.map((event) => event.metrics.test?.loss ?? NaN);
      tried.push({ lr, batch, seed, losses, accuracy: epochs.at(-1)?.metrics.test?.accuracy ?? NaN });
    }
const of = (lr: number, batch: number) => tried.filter((one) => one.lr === lr && one.batch === batch);
const meanOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
const deviationOf = (values: readonly number[]) =>
  Math.sqrt(meanOf(values.map((one) => (one - meanOf(values)) ** 2)) * (values.length / (values.length - 1)));
const accuraciesOf = (lr: number, batch: number) => of(lr, batch).map(({ accuracy }) => accuracy);
const ranked = [...tried].sort((one, other) => other.accuracy - one.accuracy);

/** Steps of an optimizer on the bowl (x² + 12 y²) / 2. */
const bowl = (x: number, y: number) => (x * x + 12 * y * y) / 2;
function descent(name: string, rule: (weights: Parameter[]) => Optimizer, steps: number) {
  const weights = [new Parameter(tensor([-1.8, 0.75], { dtype: "float64" }))];
  const optimizer = rule(weights);
  const places = [weights[0].toArray() as number[]];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    weights[0]
      .mul(weights[0])
      .mul(tensor([0.5, 6], { dtype: "float64" }))
      .sum()
      .backward();
    optimizer.step();
    places.push(weights[0].toArray() as number[]);
  }
  return { name, x: places.map(([x]) => x), y: places.map(([, y]) => y) };
}

const testLosses = epochsOf(run.epochs, "test", "loss");
const best = testLosses.indexOf(Math.min(...testLosses));

const figures: Record<string, string> = {
  data: scatter({ title: "Circles: two rings with noise", ...ring, sets, equal: true }),
  boundary: heatMap({
    title: "Decision boundary after 60 epochs",
    subtitle: `train ${percent(last.train?.accuracy)}, loss ${last.train?.loss.toFixed(3)}; test ${percent(last.test?.accuracy)}, loss ${last.test?.loss.toFixed(3)}`,
    ...ring,
    values: probability.map((row) => row[1]),
    columns: grid,
    rows: grid,
    range: [0, 1],
    valueLabel: "P(inner ring)",
    contours: [0.5],
    sets,
  }),
  regions: regions({
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
  }),
  loss: line({
    title: "Loss on training and test data",
    x: { label: "epoch" },
    y: { label: "cross-entropy", unit: "nats" },
    series: [
      { name: "training", y: epochsOf(run.epochs, "train", "loss") },
      { name: "test", y: epochsOf(run.epochs, "test", "loss") },
    ],
    guides: [{ x: best, name: "smallest test loss" }],
  }),
  accuracy: line({
    title: "Accuracy",
    x: { label: "epoch" },
    y: { label: "accuracy", domain: [0, 1] },
    series: [
      { name: "training", y: epochsOf(run.epochs, "train", "accuracy") },
      { name: "test", y: epochsOf(run.epochs, "test", "accuracy") },
    ],
  }),
  rates: line({
    title: "Loss for five learning rates",
    x: { label: "epoch" },
    y: { label: "training loss", unit: "nats", scale: "log" },
    series: rates,
  }),
  batches: line({
    title: "Loss of each batch",
    x: { label: "update" },
    y: { label: "loss", unit: "nats" },
    series: [
      { name: "batches of 10", y: run.batches, faint: true },
      {
        name: "mean of 40",
        y: run.batches.map((_, i) => {
          const seen = run.batches.slice(Math.max(0, i - 39), i + 1);
          return seen.reduce((sum, loss) => sum + loss, 0) / seen.length;
        }),
      },
    ],
  }),
  band: line({
    title: "Mean over three seeds, with one standard deviation on either side",
    x: { label: "epoch" },
    y: { label: "test loss", unit: "nats" },
    series: [0.03, 0.3].map((lr) =>
      meanSeries(
        `lr ${lr}`,
        of(lr, 20).map(({ losses }) => losses),
      ),
    ),
  }),
  box: boxPlot({
    title: "Test accuracy of twelve runs for each learning rate",
    value: { label: "test accuracy" },
    groups: triedRates.map((lr) => ({
      name: `lr ${lr}`,
      values: tried.filter((one) => one.lr === lr).map(({ accuracy }) => accuracy),
    })),
  }),
  settings: settingsMap({
    title: "Test accuracy by learning rate and batch size",
    subtitle: "mean and standard deviation over three seeds",
    x: { label: "learning rate", values: triedRates },
    y: { label: "batch size", values: triedSizes },
    values: triedSizes.map((size) => triedRates.map((lr) => meanOf(accuraciesOf(lr, size)))),
    errors: triedSizes.map((size) => triedRates.map((lr) => deviationOf(accuraciesOf(lr, size)))),
    valueLabel: "test accuracy",
    best: "largest",
    digits: 3,
  }),
  trajectories: trajectories({
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
  }),
  parallel: parallelCoordinates({
    title: "Sixty runs on the circles",
    axes: [
      { label: "learning rate", scale: "log" },
      { label: "batch size", names: triedSizes.map(String) },
      { label: "seed", names: seeds.map(String) },
      { label: "loss after 5 epochs", unit: "nats", scale: "log" },
      { label: "test accuracy" },
    ],
    lines: tried.map((one) => ({
      name: `lr ${one.lr}, batch ${one.batch}`,
      values: [one.lr, String(one.batch), String(one.seed), one.losses[5], one.accuracy],
      highlighted: one === ranked[0] || one === ranked[1] || one === ranked.at(-1),
    })),
  }),
  diverged: line({
    title: "A run that diverged",
    x: { label: "epoch" },
    y: { label: "loss", scale: "log" },
    series: [
      { name: "lr 10", y: [0.7, 3.1, 88, 4.1e3, 7.7e6, Infinity, NaN, NaN] },
      { name: "lr 0.1", y: [0.7, 0.6, 0.5, 0.4, 0.35, 0.3, 0.28, 0.27] },
    ],
  }),
  redshift: scatter({
    title: "Redshift from photometry",
    x: { label: "measured by spectroscopy, z_spec" },
    y: { label: "predicted, z_phot" },
    sets: [{ name: "galaxies of the test set", x: redshift, y: estimated }],
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
  }),
  digits: imageGrid({
    title: "Digits of the test set, wrong predictions first",
    images: chosen.map((i) => ({
      values: image(i),
      caption: predicted[i] === truth[i] ? `${truth[i]}` : `${truth[i]} as ${predicted[i]}`,
      wrong: predicted[i] !== truth[i],
    })),
    size: [8, 8],
    valueLabel: "brightness",
  }),
  weights: imageGrid({
    title: "Incoming weights of 24 hidden units",
    images: hidden.map((values, i) => ({ values, caption: `unit ${i + 1}` })),
    size: [8, 8],
    colors: "signed",
    valueLabel: "weight",
  }),
  confusion: confusionMatrix({
    title: "Digits: confusion on the test set",
    counts: countPairs(tensor(predicted, { dtype: "int32" }), tensor(truth, { dtype: "int32" }), 10),
  }),
  "confusion-names": confusionMatrix({
    title: "Iris",
    counts: [
      [10, 0, 0],
      [0, 9, 1],
      [0, 2, 8],
    ],
    classNames: ["Iris-setosa", "Iris-versicolor", "Iris-virginica"],
  }),
  // Made up: what runs over several seeds would give.
  bars: bar({
    title: "Test accuracy by optimizer, mean of five seeds",
    value: { label: "accuracy" },
    labels: ["SGD", "Momentum 0.9", "RMSProp", "Adam, no weight decay"],
    series: [
      { name: "hidden 10", values: [0.91, 0.953, 0.948, 0.962], errors: [0.02, 0.012, 0.015, 0.01] },
      { name: "hidden 100", values: [0.93, 0.968, 0.961, 0.975], errors: [0.015, 0.01, 0.012, 0.008] },
    ],
  }),
  "bars-signed": bar({
    title: "Weights of a linear model",
    value: { label: "weight", unit: "standardised" },
    labels: ["alcohol", "flavanoids", "colour intensity", "hue", "malic acid"],
    series: [{ name: "weight", values: [1.31, 0.84, -0.66, 0.12, -1.07] }],
  }),
  surface: heatMap({
    title: "Loss surface of a linear model",
    x: { label: "slope w" },
    y: { label: "intercept b" },
    values: middles.flatMap((b) =>
      middles.map((w) => (w - 0.5) * (w - 0.5) * 1.7 + (b + 0.3) * (b + 0.3) + 0.9 * (w - 0.5) * (b + 0.3)),
    ),
    columns: grid,
    rows: grid,
    valueLabel: "mean squared error",
    colors: "sequential",
    contours: [0.25, 0.5, 1, 2, 4, 8],
  }),
  seven: scatter({
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
  }),
  empty: line({ title: "Nothing yet", x: { label: "epoch" }, y: { label: "loss" }, series: [] }),
  one: line({
    title: "One epoch",
    x: { label: "epoch" },
    y: { label: "loss" },
    series: [{ name: "training", y: [0.69] }],
  }),
};

mkdirSync(folder, { recursive: true });
for (const [name, svg] of Object.entries(figures)) writeFileSync(join(folder, `${name}.svg`), svg);
writeFileSync(
  join(folder, "index.html"),
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Figures of Chainrule</title><style>
body{margin:0;padding:12px;background:#f3f4f6;color:#1b1f24;font-family:system-ui,sans-serif}
.dark body{background:#0d0f12;color:#e8eaed}
@media (prefers-color-scheme:dark){body{background:#0d0f12;color:#e8eaed}}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:14px;align-items:start}
</style><script>if(location.hash==="#dark")document.documentElement.className="dark"</script>
<h1>Figures</h1><main>${Object.values(figures).join("")}</main></html>`,
);
const drawn = await png(sheet(Object.values(figures), { columns: 5, width: 290 }), 1);
// A palette of 256 colours is a third of the bytes, and looks the same.
const picture = await sharp(drawn).flatten().png({ palette: true, colours: 256, effort: 10 }).toBuffer();
writeFileSync(join(folder, "figures.png"), picture);
if (process.argv.includes("--sheet")) writeFileSync(join(root, "docs/figures.png"), picture);
const bytes = Object.entries(figures).map(([name, svg]) => `${name} ${(svg.length / 1024).toFixed(0)}`);
console.log(`${Object.keys(figures).length} figures in ${folder}; kB: ${bytes.join(", ")}`);
