/** Confusion matrices: how often each true class was predicted as each class. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { figure, margin } from "./frame.ts";
import type { Drawing, FigureOptions } from "./frame.ts";
import { rampItem } from "./legend.ts";
import { element, escape } from "./svg.ts";
import { cut, formatNumber, list, oneLine, sizes, textWidth } from "./text.ts";
import { filled, filledLevel, levelOf, stroked, textOnLevel } from "./theme.ts";

export interface ConfusionMatrixOptions extends FigureOptions {
  /** `counts[t][p]`: the number of examples of class t that were predicted as class p. */
  readonly counts: readonly ArrayLike<number>[];
  /** The names of the classes; default: 0, 1, 2, …. */
  readonly classNames?: readonly string[];
}

/**
 * A confusion matrix, as SVG text: true classes are rows, predicted classes are columns. A cell shows its count, and
 * its colour the share of the row. The cells of the diagonal, the right predictions, have a border.
 * @throws ShapeError unless there are as many columns as rows, and names if any
 * @throws ValueError for counts that are negative
 * @example
 * confusionMatrix({ title: "Test", counts: [[48, 2], [5, 45]] }).includes("93 of 100 are right"); // true
 */
export function confusionMatrix(options: ConfusionMatrixOptions): string {
  const { counts, classNames } = options;
  const n = counts.length;
  const rows = counts.map((row) => Array.from(row));
  rows.forEach((row, i) => {
    if (row.length !== n)
      throw new ShapeError(
        "confusionMatrix",
        [[n], [row.length]],
        `row ${i} has ${row.length} counts for ${n} classes`,
      );
    const bad = row.find((count) => count < 0);
    if (bad !== undefined)
      throw new ValueError("confusionMatrix", `a count of ${bad} in row ${i}; counts are 0 or more`);
  });
  if (classNames && classNames.length !== n)
    throw new ShapeError(
      "confusionMatrix",
      [[n], [classNames.length]],
      `${classNames.length} names for ${n} classes`,
    );
  const names = Array.from({ length: n }, (_, i) => oneLine(classNames?.[i] ?? String(i)));
  const missing = rows.flat().filter((count) => !Number.isFinite(count)).length;
  const width = Math.min(4000, Math.max(400, 90 + 27 * n));
  return figure(
    options,
    {
      kind: "confusion-matrix",
      description: describe(rows, names),
      legend: [rampItem("counts", "share of the true class", [0, 1], [0, 1], (share) => `${100 * share} %`)],
      notes: [
        ...(n === 0 ? ["No classes."] : []),
        ...(missing > 0
          ? [`${missing} ${missing === 1 ? "count is" : "counts are"} not finite (grey).`]
          : []),
      ],
      draw: (top, total) => drawMatrix(rows, names, top, total),
    },
    width,
  );
}

/** The count as a number to add up; a count that is not finite adds 0. */
const sum = (row: readonly number[]): number =>
  row.reduce((all, count) => all + (Number.isFinite(count) ? count : 0), 0);

function drawMatrix(
  rows: readonly number[][],
  names: readonly string[],
  top: number,
  width: number,
): Drawing {
  const n = rows.length;
  const rowNames = names.map((name) => cut(name, width * 0.26));
  const left =
    margin + Math.max(textWidth("true class") * 0.5, ...rowNames.map((name) => textWidth(name))) + 8;
  const cell = Math.min(64, (width - margin - left) / Math.max(n, 1));
  const side = cell * n;
  // Column names are rotated if they would touch.
  const upright = rowNames.some((name) => textWidth(name) > cell - 6);
  const head = 22 + (upright ? Math.max(...rowNames.map((name) => textWidth(name))) + 6 : 20);
  const y0 = top + head;
  const heading = (text: string, at: Record<string, number | string>) =>
    element("text", { ...filled("ink"), "font-size": sizes.text, ...at }, escape(text));
  const parts: string[] = [heading("true class ↓  predicted →", { x: margin, y: top + 14 })];
  const widest = Math.max(0, ...rows.flat().map((count) => textWidth(formatNumber(count, 6), 1)));
  const size = Math.min(sizes.text, (cell - 4) / Math.max(widest, 0.1), cell * 0.62);
  rows.forEach((row, t) => {
    const y = y0 + t * cell;
    const middle = left + (t + 0.5) * cell;
    parts.push(
      element(
        "text",
        {
          ...filled("ink"),
          "font-size": Math.min(sizes.text, cell * 0.9),
          x: left - 8,
          y: y + cell / 2 + 4.5,
          "text-anchor": "end",
        },
        escape(rowNames[t]),
      ),
      element(
        "text",
        {
          ...filled("ink"),
          "font-size": Math.min(sizes.text, cell * 0.9),
          ...(upright
            ? { transform: `translate(${(middle + 4.5).toFixed(1)},${(y0 - 6).toFixed(1)}) rotate(-90)` }
            : { x: middle, y: y0 - 7, "text-anchor": "middle" }),
        },
        escape(rowNames[t]),
      ),
    );
    const all = sum(row);
    row.forEach((count, p) => {
      const level = Number.isFinite(count) ? levelOf(all > 0 ? count / all : 0, 0, 1) : undefined;
      const box = { x: left + p * cell, y, width: cell, height: cell };
      const paint = level === undefined ? filled("missing") : filledLevel("counts", level);
      parts.push(element("rect", { ...paint, ...box }));
      if (count === 0 || size < 7.5) return;
      const ink = level === undefined ? filled("ink") : textOnLevel("counts", level);
      const at = {
        x: box.x + cell / 2,
        y: y + cell / 2 + size * 0.36,
        "text-anchor": "middle",
        "font-size": size,
      };
      parts.push(element("text", { ...ink, ...at }, escape(formatNumber(count, 6))));
    });
  });
  const diagonal = rows.map((_, i) =>
    element("rect", {
      ...stroked("ink", 1.5),
      x: left + i * cell + 1,
      y: y0 + i * cell + 1,
      width: cell - 2,
      height: cell - 2,
    }),
  );
  const outline =
    n > 0 ? element("rect", { ...stroked("missing", 1), x: left, y: y0, width: side, height: side }) : "";
  return { svg: parts.join("") + outline + diagonal.join(""), height: head + side + 8 };
}

function describe(rows: readonly number[][], names: readonly string[]): string {
  const total = sum(rows.map(sum));
  if (total === 0) return "Confusion matrix without examples.";
  const right = sum(rows.map((row, i) => row[i]));
  const wrong = rows
    .flatMap((row, t) => row.map((count, p) => ({ count, t, p })))
    .filter(({ count, t, p }) => t !== p && Number.isFinite(count) && count > 0)
    .sort((a, b) => b.count - a.count);
  const confused = wrong.slice(0, 5).map(({ count, t, p }) => `${names[t]} taken for ${names[p]} (${count})`);
  return [
    `Confusion matrix of ${rows.length} classes: ${right} of ${total} are right, ${formatNumber((100 * right) / total, 4)} %.`,
    confused.length > 0 ? `Most often confused: ${list(confused)}.` : "None are confused.",
  ].join(" ");
}
