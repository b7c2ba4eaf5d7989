/** `chainrule program`: the compiled step of a training run, without running it. */
import { Command } from "@commander-js/extra-typings";
import { requestOf, trainingOf } from "chainrule/runs";
import type { RunRequest } from "chainrule/runs";
import { explainTraining } from "chainrule/train";
import { UsageError } from "../failure.ts";
import { deviceOf } from "../train/device.ts";
import { addFlags } from "../train/flags.ts";
import { prepare } from "../train/prepare.ts";

export function programCommand() {
  const command = new Command("program").description(
    "Print what a training step is compiled to: kernels, shapes, operations, bytes, what is fused.",
  );
  const defaults = addFlags(command, (_name, { group }) => group !== "Output");
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
    .action((flags) => run(requestOf({ ...defaults, ...flags })));
}

async function run(request: RunRequest): Promise<void> {
  const device = await deviceOf(request.device);
  if (device === null)
    throw new UsageError(
      request.device.device === "reference"
        ? "--device reference compiles nothing; leave it out"
        : "nothing is compiled without WebAssembly with SIMD, which this Node lacks",
    );
  const { options } = trainingOf(await prepare(request), { device });
  process.stdout.write(`${explainTraining(options, device)}\n`);
}
