/** The page of the practical: one thing changed at a time on the circles, and the cost of a gradient, counted. */
import { meanSeries, settingsMap } from "chainrule/plots";
import type { Series } from "chainrule/plots";
import { columns, figure, lineFigure, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { markdown } from "../frame/page.ts";
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import { percent } from "../frame/shown.ts";
import { gradientSizes, grid, runs } from "./experiments.ts";
import type { Run, Setting } from "./experiments.ts";
import { costs } from "./report-costs.ts";

interface Budget {
  readonly epochs: number;
  readonly seeds: readonly number[];
}

export async function report({ quick, progress }: ReportContext): Promise<Page> {
  const budget = quick ? { epochs: 40, seeds: [0, 1, 2] } : { epochs: 150, seeds: [0, 1, 2, 3, 4, 5, 6, 7] };
  progress(`  runs of ${budget.epochs} epochs over ${budget.seeds.length} seeds`);
  return {
    sections: [batches(budget), order(budget), rates(budget), start(budget), depth(budget), costs()],
  };
}

const digits = (value: number, count = 4): number => Number(value.toPrecision(count));
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** A setting's runs as one curve of losses per epoch. */
function curve(name: string, setting: Setting, { epochs, seeds }: Budget): { series: Series; all: Run[] } {
  const all = runs(setting, epochs, seeds);
  return {
    series: meanSeries(
      name,
      all.map(({ losses }) => losses),
    ),
    all,
  };
}

const lossAxes = { x: { label: "epoch" }, y: { label: "training loss", unit: "nats" } };
const common = (budget: Budget): string =>
  `Means over ${budget.seeds.length} seeds with one standard deviation on either side.`;

function endTable(
  caption: string,
  curves: readonly { readonly name: string; readonly all: readonly Run[]; readonly steps?: number }[],
): ReturnType<typeof table> {
  return table({
    caption: caption,
    columns: [
      "run",
      ...(curves[0].steps === undefined ? [] : ["steps per epoch"]),
      "training loss",
      "accuracy",
    ],
    rows: curves.map(({ name, all, steps }) => [
      name,
      ...(steps === undefined ? [] : [steps]),
      digits(mean(all.map(({ losses }) => losses.at(-1)!))),
      percent(mean(all.map(({ accuracies }) => accuracies.at(-1)!))),
    ]),
  });
}

function batches(budget: Budget): Section {
  const sizes = [
    ["classic, all 200", 200],
    ["mini-batches of 10", 10],
    ["online, 1", 1],
  ] as const;
  const at = (rate: number): { name: string; steps: number; series: Series; all: Run[] }[] =>
    sizes.map(([name, batch]) => ({ name, steps: 200 / batch, ...curve(name, { batch, rate }, budget) }));
  const [slow, fast] = [at(0.03), at(0.3)];
  return {
    title: "Classic, mini-batch, online",
    blocks: [
      markdown(
        "A 2-10-2 network with tanh, cross-entropy, 200 points in two rings, weights from N(0, 0.3²). An epoch is 200 gradients of one example whichever way; what differs is " +
          "how many of them share a step. At the same rate more steps an epoch go further, until they are too noisy to stay at the bottom.",
      ),
      columns(
        lineFigure(
          { title: "Rate 0.03", ...lossAxes, series: slow.map(({ series }) => series) },
          {
            caption: `Online descent makes 200 steps an epoch and classic descent one: at a small rate it is far ahead. ${common(budget)}`,
          },
        ),
        lineFigure(
          { title: "Rate 0.3", ...lossAxes, series: fast.map(({ series }) => series) },
          {
            caption:
              "Ten times the rate: mini-batches are where online descent was before, and online descent is thrown about.",
          },
        ),
      ),
      endTable(`After ${budget.epochs} epochs at rate 0.03`, slow),
      endTable(`After ${budget.epochs} epochs at rate 0.3`, fast),
    ],
  };
}

function order(budget: Budget): Section {
  const shuffled = { name: "shuffled", ...curve("a new order each epoch", { rate: 0.1 }, budget) };
  const sorted = {
    name: "sorted by class",
    ...curve("one class after the other", { rate: 0.1, sorted: true }, budget),
  };
  const first = (all: readonly Run[]): number[] => all[0].batchLosses.slice(0, 100);
  return {
    title: "Sorted against shuffled batches",
    blocks: [
      markdown(
        "The points are stored one class after the other. Unshuffled, ten batches in a row hold class 0 alone and pull every output to it, and the next ten pull back. " +
          "Each batch's loss is small just before it is measured on the other class: the curve of batch losses is a saw. A smaller rate and more epochs cure that too, slowly: " +
          "where weights hardly move within an epoch, its steps add up to one step down the gradient of all rows.",
      ),
      columns(
        lineFigure(
          {
            title: "Training loss, rate 0.1, batches of 10",
            ...lossAxes,
            series: [shuffled.series, sorted.series],
          },
          { caption: `All else is equal: weights, rate, batch size. ${common(budget)}` },
        ),
        lineFigure(
          {
            title: "Loss of each batch in the first five epochs",
            x: { label: "step" },
            y: { label: "batch loss", unit: "nats" },
            series: [
              { name: "shuffled", y: first(shuffled.all) },
              { name: "sorted", y: first(sorted.all) },
            ],
          },
          {
            caption:
              "Twenty steps are an epoch. A sorted run looks as if it learnt ten times an epoch, and forgets as often.",
          },
        ),
      ),
      endTable(`In order or not, after ${budget.epochs} epochs`, [shuffled, sorted]),
    ],
  };
}

function rates(budget: Budget): Section {
  const few = [0.003, 0.03, 0.3, 3];
  const curves = few.map((rate) => curve(`rate ${rate}`, { rate }, budget));
  const sizes = [1, 5, 10, 50, 200];
  const tried = [0.003, 0.03, 0.1, 0.3, 1, 10];
  const values = grid(sizes, tried, budget.epochs, budget.seeds);
  return {
    title: "The learning rate, and what it has to do with the batch",
    blocks: [
      markdown(
        "Too small, and nothing has happened by the end; too large, and steps jump over the bottom. Which is which depends on the batch: the best rates lie along a diagonal, " +
          "small batches with small rates and large ones with large rates, because the path per epoch is about rate × steps.",
      ),
      columns(
        lineFigure(
          {
            title: "Batches of 10",
            ...lossAxes,
            y: { ...lossAxes.y, scale: "log" },
            series: curves.map(({ series }) => series),
          },
          { caption: common(budget) },
        ),
        figure({
          svg: settingsMap({
            title: `Training loss after ${budget.epochs} epochs`,
            x: { label: "learning rate", values: tried },
            y: { label: "batch size", values: sizes },
            values: values.map((row) => row.map((loss) => Math.min(loss, 2))),
            valueLabel: "loss, cut at 2",
            best: "smallest",
            digits: 3,
          }),
          caption:
            "A rate of 10 fails everywhere; online descent is unsteady at 0.3 already. ln 2 = 0.693 is what guessing costs.",
          data: {
            caption: `Training loss after ${budget.epochs} epochs`,
            columns: ["batch size", ...tried.map((rate) => `rate ${rate}`)],
            rows: values.map((row, i) => [String(sizes[i]), ...row]),
          },
        }),
      ),
    ],
  };
}

function start(budget: Budget): Section {
  const tried: readonly (readonly [string, Setting["sigma"]])[] = [
    ["σ = 0", 0],
    ["σ = 0.01", 0.01],
    ["σ = 0.3", 0.3],
    ["σ = √(1/inputs)", "scaled"],
    ["σ = 5", 5],
  ];
  const curves = tried.map(([name, sigma]) => ({ name, ...curve(name, { sigma, rate: 0.1 }, budget) }));
  return {
    title: "The start",
    blocks: [
      markdown(
        "With all weights 0 every hidden unit outputs 0 and gets gradient 0: only the output biases learn, and the loss stays at ln 2. With tiny weights the units begin almost alike, " +
          "and there is a plateau until they part. With large ones tanh is flat at most points and the first loss is many nats; in a network as small as this one they still come down.",
      ),
      columns(
        lineFigure(
          {
            title: "Training loss, rate 0.1",
            ...lossAxes,
            series: curves.map(({ series }) => series),
          },
          { caption: common(budget) },
        ),
      ),
      endTable(`By start, after ${budget.epochs} epochs`, curves),
    ],
  };
}

function depth(budget: Budget): Section {
  const depths = [0, 1, 2, 4, 8];
  const curves = depths.map((hidden) => ({
    name: `${hidden} hidden`,
    ...curve(
      `${hidden} hidden ${hidden === 1 ? "layer" : "layers"}`,
      { depth: hidden, sigma: "scaled", rate: 0.1 },
      budget,
    ),
  }));
  const kinds: readonly (readonly [string, Setting])[] = [
    ["tanh, σ = √(1/inputs)", { depth: 8, sigma: "scaled" }],
    ["tanh, σ = 0.3", { depth: 8, sigma: 0.3 }],
    ["sigmoid, σ = 0.3", { depth: 8, sigma: 0.3, activation: "sigmoid" }],
  ];
  const places = Array.from({ length: 9 }, (_, l) => l + 1);
  const sizes = kinds.map(([name, setting]): Series => {
    const all = budget.seeds.map((seed) => gradientSizes(setting, seed));
    return { name, x: places, y: places.map((_, l) => mean(all.map((one) => one[l]))) };
  });
  return {
    title: "Depth",
    blocks: [
      markdown(
        "Without a hidden layer no line separates two rings. One is enough here; more learn faster at this rate, and less steadily. What can go wrong with depth is the product in the chain rule: " +
          "each layer multiplies the gradient by its weights and by a slope, at most 1 for tanh and at most ¼ for the sigmoid. At the start of nine layers of sigmoids the first " +
          "gets a gradient more than six orders of magnitude smaller than the last.",
      ),
      columns(
        lineFigure(
          {
            title: "Training loss, tanh, rate 0.1",
            ...lossAxes,
            series: curves.map(({ series }) => series),
          },
          { caption: `Layers of 10 units with weights from N(0, 1/inputs). ${common(budget)}` },
        ),
        lineFigure(
          {
            title: "Size of each layer's gradient before training",
            x: { label: "layer, the last is the output" },
            y: { label: "root mean square", scale: "log" },
            series: sizes,
          },
          {
            caption:
              "Eight hidden layers. Where the gradient is less than a millionth of the output's, that layer stays as it was drawn.",
          },
        ),
      ),
      endTable(`By depth, after ${budget.epochs} epochs`, curves),
    ],
  };
}
