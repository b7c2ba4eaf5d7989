/** The computational graph of a traced step as plain data: nodes, edges with shapes, and frames around opened composites. */
import type { CompositeCall, Program } from "../devices/device.ts";
import { describe } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { checkOptions, flag, oneOf, requireArray } from "../tensor/options.ts";
import { formulas } from "./formulas.ts";
import type { GraphBox, GraphEdge, GraphNode, NetworkGraph, NodeKind, Part } from "./graph.ts";
import { groupsOf } from "./groups.ts";
import type { Groups } from "./groups.ts";
import { leafKinds } from "./leaves.ts";
import { partsOf } from "./parts.ts";
import { symbolTex } from "./symbols.ts";
import { summarize } from "./values.ts";
import type { SlotValues } from "./values.ts";

export interface NetworkGraphOptions {
  /** The composites that are shown by their bodies: "all", or the ids of calls; default: none. */
  readonly open?: "all" | readonly number[];
  /** The last pass that is shown; default "backward". */
  readonly through?: Part;
  /** Whether the backward pass and the update are shown op by op, instead of a node per gradient and cell; default false. */
  readonly everyOp?: boolean;
  /** The moment that is shown: before the backward pass, gradients have no values yet; default "after". */
  readonly backward?: "before" | "after";
  /** The values of all slots, from `slotValues`. */
  readonly values?: SlotValues;
  /** The names of inputs that are targets; default: the inputs that no parameter is multiplied with. */
  readonly targets?: readonly string[];
}

const passes: readonly Part[] = ["forward", "backward", "update"];
const where = "networkGraph";

/**
 * The graph of a traced step. Each step of the program belongs to one node, and the edges between nodes are those of the
 * program. A constant of one number is part of the nodes that read it.
 * @throws ValueError for a composite or a target that the program does not have
 * @example
 * const w = new Parameter(tensor([2, 3]));
 * const step = (x: Tensor) => ({ y: w.mul(x).sum().tanh() });
 * const graph = networkGraph(traceProgram(step, [tensor([1, 4])], { names: { w } }));
 * graph.nodes.map(({ kind, formula }) => formula ?? kind);
 * // [ 'parameter', 'w \\odot \\square', '\\sum \\square', '\\tanh\\left(\\square\\right)', 'input' ]
 */
export function networkGraph(program: Program, options: NetworkGraphOptions = {}): NetworkGraph {
  const {
    open = [],
    through = "backward",
    everyOp = false,
    backward = "after",
    values,
    targets,
  } = checkOptions(where, options, {
    open: (where, name, value) => value === "all" || requireArray(where, name, value),
    through: oneOf(...passes),
    everyOp: flag,
    backward: oneOf("before", "after"),
    values: requireArray,
    targets: requireArray,
  });
  if (open !== "all")
    for (const id of open)
      if (program.composites[id] === undefined)
        throw new ValueError(where, `the program has no composite call ${describe(id)}`, {
          advice: `its calls are ${program.composites.map((call) => `${call.id} (${call.name})`).join(", ")}`,
        });
  const isOpen = ({ id }: CompositeCall): boolean => open === "all" || open.includes(id);
  const parts = partsOf(program);
  const groups = groupsOf(program, parts, { isOpen, everyOp });
  const kinds = leafKinds(program, parts, targets);
  const symbols = symbolsOf(program, groups);
  const formulaOf = formulas(program, groups, symbols);
  const shownParts = new Set(passes.slice(0, passes.indexOf(through) + 1));

  const nodeOf = (owner: number, slot: number): GraphNode => {
    const { shape, dtype } = program.slots[slot];
    const steps = groups.steps.get(owner) ?? [];
    const closed = groups.closed.get(owner) ?? null;
    const maker = program.steps[steps.at(-1) ?? -1];
    const by = groups.gradients.get(slot);
    const part = steps.length > 0 ? parts[steps[0]] : by === undefined ? "forward" : "backward";
    const updates = program.cells.some(({ update }) => update === slot);
    const names = program.names.filter((one) => one.slot === slot);
    const value = values?.[slot];
    const pending = backward === "before" && part !== "forward";
    return {
      id: `slot-${slot}`,
      kind: kindOf(),
      part,
      slot,
      shape,
      dtype,
      name: by === undefined ? (names[0]?.name ?? null) : null,
      symbol: symbols.get(owner) ?? null,
      op: closed !== null ? program.composites[closed].name : (maker?.op.name ?? null),
      formula: maker === undefined ? null : formulaOf(owner),
      steps,
      composite: closed,
      box: maker === undefined ? null : boxAround(program, maker.scope, isOpen, closed),
      gradientOf: gradientOf(slot),
      sums: groups.sums.has(slot),
      value: value === undefined || pending ? null : summarize(value, shape),
      pending,
    };

    function kindOf(): NodeKind {
      if (by !== undefined) return "gradient";
      if (steps.length === 0) return kinds.get(slot) ?? "constant";
      if (groups.summands.has(slot)) return "contribution";
      if (updates) return "update";
      return closed === null ? "op" : "composite";
    }
  };
  /** The nodes whose gradient is in a slot, first the one that gives the gradient its symbol. */
  const gradientOf = (slot: number): string[] => {
    const first = groups.gradients.get(slot);
    const by = program.gradients.filter((one) => one.slot === slot).map((one) => one.by);
    if (first === undefined) return [];
    const owners = [first, ...by].filter(groups.isResult).flatMap((one) => groups.ownerOf(one) ?? []);
    return [...new Set(owners)].map((owner) => `slot-${groups.results.get(owner)!}`);
  };

  const all = [...groups.results].map(([owner, slot]) => ({ owner, node: nodeOf(owner, slot) }));
  const edges = edgesOf(program, groups, new Map(all.map(({ owner, node }) => [owner, node])));
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const inputs = new Set(program.inputs);
  const nodes = all
    .map(({ node }) => node)
    .filter(
      ({ part, steps, id, slot }) =>
        shownParts.has(part) && (steps.length > 0 || used.has(id) || inputs.has(slot)),
    );
  const kept = new Set(nodes.map(({ id }) => id));
  const shownEdges = edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  const read = new Set(shownEdges.map(({ from }) => from));
  return {
    // a state or a constant that only a hidden pass reads is not shown
    nodes: nodes.filter(({ kind, id }) => (kind !== "state" && kind !== "constant") || read.has(id)),
    edges: shownEdges,
    boxes: boxesOf(program, isOpen, nodes),
    loss: lossOf(program, groups, symbols),
  };
}

/** The symbol of each owner: its name, or ∇ with the symbol of the value whose gradient it is. */
function symbolsOf(program: Program, groups: Groups): Map<number, string> {
  const symbols = new Map<number, string>();
  for (const [owner, slot] of groups.results) {
    const found = program.names.find((one) => one.slot === slot);
    if (found !== undefined) symbols.set(owner, symbolTex(found.name));
  }
  const several = new Set(program.gradients.map(({ of }) => of)).size > 1;
  for (const [owner, slot] of groups.results) {
    const by = groups.gradients.get(slot);
    if (by === undefined) continue;
    const value = symbols.get(groups.ownerOf(by) ?? NaN);
    const of = program.gradients.find((one) => one.slot === slot)!.of;
    const loss = several ? symbols.get(groups.ownerOf(of) ?? NaN) : undefined;
    if (value === undefined) symbols.delete(owner);
    else symbols.set(owner, `\\nabla_{${value}}${loss === undefined ? "" : ` ${loss}`}`);
  }
  for (const { slot, update } of program.cells) {
    const owner = update === null ? null : groups.ownerOf(update);
    const symbol = symbols.get(-1 - slot);
    if (owner !== null && symbol !== undefined && !symbols.has(owner))
      symbols.set(owner, `{${symbol}^{\\text{new}}}`);
  }
  return symbols;
}

/** The edges between owners, one for each value that passes between two of them. */
function edgesOf(program: Program, groups: Groups, nodes: ReadonlyMap<number, GraphNode>): GraphEdge[] {
  const edges = new Map<string, GraphEdge>();
  for (const [owner, steps] of groups.steps)
    for (const step of steps)
      for (const slot of groups.reads(program.steps[step])) {
        const source = groups.ownerOf(slot);
        if (source === null || source === owner) continue;
        const [from, to] = [nodes.get(source)!, nodes.get(owner)!];
        const id = `edge-${from.slot}-${to.slot}${slot === from.slot ? "" : `-${slot}`}`;
        const role = from.part === "forward" && to.part !== "forward" ? "use" : to.part;
        edges.set(id, { id, from: from.id, to: to.id, slot, shape: program.slots[slot].shape, role });
      }
  return [...edges.values()];
}

function boxAround(
  program: Program,
  scope: number | null,
  isOpen: (call: CompositeCall) => boolean,
  closed: number | null,
): number | null {
  let id = closed === null ? scope : program.composites[closed].parent;
  while (id !== null && !isOpen(program.composites[id])) id = program.composites[id].parent;
  return id;
}

/** The opened composites around the nodes, each after the one around it. */
function boxesOf(
  program: Program,
  isOpen: (call: CompositeCall) => boolean,
  nodes: readonly GraphNode[],
): GraphBox[] {
  const used = new Set<number>();
  for (const { box } of nodes)
    for (let id = box; id !== null; id = boxAround(program, program.composites[id].parent, isOpen, null))
      used.add(id);
  return [...used]
    .sort((a, b) => a - b)
    .map((id) => {
      const { name, parent } = program.composites[id];
      return { id: `box-${id}`, composite: id, name, parent: boxAround(program, parent, isOpen, null) };
    });
}

function lossOf(program: Program, groups: Groups, symbols: ReadonlyMap<number, string>): string | null {
  const losses = new Set(program.gradients.map(({ of }) => of));
  if (losses.size !== 1) return null;
  const [loss] = losses;
  return symbols.get(groups.ownerOf(loss) ?? NaN) ?? null;
}
