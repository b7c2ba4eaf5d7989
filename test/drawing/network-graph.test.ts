/** The computational graph as data: it has every op of the program once, and the program's edges. */
import { describe, expect, it } from "vitest";
import { Parameter, gradients, named, tensor, traceProgram } from "chainrule";
import type { Program, Tensor } from "chainrule";
import { networkGraph, outlineOf, slotValues } from "chainrule/explain";
import type { NetworkGraph, NetworkGraphOptions, OutlineItem } from "chainrule/explain";
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
import type { Traced } from "./networks.ts";

const networks: [name: string, make: () => Traced][] = [
  ["2-10-2", () => tanhNetwork()],
  ["2-10-2 with SGD", () => tanhNetwork({ sgd: true })],
  ["four layers", () => deepNetwork()],
  ["linear regression", linearRegression],
  ["logistic regression", logisticRegression],
  ["residual layers", residualNetwork],
  ["attention", attentionBlock],
  ["modules with state", moduleNetwork],
  ["tied weights", tiedNetwork],
  ["second derivative", secondDerivative],
];
const views: [name: string, options: NetworkGraphOptions][] = [
  ["closed", { through: "update" }],
  ["opened", { through: "update", open: "all" }],
  ["op by op", { through: "update", open: "all", everyOp: true }],
];

/** What is wrong with a graph, a line each, by reading the program without any of the drawing's code. */
function faults(program: Program, { nodes, edges }: NetworkGraph): string[] {
  const found: string[] = [];
  const count = new Map<number, number>();
  const nodeOfStep = new Map<number, string>();
  for (const { id, steps } of nodes)
    for (const step of steps) {
      count.set(step, (count.get(step) ?? 0) + 1);
      nodeOfStep.set(step, id);
    }
  const makers = new Map(program.steps.map(({ output }, i) => [output, i]));
  const leaves = new Map(nodes.filter(({ steps }) => steps.length === 0).map(({ slot, id }) => [slot, id]));
  const nodeOfSlot = (slot: number): string | undefined => {
    const maker = makers.get(slot);
    if (maker === undefined) return leaves.get(slot);
    // a view of a leaf is the leaf
    return nodeOfStep.get(maker) ?? nodeOfSlot(program.steps[maker].inputs[0]);
  };
  const live = new Set<number>();
  const open = [...program.outputs, ...program.cells.flatMap(({ update }) => update ?? [])];
  for (let slot = open.pop(); slot !== undefined; slot = open.pop()) {
    const maker = makers.get(slot);
    if (maker === undefined || live.has(maker)) continue;
    live.add(maker);
    open.push(...program.steps[maker].inputs);
  }
  program.steps.forEach(({ op }, i) => {
    const times = count.get(i) ?? 0;
    if (times > 1) found.push(`step ${i} ${op.name} is in ${times} nodes`);
    if (times === 0 && op.kind !== "view" && live.has(i)) found.push(`step ${i} ${op.name} is in no node`);
  });
  const expected = new Set<string>();
  program.steps.forEach(({ inputs, scope, op, output }, i) => {
    const to = nodeOfStep.get(i);
    if (to === undefined) return;
    const call = scope === null ? null : program.composites[scope];
    const end = call !== null && call.output === output && call.name === op.name;
    for (const slot of end ? inputs.slice(0, 1) : inputs) {
      const from = nodeOfSlot(slot);
      if (from !== undefined && from !== to) expected.add(`${from} > ${to} by ${slot}`);
    }
  });
  const drawn = new Set(edges.map(({ from, to, slot }) => `${from} > ${to} by ${slot}`));
  for (const edge of expected) if (!drawn.has(edge)) found.push(`no edge ${edge}`);
  for (const edge of drawn) if (!expected.has(edge)) found.push(`an edge too many: ${edge}`);
  for (const { id, slot, shape } of edges)
    if (shape.join() !== program.slots[slot].shape.join()) found.push(`${id} has the shape ${shape.join()}`);
  const ids = [...nodes, ...edges].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push("an id twice");
  return found;
}

describe.each(networks)("%s", (_name, make) => {
  const { program } = make();

  it.each(views)("%s: every op once, and the program's edges", (_view, options) => {
    const graph = networkGraph(program, options);
    expect(faults(program, graph)).toEqual([]);
    // the check itself notices what is missing or too much
    for (const edge of graph.edges) {
      const without = { ...graph, edges: graph.edges.filter((one) => one !== edge) };
      expect(faults(program, without)).toHaveLength(1);
    }
    const [first] = graph.nodes.filter(({ steps }) => steps.length > 0);
    expect(faults(program, { ...graph, nodes: [...graph.nodes, first] }).length).toBeGreaterThan(0);
  });

  it("keeps the ids of nodes when a pass is hidden or composites are opened", () => {
    const ids = (options: NetworkGraphOptions): string[] =>
      networkGraph(program, options).nodes.map(({ id }) => id);
    const all = new Set(ids({}));
    expect(ids({ through: "forward" }).filter((id) => !all.has(id))).toEqual([]);
    const opened = new Set(ids({ open: "all", through: "update" }));
    const forward = networkGraph(program, { through: "forward" }).nodes.map(({ id }) => id);
    expect(forward.filter((id) => !opened.has(id))).toEqual([]);
  });

  it("shows the moment before the backward pass with the same nodes and edges", () => {
    const { inputs, cells } = make();
    const values = slotValues(program, inputs, cells);
    const [before, after] = (["before", "after"] as const).map((backward) =>
      networkGraph(program, { backward, values }),
    );
    expect(before.nodes.map(({ id }) => id)).toEqual(after.nodes.map(({ id }) => id));
    expect(before.edges).toEqual(after.edges);
    for (const node of before.nodes) {
      expect(node.pending).toBe(node.part === "backward");
      // a state without a name, such as that of a generator, has no value here
      expect(node.value === null).toBe(node.pending || values[node.slot] === undefined);
    }
    for (const { value, slot } of after.nodes) expect(value === null).toBe(values[slot] === undefined);
  });

  it("has every node in the nested list once", () => {
    const graph = networkGraph(program, { open: "all", through: "update" });
    const idsIn = (items: readonly OutlineItem[]): string[] =>
      items.flatMap(({ id, items }) => [...(id === null ? [] : [id]), ...idsIn(items)]);
    expect(idsIn(outlineOf(graph)).sort()).toEqual(graph.nodes.map(({ id }) => id).sort());
  });
});

const formulasOf = ({ nodes }: NetworkGraph): Record<string, string | null> =>
  Object.fromEntries(
    nodes.filter(({ formula }) => formula !== null).map(({ symbol, formula }) => [symbol, formula]),
  );

describe("networkGraph", () => {
  it("writes the gradients of 2-10-2 as the course does", () => {
    const graph = networkGraph(tanhNetwork().program);
    expect(graph.loss).toBe("L");
    expect(formulasOf(graph)).toEqual({
      "\\tilde{h}": "x \\, W_{h}^{\\top} + b_{h}",
      h: "\\tanh\\left(\\tilde{h}\\right)",
      "\\tilde{y}": "h \\, W_{y}^{\\top} + b_{y}",
      "\\hat{y}": "\\operatorname{softmax}\\left(\\tilde{y}\\right)",
      L: "\\operatorname{mean} \\operatorname{CE}\\left(\\tilde{y}, y\\right)",
      "\\nabla_{\\tilde{y}}":
        "\\left(\\hat{y} - \\operatorname{onehot}\\left(y\\right)\\right) \\odot \\frac{\\nabla_{L}}{4}",
      "\\nabla_{b_{y}}": "\\sum_{i} \\nabla_{\\tilde{y}}",
      "\\nabla_{h}": "\\nabla_{\\tilde{y}} \\, W_{y}",
      "\\nabla_{W_{y}}": "\\nabla_{\\tilde{y}}^{\\top} \\, h",
      "\\nabla_{\\tilde{h}}": "\\nabla_{h} \\odot \\left(1 - h^{2}\\right)",
      "\\nabla_{b_{h}}": "\\sum_{i} \\nabla_{\\tilde{h}}",
      "\\nabla_{W_{h}}": "\\nabla_{\\tilde{h}}^{\\top} \\, x",
    });
  });

  it("names the loss in a gradient where several values are differentiated", () => {
    const formulas = formulasOf(networkGraph(secondDerivative().program));
    expect(Object.keys(formulas)).toEqual(expect.arrayContaining(["\\nabla_{w} L", "\\nabla_{w} G"]));
    const { nodes } = networkGraph(secondDerivative().program);
    expect(nodes.map(({ formula }) => formula)).toContain("\\left(\\nabla_{w} L\\right)^{2}");
  });

  it("knows inputs, targets, parameters and states", () => {
    const kinds = networkGraph(tanhNetwork({ sgd: true }).program, { through: "update" }).nodes.map(
      ({ name, kind }) => `${name} ${kind}`,
    );
    expect(kinds).toEqual(
      expect.arrayContaining(["x input", "y target", "W_h parameter", "b_y parameter", "lr state"]),
    );
    const chosen = networkGraph(tanhNetwork().program, { targets: ["x"] }).nodes;
    expect(chosen.find(({ name }) => name === "x")?.kind).toBe("target");
    expect(chosen.find(({ name }) => name === "y")?.kind).toBe("input");
  });

  it("takes what is added to a parameter, but not multiplied with one, for a target", () => {
    const [w, c] = [new Parameter(tensor([2, 3])), new Parameter(tensor([0, 1]))];
    const inputs = { y: tensor([1, 1]), x: tensor([2, 5]) };
    const step = (y: Tensor, x: Tensor): Tensor[] => {
      const loss = w.mul(x).sub(y.add(c)).abs().sum();
      return [loss, ...gradients(loss, [w, c])];
    };
    const { nodes } = networkGraph(traceProgram(step, [inputs.y, inputs.x], { names: { ...inputs, w, c } }));
    expect(Object.fromEntries(nodes.map(({ name, kind }) => [name, kind]))).toMatchObject({
      x: "input",
      y: "target",
      w: "parameter",
      c: "parameter",
    });
  });

  it("keeps a step of the backward pass apart that several nodes read", () => {
    const { program } = moduleNetwork();
    const { nodes, edges } = networkGraph(program, { through: "update" });
    const makers = new Map(program.steps.map((step) => [step.output, step]));
    const inner = edges.filter(({ from, slot }) => {
      const node = nodes.find(({ id }) => id === from)!;
      if (node.part === "forward" || node.slot === slot) return false;
      return makers.get(slot)?.op.kind !== "view";
    });
    expect(inner).toEqual([]);
  });

  it("shows a gradient with two uses as the sum of its contributions", () => {
    const { nodes, edges } = networkGraph(residualNetwork().program);
    const sums = nodes.filter(({ sums }) => sums);
    expect(sums.map(({ symbol }) => symbol)).toEqual(["\\nabla_{h}", "\\nabla_{a}"]);
    for (const { id } of sums) {
      const sources = edges
        .filter(({ to }) => to === id)
        .map(({ from }) => nodes.find((one) => one.id === from)!);
      expect(sources.map(({ kind }) => kind).sort()).toEqual(["contribution", "gradient"]);
    }
  });

  it("counts one contribution for each use of a value", () => {
    const w = new Parameter(tensor([2, 3]));
    const step = (): Tensor[] => {
      const v = named(w.exp(), "v");
      const loss = named(v.mul(v).add(v.sin()).add(v.tanh()).sum(), "L");
      return [loss, ...gradients(loss, [w])];
    };
    const { nodes, edges } = networkGraph(traceProgram(step, [], { names: { w } }));
    const sum = nodes.find(({ sums }) => sums)!;
    expect(sum.symbol).toBe("\\nabla_{v}");
    expect(edges.filter(({ to }) => to === sum.id)).toHaveLength(4);
  });

  it("gives the values and gradients that the eager engine computes", () => {
    const { program, inputs, cells } = tanhNetwork({ hidden: 3, rows: 2 });
    const { nodes } = networkGraph(program, { values: slotValues(program, inputs, cells) });
    const { W_h, b_h, W_y, b_y } = cells;
    const [x, y] = inputs;
    const h = x.matmul(W_h, { transposeB: true }).add(b_h).tanh();
    const scores = h.matmul(W_y, { transposeB: true }).add(b_y);
    const p = scores.exp().div(scores.exp().sum(1, true));
    const loss = p
      .gather(y.reshape([2, 1]), 1)
      .log()
      .mean()
      .neg();
    const numbers = (symbol: string): number[] => [
      ...nodes.find((one) => one.symbol === symbol)!.value!.numbers!,
    ];
    const close = (a: readonly number[], b: Tensor): void =>
      a.forEach((value, i) => expect(value).toBeCloseTo(Number(b.data[i]), 5));
    close(numbers("h"), h);
    close(numbers("\\hat{y}"), p);
    close(numbers("L"), loss);
    gradients(loss, [W_h, b_h, W_y, b_y]).forEach((g, i) =>
      close(numbers(`\\nabla_{${["W_{h}", "b_{h}", "W_{y}", "b_{y}"][i]}}`), g),
    );
  });

  it("sums up a large value by its statistics and counts what is not finite", () => {
    const x = tensor([...Array.from({ length: 18 }, (_, i) => i), NaN, Infinity]);
    const program = traceProgram((x: Tensor) => [x.add(1)], [x]);
    const { nodes } = networkGraph(program, { values: slotValues(program, [x]) });
    expect(nodes.find(({ kind }) => kind === "op")?.value).toEqual({
      shape: [20],
      numbers: null,
      statistics: { mean: 9.5, deviation: Math.sqrt((18 * 18 - 1) / 12), least: 1, largest: 18 },
      nan: 1,
      infinite: 1,
    });
  });

  it("leaves values undefined that depend on a cell without a value", () => {
    const { program, inputs } = tanhNetwork();
    const values = slotValues(program, inputs);
    expect(values[program.outputs[1]]).toBeUndefined();
    expect(values[program.inputs[0]]).toBe(inputs[0].data);
  });

  it("refuses what the program does not have", () => {
    const { program, inputs } = tanhNetwork();
    const refused: [() => unknown, string][] = [
      [
        () => networkGraph(program, { open: [77] }),
        "has no composite call 77; its calls are 0 (linear), 1 (linear)",
      ],
      [() => networkGraph(program, { opne: "all" } as never), 'no option "opne"; did you mean "open"?'],
      [() => networkGraph(program, { through: "backwards" as never }), 'did you mean "backward"?'],
      [() => networkGraph(program, { targets: ["z"] }), 'no input of the program is called "z"'],
      [() => slotValues(program, []), "the program has 2 inputs, not 0"],
      [() => slotValues(program, inputs, { W_x: inputs[0] }), 'nothing in the program is called "W_x"'],
      [
        () => slotValues(program, inputs, { W_h: inputs[0] }),
        "W_h is [4,2], but the program was traced with [10,2]",
      ],
    ];
    for (const [call, message] of refused) expect(call).toThrow(message);
  });
});
