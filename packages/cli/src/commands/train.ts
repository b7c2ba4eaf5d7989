/** `chainrule train`: from flags to a trained network in a run folder. */
import { DivergedError } from "chainrule";
import { train } from "chainrule/train";
import { exitCodes, say } from "../failure.ts";
import type { Parts } from "../train/data.ts";
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
import { prepare } from "../train/prepare.ts";
import { RunFolder } from "../train/run-folder.ts";
import { trainFlags } from "../train/settings.ts";
import type { TrainFlags, TrainSettings } from "../train/settings.ts";
import { described, trainingOf } from "../train/training.ts";

export function trainCommand() {
  return trainFlags("train")
    .description("Train a network and keep it, with all its figures, in a run folder.")
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
    .action(run);
}

async function run(flags: TrainFlags): Promise<void> {
  const device = await deviceOf(flags);
  const { parts, settings, model } = await prepare(flags);
  const stop = new AbortController();
  const { options, optimizer } = trainingOf({ parts, settings, model }, { signal: stop.signal, device });
  const display = displayFor(flags, {
    lines: title(settings, parts, model.parameterCount()),
    epochs: settings.epochs,
    batches: options.data.length,
    rate: () => optimizer.paramGroups[0].lr,
  });
  const interrupted = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;
  let exit: number = 0;
  const onSignal = (signal: keyof typeof interrupted): void => {
    exit = interrupted[signal];
    stop.abort();
    display.close();
    if (!flags.json && !flags.quiet) process.stderr.write("finishing the batch; once more ends it at once\n");
    // the next signal finds nobody listening and ends the process; the files that are there are whole
    process.off(signal, onSignal);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  const folder = new RunFolder(flags, settings, parts, model.parameterCount(), device);
  try {
    for await (const event of train(options)) {
      if (event.event !== "batch" && event.note) say(`the training ${event.note}`);
      const shown = described(event, settings, parts, folder.path);
      folder.record(shown);
      if (shown.event === "done") await folder.finish(model, { status: shown.stopped ? "stopped" : "done" });
      display.show(shown);
    }
    if (stop.signal.aborted) process.exitCode = exit;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    const { epoch, batch, problem } = error;
    const advice = `try ${remedies(settings)}`;
    await folder.finish(model, { status: "diverged", reason: `${problem}; ${advice}` });
    throw new DivergedError(epoch, batch, problem, `${advice}; the run so far is in ${folder.path}`);
  } finally {
    display.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
}

/** What this run has not tried against diverging, by flag. */
function remedies({ lr, schedule, scale, clip }: TrainSettings): string {
  const rate = schedule?.name === "one-cycle" ? "a peak" : "an --lr";
  const others = [
    ...(scale === "none" ? ["--scale standard"] : []),
    ...(clip === null ? ["--clip norm:1"] : []),
  ];
  return [`${rate} below ${lr}`, ...others].join(" or ");
}

function displayFor(flags: TrainFlags, title: RunTitle): Display {
  if (flags.json) return jsonDisplay();
  if (flags.quiet) return quietDisplay();
  return process.stdout.isTTY ? terminalDisplay(title) : plainDisplay(title);
}

/** What is trained on what, in lines of at most 80 columns. */
function title(settings: TrainSettings, parts: Parts, parameters: number): string[] {
  const { train, validation, test } = parts;
  const rows = [
    `${grouped(train.length)} training`,
    ...(validation ? [`${grouped(validation.length)} validation`] : []),
    ...(test ? [`${grouped(test.length)} test`] : []),
  ];
  const batch = settings.batch === "full" ? "full batch" : `batch ${settings.batch}`;
  return [
    `${settings.data}: ${settings.net.join("-")} ${settings.activation}, ${grouped(parameters)} parameters, seed ${settings.seed}`,
    `${rows.join(", ")} rows; scale ${settings.scale}`,
    `${settings.loss}, ${settings.optimizer}, learning rate ${settings.lr}, ${batch}, ${counted(settings.epochs, "epoch")}`,
    ...parts.notes.flatMap((note) => wrapped(note)),
  ];
}
