/** The sections on a regression: predictions against true values, errors, and the curve or surface over the inputs. */
import { finiteEnds } from "../../plots/cells.ts";
import { columns } from "../blocks.ts";
import { heatMapFigure, scatterFigure } from "../figures.ts";
import type { Html } from "../html.ts";
import type { Section } from "../page.ts";
import { table } from "../table.ts";
import { errorMetrics } from "./outcome-observations.ts";
import { predictionSentences, residualSentences } from "./outcome-sentences.ts";
import { alike } from "./plane.ts";
import type { Fit, NumberOutcome, Plane } from "./record.ts";
import { partWord } from "./words.ts";

const mostListed = 10;

export function numbersSection(outcome: NumberOutcome, fit: Fit | undefined): Section {
  const { part, target, truth, predicted, rows } = outcome;
  const { rmse, residuals } = errorMetrics(outcome);
  const { low, high } = finiteEnds(truth);
  const { low: left, high: right } = finiteEnds(predicted);
  const against = scatterFigure(
    {
      title: "Predicted against true",
      x: { label: `true ${target}` },
      y: { label: `predicted ${target}` },
      sets: [{ name: `${partWord[part]} rows`, x: truth, y: predicted }],
      diagonal: true,
      curves: [
        {
          name: "± RMSE",
          style: "dotted",
          x: [low, high, NaN, low, high],
          y: [low + rmse, high + rmse, NaN, low - rmse, high - rmse],
        },
      ],
      equal: true,
    },
    { statements: predictionSentences(outcome) },
  );
  const errors = scatterFigure(
    {
      title: "Errors",
      x: { label: `predicted ${target}` },
      y: { label: "predicted − true" },
      sets: [{ name: `${partWord[part]} rows`, x: predicted, y: residuals }],
      curves: [
        { name: "no error", style: "dashed", x: [left, right], y: [0, 0] },
        {
          name: "± RMSE",
          style: "dotted",
          x: [left, right, NaN, left, right],
          y: [rmse, rmse, NaN, -rmse, -rmse],
        },
      ],
    },
    { statements: residualSentences(outcome) },
  );
  const farthest = residuals
    .map((residual, i) => ({ residual, i }))
    .sort((a, b) => Math.abs(b.residual) - Math.abs(a.residual) || a.i - b.i)
    .slice(0, mostListed);
  const rowsFarOff = table({
    caption: `The ${partWord[part]} rows that are farthest off; rows are counted from 0`,
    columns: ["row", "true", "predicted", "predicted − true"],
    rows: farthest.map(({ residual, i }) => [String(rows[i]), truth[i], predicted[i], residual]),
  });
  return {
    title: "Predictions",
    blocks: [columns(...(fit ? [fitFigure(fit)] : []), against, errors, rowsFarOff)],
  };
}

function fitFigure({ name, target, curve, points }: Fit): Html {
  return scatterFigure({
    title: `${target} over ${name}`,
    x: { label: name },
    y: { label: target },
    sets: points.map(({ part, x, y }) => ({ name: partWord[part], x, y })),
    curves: [{ name: "network", style: "solid", ...curve }],
    height: 260,
  });
}

export function surfaceSection(
  { names, columns: across, rows, values }: Plane,
  { target }: NumberOutcome,
): Section {
  const [x, y] = names.map((label) => ({ label }));
  return {
    title: "Prediction over the inputs",
    blocks: [
      heatMapFigure({
        title: `Predicted ${target}`,
        x,
        y,
        values,
        columns: across,
        rows,
        valueLabel: target,
        colors: "sequential",
        equal: alike(across, rows),
      }),
    ],
  };
}
