/** Programs as text: what a compiled step does, kernel by kernel, and what it costs. */
import type { Executable, Launch, Program, Slot } from "../devices/device.ts";
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

function launchText({ kernel, inputs, output, ops, flops, bytes }: Launch, i: number): string {
  const shapes = `${inputs.map(slotText).join(", ")} → ${slotText(output)}`;
  const fused = ops.length > 1 || ops[0] !== kernel ? `  = ${ops.join(" · ")}` : "";
  return `${String(i + 1).padStart(4)}  ${kernel.padEnd(14)} ${shapes}  ${amount(flops)}FLOP, ${amount(bytes)}B${fused}`;
}

/** One program: a line that sums it up, then a line per kernel. */
export function explainOne({ program, executable }: Loaded, name: string): string {
  const { launches, arenaBytes } = executable;
  const inputs = program.inputs.map((slot) => slotText(program.slots[slot]));
  const total = (of: (launch: Launch) => number): number =>
    launches.reduce((sum, launch) => sum + of(launch), 0);
  const fused = launches.filter(({ ops }) => ops.length > 1).length;
  return [
    `${name}: (${inputs.join(", ")}), ${program.cells.length} state cells, ` +
      `${program.cells.filter(({ update }) => update !== null).length} of them assigned`,
    `      ${launches.length} kernels for ${program.steps.length} operations (${fused} fused), ` +
      `${amount(total(({ flops }) => flops))}FLOP, ${amount(total(({ bytes }) => bytes))}B read and written, ` +
      `arena ${amount(arenaBytes)}B`,
    ...launches.map(launchText),
  ].join("\n");
}

export function explain(loaded: readonly Loaded[]): string {
  if (loaded.length === 0) return "no program yet: a compiled step is traced at its first call";
  return loaded.map((one, i) => explainOne(one, `program ${i + 1}`)).join("\n\n");
}
