/** A graph in words: a sentence that sums it up, and a nested list of its nodes for readers who do not see the drawing. */
import { formatNumber, list } from "../plots/text.ts";
import { edgeText, valueRows } from "./boxes.ts";
import { labelOf } from "./dot.ts";
import type { GraphNode, NetworkGraph, Part } from "./graph.ts";

/** An entry of a nested list. `id` is that of a node. */
export interface OutlineItem {
  readonly text: string;
  readonly id: string | null;
  readonly items: readonly OutlineItem[];
}

const headings: Record<Part, string> = {
  forward: "Forward pass",
  backward: "Backward pass",
  update: "Update",
};

const counted = (count: number, one: string, many = `${one}s`): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];

/** One sentence on what the graph has. */
export function summaryText({ nodes, boxes, loss }: NetworkGraph): string {
  const count = (...kinds: readonly string[]): number =>
    nodes.filter(({ kind }) => kinds.includes(kind)).length;
  const parts = [
    ...counted(count("input"), "input"),
    ...counted(count("target"), "target"),
    ...counted(count("parameter"), "parameter"),
    ...counted(count("op", "composite"), "operation"),
    ...counted(count("gradient"), "gradient"),
    ...counted(count("update"), "update"),
  ];
  const opened = boxes.length === 0 ? "" : ` Opened: ${list([...new Set(boxes.map(({ name }) => name))])}.`;
  const names = nodes
    .filter(({ part, symbol, steps }) => part === "forward" && symbol !== null && steps.length > 0)
    .map((node) => labelOf(node));
  const lines = names.length === 0 ? "" : ` ${list(names, 20)}.`;
  const gradients = loss === null || count("gradient") === 0 ? "" : " ∇ is the gradient of the loss.";
  return `A computational graph with ${list(parts)}.${lines}${gradients}${opened}`;
}

/** A node in words: what it is, its value, what it reads and what reads it. */
export function nodeText(graph: NetworkGraph, node: GraphNode): string {
  const label = (id: string): string => shortLabel(graph.nodes.find((one) => one.id === id)!);
  const from = graph.edges.filter(({ to }) => to === node.id).map((edge) => label(edge.from));
  const to = graph.edges.filter(({ from }) => from === node.id).map((edge) => label(edge.to));
  const value =
    node.value === null
      ? node.pending
        ? ["not computed yet"]
        : []
      : [
          node.value.numbers?.length === 1
            ? `value ${formatNumber(node.value.numbers[0])}`
            : valueText(node.value),
        ];
  return [
    `${labelOf(node)}: ${node.kind}${node.sums ? ", a sum of contributions" : ""}`,
    node.shape.length === 0 ? "a number" : `shape ${edgeText(node.shape)}`,
    ...value,
    ...(from.length > 0 ? [`from ${list([...new Set(from)])}`] : []),
    ...(to.length > 0 ? [`to ${list([...new Set(to)])}`] : []),
  ].join("; ");
}

function valueText(value: NonNullable<GraphNode["value"]>): string {
  const rows = valueRows(value);
  if (rows !== null) return `values ${rows.map((row) => row.join(" ")).join(" / ")}`;
  const { statistics, nan, infinite } = value;
  return [
    ...(statistics === null
      ? []
      : [
          `mean ${formatNumber(statistics.mean, 3)}`,
          `standard deviation ${formatNumber(statistics.deviation, 3)}`,
          `from ${formatNumber(statistics.least, 3)} to ${formatNumber(statistics.largest, 3)}`,
        ]),
    ...counted(nan, "value is NaN", "values are NaN"),
    ...counted(infinite, "value is infinite", "values are infinite"),
  ].join(", ");
}

/** The symbol of a node, or its formula where it has none. */
export const shortLabel = (node: GraphNode): string =>
  node.symbol === null ? labelOf(node) : labelOf({ ...node, formula: null });

/** The graph as a nested list: the passes, their nodes, and the nodes of opened composites below these. */
export function outlineOf(graph: NetworkGraph): OutlineItem[] {
  const inside = (part: Part, box: number | null): OutlineItem[] => [
    ...graph.nodes
      .filter((node) => node.part === part && node.box === box)
      .sort((a, b) => a.slot - b.slot)
      .map((node) => ({ text: nodeText(graph, node), id: node.id, items: [] })),
    ...graph.boxes
      .filter(({ parent }) => parent === box)
      .flatMap(({ name, composite }) => {
        const items = inside(part, composite);
        return items.length === 0 ? [] : [{ text: name, id: null, items }];
      }),
  ];
  return (Object.keys(headings) as Part[]).flatMap((part) => {
    const items = inside(part, null);
    return items.length === 0 ? [] : [{ text: headings[part], id: null, items }];
  });
}
