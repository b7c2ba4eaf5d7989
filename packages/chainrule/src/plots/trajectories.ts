/** Paths over the contours of a surface, such as the steps of optimizers on a loss surface. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { axes, axisName } from "./axes.ts";
import type { Area, Axis, Ends } from "./axes.ts";
import { drawCells, finiteEnds } from "./cells.ts";
import { contourLines } from "./contours.ts";
import { figure } from "./frame.ts";
import type { FigureOptions } from "./frame.ts";
import type { LegendItem } from "./legend.ts";
import { mark } from "./marks.ts";
import { equalHeight } from "./scatter.ts";
import { element, px } from "./svg.ts";
import { formatNumber, list, oneLine } from "./text.ts";
import { filled, stroked } from "./theme.ts";

/** The points of one descent, from its start on. */
export interface Trajectory {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** A linear axis with its ends. */
export interface PlaneAxis extends Axis {
  readonly domain: readonly [number, number];
}

export interface TrajectoriesOptions extends FigureOptions {
  readonly x: PlaneAxis;
  readonly y: PlaneAxis;
  /** The height of the surface at a point, such as the loss. */
  readonly surface: (x: number, y: number) => number;
  /** The name of the surface; default "loss". */
  readonly valueLabel?: string;
  readonly paths: readonly Trajectory[];
  /** The lowest point of the surface, which is marked if given. */
  readonly minimum?: readonly [x: number, y: number];
  /** The heights of the contours. Default: ten heights, closer near the bottom, which gives even rings on a bowl. */
  readonly contours?: readonly number[];
  /** The number of points along each axis at which the surface is computed; default 80. */
  readonly resolution?: number;
  /** Whether one unit of y is as long as one of x. */
  readonly equal?: boolean;
  /** The height of the inside if units are not equal; default 280. */
  readonly height?: number;
}

/**
 * Paths over the contours of a surface, as SVG text, with a mark per step and arrows for the direction. A path ends
 * where it is no longer finite, and is cut off where it leaves the picture; a note says so.
 * @throws ShapeError for a path with different numbers of x and y
 * @throws ValueError for a log axis, or ends without extent
 * @example
 * const [x, y] = [{ label: "w₁", domain: [-2, 2] as const }, { label: "w₂", domain: [-2, 2] as const }];
 * const paths = [{ name: "SGD", x: [1.5, 0.5, 0.2], y: [1, -0.6, 0.3] }];
 * trajectories({ title: "A bowl", x, y, surface: (u, v) => u * u + 3 * v * v, paths }).includes("SGD: 2 steps"); // true
 */
export function trajectories(options: TrajectoriesOptions): string {
  const { x, y, surface, paths, minimum, resolution = 80, equal = false } = options;
  const label = oneLine(options.valueLabel ?? "loss");
  const ends = [x, y].map((axis): Ends => {
    const [low, high] = axis.domain;
    if (axis.scale === "log" || !(low < high) || !Number.isFinite(high - low))
      throw new ValueError(
        "trajectories",
        `the axis "${axis.label}" must be linear and go from a number to a larger one, not ${low} to ${high}`,
      );
    return { axis: { ...axis, domain: undefined }, domain: [low, high], exact: true };
  });
  if (!Number.isInteger(resolution) || resolution < 2 || resolution > 400)
    throw new ValueError("trajectories", `resolution must be 2 to 400, not ${resolution}`);
  for (const path of paths)
    if (path.x.length !== path.y.length)
      throw new ShapeError(
        "trajectories",
        [[path.x.length], [path.y.length]],
        `the path "${path.name}" has ${path.x.length} x and ${path.y.length} y; give as many of each`,
      );
  const middles = ({ domain: [low, high] }: Ends) =>
    Array.from({ length: resolution }, (_, i) => low + ((i + 0.5) / resolution) * (high - low));
  const [us, vs] = ends.map(middles);
  const values = vs.flatMap((v) => us.map((u) => surface(u, v)));
  const found = finiteEnds(values);
  const contours = options.contours ?? evenRings(found.low, found.high);
  const traces = paths.map((path) => trace(path, ends[0], ends[1]));
  return figure(options, {
    kind: "trajectories",
    description: describe(options, label, contours, traces),
    legend: [
      ...traces.map(pathItem),
      ...(minimum ? [minimumItem] : []),
      ...(contours.length > 0 ? [contourItem(contours, label)] : []),
    ],
    notes: traces.flatMap(({ note }) => note),
    draw: (top, width) => {
      const height = equal ? equalHeight(ends[0], ends[1]) : () => options.height ?? 280;
      return axes({ x: ends[0], y: ends[1], top, width, height, grid: false }, (inside) => {
        // The colour follows the root of the height, as the rings do, so on a bowl it changes evenly from the bottom.
        // Halved values, because the difference of two huge heights is infinite.
        const half = found.high / 2 - found.low / 2;
        const roots = values.map((value) =>
          half > 0 ? Math.sqrt((value / 2 - found.low / 2) / half) : value - found.low,
        );
        const ground = { rows: resolution, columns: resolution, ramp: "counts", low: 0, high: 1 } as const;
        const rings = contours.map((value) => contourLines({ ...ground, values }, value, inside)).join("");
        return [
          // Pale colours, so that paths stand out.
          element("g", { opacity: "0.4" }, drawCells({ ...ground, values: roots }, inside, true)),
          rings === ""
            ? ""
            : element("path", { ...stroked("muted", 0.8), "stroke-opacity": "0.8", d: rings }),
          minimum && minimum.every(Number.isFinite) ? star(inside.x(minimum[0]), inside.y(minimum[1])) : "",
          ...traces.map((one, i) => drawPath(one, i, inside)),
        ].join("");
      });
    },
  });
}

/** low + (high − low)(k/10)², which gives rings at even distances on a bowl. */
function evenRings(low: number, high: number): number[] {
  if (!(high > low)) return [];
  return Array.from({ length: 10 }, (_, k) => {
    const share = ((k + 0.5) / 10) * ((k + 0.5) / 10);
    return low * (1 - share) + high * share;
  });
}

interface Trace {
  readonly name: string;
  readonly places: readonly (readonly [number, number])[];
  readonly note: readonly string[];
}

function trace({ name, x, y }: Trajectory, xEnds: Ends, yEnds: Ends): Trace {
  const all = Array.from(x, (u, i) => [u, y[i]] as const);
  const broken = all.findIndex((place) => !place.every(Number.isFinite));
  const places = broken < 0 ? all : all.slice(0, broken);
  const outside = ({ domain: [low, high] }: Ends, at: number) => at < low || at > high;
  const left = places.findIndex(([u, v]) => outside(xEnds, u) || outside(yEnds, v));
  const label = oneLine(name);
  return {
    name: label,
    places,
    note: [
      ...(left < 0 ? [] : [`${label} leaves the picture at step ${left}.`]),
      ...(broken < 0 ? [] : [`${label} is not finite from step ${broken} on.`]),
    ],
  };
}

type Place = readonly [number, number];

function drawPath({ places }: Trace, index: number, inside: Area): string {
  if (places.length === 0) return "";
  const at = places.map(([u, v]): Place => [inside.x(u), inside.y(v)]);
  const d = `M${at.map(([u, v]) => `${px(u)},${px(v)}`).join("L")}`;
  // A mark per step, if there is room to distinguish them.
  const every = Math.ceil(at.length / 40);
  const steps = at.filter((_, i) => i > 0 && i % every === 0);
  const lined = { "stroke-linejoin": "round", "stroke-linecap": "round" };
  const marks = steps.map(([u, v]) => mark(index, u, v, 2.7)).join("");
  return element(
    "g",
    { class: "cr-path" },
    element("path", { ...stroked("paper", 4.4), ...lined, "stroke-opacity": "0.75", d }),
    element("path", { ...stroked(index, 1.8), ...lined, d }),
    element("path", { ...filled(index), d: arrows(at) || "M0,0" }),
    marks === "" ? "" : element("path", { ...stroked("paper", 0.6, index), d: marks }),
    element("path", { ...stroked(index, 2, "paper"), d: mark(0, at[0][0], at[0][1], 4.6) }),
  );
}

/** Arrow heads at the middles of long segments, with a minimum distance. */
function arrows(at: readonly Place[]): string {
  let d = "";
  let since = Infinity;
  for (let i = 1; i < at.length; i++) {
    const [[a, b], [u, v]] = [at[i - 1], at[i]];
    const length = Math.hypot(u - a, v - b);
    since += length;
    if (length < 16 || since < 30) continue;
    since = 0;
    const [du, dv] = [(u - a) / length, (v - b) / length];
    const [mu, mv] = [(a + u) / 2, (b + v) / 2];
    const corner = (along: number, across: number) =>
      `${px(mu + along * du - across * dv)},${px(mv + along * dv + across * du)}`;
    d += `M${corner(5, 0)}L${corner(-4, 4)}L${corner(-4, -4)}z`;
  }
  return d;
}

const star = (x: number, y: number): string =>
  element("path", { ...stroked("paper", 1, "ink"), d: mark(6, x, y, 5) });

function pathItem({ name }: Trace, index: number): LegendItem {
  return {
    name,
    width: 32,
    draw: (x, y) =>
      element("path", { ...stroked(index, 1.8), d: `M${px(x - 14)},${px(y)}h30` }) +
      element("path", { ...stroked("paper", 0.6, index), d: mark(index, x + 6, y, 3.2) }) +
      element("path", { ...stroked(index, 2, "paper"), d: mark(0, x - 11, y, 4) }),
  };
}

const minimumItem: LegendItem = { name: "minimum", width: 12, draw: star };

function contourItem(contours: readonly number[], label: string): LegendItem {
  const ascending = [...contours].sort((a, b) => a - b);
  const written = ascending.map((value) => formatNumber(value, 2));
  const name =
    written.length <= 4
      ? `${label} ${list(written)}`
      : `${written.length} contours of ${label}, ${written[0]} to ${written.at(-1)}`;
  return {
    name,
    width: 20,
    draw: (x, y) => element("path", { ...stroked("muted", 1), d: `M${px(x - 10)},${px(y)}h20` }),
  };
}

function describe(
  { x, y, surface, minimum }: TrajectoriesOptions,
  label: string,
  contours: readonly number[],
  traces: readonly Trace[],
): string {
  const along = (axis: PlaneAxis) =>
    `${axisName(axis)} from ${formatNumber(axis.domain[0])} to ${formatNumber(axis.domain[1])}`;
  const at = ([u, v]: Place) =>
    `(${formatNumber(u)}, ${formatNumber(v)}), ${label} ${formatNumber(surface(u, v))}`;
  return [
    `Paths over the contours of ${label}: ${along(x)}, ${along(y)}; ${contours.length} contours.`,
    ...(minimum ? [`The minimum is at (${minimum.map((one) => formatNumber(one)).join(", ")}).`] : []),
    ...traces.slice(0, 12).map(({ name, places }) => {
      if (places.length === 0) return `${name}: no places.`;
      const steps = `${places.length - 1} ${places.length === 2 ? "step" : "steps"}`;
      return `${name}: ${steps} from ${at(places[0])}, to ${at(places[places.length - 1])}.`;
    }),
  ].join(" ");
}
