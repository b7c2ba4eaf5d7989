/** `chainrule program`: the compiled step of a training run, without running it. */
import { Command } from "@commander-js/extra-typings";
import { DataLoader } from "chainrule/data";
import { explainTraining, learner } from "chainrule/train";
import { UsageError } from "../failure.ts";
import { borrowFlags } from "../train/borrowed-flags.ts";
import { deviceOf } from "../train/device.ts";
import { clipping, lossOf, optimizerOf } from "../train/network.ts";
import { prepare } from "../train/prepare.ts";
import type { TrainFlags } from "../train/settings.ts";

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
  if (device === null) throw new UsageError("--device reference compiles nothing; leave it out");
  const { parts, settings, model } = await prepare(flags);
  const optimizer = optimizerOf(settings, model);
  const text = explainTraining(
    {
      learner: learner({
        model,
        optimizer,
        loss: lossOf(settings),
        reduction: settings.reduction,
        clip: clipping(settings),
      }),
      data: new DataLoader(parts.train, { batchSize: settings.batch }),
      evalTrain: settings.evalTrain,
    },
    device,
  );
  process.stdout.write(`${text}\n`);
}
