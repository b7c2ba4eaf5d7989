/** The figures, tables and numbers of page.md. */
import { meanSeries, settingsMap } from "chainrule/plots";
import type { Series } from "chainrule/plots";
import { figure, lineFigure, table } from "chainrule/report";
import type { FigureText, Html } from "chainrule/report";
import { grouped } from "chainrule/report/words";
import { pageOf } from "../practical/page.ts";
import type { Fills } from "../practical/page.ts";
import { digits, fixed, mean, percent } from "../practical/shown.ts";
import { resultsOf } from "./experiments.ts";
import type { Curve, Results } from "./experiments.ts";

const chance = Math.log(2);
const lossAxes = { x: { label: "epoch" }, y: { label: "training loss", unit: "nats" } };

/** The rate with the smallest loss, for each batch size. */
const best = ({ grid: { tried, values } }: Results): number[] =>
  values.map((row) => tried[row.indexOf(Math.min(...row.filter(Number.isFinite)))]);

const costInPasses = (one: Results["counts"][number]): number => digits(one.backprop / one.forward, 3);

const seriesOf = ({ name, runs }: Curve): Series =>
  meanSeries(
    name,
    runs.map(({ losses }) => losses),
  );

const losses = (title: string, curves: readonly Curve[], text: FigureText): Html =>
  lineFigure({ title, ...lossAxes, series: curves.map(seriesOf) }, text);

/** Where a curve ends, as a mean over the seeds. */
const endOf = ({ runs }: Curve): number => mean(runs.map((run) => run.losses.at(-1)!));

function ends(caption: string, curves: readonly Curve[], names = curves.map(({ name }) => name)): Html {
  const counted = curves[0].steps !== undefined;
  return table({
    caption,
    columns: ["run", ...(counted ? ["steps per epoch"] : []), "training loss", "accuracy"],
    rows: curves.map((curve, i) => [
      names[i],
      ...(counted ? [curve.steps!] : []),
      digits(endOf(curve)),
      percent(mean(curve.runs.map(({ accuracies }) => accuracies.at(-1)!))),
    ]),
  });
}

export const figures: Fills<Results> = {
  spread: ({ seeds }) => `Lines are means over ${seeds} seeds, bands one standard deviation on either side.`,

  // batches
  slowBatches: ({ slow }, text) => losses("Rate 0.03", slow, text),
  fastBatches: ({ fast }, text) => losses("Rate 0.3", fast, text),
  slowEnds: ({ slow, epochs }) => ends(`After ${epochs} epochs at rate 0.03`, slow),
  fastEnds: ({ fast, epochs }) => ends(`After ${epochs} epochs at rate 0.3`, fast),
  onlineAhead: ({ slow: [classic, mini, online] }) => endOf(online) < Math.min(endOf(classic), endOf(mini)),
  onlineUnsteady: ({ slow, fast }) => endOf(fast[2]) > endOf(slow[2]),
  fastMiniBatches: ({ fast }) => fixed(endOf(fast[1])),
  fastOnline: ({ fast }) => fixed(endOf(fast[2])),

  // order
  orders: ({ shuffled, sorted }, text) =>
    losses("Training loss, rate 0.1, batches of 10", [shuffled, sorted], text),
  saw: ({ shuffled, sorted }, text) => {
    const first = (name: string, { runs }: Curve) => ({ name, y: runs[0].batchLosses.slice(0, 100) });
    const y = { label: "batch loss", unit: "nats" };
    const series = [first("shuffled", shuffled), first("sorted", sorted)];
    return lineFigure(
      { title: "Loss of each batch in the first five epochs", x: { label: "step" }, y, series },
      text,
    );
  },
  orderEnds: ({ shuffled, sorted, epochs }) =>
    ends(`In order or not, after ${epochs} epochs`, [shuffled, sorted], ["shuffled", "sorted by class"]),

  // rates
  rates: ({ rates }, text) => {
    const y = { ...lossAxes.y, scale: "log" } as const;
    return lineFigure({ title: "Batches of 10", x: lossAxes.x, y, series: rates.map(seriesOf) }, text);
  },
  rateGrid: ({ grid: { sizes, tried, values }, epochs }, text) => {
    const title = `Training loss after ${epochs} epochs`;
    const svg = settingsMap({
      title,
      x: { label: "learning rate", values: tried },
      y: { label: "batch size", values: sizes },
      values: values.map((row) => row.map((loss) => Math.min(loss, 2))),
      valueLabel: "loss, cut at 2",
      best: "smallest",
      digits: 3,
    });
    const columns = ["batch size", ...tried.map((rate) => `rate ${rate}`)];
    const rows = values.map((row, i) => [String(sizes[i]), ...row]);
    return figure({ svg, data: { caption: title, columns, rows }, ...text });
  },
  bestRates: (results) => {
    const all = best(results).map((rate, i) => `${rate} for batches of ${results.grid.sizes[i]}`);
    return `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
  },
  diagonal: (results) => {
    const all = best(results);
    return all[0] < all.at(-1)! && all.every((rate, i) => i === 0 || rate >= all[i - 1]);
  },
  largestRate: ({ grid: { tried } }) => tried.at(-1)!,
  largestFails: ({ grid: { values } }) => values.every((row) => !(row.at(-1)! < chance)),

  // start and depth
  starts: ({ starts }, text) => losses("Training loss, rate 0.1", starts, text),
  startEnds: ({ starts, epochs }) => ends(`By start, after ${epochs} epochs`, starts),
  zeroLoss: ({ starts: [zero] }) => fixed(endOf(zero)),
  wideLoss: ({ starts }) => fixed(mean(starts.at(-1)!.runs.map((run) => run.losses[0])), 1),
  wideRecovers: ({ starts }) => endOf(starts.at(-1)!) < chance / 2,
  depths: ({ depths }, text) => losses("Training loss, tanh, rate 0.1", depths, text),
  depthEnds: ({ depths, epochs }) => {
    const names = depths.map(({ name }) => name.replace(/ layers?$/, ""));
    return ends(`By depth, after ${epochs} epochs`, depths, names);
  },
  oneIsEnough: ({ depths: [none, one] }) => endOf(one) < endOf(none) / 2,
  gradients: ({ gradients }, text) => {
    const x = { label: "layer, the last is the output" };
    const y = { label: "root mean square", scale: "log" } as const;
    const series = gradients.map(({ name, sizes }) => ({ name, x: sizes.map((_, l) => l + 1), y: sizes }));
    return lineFigure({ title: "Size of each layer's gradient before training", x, y, series }, text);
  },
  sigmoidRatio: ({ gradients }) => {
    const { sizes } = gradients.at(-1)!;
    return grouped(digits(sizes.at(-1)! / sizes[0], 2));
  },

  // cost
  costs: ({ counts }, text) => {
    const ways = [
      ["differences", "differences"],
      ["naive", "naive chain rule"],
      ["backprop", "backpropagation"],
      ["forward", "forward alone"],
    ] as const;
    const x = counts.map((one) => one.layers);
    const series = ways.map(([way, name]) => ({ name, x, y: counts.map((one) => one[way]) }));
    const [along, up] = [
      { label: "layers of 16 units" },
      { label: "multiplications", scale: "log" } as const,
    ];
    return lineFigure({ title: "Multiplications for one gradient", x: along, y: up, series }, text);
  },
  costOfOne: ({ counts: [one] }) => costInPasses(one),
  costOfMost: ({ counts }) => costInPasses(counts.at(-1)!),
  counts: ({ counts }) => {
    const ways = ["forward", "differences", "naive chain rule", "backpropagation", "backprop / forward"];
    const rows = counts.map((one) => [
      one.layers,
      one.parameters,
      one.forward,
      grouped(one.differences),
      one.naive,
      one.backprop,
      costInPasses(one),
    ]);
    return table({ caption: "Multiplications, counted", columns: ["layers", "weights", ...ways], rows });
  },
};

export const report = pageOf("descent", resultsOf, figures);
