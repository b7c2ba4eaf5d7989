/** `chainrule program`: the compiled step of a training run, without running it. */
import { Command } from "@commander-js/extra-typings";
import { explainTraining } from "chainrule/train";
import { UsageError } from "../failure.ts";
import { borrowFlags } from "../train/borrowed-flags.ts";
import { deviceOf } from "../train/device.ts";
import { prepare } from "../train/prepare.ts";
import type { TrainFlags } from "../train/settings.ts";
import { trainingOf } from "../train/training.ts";

export function programCommand() {
  const command = new Command("program").description(
    "Print what a training step is compiled to: kernels, shapes, operations, bytes, what is fused.",
  );
  const defaults = borrowFlags(command, ({ helpGroupHeading }) => helpGroupHeading !== "Output:");
  return command
    .optionsGroup("Output:")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Examples:
  chainrule program
  chainrule program --data circles --net 2-10-2 --activation tanh --optimizer sgd --batch 10
`,
    )
    .action((flags) => run({ ...defaults, ...flags }));
}

async function run(flags: TrainFlags): Promise<void> {
  const device = await deviceOf(flags);
  if (device === null)
    throw new UsageError(
      flags.device === "reference"
        ? "--device reference compiles nothing; leave it out"
        : "nothing is compiled without WebAssembly with SIMD, which this Node lacks",
    );
  const { options } = trainingOf(await prepare(flags), { device });
  process.stdout.write(`${explainTraining(options, device)}\n`);
}
