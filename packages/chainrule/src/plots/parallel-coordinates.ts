/** Parallel coordinates: the settings and results of many runs, with a line for each run. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { apart, axisName, domainOf, scaleOf, shows, ticksOf } from "./axes.ts";
import type { Axis, Tick } from "./axes.ts";
import { figure, margin } from "./frame.ts";
import type { Drawing, FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { dash, mark } from "./marks.ts";
import { rowNames } from "./row-names.ts";
import { element, escape, px } from "./svg.ts";
import { cut, formatNumber, list, oneLine, sizes, textWidth } from "./text.ts";
import { filled, stroked } from "./theme.ts";

/** An axis of numbers, or of names in the order of the axis. */
export type Coordinate = Axis | { readonly label: string; readonly names: readonly string[] };

export interface CoordinateLine {
  readonly name: string;
  /** A value for each axis: a number, or a name on an axis of names. */
  readonly values: readonly (number | string)[];
  /** Whether the line has its own colour and stands in the legend; for the best few. */
  readonly highlighted?: boolean;
}

export interface ParallelCoordinatesOptions extends FigureOptions {
  /** The axes, from top to bottom; put the measured result last. */
  readonly axes: readonly Coordinate[];
  readonly lines: readonly CoordinateLine[];
}

const [between, most] = [58, 8];

/**
 * Parallel coordinates, as SVG text: horizontal axes below each other, and a line from the first to the last for each
 * run.
 * @throws ShapeError for a line without exactly one value for each axis
 * @throws ValueError for a name that an axis does not have, text on an axis of numbers, or more than eight highlighted
 * lines
 * @example
 * const axes = [{ label: "optimizer", names: ["sgd", "adam"] }, { label: "lr", scale: "log" as const }, { label: "accuracy" }];
 * const lines = [{ name: "run 1", values: ["sgd", 0.1, 0.91] }, { name: "run 2", values: ["adam", 0.01, 0.95], highlighted: true }];
 * parallelCoordinates({ title: "Two runs", axes, lines }).includes("run 2: optimizer adam, lr 0.01, accuracy 0.95"); // true
 */
export function parallelCoordinates(options: ParallelCoordinatesOptions): string {
  const { axes, lines } = options;
  for (const line of lines) check(line, axes);
  const bright = lines.filter((line) => line.highlighted);
  if (bright.length > most)
    throw new ValueError(
      "parallelCoordinates",
      `${bright.length} highlighted lines; at most ${most} can be distinguished`,
    );
  const whole = lines.filter((line) => line.values.every((value, i) => canShow(axes[i], value)));
  const hidden = lines.length - whole.length;
  return figure(options, {
    kind: "parallel-coordinates",
    description: describe(options),
    legend: bright.map((line, i) => lineItem(line, i)),
    notes: [
      ...(lines.length === 0 || axes.length === 0 ? ["No data."] : []),
      ...(hidden > 0
        ? [
            `${hidden} of ${lines.length} lines ${hidden === 1 ? "has" : "have"} a value that cannot be drawn, and ${hidden === 1 ? "is" : "are"} missing.`,
          ]
        : []),
    ],
    draw: (top, width) => draw(axes, lines, new Set(whole), top, width),
  });
}

function check({ name, values }: CoordinateLine, axes: readonly Coordinate[]): void {
  if (values.length !== axes.length)
    throw new ShapeError(
      "parallelCoordinates",
      [[values.length], [axes.length]],
      `the line "${name}" has ${values.length} values for ${axes.length} axes`,
    );
  values.forEach((value, i) => {
    const axis = axes[i];
    if ("names" in axis ? !axis.names.includes(String(value)) : typeof value !== "number")
      throw new ValueError(
        "parallelCoordinates",
        `"${String(value)}" of the line "${name}" is not on the axis "${axis.label}", which has ` +
          ("names" in axis ? list(axis.names) : "numbers"),
      );
  });
}

const canShow = (axis: Coordinate, value: number | string): boolean =>
  "names" in axis || shows(axis, Number(value));

interface Scaled {
  readonly x: (value: number | string) => number;
  readonly ticks: readonly (Tick & { readonly at: number })[];
}

function scaled(
  axis: Coordinate,
  values: readonly (number | string)[],
  left: number,
  right: number,
  width: number,
): Scaled {
  // Labels must not overlap the names on the left.
  const edge = left - 24;
  const withRoom = (ticks: readonly Tick[], x: (value: number) => number) =>
    apart(ticks, (value) => x(value) - edge, width - edge);
  if ("names" in axis) {
    const step = (right - left) / Math.max(axis.names.length - 1, 1);
    const place = (i: number) => (axis.names.length === 1 ? (left + right) / 2 : left + i * step);
    // A name may reach halfway to its neighbours, and not beyond the figure.
    const all = axis.names.map((name, i) => {
      const room = Math.min(step - 9, 2 * (width - 2 - place(i)), 2 * (place(i) - edge - 2));
      return { value: place(i), label: room < 16 ? "" : cut(name, room, 12), at: place(i) };
    });
    const shown = withRoom(
      all.filter(({ label }) => label !== ""),
      (at) => at,
    );
    return {
      x: (value) => place(axis.names.indexOf(String(value))),
      ticks: all.filter((tick) => shown.includes(tick)),
    };
  }
  const domain = domainOf("parallelCoordinates", axis, values.map(Number), false);
  const ends = { axis, domain };
  const x = scaleOf(ends, left, right);
  let ticks: Tick[] = [];
  for (let count = 6; count > 0; count--) {
    const all = ticksOf(ends, count);
    ticks = withRoom(all, x);
    if (ticks.length === all.length) break;
  }
  const inside = (value: number) => Math.min(Math.max(value, domain[0]), domain[1]);
  return {
    x: (value) => x(inside(Number(value))),
    ticks: ticks.map((tick) => ({ ...tick, at: x(tick.value) })),
  };
}

function draw(
  axes: readonly Coordinate[],
  lines: readonly CoordinateLine[],
  whole: ReadonlySet<CoordinateLine>,
  top: number,
  width: number,
): Drawing {
  const names = rowNames(
    axes.map((axis) => axisName(axis)),
    width,
  );
  const [left, right] = [names.left + 18, width - margin - 16];
  const scales = axes.map((axis, i) =>
    scaled(
      axis,
      [...whole].map((line) => line.values[i]),
      left,
      right,
      width,
    ),
  );
  const step = Math.max(between, names.height + 8);
  const y = (i: number) => top + 14 + i * step;
  const places = (line: CoordinateLine) => line.values.map((value, i) => [scales[i].x(value), y(i)] as const);
  const path = (line: CoordinateLine) =>
    `M${places(line)
      .map(([u, v]) => `${px(u)},${px(v)}`)
      .join("L")}`;
  const plain = lines.filter((line) => whole.has(line) && !line.highlighted);
  // Many lines must be transparent.
  const opacity = Math.max(0.12, Math.min(0.6, 12 / Math.max(plain.length, 1)));
  const bright = lines.filter((line) => line.highlighted);
  const brightLines = bright.map((line, i) => {
    if (!whole.has(line)) return "";
    const marks = places(line).map(([u, v]) => mark(i, u, v, 3.8));
    const d = path(line);
    return element(
      "g",
      { class: "cr-series" },
      element("path", { ...stroked("paper", 4.6), "stroke-opacity": "0.75", d }),
      element("path", { ...stroked(i, 2.2), "stroke-dasharray": dash(i), "stroke-linejoin": "round", d }),
      element("path", { ...stroked("paper", 0.8, i), d: marks.join("") || "M0,0" }),
    );
  });
  const axisLines = axes.map((_, i) => {
    const ticks = scales[i].ticks.map(({ at }) => `M${px(at)},${px(y(i) - 4)}v8`).join("");
    return element("path", { ...stroked("muted", 1), d: `M${px(left)},${px(y(i))}H${px(right)}${ticks}` });
  });
  const texts = scales.flatMap(({ ticks }, i) =>
    ticks.map(({ at, label }) => {
      const [size, half] = [12, textWidth(label, 12) / 2];
      // A strip in the paper's colour covers the lines below the text.
      const strip = {
        x: at - half - 1,
        y: y(i) + 7,
        width: 2 * half + 2,
        height: size + 2,
        "fill-opacity": "0.8",
      };
      const place = { x: at, y: y(i) + 18, "text-anchor": "middle", "font-size": size };
      return (
        element("rect", { ...filled("paper"), ...strip }) +
        element("text", { ...filled("muted"), ...place }, escape(label))
      );
    }),
  );
  const svg = [
    ...axisLines,
    plain.length === 0
      ? ""
      : element(
          "g",
          { class: "cr-lines" },
          ...plain.map((line) =>
            element("path", {
              ...stroked("muted", 1.2),
              "stroke-opacity": opacity.toFixed(2),
              d: path(line),
            }),
          ),
        ),
    ...brightLines,
    element("g", { class: "cr-x" }, ...texts),
    element("g", { "font-size": sizes.text }, ...axes.map((_, i) => names.draw(i, y(i)))),
  ].join("");
  return { svg, height: axes.length === 0 ? 0 : (axes.length - 1) * step + 40 };
}

function lineItem({ name }: CoordinateLine, index: number): LegendItem {
  return {
    name: oneLine(name),
    width: 30,
    draw: (x, y) =>
      element("path", {
        ...stroked(index, 2.2),
        "stroke-dasharray": dash(index),
        d: `M${px(x - 15)},${px(y)}h30`,
      }) + element("path", { ...stroked("paper", 0.8, index), d: mark(index, x, y, 3.8) }),
  };
}

function describe({ axes, lines }: ParallelCoordinatesOptions): string {
  const labels = axes.map((axis) => axisName(axis));
  const told = lines
    .filter((line) => line.highlighted)
    .map(({ name, values }) => {
      const each = values.map(
        (value, i) => `${labels[i]} ${typeof value === "number" ? formatNumber(value) : oneLine(value)}`,
      );
      return `${oneLine(name)}: ${each.join(", ")}.`;
    });
  const count = `${lines.length} ${lines.length === 1 ? "line" : "lines"}`;
  return [`Parallel coordinates of ${count} over ${list(labels, 12) || "no axes"}.`, ...told].join(" ");
}
