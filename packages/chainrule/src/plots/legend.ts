/** The legend: samples with their names, in rows above the drawing, so that they cannot cover data. */
import { element, escape } from "./svg.ts";
import { cut, formatNumber, sizes, textWidth } from "./text.ts";
import { filled, filledLevel, levels, stroked } from "./theme.ts";
import type { RampName } from "./theme.ts";

/** A sample and its name. `draw` draws the sample around (x, y), within `width` and a height of 14. */
export interface LegendItem {
  readonly name: string;
  readonly width: number;
  draw(x: number, y: number): string;
}

const rowHeight = 20;
const gap = 14;

/** Draws the legend in rows of at most `width`. */
export function legend(
  items: readonly LegendItem[],
  left: number,
  top: number,
  width: number,
): { svg: string; height: number } {
  let x = left;
  let row = 0;
  const parts = items.map((item) => {
    const name = cut(item.name, width - item.width - 6);
    const taken = item.width + (name === "" ? 0 : 6 + textWidth(name));
    if (x > left && x + taken > left + width) {
      x = left;
      row++;
    }
    const y = top + row * rowHeight + rowHeight / 2;
    const svg =
      item.draw(x + item.width / 2, y) +
      element("text", { ...filled("ink"), x: x + item.width + 6, y: y + 4.5 }, escape(name));
    x += taken + gap;
    return svg;
  });
  if (items.length === 0) return { svg: "", height: 0 };
  return {
    svg: element("g", { class: "cr-legend", "font-size": sizes.text }, ...parts),
    height: (row + 1) * rowHeight,
  };
}

/**
 * A colour ramp with its two ends, for values from `least` to `largest`. The signs ≤ and ≥ at the ends show that some
 * values lie beyond and have the end's colour.
 */
export function rampItem(
  ramp: RampName,
  name: string,
  [from, to]: readonly [number, number],
  [least, largest]: readonly [number, number],
  write: (value: number) => string = (value) => formatNumber(value, 3),
): LegendItem {
  // An end that is negligible beside the other one is written as 0.
  const near = (value: number) =>
    Math.abs(value) < 1e-6 * Math.max(Math.abs(from), Math.abs(to)) ? 0 : value;
  const low = `${least < from ? "≤ " : ""}${write(near(from))}`;
  const high = `${largest > to ? "≥ " : ""}${write(near(to))}`;
  const [bar, lowWidth, highWidth] = [66, textWidth(low) + 5, textWidth(high) + 5];
  return {
    name,
    width: lowWidth + bar + highWidth,
    draw(x, y) {
      const start = x - (lowWidth + bar + highWidth) / 2 + lowWidth;
      const step = bar / levels;
      const boxes = Array.from({ length: levels }, (_, level) =>
        element("rect", {
          ...filledLevel(ramp, level),
          x: start + level * step,
          y: y - 6,
          width: step,
          height: 12,
        }),
      );
      const end = (text: string, at: number, anchor: string) =>
        element("text", { ...filled("ink"), x: at, y: y + 4.5, "text-anchor": anchor }, escape(text));
      return (
        end(low, start - 5, "end") +
        element("g", { "shape-rendering": "crispEdges" }, ...boxes) +
        element("rect", { ...stroked("muted", 0.75), x: start, y: y - 6, width: bar, height: 12 }) +
        end(high, start + bar + 5, "start")
      );
    },
  };
}
