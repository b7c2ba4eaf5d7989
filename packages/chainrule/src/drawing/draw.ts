/** A network's graph as SVG in the style of the plots, with positions from a layout that the caller brings. */
import { figure } from "../plots/frame.ts";
import type { FigureOptions } from "../plots/frame.ts";
import type { LegendItem } from "../plots/legend.ts";
import { element } from "../plots/svg.ts";
import { stroked } from "../plots/theme.ts";
import { ValueError } from "../tensor/errors.ts";
import { checkOptions, flag, oneOf, requireFunction, requireText } from "../tensor/options.ts";
import { boxOf, edgeText } from "./boxes.ts";
import { layoutDot } from "./dot.ts";
import type { Direction } from "./dot.ts";
import type { GraphEdge, NetworkGraph, NodeKind } from "./graph.ts";
import { labelPlaces } from "./labels.ts";
import { readLayout } from "./layout.ts";
import type { Layout, Point, Rectangle } from "./layout.ts";
import { nodeText, shortLabel, summaryText } from "./outline.ts";
import { withShortRoutes } from "./routes.ts";
import { cornerOf, edgeSvg, frameSvg, nodeSvg, paints } from "./shapes.ts";

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

const names: readonly (readonly [name: string, kinds: readonly NodeKind[]])[] = [
  ["input", ["input"]],
  ["target", ["target"]],
  ["parameter", ["parameter"]],
  ["other state or constant", ["state", "constant"]],
  ["value", ["op", "composite"]],
  ["gradient ∇", ["gradient", "contribution"]],
  ["update", ["update"]],
];

const statisticsNote =
  "A value of more than 12 numbers is shown by its mean ± standard deviation, and its least … largest number.";

const margin = 10;

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
    title: requireText,
    subtitle: requireText,
    description: requireText,
    width: (where, name, value) => typeof value === "number" || requireText(where, name, value),
    layout: requireFunction,
    direction: oneOf("right", "down"),
    ids: requireText,
    focusable: flag,
  });
  requireFunction(where, "layout", layout);
  if (graph.nodes.length === 0) throw new ValueError(where, "the graph has no nodes");
  const sizes = new Map(graph.nodes.map((node) => [node.id, boxOf(node)]));
  const read = readLayout(layout(layoutDot(graph, sizes, direction)), graph);
  const placed = withShortRoutes(graph, read, direction);
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
    const labels = labelPlaces(graph, placed);
    const symbols = new Map(graph.nodes.map((node) => [node.id, shortLabel(node)]));
    const edges = ordered.map((edge) => {
      const { curve, tip } = placed.edges.get(edge.id)!;
      const label = labels.get(edge.id);
      return edgeSvg(
        edge,
        { curve: curve.map(move), tip: move(tip) },
        {
          label: label && move(label),
          title: `${symbols.get(edge.from)} to ${symbols.get(edge.to)}: ${edgeText(edge.shape)}`,
          ids,
          pending: isPending(edge),
        },
      );
    });
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
      notes: graph.nodes.some(({ value }) => value !== null && value.numbers === null)
        ? [statisticsNote]
        : [],
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
