/** The classic drawing of a dense network: a circle per unit, a line per weight. */
import { figure } from "../plots/frame.ts";
import type { FigureOptions } from "../plots/frame.ts";
import { element, escape } from "../plots/svg.ts";
import { list, textWidth } from "../plots/text.ts";
import { filled, stroked } from "../plots/theme.ts";
import { ValueError } from "../tensor/errors.ts";
import { anything, checkOptions, count, requireArray, requireText } from "../tensor/options.ts";
import { mathPlain, mathRuns, mathSpans, mathWidth } from "./math-text.ts";
import { symbolTex } from "./symbols.ts";

/** A layer of units. */
export interface DenseLayer {
  readonly size: number;
  /** The symbol of the units, such as `h`; unit i is then labelled h_i, counted from 1. */
  readonly symbol?: string;
  /** The labels of the units, instead of those by `symbol`. */
  readonly units?: readonly string[];
  /** A line below the layer, such as "tanh". */
  readonly caption?: string;
  /** The parameters between the layer before and this one, such as `W_h, b_h`. */
  readonly weights?: readonly string[];
}

export interface DenseDrawingOptions extends FigureOptions {
  /** The most units of a layer that are all drawn; of a larger layer the first and the last ones are. Default 12. */
  readonly most?: number;
}

const where = "denseDrawing";
const radius = 15;
const [pitch, least, gap] = [40, 96, 10];
const sizes = { unit: 12, caption: 12.5, weights: 14 } as const;

/** A circle of a drawing: the number of its unit, or null for the dots in the place of left-out units. */
interface Spot {
  readonly unit: number | null;
  readonly x: number;
  readonly y: number;
}

/** The units of a layer that are drawn. A larger layer has one place for dots. */
function unitsOf(size: number, most: number): (number | null)[] {
  const all = Array.from({ length: size }, (_, i) => i);
  if (size <= most) return all;
  const last = Math.max(1, Math.floor((most - 1) / 3));
  return [...all.slice(0, most - 1 - last), null, ...all.slice(size - last)];
}

function checked(layers: readonly DenseLayer[]): readonly DenseLayer[] {
  if (!Array.isArray(layers) || layers.length < 2)
    throw new ValueError(where, "a network has at least two layers", {
      advice: "write [{ size: 2 }, { size: 10 }, { size: 2 }]",
    });
  layers.forEach((layer: DenseLayer, i) => {
    checkOptions(`${where}: layer ${i}`, layer, {
      size: count(),
      symbol: requireText,
      units: requireArray,
      caption: requireText,
      weights: requireArray,
    });
    count()(`${where}: layer ${i}`, "size", layer.size);
    if (layer.units !== undefined && layer.units.length !== layer.size)
      throw new ValueError(where, `layer ${i} has ${layer.size} units and ${layer.units.length} labels`);
  });
  return layers;
}

/**
 * Draws a dense network as circles and lines, inputs left and outputs right. A layer with more than `most` units shows the
 * first and the last ones, with dots between them.
 * @throws ValueError for fewer than two layers, a size below 1, or labels that are not as many as the units
 * @example
 * const layers = [{ size: 2, symbol: "x" }, { size: 10, symbol: "h" }, { size: 2, symbol: "ŷ" }];
 * const svg = denseDrawing(layers, { title: "2-10-2" });
 * svg.match(/class="cr-unit"/g)?.length; // 14
 */
export function denseDrawing(layers: readonly DenseLayer[], options: DenseDrawingOptions): string {
  const { most = 12, ...rest } = checkOptions(where, options, {
    title: anything,
    subtitle: anything,
    description: anything,
    width: anything,
    most: count(3, 40),
  });
  checked(layers);
  const shown = layers.map(({ size }) => unitsOf(size, most));
  const tallest = Math.max(...shown.map((units) => units.length));
  // room for the names of the parameters between two layers
  const weights = layers.map(({ weights = [] }) => mathRuns(weights.map(symbolTex).join(", ")));
  const space = Math.max(least, ...weights.map((runs) => mathWidth(runs, sizes.weights) + 2 * radius + 24));
  const captions = layers.map(({ caption = "" }) => caption);
  const half = Math.max(radius, ...captions.map((text) => textWidth(text, sizes.caption) / 2)) + gap;
  const inner = (layers.length - 1) * space + 2 * half;
  const width = Math.max(300, inner);
  const names = weights.some((runs) => runs.length > 0) ? 26 : 0;
  const below = captions.some((text) => text !== "") ? 24 : 4;
  const draw = (top: number, total: number): { svg: string; height: number } => {
    const stretch = (total - 2 * half) / (inner - 2 * half);
    const middle = top + names + (tallest * pitch) / 2;
    let x = half;
    const spots = shown.map((units, l): Spot[] => {
      if (l > 0) x += space * stretch;
      const here = x;
      return units.map((unit, i) => ({ unit, x: here, y: middle + (i - (units.length - 1) / 2) * pitch }));
    });
    const parts: string[] = [];
    for (let l = 1; l < spots.length; l++)
      for (const from of spots[l - 1])
        for (const to of spots[l])
          if (from.unit !== null && to.unit !== null) parts.push(lineSvg(from, to, l));
    spots.forEach((column, l) =>
      column.forEach((spot) => parts.push(spotSvg(spot, layers[l], l, layers.length))),
    );
    weights.forEach((runs, l) => {
      if (l === 0 || runs.length === 0) return;
      const at = (spots[l - 1][0].x + spots[l][0].x) / 2;
      const attributes = {
        ...filled("ink"),
        x: at,
        y: top + 15,
        "font-size": sizes.weights,
        "text-anchor": "middle",
      };
      parts.push(element("text", attributes, mathSpans(runs, sizes.weights)));
    });
    const bottom = top + names + tallest * pitch;
    captions.forEach((text, l) => {
      if (text === "") return;
      const attributes = { ...filled("muted"), x: spots[l][0].x, y: bottom + 16, "font-size": sizes.caption };
      parts.push(element("text", { ...attributes, "text-anchor": "middle" }, escape(text)));
    });
    return { svg: parts.join(""), height: names + tallest * pitch + below };
  };
  return figure(rest, { kind: "dense", description: describeLayers(layers), draw }, width);
}

const lineSvg = (from: Spot, to: Spot, layer: number): string =>
  element("path", {
    ...stroked("muted", 0.8),
    "stroke-opacity": "0.55",
    "data-edge": `unit-${layer - 1}-${from.unit! + 1}-to-${layer}-${to.unit! + 1}`,
    d: `M${(from.x + radius).toFixed(1)} ${from.y.toFixed(1)}L${(to.x - radius).toFixed(1)} ${to.y.toFixed(1)}`,
  });

function spotSvg({ unit, x, y }: Spot, layer: DenseLayer, l: number, layers: number): string {
  if (unit === null) {
    const dot = (dy: number): string =>
      element("rect", { ...filled("ink"), x: x - 1.7, y: y + dy - 1.7, width: 3.4, height: 3.4, rx: 1.7 });
    return element("g", { class: "cr-dots" }, dot(-8), dot(0), dot(8));
  }
  const paint = l === 0 ? 0 : l === layers - 1 ? 3 : "ink";
  const box = { x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius, rx: radius };
  const label = layer.units?.[unit] ?? (layer.symbol === undefined ? "" : unitName(layer.symbol, unit + 1));
  const runs = mathRuns(symbolTex(label));
  const size = Math.min(
    sizes.unit,
    (sizes.unit * (2 * radius - 5)) / Math.max(1, mathWidth(runs, sizes.unit)),
  );
  const text = { ...filled("ink"), x, y: y + size * 0.34, "font-size": size, "text-anchor": "middle" };
  return element(
    "g",
    { class: "cr-unit", "data-node": `unit-${l}-${unit + 1}` },
    element("rect", { ...filled("paper"), ...box }),
    element("rect", { ...stroked(paint, 1.5, paint), "fill-opacity": "0.08", ...box }),
    label === "" ? "" : element("text", text, mathSpans(runs, size)),
  );
}

/** h_1 for h, and W_{h,1} for W_h. */
function unitName(symbol: string, i: number): string {
  const [base, index] = symbol.split(/_(.*)/s);
  return index === undefined ? `${base}_${i}` : `${base}_{${index.replace(/^\{|\}$/g, "")},${i}}`;
}

function describeLayers(layers: readonly DenseLayer[]): string {
  const parts = layers.map(({ size, symbol, caption, weights = [] }, l) => {
    const place = l === 0 ? "inputs" : l === layers.length - 1 ? "outputs" : "hidden units";
    const name = symbol === undefined ? "" : ` ${mathPlain(symbolTex(symbol))}`;
    const by = weights.length === 0 ? "" : ` by ${list(weights.map((one) => mathPlain(symbolTex(one))))}`;
    return `${size} ${size === 1 ? place.slice(0, -1) : place}${name}${caption ? ` (${caption})` : ""}${by}`;
  });
  return `A dense network: ${list(parts)}. Every unit is joined to every unit of the layer before.`;
}
