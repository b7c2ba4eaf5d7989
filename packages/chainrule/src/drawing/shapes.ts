/** The SVG of a graph's nodes, edges and frames at their places. */
import { element, escape, px } from "../plots/svg.ts";
import { filled, stroked } from "../plots/theme.ts";
import type { Role } from "../plots/theme.ts";
import { edgeText, edgeTextSize, lineHeight } from "./boxes.ts";
import type { Line, NodeBox } from "./boxes.ts";
import type { GraphEdge, GraphNode, NodeKind } from "./graph.ts";
import type { PlacedEdge, Point, Rectangle } from "./layout.ts";
import { mathPlain, mathSpans } from "./math-text.ts";

/** The colour of each kind: a series of the palette, or a role. */
export const paints: Record<NodeKind, Role | number> = {
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
/** An op of the backward pass or of an update has the colour of its pass. */
function paintOf({ kind, part }: GraphNode): Role | number {
  if (kind !== "op" && kind !== "composite") return paints[kind];
  return edgePaints[part];
}

/** Leaves are round, so that they differ from results without their colour. */
export function cornerOf(kind: NodeKind, height: number): number {
  return ["input", "target", "parameter", "state", "constant"].includes(kind) ? Math.min(height / 2, 17) : 4;
}

export function frameSvg({ left, top, width, height }: Rectangle, name: string): string {
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

export interface EdgeLook {
  /** The middle of the text, if it has a place. */
  readonly label: Point | undefined;
  /** What a pointer that rests on the edge shows. */
  readonly title: string;
  readonly ids: string | undefined;
  readonly pending: boolean;
}

export function edgeSvg(
  { id, from, to, role, shape }: GraphEdge,
  { curve, tip }: Pick<PlacedEdge, "curve" | "tip">,
  { label, title, ids, pending }: EdgeLook,
): string {
  const paint = edgePaints[role];
  const at = ([x, y]: Point): string => `${px(x)} ${px(y)}`;
  const [start, ...points] = curve;
  const arrow = arrowHead(points.at(-1) ?? start, tip);
  const text = edgeText(shape);
  const parts = [
    element("title", {}, escape(title)),
    element("path", {
      ...stroked(paint, role === "use" ? 1 : 1.5),
      "stroke-dasharray": dashes[role],
      d: `M${at(start)}C${points.map(at).join(" ")}`,
    }),
    element("path", { ...filled(paint), d: `M${arrow.map(at).join("L")}Z` }),
  ];
  if (label !== undefined) {
    const [x, y] = label;
    const attributes = { x, y: y + 4, "font-size": edgeTextSize, "text-anchor": "middle" };
    // a border in the colour of the paper below the letters keeps them apart from lines
    const halo = { ...stroked("paper", 4, "muted"), "stroke-linejoin": "round", "paint-order": "stroke" };
    parts.push(element("text", { ...attributes, ...halo }, escape(text)));
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

export function nodeSvg(
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
    const base = y + line.size * 1.01;
    y += lineHeight(line);
    return lineSvg(line, left + width / 2, base);
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

/** One line of a box around the middle x; numbers end in columns. */
function lineSvg({ runs, size, paint, cells }: Line, x: number, y: number): string {
  const attributes = { ...filled(paint), x, y, "font-size": size, "text-anchor": "middle" };
  if (cells === undefined) return element("text", attributes, mathSpans(runs, size));
  // the space keeps the numbers apart where a text is read without its places
  const spans = cells.map(({ text, end }, i) =>
    element("tspan", { x: x + end, "text-anchor": "end" }, escape(i === 0 ? text : ` ${text}`)),
  );
  return element("text", attributes, ...spans);
}
