/** The sections on a classifier: confused classes, metrics of each class, the worst mistakes, the decision regions. */
import { precisionRecallF1 } from "../../functions/metrics.ts";
import type { PointSet } from "../../plots/points.ts";
import { columns, list, prose } from "../blocks.ts";
import { confusionFigure, heatMapFigure, imageGridFigure, regionsFigure } from "../figures.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { Section } from "../page.ts";
import { table } from "../table.ts";
import type { TableOptions } from "../table.ts";
import { countPairs } from "./outcome-observations.ts";
import { confusionSentences, mistakeSentences, planeSentences } from "./outcome-sentences.ts";
import { alike } from "./plane.ts";
import type { ClassOutcome, Plane } from "./record.ts";
import { percent } from "../words/index.ts";
import { called, partWord } from "./words.ts";

export function classesSection(outcome: ClassOutcome): Section {
  const { part, classNames } = outcome;
  const counts = countPairs(outcome);
  const matrix = confusionFigure({ title: `Confusion on the ${partWord[part]} rows`, counts, classNames });
  const beside = html`${list(confusionSentences(outcome))}${classTable(outcome, counts)}`;
  // Many classes need the whole width.
  return { title: "Classes", blocks: classNames.length > 12 ? [beside, matrix] : [columns(matrix, beside)] };
}

const inPercent = (fraction: number): string => (100 * fraction).toFixed(2);

function classTable({ part, classNames }: ClassOutcome, counts: readonly number[][]): Html {
  const { perClass, macro } = precisionRecallF1(counts);
  const row = (name: string, { precision, recall, f1, support }: typeof macro) => [
    name,
    inPercent(precision),
    inPercent(recall),
    inPercent(f1),
    support,
  ];
  return table({
    caption: `Precision and recall of each class on the ${partWord[part]} rows, in percent`,
    columns: ["class", "precision", "recall", "F1", "rows"],
    rows: [...perClass.map((figures, k) => row(classNames[k], figures)), row("mean of the classes", macro)],
  });
}

export function mistakesSection(outcome: ClassOutcome): Section {
  const { classNames, mistakes, image, part } = outcome;
  const statements = mistakeSentences(outcome);
  if (mistakes.length === 0)
    return { title: "Worst mistakes", blocks: [prose(`No ${partWord[part]} row is wrong.`)] };
  const name = (kind: number) => classNames[kind];
  const data: TableOptions = {
    caption: `The ${partWord[part]} rows with the largest probability for a wrong class; rows are counted from 0`,
    columns: ["row", "true class", "predicted", "its probability (%)"],
    rows: mistakes.map(({ row, truth, predicted, probability }) => [
      String(row),
      name(truth),
      name(predicted),
      inPercent(probability),
    ]),
  };
  if (image === undefined) return { title: "Worst mistakes", blocks: [list(statements), table(data)] };
  const images = mistakes.map(({ truth, predicted, probability, image: values = [] }) => ({
    values,
    // rounded down, so that no probability reads 100 %
    caption: `${name(truth)} as ${name(predicted)}, ${percent(Math.floor(100 * probability) / 100, 0)}`,
  }));
  const figure = imageGridFigure(
    {
      title: "True class as predicted one, probability",
      images,
      ...image,
      valueLabel: "brightness",
    },
    { data },
  );
  return { title: "Worst mistakes", blocks: [columns(figure, list(statements))] };
}

export function planeSection(plane: Plane, outcome: ClassOutcome): Section {
  const { names, columns: across, rows, values } = plane;
  const classNames = outcome.classNames.map(called);
  const [x, y] = names.map((label) => ({ label }));
  const sets: PointSet[] = plane.points.map(({ part, ...points }) => ({ name: partWord[part], ...points }));
  const shared = { x, y, columns: across, rows, sets, classNames, equal: alike(across, rows) };
  const cells = across.count * rows.count;
  const figure =
    classNames.length === 2
      ? heatMapFigure({
          ...shared,
          title: "Decision boundary",
          values: Float64Array.from({ length: cells }, (_, cell) => values[2 * cell + 1]),
          range: [0, 1],
          valueLabel: `P(${classNames[1]})`,
          contours: [0.5],
        })
      : regionsFigure({ ...shared, title: "Decision boundary", probabilities: values });
  return { title: "Decision boundary", blocks: [columns(figure, list(planeSentences(plane, outcome)))] };
}
