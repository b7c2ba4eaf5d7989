/** A network's graph as SVG in the style of the plots, with positions from a layout that the caller brings. */
import { figure } from "../plots/frame.ts";
import type { FigureOptions } from "../plots/frame.ts";
import type { LegendItem } from "../plots/legend.ts";
import { element, escape, px } from "../plots/svg.ts";
import { filled, stroked } from "../plots/theme.ts";
import type { Role } from "../plots/theme.ts";
import { ValueError } from "../tensor/errors.ts";
import { checkOptions, flag, oneOf, requireFunction } from "../tensor/options.ts";
import { boxOf, edgeText, edgeTextSize, lineHeight } from "./boxes.ts";
import type { NodeBox } from "./boxes.ts";
import { layoutDot } from "./dot.ts";
import type { Direction } from "./dot.ts";
import type { GraphEdge, GraphNode, NetworkGraph, NodeKind } from "./graph.ts";
import { readLayout } from "./layout.ts";
import type { Layout, PlacedEdge, Point, Rectangle } from "./layout.ts";
import { mathPlain, mathSpans } from "./math-text.ts";
import { summaryText, nodeText } from "./outline.ts";

export interface DrawGraphOptions extends FigureOptions {
  /** Lays out a graph in DOT; with @hpcc-js/wasm-graphviz: `(dot) => graphviz.layout(dot, "json", "dot")`. */
  readonly layout: Layout;
  /** The direction of the forward pass; the backward pass runs against it. Default "right"; "down" suits a phone. */
  readonly direction?: Direction;
  /** A prefix for the `id` attributes of nodes and edges, which must be unique on a page; default: no such attributes. */
  readonly ids?: string;
  /** Whether the keyboard reaches every node; each then has its text as its name. Default false. */
  readonly focusable?: boolean;
}

const where = "drawGraph";

/** The colour of each kind: a series of the palette, or a role. */
const paints: Record<NodeKind, Role | number> = {
  input: 0,
  target: 3,
  parameter: 2,
  state: 6,
  constant: 6,
  op: "ink",
  composite: "ink",
  gradient: 1,
  contribution: 1,
  update: 5,
};
const names: readonly (readonly [name: string, kinds: readonly NodeKind[]])[] = [
  ["input", ["input"]],
  ["target", ["target"]],
  ["parameter", ["parameter"]],
  ["other state or constant", ["state", "constant"]],
  ["value", ["op", "composite"]],
  ["gradient ∇", ["gradient", "contribution"]],
  ["update", ["update"]],
];

const margin = 10;
const isText = (_: string, name: string, value: unknown): void => {
  if (typeof value !== "string") throw new ValueError(where, `${name} must be a text`);
};

/**
 * Draws a graph as SVG: a box per node with symbol, formula and value, and arrows with shapes. Each node and edge has its id of
 * the graph in `data-node` or `data-edge`, and an edge has its ends in `data-from` and `data-to`.
 * @throws ValueError for a layout that is not Graphviz's JSON or lacks a node
 * @example
 * import { Graphviz } from "@hpcc-js/wasm-graphviz";
 * const graph = networkGraph(traceProgram((x: Tensor) => [named(x.exp(), "y")], [tensor([1])]));
 * const graphviz = await Graphviz.load();
 * const layout = (dot: string) => graphviz.layout(dot, "json", "dot");
 * drawGraph(graph, { title: "y = eˣ", layout }).includes('data-node="slot-1"'); // true
 */
export function drawGraph(graph: NetworkGraph, options: DrawGraphOptions): string {
  const {
    layout,
    direction = "right",
    ids,
    focusable = false,
    ...rest
  } = checkOptions(where, options, {
    title: isText,
    subtitle: isText,
    description: isText,
    width: (_, name, value) => typeof value === "number" || isText(where, name, value),
    layout: requireFunction,
    direction: oneOf("right", "down"),
    ids: isText,
    focusable: flag,
  });
  requireFunction(where, "layout", layout);
  if (graph.nodes.length === 0) throw new ValueError(where, "the graph has no nodes");
  const sizes = new Map(graph.nodes.map((node) => [node.id, boxOf(node)]));
  const placed = readLayout(layout(layoutDot(graph, sizes, direction)), graph);
  const width = Math.max(300, Math.ceil(placed.width) + 2 * margin);
  if (width > 4000)
    throw new ValueError(where, `the drawing would be ${width} wide`, {
      advice: 'close composites, leave everyOp out, or take direction "down"',
    });
  const texts = new Map(graph.nodes.map((node) => [node.id, nodeText(graph, node)]));
  const draw = (top: number): { svg: string; height: number } => {
    const left = (width - placed.width) / 2;
    const move = ([x, y]: Point): Point => [x + left, y + top];
    const moved = (box: Rectangle): Rectangle => ({ ...box, left: box.left + left, top: box.top + top });
    const frames = graph.boxes.map(({ id, name }) => frameSvg(moved(placed.boxes.get(id)!), name));
    // what the backward pass reads lies below the other arrows and their texts
    const ordered = [...graph.edges].sort((a, b) => Number(b.role === "use") - Number(a.role === "use"));
    const edges = ordered.map((edge) =>
      edgeSvg(edge, placed.edges.get(edge.id)!, move, ids, isPending(edge)),
    );
    const nodes = graph.nodes.map((node) =>
      nodeSvg(node, sizes.get(node.id)!, moved(placed.nodes.get(node.id)!), texts.get(node.id)!, {
        ids,
        focusable,
      }),
    );
    return { svg: [...frames, ...edges, ...nodes].join(""), height: placed.height };
  };
  const pending = new Set(graph.nodes.filter((node) => node.pending).map(({ id }) => id));
  const isPending = ({ from, to }: GraphEdge): boolean => pending.has(from) || pending.has(to);
  return figure(
    { ...rest, width: rest.width === undefined ? width : Math.max(width, rest.width) },
    {
      kind: "graph",
      description: summaryText(graph),
      legend: legendOf(graph),
      draw,
      ...(focusable && { role: "group" }),
      leastWidth: Math.round(width * 0.65),
    },
    width,
  );
}

function legendOf({ nodes }: NetworkGraph): LegendItem[] {
  const kinds = new Set(nodes.map(({ kind }) => kind));
  return names
    .filter(([, all]) => all.some((kind) => kinds.has(kind)))
    .map(([name, [kind]]) => ({
      name,
      width: 22,
      draw: (x, y) =>
        element("rect", {
          ...stroked(paints[kind], 1.5),
          x: x - 11,
          y: y - 7,
          width: 22,
          height: 14,
          rx: cornerOf(kind, 14),
        }),
    }));
}

/** An op of the backward pass or of an update has the colour of its pass. */
function paintOf({ kind, part }: GraphNode): Role | number {
  if (kind !== "op" && kind !== "composite") return paints[kind];
  return edgePaints[part];
}

/** Leaves are round, so that they differ from results without their colour. */
function cornerOf(kind: NodeKind, height: number): number {
  return ["input", "target", "parameter", "state", "constant"].includes(kind) ? Math.min(height / 2, 17) : 4;
}

function frameSvg({ left, top, width, height }: Rectangle, name: string): string {
  return element(
    "g",
    {},
    element("rect", {
      ...stroked("missing", 1),
      "stroke-dasharray": "4 3",
      x: left,
      y: top,
      width,
      height,
      rx: 6,
    }),
    element("text", { ...filled("muted"), x: left + 8, y: top + 15, "font-size": 12 }, escape(name)),
  );
}

const dashes = { forward: undefined, backward: undefined, update: undefined, use: "3 4" } as const;
const edgePaints = { forward: "ink", backward: 1, update: 5, use: "muted" } as const;

function edgeSvg(
  { id, from, to, role, shape }: GraphEdge,
  { curve, tip, label }: PlacedEdge,
  move: (point: Point) => Point,
  ids: string | undefined,
  pending: boolean,
): string {
  const paint = edgePaints[role];
  const at = ([x, y]: Point): string => `${px(x)} ${px(y)}`;
  const [start, ...points] = curve.map(move);
  const arrow = arrowHead(points.at(-1) ?? start, move(tip));
  const text = edgeText(shape);
  const parts = [
    element("path", {
      ...stroked(paint, role === "use" ? 1 : 1.5),
      "stroke-dasharray": dashes[role],
      d: `M${at(start)}C${points.map(at).join(" ")}`,
    }),
    element("path", { ...filled(paint), d: `M${arrow.map(at).join("L")}Z` }),
  ];
  if (label !== null) {
    const [x, y] = move(label);
    const attributes = { x, y: y + 4, "font-size": edgeTextSize, "text-anchor": "middle" };
    const halo = { ...stroked("paper", 4, "paper"), "stroke-linejoin": "round", "aria-hidden": "true" };
    parts.push(element("text", { ...attributes, ...halo }, escape(text)));
    parts.push(element("text", { ...attributes, ...filled("muted") }, escape(text)));
  }
  return element(
    "g",
    {
      id: ids === undefined ? undefined : `${ids}-${id}`,
      "data-edge": id,
      "data-from": from,
      "data-to": to,
      class: `cr-edge cr-edge-${role}`,
      opacity: pending ? "0.35" : undefined,
    },
    ...parts,
  );
}

/** The three corners of an arrow from its foot to its point. */
function arrowHead([x0, y0]: Point, [x1, y1]: Point): Point[] {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [fx, fy] = [x1 - 7 * dx, y1 - 7 * dy];
  return [
    [fx - 3.2 * dy, fy + 3.2 * dx],
    [x1, y1],
    [fx + 3.2 * dy, fy - 3.2 * dx],
  ];
}

function nodeSvg(
  node: GraphNode,
  { lines, height: content }: NodeBox,
  { left, top, width, height }: Rectangle,
  text: string,
  { ids, focusable }: { readonly ids: string | undefined; readonly focusable: boolean },
): string {
  const paint = paintOf(node);
  const frame = {
    x: left,
    y: top,
    width,
    height,
    rx: cornerOf(node.kind, height),
  };
  const used = lines.reduce((sum, line) => sum + lineHeight(line), 0);
  let y = top + (Math.max(content, height) - used) / 2;
  const texts = lines.map((line) => {
    const { runs, size, paint: ink } = line;
    const base = y + size * 1.01;
    y += lineHeight(line);
    const attributes = {
      ...filled(ink),
      x: left + width / 2,
      y: base,
      "font-size": size,
      "text-anchor": "middle",
    };
    return element("text", attributes, mathSpans(runs, size));
  });
  return element(
    "g",
    {
      id: ids === undefined ? undefined : `${ids}-${node.id}`,
      "data-node": node.id,
      "data-symbol": node.symbol === null ? undefined : mathPlain(node.symbol),
      class: `cr-node cr-node-${node.kind}`,
      ...(focusable && { tabindex: "0", role: "img", "aria-label": text }),
    },
    // first a box in the colour of the paper, so that no line shows through
    element("rect", { ...filled("paper"), ...frame }),
    element("rect", {
      ...stroked(paint, node.sums ? 2.5 : 1.5, paint),
      "fill-opacity": "0.08",
      "stroke-dasharray": node.pending || node.kind === "contribution" ? "4 3" : undefined,
      ...frame,
    }),
    ...texts,
  );
}
