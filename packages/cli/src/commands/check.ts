/** `chainrule check`: the gradient check of a network with its loss, on rows of its data. */
import { styleText } from "node:util";
import { Command } from "@commander-js/extra-typings";
import { Generator, gradcheck } from "chainrule";
import type { GradcheckEntry } from "chainrule";
import { lossOf, modelWords, requestOf } from "chainrule/runs";
import type { Group, RunRequest, RunSpec } from "chainrule/runs";
import { exitCodes } from "../failure.ts";
import { aligned, bold, grouped } from "../train/display.ts";
import { addFlags } from "../train/flags.ts";
import { prepare } from "../train/prepare.ts";
import { whole } from "../values.ts";

const borrowed: readonly Group[] = ["Data", "Network", "Loss"];
const h = 1e-5;
const tolerance = 1e-5;

export function checkCommand() {
  const command = new Command("check")
    .description("Compare every gradient of a network with central differences, in float64.")
    .optionsGroup("Check:")
    .option("--rows <n>", "rows of the training part, drawn by the seed", whole(1), 5)
    .option("--elements <n>", "elements checked of each parameter, drawn if it has more", whole(1), 100);
  const defaults = addFlags(
    command,
    (name, { group }) => (borrowed.includes(group) && name !== "dtype") || name === "seed",
  );
  return command
    .optionsGroup("Output:")
    .option("--json", "one JSON object a line, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Examples:
  chainrule check
  chainrule check --data circles --net 2-10-2 --activation tanh --loss mse
  chainrule check --data digits --init-from runs/digits-1/model.safetensors

Exit code 1 when a gradient differs.
`,
    )
    .action((flags) => run(requestOf({ ...defaults, ...flags, dtype: "float64" }), flags));
}

interface CheckFlags {
  readonly rows: number;
  readonly elements: number;
  readonly json?: true;
}

async function run(request: RunRequest, flags: CheckFlags): Promise<void> {
  const { parts, spec, model } = await prepare(request);
  const count = Math.min(flags.rows, parts.train.length);
  const order = new Generator(spec.seed).stream("check").permutation(parts.train.length);
  const { inputs, targets } = parts.train.batch(order.slice(0, count));
  const loss = lossOf(spec);
  const named = [...model.namedParameters()];
  const { ok, entries } = gradcheck(
    () => {
      const mean = loss(model.forward(inputs), targets);
      return spec.reduction === "sum" ? mean.mul(count) : mean;
    },
    named.map(([, parameter]) => parameter),
    { names: named.map(([name]) => name), elements: flags.elements, h, tolerance, throws: false },
  );
  if (flags.json) writeJson(spec, count, entries, ok);
  else
    process.stdout.write(
      `${[...title(spec, count), "", ...table(entries), "", verdict(entries)].join("\n")}\n`,
    );
  if (!ok) process.exitCode = exitCodes.failure;
}

const sizeOf = ({ shape }: GradcheckEntry): number => shape.reduce((size, axis) => size * axis, 1);

function writeJson(
  { data, model, activation, loss, seed }: RunSpec,
  rows: number,
  entries: readonly GradcheckEntry[],
  ok: boolean,
): void {
  const lines = [
    { event: "start", data, net: modelWords(model), activation, loss, rows, seed, h, tolerance },
    ...entries.map((entry) => ({ event: "parameter", ...entry, elements: sizeOf(entry) })),
    { event: "done", ok },
  ];
  process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function title({ data, model, activation, loss, seed }: RunSpec, rows: number): string[] {
  return [
    `${data}: ${modelWords(model)} ${activation}, ${loss}, seed ${seed}`,
    `${rows} training rows in float64; differences over ±${h.toExponential(0)}`,
  ];
}

/** A line per parameter; where one fails, a second line says where and by how much. */
function table(entries: readonly GradcheckEntry[]): string[] {
  const cells = entries.map((entry) => {
    const size = sizeOf(entry);
    const seen = entry.checked + entry.kinks;
    return [
      entry.name,
      `[${entry.shape.join(",")}]`,
      seen < size ? `${grouped(seen)} of ${grouped(size)}` : grouped(size),
      entry.relativeError === 0 ? "0" : entry.relativeError.toExponential(1),
      String(entry.kinks),
      entry.ok ? styleText("green", "ok") : styleText("red", "DIFFERS"),
    ];
  });
  const [head, ...lines] = aligned(
    [["parameter", "shape", "checked", "error", "kinks", ""], ...cells],
    [0, 1, 5],
  );
  return [
    bold(head),
    ...entries.flatMap((entry, i) => [
      lines[i],
      ...(entry.ok
        ? []
        : [`  at [${entry.index.join(",")}]: ${entry.analytic} here, ${entry.numeric} by differences`]),
    ]),
  ];
}

function verdict(entries: readonly GradcheckEntry[]): string {
  const wrong = entries.filter(({ ok }) => !ok).length;
  const allowed = tolerance.toExponential(0);
  return wrong === 0
    ? `every gradient agrees (relative error up to ${allowed}, or lost in rounding)`
    : `${wrong} of ${entries.length} gradients differ (relative error above ${allowed}, not lost in rounding)`;
}
