/** Which steps of a program one node of a drawing stands for. */
import type { CompositeCall, Program, Step } from "../devices/device.ts";
import { accumulations, makersOf } from "./parts.ts";
import type { Part } from "./graph.ts";

/** How far a program is summed up in nodes. */
export interface Grouping {
  /** Whether this composite call is shown by its body. */
  isOpen(call: CompositeCall): boolean;
  /** Whether the backward pass and the update are shown op by op. */
  readonly everyOp: boolean;
}

/** The nodes of a program as sets of steps. Owners are numbers: of a step its group, of any other slot −1 − slot. */
export interface Groups extends Pick<Grouping, "isOpen"> {
  /** The owner of each slot that a node shows. A scalar constant has none. */
  ownerOf(slot: number): number | null;
  /** The steps of each group in the program's order. */
  readonly steps: ReadonlyMap<number, readonly number[]>;
  /** The slot that each owner shows. */
  readonly results: ReadonlyMap<number, number>;
  /** The composite call that a group shows closed. */
  readonly closed: ReadonlyMap<number, number>;
  /** For a shown gradient, the slot of its value. */
  readonly gradients: ReadonlyMap<number, number>;
  /** The shown gradients that add the contributions of several uses. */
  readonly sums: ReadonlySet<number>;
  /** For a summand of a shown gradient, the slot of that gradient. */
  readonly summands: ReadonlyMap<number, number>;
  /** Whether a slot has the value that its owner shows, perhaps in another shape or type. */
  isResult(slot: number): boolean;
  /** The slots that a step reads. The op at the end of a composite with gradient rules reads the body's result alone. */
  reads(step: Step): readonly number[];
}

/** The outermost composite call around a step that is shown closed. */
function closedAround(program: Program, scope: number | null, { isOpen }: Grouping): number | null {
  let found: number | null = null;
  for (let id = scope; id !== null; id = program.composites[id].parent)
    if (!isOpen(program.composites[id])) found = id;
  return found;
}

export function groupsOf(program: Program, parts: readonly Part[], grouping: Grouping): Groups {
  const { steps, slots, composites } = program;
  const makers = makersOf(program);
  const named = new Set(program.names.map(({ slot }) => slot));
  const scalars = new Set(
    program.constants.filter(({ values }) => values.length === 1).map(({ slot }) => slot),
  );
  for (const { slot } of program.gradients) scalars.delete(slot);

  // Each step begins in a group of its own, or in that of the closed composite around it.
  const closed = new Map<number, number>();
  const firstOf = new Map<number, number>();
  const group = steps.map(({ scope }, i) => {
    const call = closedAround(program, scope, grouping);
    if (call === null) return i;
    const first = firstOf.get(call) ?? i;
    firstOf.set(call, first);
    closed.set(first, call);
    return first;
  });
  const merge = (from: number, into: number): void => {
    group.forEach((one, i) => {
      if (one === from) group[i] = into;
    });
    closed.delete(from);
  };

  const isEnd = ({ op, output, scope }: Step): boolean =>
    scope !== null && composites[scope].output === output && op.name === composites[scope].name;
  const reads = (step: Step): readonly number[] => (isEnd(step) ? step.inputs.slice(0, 1) : step.inputs);
  const leaves = new Map<number, number>();
  const ownerOf = (slot: number): number | null => {
    const maker = makers.get(slot);
    if (maker === undefined) return scalars.has(slot) ? null : -1 - slot;
    return leaves.get(group[maker]) ?? group[maker];
  };

  // A closed composite that the backward pass computes again is the one of the forward pass.
  const aliases = new Set<number>();
  const seen = new Map<string, number>();
  for (const [first, id] of [...closed].sort(([a], [b]) => a - b)) {
    const { name, inputs, attrs, output } = composites[id];
    const key = JSON.stringify([name, inputs, attrs]);
    const earlier = seen.get(key);
    if (earlier === undefined) {
      if (output !== null) seen.set(key, first);
    } else if (parts[first] === "backward" && output !== null) {
      merge(first, earlier);
      aliases.add(output);
    }
  }

  // The ends of opened composites, and views that only change a shape or a type, are their operand.
  const visible = visibleGradients();
  const gradientSlots = new Set(visible.map(({ slot }) => slot));
  const kept = (slot: number): boolean =>
    gradientSlots.has(slot) || program.cells.some(({ update }) => update === slot);
  steps.forEach((step, i) => {
    if (group[i] !== i || closed.has(i) || (step.op.kind !== "view" && !isEnd(step))) return;
    const [from] = step.inputs;
    const maker = makers.get(from);
    if (maker === undefined && scalars.has(from)) return;
    if (
      (named.has(step.output) || kept(step.output)) &&
      (maker === undefined || named.has(from) || kept(from))
    )
      return;
    if (maker === undefined) leaves.set(i, -1 - from);
    else if (leaves.has(group[maker])) leaves.set(i, leaves.get(group[maker])!);
    else if (parts[maker] === parts[i]) merge(i, group[maker]);
    else return;
    aliases.add(step.output);
  });

  // In the backward pass and the update, a step that only one other node reads belongs to that node.
  const sums = accumulations(program, visible);
  const gradients = new Map<number, number>();
  const summands = new Map<number, number>();
  for (const { slot, by } of visible) {
    if (!named.has(gradients.get(slot) ?? by) || !gradients.has(slot)) gradients.set(slot, by);
    for (const one of sums.get(slot)?.summands ?? []) if (!gradientSlots.has(one)) summands.set(one, slot);
    const adds = sums.get(slot)?.adds ?? [];
    for (const add of adds.slice(1)) merge(group[add], group[adds[0]]);
  }
  if (!grouping.everyOp)
    for (let i = steps.length - 1; i >= 0; i--) {
      if (group[i] !== i || parts[i] === "forward") continue;
      const members = steps.filter((_, k) => group[k] === i);
      if (members.some(({ output }) => kept(output) || summands.has(output))) continue;
      const made = new Set(members.map(({ output }) => output));
      const readers = new Set(
        steps.flatMap((step, k) =>
          group[k] !== i && reads(step).some((s) => made.has(s)) ? [group[k]] : [],
        ),
      );
      const [reader] = readers;
      if (readers.size === 1 && parts[reader] === parts[i]) absorb(i, reader);
    }

  /** Moves a group into its reader, which keeps its own result. */
  function absorb(from: number, into: number): void {
    const call = closed.get(into);
    merge(from, into);
    if (call !== undefined) closed.set(into, call);
  }

  /** Gradients of values that are shown: the value is a leaf or named, or no closed composite hides it. */
  function visibleGradients(): Program["gradients"] {
    return program.gradients.filter(({ slot, by }) => {
      const maker = makers.get(by);
      const own = makers.get(slot);
      if (own !== undefined && parts[own] === "forward") return false;
      if (maker === undefined || named.has(by)) return true;
      const call = closed.get(group[maker]);
      return call === undefined || composites[call].output === by;
    });
  }

  const members = new Map<number, number[]>();
  steps.forEach((_, i) => {
    if (leaves.has(group[i])) return;
    const list = members.get(group[i]);
    if (list) list.push(i);
    else members.set(group[i], [i]);
  });
  const results = new Map<number, number>();
  for (const [id, list] of members) {
    const outputs = list.map((i) => steps[i].output);
    const call = closed.get(id);
    const own = call === undefined ? null : composites[call].output;
    results.set(
      id,
      own ??
        outputs.findLast((slot) => kept(slot) || summands.has(slot)) ??
        outputs.find((slot) => named.has(slot)) ??
        outputs.at(-1)!,
    );
  }
  slots.forEach((_, slot) => {
    if (!makers.has(slot) && !scalars.has(slot)) results.set(-1 - slot, slot);
  });
  const isResult = (slot: number): boolean => results.get(ownerOf(slot) ?? NaN) === slot || aliases.has(slot);
  return {
    isOpen: (call) => grouping.isOpen(call),
    ownerOf,
    steps: members,
    results,
    closed,
    gradients,
    sums: new Set(sums.keys()),
    summands,
    isResult,
    reads,
  };
}
