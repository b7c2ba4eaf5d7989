/** The section on training: loss and accuracy or error after each epoch, and the loss of each batch. */
import type { Axis } from "../../plots/axes.ts";
import { finiteEnds } from "../../plots/cells.ts";
import type { LineOptions, Series } from "../../plots/line.ts";
import { partNames } from "../../train/events.ts";
import { columns, list, note } from "../blocks.ts";
import { lineFigure } from "../figures.ts";
import type { Html } from "../html.ts";
import type { Section } from "../page.ts";
import {
  observeAccuracy,
  observeBatches,
  observeEnd,
  observeError,
  observeLoss,
} from "./curve-observations.ts";
import {
  accuracySentences,
  batchSentences,
  endSentences,
  errorSentences,
  lossSentences,
} from "./curve-sentences.ts";
import { bestEpoch } from "./epochs.ts";
import type { RunRecord } from "./record.ts";
import { counted } from "../words/index.ts";
import { partWord } from "./words.ts";

/** A curve for each part that has the metric; accuracies in percent. */
function seriesOf({ history }: RunRecord, metric: "loss" | "accuracy" | "rmse"): Series[] {
  const factor = metric === "accuracy" ? 100 : 1;
  return partNames.flatMap((part) => {
    const seen = history.flatMap(({ epoch, metrics }) => {
      const value = metrics[part]?.[metric];
      return value === undefined ? [] : [{ epoch, value: factor * value }];
    });
    const curve = { x: seen.map(({ epoch }) => epoch), y: seen.map(({ value }) => value) };
    return seen.length === 0 ? [] : [{ name: partWord[part], ...curve }];
  });
}

/** Curves with observations; only the observations if at most one epoch has finite metrics. */
function curveFigure(options: LineOptions, statements: string[]): Html {
  const epochs = options.series.flatMap(({ x = [], y }) =>
    Array.from(x).filter((_, i) => Number.isFinite(y[i])),
  );
  return new Set(epochs).size < 2 ? list(statements) : lineFigure(options, { statements });
}

/** A log axis if values span two powers of ten or more. */
function lossAxis(label: string, values: readonly number[]): Axis {
  const { low, high } = finiteEnds(values.filter((value) => value > 0));
  const wide = high > 100 * low;
  return { label, ...(wide && { scale: "log" }) };
}

const epochAxis: Axis = { label: "epoch" };

export function curvesSection(record: RunRecord): Section {
  const { status } = record;
  const [end, ...more] = endSentences(observeEnd(record));
  return {
    title: "Learning curves",
    blocks: [
      ...(end === undefined ? [] : [note(end, status === "diverged" ? "warning" : "note")]),
      list(more),
      ...(record.history.length > 1 ? [columns(lossFigure(record), ...figureOfMerit(record))] : []),
      ...(Array.from(record.batches).filter(Number.isFinite).length > 1 ? [batchFigure(record)] : []),
    ],
  };
}

function lossFigure(record: RunRecord): Html {
  const series = seriesOf(record, "loss");
  const best = bestEpoch(record.history);
  const y = lossAxis(
    record.loss,
    series.flatMap((one) => Array.from(one.y)),
  );
  return curveFigure(
    {
      title: "Loss after each epoch",
      x: epochAxis,
      y,
      series,
      guides: best === undefined ? [] : [{ x: best.epoch, name: `smallest ${partWord[best.part]} loss` }],
    },
    lossSentences(observeLoss(record)),
  );
}

function figureOfMerit(record: RunRecord): Html[] {
  if (record.task === "classification") {
    const series = seriesOf(record, "accuracy");
    if (series.length === 0) return [];
    const y = { label: "accuracy", unit: "%" };
    return [
      curveFigure(
        { title: "Accuracy after each epoch", x: epochAxis, y, series },
        accuracySentences(observeAccuracy(record, record.rows)),
      ),
    ];
  }
  const series = seriesOf(record, "rmse");
  if (series.length === 0) return [];
  const y = lossAxis(
    "root mean squared error",
    series.flatMap((one) => Array.from(one.y)),
  );
  return [
    curveFigure(
      { title: "Error after each epoch", x: epochAxis, y, series },
      errorSentences(observeError(record)),
    ),
  ];
}

function batchFigure(record: RunRecord): Html {
  const { batches } = record;
  const window = Math.max(2, Math.min(record.batchesPerEpoch, Math.ceil(batches.length / 50)));
  const steps = Array.from(batches, (_, i) => i + 1);
  const mean = runningMean(batches, window);
  const y = lossAxis(record.loss, Array.from(batches));
  const smooth = batches.length > 3 * window && batches.length > 30;
  const figure = lineFigure({
    title: "Loss of each batch",
    x: { label: "update" },
    y,
    series: [
      { name: "batch", x: steps, y: batches, faint: smooth },
      ...(smooth ? [{ name: `mean of ${counted(window, "update")}`, x: steps, y: mean }] : []),
    ],
  });
  return columns(figure, list([...batchSentences(observeBatches(record)), ...thinned(batches.length)]));
}

/** A note if the curve is thinned: `line` draws at most four points per unit of width. */
function thinned(count: number): string[] {
  return count > 1500
    ? ["Of each stretch of the curve the first, the last, the smallest and the largest loss are drawn."]
    : [];
}

/**
 * The moving average over the last `width` values. A window is the end of one block of `width` values and the beginning
 * of the next, whose sums are kept. Each value is added twice and none is subtracted, so one huge loss does not cancel
 * the digits of later small ones.
 */
export function runningMean(values: ArrayLike<number>, width: number): Float64Array {
  const count = values.length;
  const toEnd = new Float64Array(count + 1);
  for (let i = count - 1; i >= 0; i--) toEnd[i] = values[i] + ((i + 1) % width === 0 ? 0 : toEnd[i + 1]);
  let fromStart = 0;
  return Float64Array.from({ length: count }, (_, i) => {
    fromStart = values[i] + (i % width === 0 ? 0 : fromStart);
    const first = i - width + 1;
    if (first <= 0) return fromStart / Math.min(i + 1, width);
    return (fromStart + (first % width === 0 ? 0 : toEnd[first])) / width;
  });
}
