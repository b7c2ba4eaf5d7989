/** The figures of an experiment. */
import { boxPlot, line, meanSeries, parallelCoordinates, settingsMap } from "../plots/index.ts";
import type { Coordinate } from "../plots/index.ts";
import { mean } from "../statistics/spread.ts";
import type { SettingValue } from "./canonical.ts";
import type { Results } from "./events.ts";
import type { Settings } from "./plan.ts";
import type { SettingSummary, Summary } from "./summary.ts";
import { settingText, varied } from "./tables.ts";

export interface ExperimentFigure {
  /** The name for files: `ranking`, `map-lr-batch`, `curve-validLoss`, `runs`. */
  readonly name: string;
  readonly svg: string;
  /** The numbers that the figure draws. */
  readonly data: {
    readonly caption: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | number)[])[];
  };
}

/** The largest number of settings in one figure. */
const most = 6;
const mostMaps = 6;

/**
 * Figures of results: a box plot of the deciding measure for each setting; a heat map over each pair of settings,
 * averaged over the other settings, if some settings differ in one of the two alone; each measured curve of the best
 * settings, as the mean with a band of one standard deviation; and all runs as parallel coordinates. Empty figures are
 * left out.
 */
export function experimentFigures<S extends Settings>(
  results: Results<S>,
  summary: Summary<S>,
): ExperimentFigure[] {
  const names = varied(results.plan);
  const ranked = summary.ranking.filter((one) => one.seeds.length > 0);
  if (ranked.length === 0) return [];
  const label = (one: SettingSummary<S>) =>
    names.map((name) => `${name} ${settingText(one.settings[name])}`).join(", ") || "all runs";
  return [
    ...ranking(summary, ranked, label),
    ...maps(names, summary, ranked),
    ...curves(results, ranked, label),
    ...coordinates(names, results, summary, label),
  ];
}

type Label<S> = (one: SettingSummary<S>) => string;

const seedsText = (count: number): string => `${count} ${count === 1 ? "seed" : "seeds"}`;

function ranking<S>(
  { by }: Summary<S>,
  ranked: readonly SettingSummary<S>[],
  label: Label<S>,
): ExperimentFigure[] {
  const shown = ranked.slice(0, 20);
  const title = `${by.measure} by settings`;
  const svg = boxPlot({
    title,
    subtitle:
      `the best first, ${seedsText(Math.max(...ranked.map(({ seeds }) => seeds.length)))}` +
      (shown.length < ranked.length ? `; the first ${shown.length} of ${ranked.length}` : ""),
    value: { label: by.measure },
    groups: shown.map((one) => ({ name: label(one), values: one.measures[by.measure].values })),
  });
  const rows = shown.flatMap((one) =>
    one.seeds.map((seed, i) => [label(one), seed, one.measures[by.measure].values[i]]),
  );
  return [
    { name: "ranking", svg, data: { caption: title, columns: ["settings", "seed", by.measure], rows } },
  ];
}

function maps<S extends Settings>(
  names: readonly string[],
  { by }: Summary<S>,
  ranked: readonly SettingSummary<S>[],
): ExperimentFigure[] {
  const pairs = names.flatMap((x, i) => names.slice(i + 1).map((y) => [x, y] as const));
  return pairs
    .flatMap(([x, y]) => {
      const axis = (name: string) => distinct(ranked.map((one) => one.settings[name]));
      const [xs, ys] = [axis(x), axis(y)];
      if (xs.length < 2 || ys.length < 2 || xs.length > 40 || ys.length > 40) return [];
      const cell = (u: SettingValue, v: SettingValue) =>
        ranked
          .filter((one) => same(one.settings[x], u) && same(one.settings[y], v))
          .flatMap((one) => one.measures[by.measure].values);
      const cells = ys.map((v) => xs.map((u) => cell(u, v)));
      if (!compares(cells) || !compares(xs.map((_, i) => cells.map((row) => row[i])))) return [];
      const others = names.filter((name) => name !== x && name !== y);
      const title = `${by.measure} by ${x} and ${y}`;
      const means = cells.map((row) => row.map(mean));
      const svg = settingsMap({
        title,
        subtitle: `mean over seeds${others.length > 0 ? ` and ${others.join(", ")}` : ""}`,
        x: { label: x, values: xs.map(written) },
        y: { label: y, values: ys.map(written) },
        values: means,
        valueLabel: by.measure,
        best: by.better,
      });
      const columns = [y, ...xs.map((u) => `${x} ${settingText(u)}`)];
      const rows = ys.map((v, i) => [settingText(v), ...means[i]]);
      return [{ name: `map-${x}-${y}`, svg, data: { caption: title, columns, rows } }];
    })
    .slice(0, mostMaps);
}

/** Whether some row has two cells to compare: a map compares settings that differ in one value alone. */
const compares = (rows: readonly (readonly (readonly number[])[])[]): boolean =>
  rows.some((row) => row.filter((values) => values.length > 0).length > 1);

const same = (a: SettingValue, b: SettingValue): boolean => settingText(a) === settingText(b);
const written = (value: SettingValue): string | number =>
  typeof value === "number" ? value : settingText(value);

/** Each value once: numbers in ascending order, others in order of appearance. */
function distinct(values: readonly SettingValue[]): SettingValue[] {
  const found = values.filter((value, i) => values.findIndex((other) => same(value, other)) === i);
  return found.every((value) => typeof value === "number") ? found.sort((a, b) => a - b) : found;
}

function curves<S>(
  { plan, outcomes }: Results<S>,
  ranked: readonly SettingSummary<S>[],
  label: Label<S>,
): ExperimentFigure[] {
  const known = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const names = new Set(
    outcomes.flatMap(({ measured = {} }) =>
      Object.keys(measured).filter((name) => Array.isArray(measured[name])),
    ),
  );
  return [...names].sort().map((name) => {
    const series = ranked.slice(0, most).flatMap((one) => {
      const own = plan.runs
        .filter((run) => run.setting === one.setting)
        .flatMap((run) => {
          const curve = known.get(run.id)?.measured?.[name];
          return typeof curve === "object" ? [curve] : [];
        });
      // If runs stopped early, the curve ends at the shortest run.
      const length = Math.min(...own.map((curve) => curve.length));
      return own.length === 0
        ? []
        : [
            meanSeries(
              label(one),
              own.map((curve) => curve.slice(0, length)),
            ),
          ];
    });
    const title = `${name} of the best ${series.length === 1 ? "setting" : `${series.length} settings`}`;
    const svg = line({
      title,
      subtitle: "mean over seeds, with one standard deviation on either side",
      x: { label: "epoch" },
      y: { label: name },
      series,
    });
    const length = Math.max(...series.map(({ y }) => y.length));
    const rows = Array.from({ length }, (_, i) => [i, ...series.map(({ y }) => y[i] ?? NaN)]);
    const data = { caption: `${title}, means`, columns: ["epoch", ...series.map((one) => one.name)], rows };
    return { name: `curve-${name.replace(/\W+/g, "-")}`, svg, data };
  });
}

function coordinates<S extends Settings>(
  names: readonly string[],
  { plan, outcomes }: Results<S>,
  { by, ranking: all }: Summary<S>,
  label: Label<S>,
): ExperimentFigure[] {
  if (names.length < 2) return [];
  const known = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const axes = names.map((name): Coordinate => {
    const values = distinct(plan.settings.map((settings) => settings[name]));
    // Few values are evenly spaced. Many numbers are placed by value, or by logarithm over a wide range.
    if (values.length <= 8 || !values.every((value) => typeof value === "number"))
      return { label: name, names: values.map(settingText) };
    const log = values[0] > 0 && values[values.length - 1] / values[0] >= 50;
    return { label: name, scale: log ? "log" : "linear" };
  });
  const lines = plan.runs.flatMap((run) => {
    const value = known.get(run.id)?.measured?.[by.measure];
    if (typeof value !== "number") return [];
    const values = names.map((name, i) => {
      const one = run.settings[name];
      return "names" in axes[i] ? settingText(one) : Number(one);
    });
    return [{ name: `seed ${run.seed}`, values: [...values, value], setting: run.setting, seed: run.seed }];
  });
  // The first seed represents each of the three best settings.
  const bright = new Map(all.slice(0, 3).map((one) => [one.setting, one] as const));
  const shown = lines.map(({ setting, seed, ...one }) => {
    const summary = bright.get(setting);
    const highlighted = summary !== undefined && seed === summary.seeds[0];
    return highlighted ? { ...one, name: `${summary.rank}. ${label(summary)}`, highlighted } : one;
  });
  // The legend is in order of rank.
  const order = (one: { readonly name: string; readonly highlighted?: boolean }) =>
    one.highlighted ? parseInt(one.name) : Infinity;
  shown.sort((a, b) => (order(a) === order(b) ? 0 : order(a) - order(b)));
  const title = `All ${shown.length} runs`;
  const svg = parallelCoordinates({
    title,
    subtitle: `in colour the first seed of the best settings`,
    axes: [...axes, { label: by.measure }],
    lines: shown,
  });
  const rows = lines.map(({ seed, values }) => [seed, ...values]);
  return [{ name: "runs", svg, data: { caption: title, columns: ["seed", ...names, by.measure], rows } }];
}
