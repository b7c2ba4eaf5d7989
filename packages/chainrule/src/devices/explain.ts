/** Programs as text: what a compiled step does, kernel by kernel, and what it costs. */
import type { Executable, Launch, Program, Slot } from "./device.ts";
import { formatShape } from "../tensor/shape.ts";

export interface Loaded {
  readonly program: Program;
  readonly executable: Executable;
}

/** 1234567 as 1.2 M, with a letter for every three digits. */
function amount(count: number): string {
  const letters = ["", "k", "M", "G", "T"];
  let power = 0;
  for (; count >= 1000 && power < letters.length - 1; power++) count /= 1000;
  return `${power === 0 ? count : count.toFixed(count < 10 ? 1 : 0)} ${letters[power]}`;
}

const slotText = ({ dtype, shape }: Slot): string =>
  `${dtype === "float32" ? "" : `${dtype} `}${formatShape(shape)}`;

/** Equal neighbours once, with how many they are. */
function counted(texts: readonly string[]): string[] {
  const runs: { text: string; count: number }[] = [];
  for (const text of texts) {
    const last = runs.at(-1);
    if (last?.text === text) last.count++;
    else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => (count === 1 ? text : `${count} × ${text}`));
}

/** The parts as lines of at most `width` characters, each broken between two parts. */
function lines(parts: readonly string[], separator: string, width: number): string[] {
  const made: string[] = [];
  for (const part of parts) {
    const last = made.at(-1);
    if (last !== undefined && last.length + separator.length + part.length <= width)
      made[made.length - 1] = last + separator + part;
    else made.push(part);
  }
  return made;
}

/** A kernel with its shapes and costs, and below it the operations that it stands for, where they are several. */
function launchText({ kernel, inputs, output, ops, flops, bytes }: Launch, i: number): string {
  const shapes = [...counted(inputs.map(slotText)), `→ ${slotText(output)}`];
  const costs = `${amount(flops)}FLOP, ${amount(bytes)}B`;
  const fused = ops.length > 1 ? lines(counted(ops), " · ", 70) : [];
  return [
    `${String(i + 1).padStart(4)}  ${kernel.padEnd(22)} ${costs}`,
    ...lines(shapes, " ", 70).map((line) => `      ${line}`),
    ...fused.map((line, k) => `      ${k === 0 ? "= " : "  "}${line}`),
  ].join("\n");
}

/** One program: a line that sums it up, then a line per kernel. */
export function explainOne({ program, executable }: Loaded, name: string): string {
  const { launches, arenaBytes } = executable;
  const inputs = program.inputs.map((slot) => slotText(program.slots[slot]));
  const total = (of: (launch: Launch) => number): number =>
    launches.reduce((sum, launch) => sum + of(launch), 0);
  const fused = launches.filter(({ ops }) => ops.length > 1).length;
  const assigned = program.cells.filter(({ update }) => update !== null).length;
  return [
    `${name}: (${inputs.join(", ")})`,
    `      ${program.cells.length} state cells, ${assigned} of them assigned; arena ${amount(arenaBytes)}B`,
    `      ${launches.length} kernels for ${program.steps.length} operations, ${fused} of them fused: ` +
      `${amount(total(({ flops }) => flops))}FLOP, ${amount(total(({ bytes }) => bytes))}B`,
    ...launches.map(launchText),
  ].join("\n");
}

export function explain(loaded: readonly Loaded[]): string {
  if (loaded.length === 0) return "no program yet: a compiled step is traced at its first call";
  return loaded.map((one, i) => explainOne(one, `program ${i + 1}`)).join("\n\n");
}
