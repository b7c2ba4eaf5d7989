/** `chainrule train`: from flags to a trained network in a run folder. */
import { judgingPart, modelWords, requestOf, trainingOf } from "chainrule/runs";
import type { AllFlags, RunRequest, RunSpec } from "chainrule/runs";
import { DivergedError, train } from "chainrule/train";
import { exitCodes, say } from "../failure.ts";
import {
  counted,
  grouped,
  jsonDisplay,
  plainDisplay,
  quietDisplay,
  terminalDisplay,
  wrapped,
} from "../train/display.ts";
import type { Display, RunTitle } from "../train/display.ts";
import { deviceOf } from "../train/device.ts";
import { runEvent } from "../train/run-events.ts";
import { trainFlags } from "../train/flags.ts";
import { prepare } from "../train/prepare.ts";
import type { PreparedRun } from "../train/prepare.ts";
import { RunFolder } from "../train/run-folder.ts";

export function trainCommand() {
  return trainFlags()
    .description("Train a network and keep it, with all its metrics, in a run folder.")
    .addHelpText(
      "after",
      `
Examples:
  chainrule train
  chainrule train --data circles --net 2-10-2 --activation tanh --lr 0.03
  chainrule train --data flowers.csv --target kind --drop id
  chainrule train --data mnist --data-dir data --net 784-300-10 --json
`,
    )
    .action((flags) => run(requestOf(flags as AllFlags)));
}

async function run(request: RunRequest): Promise<void> {
  const { output } = request;
  const device = await deviceOf(request.device);
  const prepared = await prepare(request);
  const { spec } = prepared;
  const stop = new AbortController();
  const { options, optimizer } = trainingOf(prepared, {
    signal: stop.signal,
    device,
    outputs: judgingPart(prepared.parts),
  });
  const display = displayFor(output, {
    lines: title(prepared),
    epochs: spec.epochs,
    batches: options.data.length,
    rate: () => optimizer.paramGroups[0].lr,
  });
  const interrupted = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
  let exit: number = 0;
  const onSignal = (signal: keyof typeof interrupted): void => {
    exit = interrupted[signal];
    stop.abort();
    display.close();
    if (!output.json && !output.quiet)
      process.stderr.write("finishing the batch; once more ends it at once\n");
    // the next signal finds nobody listening and ends the process; the files that are there are whole
    process.off(signal, onSignal);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  const folder = new RunFolder(request, prepared, device);
  try {
    for await (const event of train(options)) {
      if (event.event !== "batch" && event.note) say(`the training ${event.note}`);
      const shown = runEvent(event, prepared, folder.path);
      folder.record(shown);
      if (event.event === "done")
        await folder.finish({ status: event.stopped ? "stopped" : "done" }, event.outputs);
      display.show(shown);
    }
    if (stop.signal.aborted) process.exitCode = exit;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const { epoch, batch, problem } = error;
    const advice = `try ${remedies(spec)}`;
    await folder.finish({ status: "diverged", reason: `${problem}; ${advice}` });
    throw new DivergedError(epoch, batch, problem, `${advice}; the run so far is in ${folder.path}`);
  } finally {
    display.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

/** What this run has not tried against diverging, by flag. */
function remedies({ lr, schedule, scale, clip }: RunSpec): string {
  const rate = schedule?.name === "one-cycle" ? "a peak" : "an --lr";
  const others = [
    ...(scale === "none" ? ["--scale standard"] : []),
    ...(clip === null ? ["--clip norm:1"] : []),
  ];
  return [`${rate} below ${lr}`, ...others].join(" or ");
}

function displayFor(output: RunRequest["output"], title: RunTitle): Display {
  if (output.json) return jsonDisplay();
  if (output.quiet) return quietDisplay();
  return process.stdout.isTTY ? terminalDisplay(title) : plainDisplay(title);
}

/** What is trained on what, in lines of at most 80 columns. */
function title({ spec, parts, model }: PreparedRun): string[] {
  const { train, validation, test } = parts;
  const rows = [
    `${grouped(train.length)} training`,
    ...(validation ? [`${grouped(validation.length)} validation`] : []),
    ...(test ? [`${grouped(test.length)} test`] : []),
  ];
  const batch = spec.batch === "full" ? "full batch" : `batch ${spec.batch}`;
  return [
    `${spec.data}: ${modelWords(spec.model)} ${spec.activation}, ${grouped(model.parameterCount())} parameters, seed ${spec.seed}`,
    `${rows.join(", ")} rows; scale ${spec.scale}`,
    `${spec.loss}, ${spec.optimizer}, learning rate ${spec.lr}, ${batch}, ${counted(spec.epochs, "epoch")}`,
    ...parts.notes.flatMap((note) => wrapped(note)),
  ];
}
