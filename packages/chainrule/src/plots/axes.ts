/** Axes: domains for any data, ticks with labels that do not overlap, and the grid behind the marks. */
import { scaleLinear, scaleLog } from "d3-scale";
import { ValueError } from "../tensor/errors.ts";
import { margin } from "./frame.ts";
import { element, escape, px } from "./svg.ts";
import { cut, formatNumber, oneLine, powerOfTen, sizes, textWidth } from "./text.ts";
import { filled, stroked } from "./theme.ts";

export interface Axis {
  readonly label: string;
  /** The unit, written after the label in parentheses. */
  readonly unit?: string;
  /** Default: linear. A log axis shows values > 0 only. */
  readonly scale?: "linear" | "log";
  /** The ends of the axis; default: those of the data. Marks outside are cut off. */
  readonly domain?: readonly [number, number];
}

/** The label with the unit. */
export function axisName({ label, unit }: Axis): string {
  return oneLine(unit === undefined ? label : `${label} (${unit})`);
}

/** Whether an axis can show a value. */
export function shows(axis: Axis, value: number): boolean {
  return Number.isFinite(value) && (axis.scale !== "log" || value > 0);
}

/** The span of larger values would overflow. */
const huge = Number.MAX_VALUE / 8;

/** The domain of an axis for some values: the range of the values that it can show, widened if there is at most one. */
export function domainOf(where: string, axis: Axis, values: Iterable<number>, nice = true): [number, number] {
  if (axis.domain) {
    const [low, high] = axis.domain;
    if (!shows(axis, low) || !shows(axis, high) || !(low < high) || !Number.isFinite(high - low))
      throw new ValueError(
        where,
        `the domain [${low}, ${high}] of "${axis.label}" must be two finite numbers, the smaller first` +
          (axis.scale === "log" ? ", both > 0 on a log axis" : ""),
      );
    return [low, high];
  }
  let [low, high] = [Infinity, -Infinity];
  for (const value of values)
    if (shows(axis, value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  if (axis.scale === "log") {
    if (low > high) return [1, 10];
    // Values near the largest floating-point numbers lie outside, like any mark beyond a domain.
    [low, high] = [Math.min(Math.max(low, 1e-300), 1e300), Math.min(Math.max(high, 1e-300), 1e300)];
    const decades = Math.log10(high) - Math.log10(low);
    // A little room at both ends, on the log scale.
    const room = decades < 0.005 ? 2 : 10 ** Math.min(0.03 * decades, 3);
    return [low / room, high * room];
  }
  if (low > high) return [0, 1];
  [low, high] = [low, high].map((end) => Math.min(Math.max(end, -huge), huge));
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (!(high - low > 1e-9 * size) || high - low < 1e-290) {
    const room = size < 1e-280 ? 1 : 0.1 * size;
    [low, high] = [low - room, high + room];
  }
  return nice ? (scaleLinear().domain([low, high]).nice(6).domain() as [number, number]) : [low, high];
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** The labels of an axis in one format: as many decimals as the step needs, or powers of ten. */
function linearTicks(low: number, high: number, count: number, whole: boolean): Tick[] {
  const all = scaleLinear().domain([low, high]).ticks(count);
  const values = whole ? all.filter(Number.isInteger) : all;
  const size = Math.max(...values.map(Math.abs), 0);
  if (values.length < 2 || size >= 1e6 || size < 1e-3)
    return values.map((value) => ({ value, label: formatNumber(value, 6) }));
  const decimals = Math.max(...values.map((value) => (formatNumber(value, 12).split(".")[1] ?? "").length));
  return values.map((value) => ({
    value,
    label: value
      .toFixed(Math.min(decimals, 12))
      .replace(/^-(?=.*[1-9])/, "−")
      .replace(/^-/, ""),
  }));
}

/** Powers of ten if there are several, thinned to the count; else also 2 and 5 times them, or d3's ticks. */
function logTicks(low: number, high: number, count: number): Tick[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const powers = Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i);
  if (powers.length >= 3) {
    const every = Math.ceil(powers.length / count);
    const plain = first >= -3 && last <= 5;
    return powers
      .filter((power) => power % every === 0)
      .map((power) => {
        const value = Number(`1e${power}`);
        return { value, label: plain ? String(value) : powerOfTen(power) };
      });
  }
  const written = (values: readonly number[]) =>
    values.map((value) => ({ value, label: formatNumber(value, 6) }));
  const powersAround = [first - 1, ...powers];
  const within = (value: number) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const steps = powersAround
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter(within);
  // Less than a decade needs more steps.
  const finer = powersAround
    .flatMap((power) => [1, 2, 3, 4, 5, 7].map((digit) => Number(`${digit}e${power}`)))
    .filter(within);
  if (steps.length < 3 && finer.length > steps.length && finer.length <= count + 2) return written(finer);
  if (steps.length > 1)
    return written(steps.length > count + 2 ? steps.filter((_, i) => i % 2 === 0) : steps);
  return written(
    scaleLinear()
      .domain([low, high])
      .ticks(count)
      .filter((value) => value > 0),
  );
}

export interface Ends {
  readonly axis: Axis;
  readonly domain: readonly [number, number];
  /** Whether ticks are at whole numbers only, as for epochs. */
  readonly whole?: boolean;
  /**
   * Whether marks are cut off exactly at the ends. Else they may overlap the ends, but only slightly with a given
   * domain.
   */
  readonly exact?: boolean;
}

/** About `count` ticks with their labels. */
export function ticksOf({ axis, domain: [low, high], whole = false }: Ends, count: number): Tick[] {
  return axis.scale === "log" ? logTicks(low, high, count) : linearTicks(low, high, count, whole);
}

/** The map from values to coordinates. It clamps values far outside the domain to coordinates of a moderate length. */
export function scaleOf({ axis, domain }: Ends, from: number, to: number): (value: number) => number {
  const [low, high] = domain;
  const log = axis.scale === "log";
  const scale = (log ? scaleLog() : scaleLinear()).domain(domain).range([from, to]);
  const reach = Math.min(1e4 * (high - low), Number.MAX_VALUE / 2);
  return (value) => scale(log ? value : Math.min(Math.max(value, low - reach), high + reach));
}

/** The drawing's inside with its scales. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  x(value: number): number;
  y(value: number): number;
}

export interface AreaOptions {
  readonly x: Ends;
  readonly y: Ends;
  readonly top: number;
  /** The width of the whole figure. */
  readonly width: number;
  /** The height of the inside, from its width. */
  readonly height: (width: number) => number;
  /** Whether a grid is drawn; default true. */
  readonly grid?: boolean;
  /** The largest width of the inside. */
  readonly most?: number;
}

/** Draws two axes and the marks between them. The name of the y axis stands above it, so no text is rotated. */
export function axes(options: AreaOptions, marks: (area: Area) => string): { svg: string; height: number } {
  const { x, y, top, width, grid = true, most = Infinity } = options;
  const [xName, yName] = [axisName(x.axis), axisName(y.axis)];
  const nameHeight = yName === "" ? 6 : 22;
  // The height of the inside may depend on its width, and the width on the tick labels. Only their number depends on
  // the height.
  const widest = (ticks: readonly Tick[]) => Math.max(0, ...ticks.map(({ label }) => textWidth(label)));
  const guess = Math.min(options.height(width - 70), 4000);
  const yTicks = ticksOf(y, Math.max(2, Math.floor(guess / 38)));
  const left = margin + widest(yTicks) + 8;
  const right = margin + 8;
  const inside = Math.min(width - left - right, most);
  const height = options.height(inside);
  let xTicks: Tick[] = [];
  let area!: Area;
  for (let count = 8; count >= 1; count--) {
    xTicks = ticksOf(x, count);
    area = {
      left,
      top: top + nameHeight,
      width: inside,
      height,
      x: scaleOf(x, left, left + inside),
      y: scaleOf(y, top + nameHeight + height, top + nameHeight),
    };
    if (fit(xTicks, area.x)) break;
  }
  xTicks = apart(xTicks, area.x, width);
  const bottom = area.top + height;
  const tickText = (tick: Tick, at: Record<string, number | string>) =>
    element("text", { ...filled("muted"), ...at }, escape(tick.label));
  const gridLines = [
    ...yTicks.map(({ value }) => `M${px(left)},${px(area.y(value))}h${px(inside)}`),
    ...xTicks.map(({ value }) => `M${px(area.x(value))},${px(area.top)}v${px(height)}`),
  ].join("");
  const outside = [
    ...yTicks.map(({ value }) => `M${px(left)},${px(area.y(value))}h-4`),
    ...xTicks.map(({ value }) => `M${px(area.x(value))},${px(bottom)}v4`),
  ].join("");
  const [over, under] = [x, y].map((ends) => (ends.exact ? 0 : ends.axis.domain ? 1.5 : 6));
  const view = [left - over, area.top - under, inside + 2 * over, height + 2 * under];
  const svg = [
    grid ? element("path", { ...stroked("grid", 1), d: gridLines }) : "",
    // A nested svg element cuts off marks outside. Unlike a clip path it needs no id, which could clash with another
    // figure's.
    element(
      "svg",
      {
        x: view[0],
        y: view[1],
        width: view[2],
        height: view[3],
        viewBox: view.map(px).join(" "),
        overflow: "hidden",
      },
      marks(area),
    ),
    element("path", {
      ...stroked("muted", 1),
      d: `M${px(left)},${px(area.top)}V${px(bottom)}H${px(left + inside)}${outside}`,
    }),
    element(
      "g",
      { class: "cr-y", "font-size": sizes.text, "text-anchor": "end" },
      ...yTicks.map((tick) => tickText(tick, { x: left - 7, y: area.y(tick.value) + 4.5 })),
    ),
    element(
      "g",
      { class: "cr-x", "font-size": sizes.text, "text-anchor": "middle" },
      ...xTicks.map((tick) => tickText(tick, { x: area.x(tick.value), y: bottom + 18 })),
    ),
    nameText(yName, { x: margin, y: top + 12 }, width - 2 * margin),
    nameText(
      xName,
      { x: left + inside / 2, y: bottom + 38, "text-anchor": "middle" },
      2 * Math.min(inside / 2 + right, left + inside / 2) - 8,
    ),
  ].join("");
  return { svg, height: nameHeight + height + (xName === "" ? 26 : 46) };
}

function nameText(name: string, at: Record<string, number | string>, width: number): string {
  if (name === "") return "";
  return element("text", { ...filled("ink"), "font-size": sizes.text, ...at }, escape(cut(name, width)));
}

/** The ticks whose labels fit in the figure without overlapping earlier ones. */
export function apart(ticks: readonly Tick[], x: (value: number) => number, width: number): Tick[] {
  let end = 1;
  return ticks.filter(({ value, label }) => {
    const half = textWidth(label) / 2;
    const room = x(value) - half >= end && x(value) + half <= width - 1;
    if (room) end = x(value) + half + 9;
    return room;
  });
}

/** Whether labels centred below their ticks do not overlap. */
function fit(ticks: readonly Tick[], x: (value: number) => number): boolean {
  return ticks.every(({ value, label }, i) => {
    if (i === 0) return true;
    const before = ticks[i - 1];
    return x(value) - x(before.value) >= (textWidth(label) + textWidth(before.label)) / 2 + 9;
  });
}
