/**
 * The layout of horizontal bars and boxes: names on their left, which may be long, and one axis of values below all
 * rows.
 */
import { apart } from "./axes.ts";
import type { Tick } from "./axes.ts";
import { margin } from "./frame.ts";
import { element, escape, px } from "./svg.ts";
import { cut, sizes, textWidth, wrap } from "./text.ts";
import { filled, stroked } from "./theme.ts";

export interface RowNames {
  /** The left edge of the rows. */
  readonly left: number;
  /** The height of the tallest name. */
  readonly height: number;
  /** Draws the name of a row, centred on a height. */
  draw(row: number, middle: number): string;
}

/** Lays out names in at most two lines, on about a third of the width. */
export function rowNames(labels: readonly string[], width: number): RowNames {
  const names = labels.map((label) => wrap(label, (width - 2 * margin) * 0.36, sizes.text, false, 2));
  const left = margin + Math.max(0, ...names.flat().map((name) => textWidth(name))) + 8;
  return {
    left,
    height: Math.max(0, ...names.map((lines) => lines.length * 16)),
    draw: (row, middle) =>
      names[row]
        .map((line, i, { length }) => {
          const y = middle + 4.5 + 16 * (i - (length - 1) / 2);
          return element("text", { ...filled("ink"), x: left - 8, y, "text-anchor": "end" }, escape(line));
        })
        .join(""),
  };
}

export interface ValueAxis {
  readonly name: string;
  readonly x: (value: number) => number;
  readonly domain: readonly [number, number];
  readonly top: number;
  readonly bottom: number;
  /** The width of the whole figure. */
  readonly width: number;
}

/** The height of an axis below the rows, with its name. */
export const valueAxisHeight = 45;

/** Draws the grid behind the rows and the axis below them. */
export function drawValueAxis(
  axis: ValueAxis,
  ticksFor: (count: number) => readonly Tick[],
): { grid: string; below: string } {
  const { x, top, bottom, width } = axis;
  const [low, high] = axis.domain;
  let ticks: readonly Tick[] = [];
  for (let count = 6; count > 0; count--) {
    const all = ticksFor(count);
    ticks = apart(all, x, width);
    if (ticks.length === all.length) break;
  }
  const lines = ticks.map(({ value: at }) => `M${px(x(at))},${px(top)}V${px(bottom)}`).join("");
  const texts = ticks.map(({ value, label }) =>
    element(
      "text",
      { ...filled("muted"), x: x(value), y: bottom + 17, "text-anchor": "middle" },
      escape(label),
    ),
  );
  const name = cut(axis.name, width - 2 * margin);
  const nameAt = Math.min(
    Math.max((x(low) + x(high)) / 2, margin + textWidth(name) / 2),
    width - margin - textWidth(name) / 2,
  );
  return {
    grid: element("path", { ...stroked("grid", 1), d: lines }),
    below:
      element("g", { class: "cr-x", "font-size": sizes.text }, ...texts) +
      element(
        "text",
        { ...filled("ink"), x: nameAt, y: bottom + 37, "font-size": sizes.text, "text-anchor": "middle" },
        escape(name),
      ),
  };
}
