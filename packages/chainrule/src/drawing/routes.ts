/**
 * Shorter ways for the arrows from the forward pass to the backward pass. They decide no place of a node, so that a layout
 * program may lead them far around.
 */
import { edgeText, edgeTextWidth } from "./boxes.ts";
import type { Direction } from "./dot.ts";
import type { NetworkGraph } from "./graph.ts";
import type { Placed, PlacedEdge, Point, Rectangle } from "./layout.ts";

const [steps, clearance, arrow] = [24, 5, 7];

/** The point of a curve at a share of its pieces. */
export function pointAt(curve: readonly Point[], share: number): Point {
  const pieces = (curve.length - 1) / 3;
  const piece = Math.min(pieces - 1, Math.floor(share * pieces));
  const t = share * pieces - piece;
  const [a, b, c, d] = curve.slice(3 * piece, 3 * piece + 4);
  const at = (k: 0 | 1): number =>
    (1 - t) ** 3 * a[k] + 3 * (1 - t) ** 2 * t * b[k] + 3 * (1 - t) * t ** 2 * c[k] + t ** 3 * d[k];
  return [at(0), at(1)];
}

const pointsOf = (curve: readonly Point[]): Point[] => {
  const count = steps * Math.max(1, (curve.length - 1) / 3);
  return Array.from({ length: count + 1 }, (_, i) => pointAt(curve, i / count));
};

const lengthOf = (points: readonly Point[]): number =>
  points.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - points[i][0], y - points[i][1]), 0);

/** The layout in which an arrow that is led far around takes a direct way, if one is free of boxes and texts. */
export function withShortRoutes(graph: NetworkGraph, placed: Placed, direction: Direction): Placed {
  const edges = new Map(placed.edges);
  const texts = graph.edges.flatMap(({ id, shape }): Rectangle[] => {
    const label = placed.edges.get(id)!.label;
    const width = edgeTextWidth(edgeText(shape));
    return label === null ? [] : [{ left: label[0] - width / 2, top: label[1] - 6, width, height: 12 }];
  });
  for (const { id, from, to, role } of graph.edges) {
    if (role !== "use") continue;
    const others = [...placed.nodes].filter(([node]) => node !== from && node !== to).map(([, box]) => box);
    const inTheWay = ([x, y]: Point): boolean =>
      others.some((box) => inside(box, x, y, clearance)) || texts.some((box) => inside(box, x, y, 0));
    const longest = 0.75 * lengthOf(pointsOf(placed.edges.get(id)!.curve));
    const [found] = directWays(placed.nodes.get(from)!, placed.nodes.get(to)!, direction)
      .map((edge) => ({ edge, points: pointsOf(edge.curve) }))
      .filter(({ points }) => lengthOf(points) < longest && !points.some(inTheWay))
      .sort((a, b) => lengthOf(a.points) - lengthOf(b.points));
    if (found !== undefined) edges.set(id, found.edge);
  }
  return { ...placed, edges };
}

const inside = ({ left, top, width, height }: Rectangle, x: number, y: number, by: number): boolean =>
  x > left - by && x < left + width + by && y > top - by && y < top + height + by;

/** Curves from the side of one box that faces the backward pass to the opposite side of another. */
function directWays(from: Rectangle, to: Rectangle, direction: Direction): PlacedEdge[] {
  const shares = [0.5, 0.25, 0.75];
  return shares.flatMap((out) =>
    shares.flatMap((into): PlacedEdge[] => {
      if (direction === "right") {
        const [x0, y0] = [from.left + out * from.width, from.top + from.height];
        const [x1, y1] = [to.left + into * to.width, to.top];
        if (y1 < y0 + 2 * arrow) return [];
        const bend = (y1 - y0) * 0.6;
        const foot = y1 - arrow;
        return [
          {
            curve: [
              [x0, y0],
              [x0, y0 + bend],
              [x1, foot - bend],
              [x1, foot],
            ],
            tip: [x1, y1],
            label: null,
          },
        ];
      }
      const [x0, y0] = [from.left + from.width, from.top + out * from.height];
      const [x1, y1] = [to.left, to.top + into * to.height];
      if (x1 < x0 + 2 * arrow) return [];
      const bend = (x1 - x0) * 0.6;
      const foot = x1 - arrow;
      return [
        {
          curve: [
            [x0, y0],
            [x0 + bend, y0],
            [foot - bend, y1],
            [foot, y1],
          ],
          tip: [x1, y1],
          label: null,
        },
      ];
    }),
  );
}
