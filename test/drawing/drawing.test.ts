/** Graphs as SVG, DOT and Mermaid, and the classic drawing of a dense network. */
import { describe, expect, it } from "vitest";
import { named as nameTensor, tensor, traceProgram } from "chainrule";
import type { Tensor } from "chainrule";
import { denseDrawing, drawGraph, networkGraph, slotValues, toDot, toMermaid } from "chainrule/explain";
import type { NetworkGraph } from "chainrule/explain";
import { mathPlain, mathRuns } from "../../packages/chainrule/src/drawing/math-text.ts";
import { symbolTex } from "../../packages/chainrule/src/drawing/symbols.ts";
import { placeFaults } from "../figure-checks.ts";
import { all, named, parseXml, textOf, withClass } from "../xml.ts";
import type { XmlElement } from "../xml.ts";
import { layout } from "./graphviz.ts";
import {
  attentionBlock,
  deepNetwork,
  linearRegression,
  logisticRegression,
  moduleNetwork,
  residualNetwork,
  secondDerivative,
  tanhNetwork,
  tiedNetwork,
} from "./networks.ts";

const graphs: [name: string, make: () => NetworkGraph][] = [
  ["2-10-2 forward", () => networkGraph(tanhNetwork().program, { through: "forward" })],
  ["2-10-2", () => networkGraph(tanhNetwork().program)],
  ["2-10-2 opened, op by op", () => networkGraph(tanhNetwork().program, { open: "all", everyOp: true })],
  ["2-10-2 with SGD", () => networkGraph(tanhNetwork({ sgd: true }).program, { through: "update" })],
  [
    "2-3-2 with values",
    () => {
      const { program, inputs, cells } = tanhNetwork({ hidden: 3, rows: 2 });
      return networkGraph(program, { values: slotValues(program, inputs, cells) });
    },
  ],
  ["four layers", () => networkGraph(deepNetwork().program)],
  ["linear regression", () => networkGraph(linearRegression().program)],
  ["logistic regression", () => networkGraph(logisticRegression().program)],
  ["residual layers", () => networkGraph(residualNetwork().program)],
  ["attention", () => networkGraph(attentionBlock().program)],
  ["modules with state", () => networkGraph(moduleNetwork().program)],
  ["tied weights", () => networkGraph(tiedNetwork().program)],
  ["second derivative", () => networkGraph(secondDerivative().program)],
];

/** A graph whose names have every character that an output must escape. */
function hostile(): NetworkGraph {
  const name = 'a"b\\n<c>&#35;`[d]{e}|;%%\nend _x';
  const program = traceProgram((x: Tensor) => [nameTensor(x.exp(), name)], [tensor([1])]);
  return networkGraph(program);
}

interface Rectangle {
  readonly id: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const boxesOf = (root: XmlElement): Rectangle[] =>
  withClass(root, "cr-node").map((node) => {
    const { x, y, width, height } = named(node, "rect")[0].attributes;
    const [left, top] = [Number(x), Number(y)];
    return {
      id: node.attributes["data-node"],
      left,
      right: left + Number(width),
      top,
      bottom: top + Number(height),
    };
  });

describe.each(graphs)("%s", (name, make) => {
  const graph = make();

  it.each(["right", "down"] as const)(
    "is drawn to the %s: every node and edge once, nothing over another",
    (direction) => {
      const svg = drawGraph(graph, { title: "A step", layout, direction, ids: "g" });
      const root = parseXml(svg);
      const idsOf = (name: string): string[] =>
        all(root, (one) => name in one.attributes).map((one) => one.attributes[name]);
      expect(idsOf("data-node").sort()).toEqual(graph.nodes.map(({ id }) => id).sort());
      expect(idsOf("data-edge").sort()).toEqual(graph.edges.map(({ id }) => id).sort());
      const ids = idsOf("id");
      expect(ids).toHaveLength(graph.nodes.length + graph.edges.length);
      expect(new Set(ids).size).toBe(ids.length);
      expect(root.children.slice(0, 2).map((child) => (child as XmlElement).name)).toEqual(["title", "desc"]);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);

      const [, , width, height] = root.attributes.viewBox.split(" ").map(Number);
      const boxes = boxesOf(root);
      for (const a of boxes) {
        expect([a.left >= 0, a.top >= 0, a.right <= width, a.bottom <= height]).toEqual([
          true,
          true,
          true,
          true,
        ]);
        for (const b of boxes)
          if (a !== b)
            expect(
              a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom,
              `${a.id} lies on ${b.id}`,
            ).toBe(false);
      }
      // each arrow begins and ends at the boxes of its nodes
      const near = (id: string, [x, y]: readonly number[]): boolean => {
        const { left, right, top, bottom } = boxes.find((one) => one.id === id)!;
        return x > left - 4 && x < right + 4 && y > top - 4 && y < bottom + 4;
      };
      for (const edge of all(root, (one) => "data-edge" in one.attributes)) {
        const [line, head] = named(edge, "path").map((one) =>
          one.attributes.d.match(/-?[\d.]+ -?[\d.]+/g)!.map((pair) => pair.split(" ").map(Number)),
        );
        expect(near(edge.attributes["data-from"], line[0]), `${edge.attributes["data-edge"]} begins`).toBe(
          true,
        );
        expect(near(edge.attributes["data-to"], head[1]), `${edge.attributes["data-edge"]} ends`).toBe(true);
      }
      // the second backward pass starts at a gradient, which lies left
      if (direction === "right" && name !== "second derivative")
        for (const { from, to, role } of graph.edges) {
          const middle = (id: string): number => {
            const { left, right } = boxes.find((one) => one.id === id)!;
            return (left + right) / 2;
          };
          if (role === "forward") expect(middle(from)).toBeLessThan(middle(to));
          else if (role !== "use") expect(middle(from)).toBeGreaterThan(middle(to));
        }
    },
  );

  it("has texts that stay in the drawing and apart from each other", () => {
    const svg = drawGraph(graph, { title: "A step", layout });
    const found = placeFaults(parseXml(svg)).filter((fault) => !/^"[\d×]+" touches "[\d×]+"$/.test(fault));
    expect(found).toEqual([]);
  });

  it("is DOT that Graphviz reads, with its nodes and edges", () => {
    const read = JSON.parse(layout(toDot(graph))) as {
      objects: { name: string; label: string }[];
      edges?: { head: number; tail: number; dir?: string; style?: string }[];
    };
    const nodes = read.objects.filter(({ name }) => name.startsWith("slot-"));
    expect(nodes.map(({ name }) => name).sort()).toEqual(graph.nodes.map(({ id }) => id).sort());
    const edges = (read.edges ?? [])
      .filter(({ style }) => style !== "invis")
      .map(({ head, tail, dir }) => {
        const [a, b] = [read.objects[tail].name, read.objects[head].name];
        return dir === "back" ? `${b} ${a}` : `${a} ${b}`;
      });
    expect(edges.sort()).toEqual(graph.edges.map(({ from, to }) => `${from} ${to}`).sort());
  });

  it("is a Mermaid flowchart with its nodes and edges", () => {
    expect(mermaidParts(toMermaid(graph))).toEqual({
      nodes: graph.nodes.map(({ slot }) => `n${slot}`).sort(),
      edges: graph.edges.map(({ from, to }) => `${from} ${to}`.replaceAll("slot-", "n")).sort(),
    });
  });
});

/** Reads the part of Mermaid's grammar that the export uses; everything else throws. */
function mermaidParts(text: string): { nodes: string[]; edges: string[] } {
  const label = /"(?:[^#"&<>`\\;{}[\]|]|#\d+;)*"/.source;
  const [head, ...lines] = text.trimEnd().split("\n");
  expect(head).toMatch(/^flowchart (LR|TB)$/);
  const nodes: string[] = [];
  const edges: string[] = [];
  let depth = 0;
  for (const line of lines.map((one) => one.trim())) {
    const node = new RegExp(`^(n\\d+)(?:\\[${label}\\]|\\(\\[${label}\\]\\))$`).exec(line);
    const edge = new RegExp(`^(n\\d+) (?:-->|==>|-\\.->)\\|${label}\\| (n\\d+)$`).exec(line);
    if (node) nodes.push(node[1]);
    else if (edge) edges.push(`${edge[1]} ${edge[2]}`);
    else if (new RegExp(`^subgraph box\\d+ \\[${label}\\]$`).test(line)) depth++;
    else if (line === "end" && depth > 0) depth--;
    else throw new Error(`Mermaid: ${line}`);
  }
  expect(depth).toBe(0);
  return { nodes: nodes.sort(), edges: edges.sort() };
}

describe("a graph with hostile names", () => {
  it("is escaped in SVG, DOT and Mermaid", () => {
    const graph = hostile();
    const root = parseXml(drawGraph(graph, { title: "<&>", layout, focusable: true }));
    expect(textOf(root)).toContain("<c>");
    // Graphviz reads the DOT, and writes the quote and the backslash of the label as in DOT
    const { objects } = JSON.parse(layout(toDot(graph))) as { objects: { name: string; label: string }[] };
    expect(objects.find(({ name }) => name === "slot-1")?.label).toContain(String.raw`a"b\\n<c>`);
    expect(mermaidParts(toMermaid(graph)).nodes).toEqual(["n0", "n1"]);
  });
});

describe("drawGraph", () => {
  const graph = networkGraph(tanhNetwork().program);

  it("lets the keyboard reach the nodes, each with its text", () => {
    const root = parseXml(drawGraph(graph, { title: "A step", layout, focusable: true }));
    expect(root.attributes.role).toBe("group");
    const nodes = withClass(root, "cr-node");
    expect(nodes.every(({ attributes }) => attributes.tabindex === "0" && attributes.role === "img")).toBe(
      true,
    );
    const labels = nodes.map(({ attributes }) => attributes["aria-label"]);
    expect(labels).toContain("h = tanh(h̃): op; shape 4×10; from h̃; to ỹ, ∇_W_y and ∇_h̃".normalize("NFC"));
    expect(
      named(parseXml(drawGraph(graph, { title: "A step", layout })), "g").some(
        (one) => "tabindex" in one.attributes,
      ),
    ).toBe(false);
  });

  it("draws the same picture for the same graph", () => {
    const draw = (): string => drawGraph(networkGraph(tanhNetwork().program), { title: "A step", layout });
    expect(draw()).toBe(draw());
  });

  it("shows numbers in columns, and before the backward pass that they are not computed", () => {
    const { program, inputs, cells } = tanhNetwork({ hidden: 3, rows: 2 });
    const values = slotValues(program, inputs, cells);
    const textsOf = (backward: "before" | "after"): Record<string, string[]> => {
      const svg = drawGraph(networkGraph(program, { values, backward }), { title: "A step", layout });
      const nodes = withClass(parseXml(svg), "cr-node");
      return Object.fromEntries(
        nodes.map((node) => [node.attributes["data-symbol"], named(node, "text").map(textOf)]),
      );
    };
    const [before, after] = [textsOf("before"), textsOf("after")];
    const loss = values[program.outputs[1]]![0];
    expect(before.L.at(-1)).toBe(String(Number(loss.toPrecision(4))));
    expect(before.W_h).toHaveLength(1 + 3);
    expect(after.W_h).toEqual(before.W_h);
    expect(before["∇_W_h"].at(-1)).toBe("not computed yet");
    expect(after["∇_W_h"]).toHaveLength(2 + 3);
    for (const row of after["∇_W_h"].slice(2)) expect(row).toMatch(/^−?\d\.\d+ −?\d\.\d+$/);
  });

  it("shows a long vector in two lines, and a large tensor by its statistics, with a note", () => {
    const inputs = {
      v: tensor([1, 2, 3, 4, 5, 6, 7.5]),
      X: tensor([Array.from({ length: 20 }, (_, i) => i - 9.5)]),
    };
    const step = (v: Tensor, X: Tensor): Tensor[] => [v.sum().add(X.sum())];
    const examples = [inputs.v, inputs.X] as const;
    const program = traceProgram(step, examples, { names: inputs });
    const graph = networkGraph(program, { values: slotValues(program, examples) });
    const root = parseXml(drawGraph(graph, { title: "Sums", layout }));
    const textsOf = (symbol: string): string[] =>
      withClass(root, "cr-node")
        .filter(({ attributes }) => attributes["data-symbol"] === symbol)
        .flatMap((node) => named(node, "text").map(textOf));
    expect(textsOf("v")).toEqual(["v", "1.00 2.00 3.00 4.00", "5.00 6.00 7.50"]);
    expect(textsOf("X")).toEqual(["X", "0.00 ± 5.77", "−9.50 … 9.50"]);
    expect(textOf(root)).toContain("mean ± standard deviation");
  });

  it("leads arrows to the backward pass around no more than needed", () => {
    const root = parseXml(drawGraph(networkGraph(attentionBlock().program), { title: "Attention", layout }));
    const boxes = boxesOf(root);
    const middle = (id: string): [number, number] => {
      const { left, right, top, bottom } = boxes.find((one) => one.id === id)!;
      return [(left + right) / 2, (top + bottom) / 2];
    };
    const stretch = withClass(root, "cr-edge-use").map((edge) => {
      const points = named(edge, "path")[0]
        .attributes.d.match(/-?[\d.]+ -?[\d.]+/g)!
        .map((pair) => pair.split(" ").map(Number));
      const [a, b] = [middle(edge.attributes["data-from"]), middle(edge.attributes["data-to"])];
      const way = points
        .slice(1)
        .reduce((sum, [x, y], i) => sum + Math.hypot(x - points[i][0], y - points[i][1]), 0);
      return way / Math.hypot(a[0] - b[0], a[1] - b[1]);
    });
    expect(stretch).toHaveLength(11);
    // the layout leads the arrow from A to the gradient at S around, 1.9 times the distance of the boxes
    expect(Math.max(...stretch)).toBeLessThan(1.6);
  });

  it("refuses a layout that is not Graphviz's", () => {
    const refused: [unknown, string][] = [
      [undefined, "layout must be a function"],
      [() => "<svg/>", "the layout is not JSON"],
      [() => "{}", "the layout has no bounding box"],
      [() => '{"bb":"0,0,10,10"}', "the layout has no place for the node slot-5"],
    ];
    for (const [given, message] of refused)
      expect(() => drawGraph(graph, { title: "A step", layout: given as never })).toThrow(message);
    const large = networkGraph(moduleNetwork().program, { open: "all", through: "update", everyOp: true });
    expect(() => drawGraph(large, { title: "Large", layout })).toThrow(/would be \d+ wide; close composites/);
    expect(() => drawGraph(graph, { title: "A", layout, focusabel: true } as never)).toThrow(
      'did you mean "focusable"?',
    );
  });
});

describe("names and LaTeX as text", () => {
  it.each([
    ["W_h", "W_{h}", "W_h"],
    ["W_{out}", "W_{out}", "W_out"],
    ["h̃", "\\tilde{h}", "h̃"],
    ["ŷ_1", "\\hat{y}_{1}", "ŷ_1"],
    ["W₁", "W_{1}", "W_1"],
    ["a^[2]", "{a^{[2]}}", "a^[2]"],
    ["W^[1]_h", "{W_{h}^{[1]}}", "W_h^[1]"],
    ["γ", "\\gamma", "γ"],
    ["loss", "\\mathrm{loss}", "loss"],
    ["0.weight", "\\mathrm{0.weight}", "0.weight"],
    ["1.running_mean", "\\mathrm{1.running\\_mean}", "1.running_mean"],
    ["loss_total", "\\mathrm{loss\\_total}", "loss_total"],
    ["loss_1", "\\mathrm{loss}_{1}", "loss_1"],
    ["h~#", "\\mathrm{h\\sim \\#}", "h~#"],
  ])("%s", (name, tex, plain) => {
    expect(symbolTex(name)).toBe(tex);
    expect(mathPlain(tex)).toBe(plain.normalize("NFC"));
  });

  it.each([
    ["\\nabla_{\\tilde{h}}^{\\top} \\, x", "∇_h̃ᵀ x"],
    ["\\left(\\hat{y} - y\\right) \\odot \\frac{\\nabla_{L}}{4}", "(ŷ − y) ⊙ ∇_L/4"],
    ["\\frac{1}{4} \\, \\left(a + b\\right)", "¼ (a + b)"],
    ["\\frac{a + b}{c}", "(a + b)/c"],
    ["-x^{2}", "−x²"],
    ["\\operatorname{mean} \\left(z - y\\right)^2", "mean(z − y)²"],
    ["\\begin{cases}g & h > 0\\\\ 0 & \\text{else}\\end{cases}", "{g if h > 0; 0 else}"],
    ["\\sqrt{x} \\leq \\infty", "√x ≤ ∞"],
  ])("%s", (tex, plain) => {
    expect(mathPlain(tex)).toBe(plain.normalize("NFC"));
  });

  it("sets variables in italics, functions upright, and an index lower and smaller", () => {
    expect(mathRuns("\\tanh\\left(W_{h}\\right)")).toEqual([
      { text: "tanh(", italic: false, size: 1, rise: 0 },
      { text: "W", italic: true, size: 1, rise: 0 },
      { text: "h", italic: true, size: 0.72, rise: -0.24 },
      { text: ")", italic: false, size: 1, rise: 0 },
    ]);
  });
});

describe("denseDrawing", () => {
  const layers = [
    { size: 2, symbol: "x" },
    { size: 10, symbol: "h", caption: "tanh", weights: ["W_h", "b_h"] },
    { size: 2, symbol: "ŷ", caption: "softmax", weights: ["W_y", "b_y"] },
  ];

  it("draws a circle per unit and a line per weight", () => {
    const root = parseXml(denseDrawing(layers, { title: "2-10-2" }));
    expect(withClass(root, "cr-unit").map(textOf)).toEqual([
      "x1",
      "x2",
      ...Array.from({ length: 10 }, (_, i) => `h${i + 1}`),
      "ŷ1",
      "ŷ2",
    ]);
    expect(all(root, (one) => "data-edge" in one.attributes)).toHaveLength(2 * 10 + 10 * 2);
    expect(placeFaults(root)).toEqual([]);
    expect(textOf(named(root, "desc")[0])).toBe(
      "A dense network: 2 inputs x, 10 hidden units h (tanh) by W_h and b_h and 2 outputs ŷ (softmax) by W_y and b_y. Every unit is joined to every unit of the layer before.",
    );
  });

  it("leaves out units of a large layer", () => {
    const root = parseXml(
      denseDrawing([{ size: 784, symbol: "x" }, { size: 13 }, { size: 12 }], { title: "Digits" }),
    );
    expect(withClass(root, "cr-unit")).toHaveLength(11 + 11 + 12);
    expect(withClass(root, "cr-dots")).toHaveLength(2);
    expect(withClass(root, "cr-unit").map(textOf).slice(7, 11)).toEqual(["x8", "x782", "x783", "x784"]);
    expect(placeFaults(root)).toEqual([]);
  });

  it("refuses bad layers", () => {
    const refused: [unknown, string][] = [
      [[{ size: 2 }], "a network has at least two layers"],
      [[{ size: 2 }, { size: 0 }], "denseDrawing: layer 1: size must be a whole number ≥ 1, not 0"],
      [[{ size: 2 }, {}], "denseDrawing: layer 1: size must be"],
      [[{ size: 2, units: ["a"] }, { size: 1 }], "layer 0 has 2 units and 1 labels"],
      [[{ size: 2, sice: 1 }, { size: 1 }], 'no option "sice"; did you mean "size"?'],
    ];
    for (const [given, message] of refused)
      expect(() => denseDrawing(given as never, { title: "Bad" })).toThrow(message);
  });
});
