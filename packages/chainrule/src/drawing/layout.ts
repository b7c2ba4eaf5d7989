/** The places of nodes, edges and frames that a layout program gave, read from Graphviz's JSON. */
import { ValueError } from "../tensor/errors.ts";
import type { NetworkGraph } from "./graph.ts";

/** A function that lays out a graph in DOT and returns Graphviz's JSON, such as `(dot) => graphviz.layout(dot, "json", "dot")`. */
export type Layout = (dot: string) => string;

/** A point: x to the right, y downward. */
export type Point = readonly [x: number, y: number];

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  /** A start, then three points for each Bézier curve. The last is where the arrow begins. */
  readonly curve: readonly Point[];
  /** The point of the arrow. */
  readonly tip: Point;
  /** The middle of the text; null if the edge has none. */
  readonly label: Point | null;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Rectangle>;
  readonly edges: ReadonlyMap<string, PlacedEdge>;
  readonly boxes: ReadonlyMap<string, Rectangle>;
}

interface JsonItem {
  readonly _gvid?: number;
  readonly id?: string;
  readonly name?: string;
  readonly pos?: string;
  readonly lp?: string;
  readonly bb?: string;
  readonly width?: string;
  readonly height?: string;
}

/** Reads the places of a graph's nodes and edges. */
export function readLayout(json: string, graph: NetworkGraph): Placed {
  const fail = (problem: string): never => {
    throw new ValueError("drawGraph", `the layout ${problem}`, {
      advice: 'give a function that returns the JSON of Graphviz\'s "dot"',
    });
  };
  let read: { bb?: string; objects?: JsonItem[]; edges?: JsonItem[] };
  try {
    read = JSON.parse(json) as typeof read;
  } catch {
    return fail("is not JSON");
  }
  const numbers = (text: string | undefined): number[] => (text ?? "").split(/[ ,]/).map(Number);
  const [, , width, height] = numbers(read.bb);
  if (!Number.isFinite(width) || !Number.isFinite(height)) return fail("has no bounding box");
  const point = (text: string): Point => {
    const [x, y] = numbers(text);
    return [x, height - y];
  };
  const objects = new Map((read.objects ?? []).map((one) => [one.name, one]));
  const nodes = new Map<string, Rectangle>();
  for (const { id } of graph.nodes) {
    const found = objects.get(id);
    if (found?.pos === undefined) return fail(`has no place for the node ${id}`);
    const [x, y] = point(found.pos);
    const [w, h] = [Number(found.width) * 72, Number(found.height) * 72];
    nodes.set(id, { left: x - w / 2, top: y - h / 2, width: w, height: h });
  }
  const placed = new Map((read.edges ?? []).map((one) => [one.id, one]));
  const edges = new Map<string, PlacedEdge>();
  for (const { id } of graph.edges) {
    const found = placed.get(id);
    if (found?.pos === undefined) return fail(`has no way for the edge ${id}`);
    const parts = found.pos.split(" ");
    const end = parts.find((part) => part.startsWith("e,"))?.slice(2);
    const start = parts.find((part) => part.startsWith("s,"))?.slice(2);
    const points = parts.filter((part) => !/^[es],/.test(part)).map(point);
    const tip = start ?? end;
    if (tip === undefined) return fail(`has no arrow for the edge ${id}`);
    edges.set(id, {
      curve: start === undefined ? points : points.toReversed(),
      tip: point(tip),
      label: found.lp === undefined ? null : point(found.lp),
    });
  }
  const boxes = new Map<string, Rectangle>();
  for (const { id, composite } of graph.boxes) {
    const found = objects.get(`cluster_${composite}`);
    if (found?.bb === undefined) return fail(`has no frame for ${id}`);
    const [left, bottom, right, top] = numbers(found.bb);
    boxes.set(id, { left, top: height - top, width: right - left, height: top - bottom });
  }
  return { width, height, nodes, edges, boxes };
}
