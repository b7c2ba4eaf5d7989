/** A graph as a Mermaid flowchart. */
import { edgeText } from "./boxes.ts";
import { labelOf } from "./dot.ts";
import type { Direction } from "./dot.ts";
import type { GraphNode, NetworkGraph } from "./graph.ts";

/** A text inside quotes. Mermaid writes other characters by entity codes, `#` and a number and `;`. */
const quoted = (text: string): string =>
  `"${text.replace(/[\r\n]+/g, " ").replace(/[#"&<>`\\;{}[\]|*_~]/g, (character) => `#${character.charCodeAt(0)};`)}"`;

const idOf = (id: string): string => id.replace("slot-", "n");
const ends: Partial<Record<GraphNode["kind"], readonly [string, string]>> = {
  input: ["([", "])"],
  target: ["([", "])"],
  parameter: ["([", "])"],
  state: ["([", "])"],
  constant: ["([", "])"],
};
const arrows = { forward: "-->", backward: "==>", update: "==>", use: "-.->" } as const;

/**
 * The graph as a Mermaid flowchart, which GitHub shows inside Markdown. Backward edges are thick, and dotted where the backward
 * pass reads a value of the forward pass.
 * @example
 * const graph = networkGraph(traceProgram((x: Tensor) => [named(x.exp(), "y")], [tensor([1])]));
 * toMermaid(graph).split("\n")[1]; // '  n1["y = e^□"]'
 */
export function toMermaid(
  graph: NetworkGraph,
  { direction = "right" }: { readonly direction?: Direction } = {},
): string {
  const inside = (box: number | null): string[] => [
    ...graph.nodes
      .filter((node) => node.box === box)
      .map((node) => {
        const [open, close] = ends[node.kind] ?? ["[", "]"];
        return `${idOf(node.id)}${open}${quoted(labelOf(node))}${close}`;
      }),
    ...graph.boxes
      .filter(({ parent }) => parent === box)
      .flatMap(({ composite, name }) => [
        `subgraph box${composite} [${quoted(name)}]`,
        ...inside(composite).map((line) => `  ${line}`),
        "end",
      ]),
  ];
  const edges = graph.edges.map(
    ({ from, to, role, shape }) => `${idOf(from)} ${arrows[role]}|${quoted(edgeText(shape))}| ${idOf(to)}`,
  );
  return `${[`flowchart ${direction === "right" ? "LR" : "TB"}`, ...[...inside(null), ...edges].map((line) => `  ${line}`)].join("\n")}\n`;
}
