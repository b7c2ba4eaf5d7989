/** A graph in DOT: for readers of Graphviz with its texts, and for the layout with the sizes of the boxes alone. */
import { edgeText, edgeTextWidth } from "./boxes.ts";
import type { NodeBox } from "./boxes.ts";
import type { GraphBox, GraphEdge, GraphNode, NetworkGraph } from "./graph.ts";
import { mathPlain } from "./math-text.ts";

/** Left to right, or from top to bottom for a narrow page. */
export type Direction = "right" | "down";

/** A text in double quotes. A backslash is doubled, because DOT reads `\n` and `\N` in it. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replace(/[\r\n]+/g, " ")}"`;

interface Writing {
  node(node: GraphNode): string;
  edge(edge: GraphEdge): string;
  box(box: GraphBox): string;
}

/**
 * The lines of a DOT file. A backward edge is written against its direction and drawn with its head at the tail, so that the
 * backward pass runs back along the forward pass. A gradient stands beside its value.
 */
function dotLines(graph: NetworkGraph, direction: Direction, writing: Writing): string[] {
  const inside = (box: number | null): string[] => [
    ...graph.nodes
      .filter((node) => node.box === box)
      .map((node) => `${quoted(node.id)} [${writing.node(node)}];`),
    ...graph.boxes
      .filter(({ parent }) => parent === box)
      .flatMap((one) => [
        `subgraph ${quoted(`cluster_${one.composite}`)} {`,
        `  label=${writing.box(one)};`,
        ...inside(one.composite).map((line) => `  ${line}`),
        "}",
      ]),
  ];
  const known = new Set(graph.nodes.map(({ id }) => id));
  const taken = new Set<string>();
  const pairs = graph.nodes.flatMap(({ id, kind, gradientOf }) => {
    const value =
      kind === "gradient" ? gradientOf.find((one) => known.has(one) && !taken.has(one)) : undefined;
    if (value === undefined) return [];
    taken.add(value);
    const [a, b] = [quoted(value), quoted(id)];
    return [`{ rank=same; ${a}; ${b}; ${a} -> ${b} [style=invis]; }`];
  });
  const edges = graph.edges.map((edge) => {
    const [from, to] = [quoted(edge.from), quoted(edge.to)];
    const attributes = writing.edge(edge);
    if (edge.role === "forward") return `${from} -> ${to} [${attributes}, weight=4];`;
    if (edge.role === "use") return `${from} -> ${to} [${attributes}, style=dashed, constraint=false];`;
    return `${to} -> ${from} [${attributes}, dir=back, weight=2];`;
  });
  return [
    "digraph network {",
    `  rankdir=${direction === "right" ? "LR" : "TB"}; newrank=true; splines=true;`,
    ...[...inside(null), ...pairs, ...edges].map((line) => `  ${line}`),
    "}",
  ];
}

/**
 * The graph in DOT, with its texts, for Graphviz and tools that read it. Backward edges have `dir=back`.
 * @example
 * const graph = networkGraph(traceProgram((x: Tensor) => [named(x.exp(), "y")], [tensor([1])]));
 * toDot(graph).includes('"slot-0" -> "slot-1" [label="1", weight=4]'); // true
 */
export function toDot(
  graph: NetworkGraph,
  { direction = "right" }: { readonly direction?: Direction } = {},
): string {
  const lines = dotLines(graph, direction, {
    node: (node) => `label=${quoted(labelOf(node))}, shape=${node.steps.length === 0 ? "ellipse" : "box"}`,
    edge: ({ shape }) => `label=${quoted(edgeText(shape))}`,
    box: ({ name }) => quoted(name),
  });
  return `${lines.join("\n")}\n`;
}

/** The symbol and formula of a node in one line of plain text. */
export function labelOf({ symbol, formula, kind, op }: GraphNode): string {
  if (symbol === null) return formula === null ? kind : mathPlain(formula);
  const text = mathPlain(symbol);
  return formula === null ? text : `${text} = ${mathPlain(formula) || (op ?? "")}`;
}

/** The graph for a layout: boxes of these sizes, in points, and places for the texts of edges. */
export function layoutDot(
  graph: NetworkGraph,
  sizes: ReadonlyMap<string, NodeBox>,
  direction: Direction,
): string {
  const inches = (points: number): string => (points / 72).toFixed(4);
  const [head, ...lines] = dotLines(graph, direction, {
    node: ({ id }) => {
      const { width, height } = sizes.get(id)!;
      return `width=${inches(width)}, height=${inches(height)}`;
    },
    edge: ({ shape, role, id }) => {
      const width = Math.ceil(edgeTextWidth(edgeText(shape)));
      const place = `<table border="0" cellborder="0" cellspacing="0" cellpadding="0" fixedsize="true" width="${width}" height="14"><tr><td></td></tr></table>`;
      return `id=${quoted(id)}${role === "use" ? "" : `, label=<${place}>`}`;
    },
    box: ({ name }) =>
      `<<table border="0" cellborder="0" cellspacing="0" cellpadding="0" fixedsize="true" width="${Math.ceil(name.length * 8)}" height="16"><tr><td></td></tr></table>>; labeljust=l`,
  });
  const defaults =
    '  nodesep=0.22; ranksep=0.26; node [shape=box, fixedsize=true, label=""]; edge [arrowsize=0.6];';
  return [head, defaults, ...lines].join("\n");
}
