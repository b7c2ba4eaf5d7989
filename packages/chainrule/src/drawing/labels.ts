/** Places for the texts of edges for which the layout left no room: where they cover no box and no other text. */
import { edgeText, edgeTextWidth } from "./boxes.ts";
import type { NetworkGraph } from "./graph.ts";
import type { Placed, PlacedEdge, Point, Rectangle } from "./layout.ts";
import { pointAt } from "./routes.ts";

const height = 15;

/** The middle of each edge's text. An edge without a free place along it has no entry. */
export function labelPlaces(graph: NetworkGraph, { nodes, edges, width: right }: Placed): Map<string, Point> {
  const places = new Map<string, Point>();
  const taken: Rectangle[] = [...nodes.values()];
  const around = ([x, y]: Point, width: number): Rectangle => ({
    left: x - width / 2,
    top: y - height / 2,
    width,
    height,
  });
  const take = (id: string, point: Point, width: number): void => {
    places.set(id, point);
    taken.push(around(point, width));
  };
  const open: (() => void)[] = [];
  for (const { id, shape } of graph.edges) {
    const edge = edges.get(id)!;
    const width = edgeTextWidth(edgeText(shape));
    if (edge.label !== null) take(id, edge.label, width);
    else
      open.push(() => {
        const free = along(edge).find((point) => {
          const place = around(point, width);
          const inside = place.left >= 0 && place.left + width <= right && place.top >= 0;
          return inside && !taken.some((one) => overlap(place, one));
        });
        if (free !== undefined) take(id, free, width);
      });
  }
  for (const place of open) place();
  return places;
}

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.left < b.left + b.width + 2 &&
  b.left < a.left + a.width + 2 &&
  a.top < b.top + b.height + 1 &&
  b.top < a.top + a.height + 1;

/** Points along an edge, from its middle to its ends. */
function along({ curve }: PlacedEdge): Point[] {
  const shares = Array.from({ length: 17 }, (_, i) => 0.5 + (i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2) * 0.05);
  return shares.map((share) => pointAt(curve, share));
}
