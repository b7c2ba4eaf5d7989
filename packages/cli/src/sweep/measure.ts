/** What the worker processes of a sweep do for each run: train as `chainrule train` does, without the test rows. */
import { join } from "node:path";
import type { Measured, PlannedRun } from "chainrule/experiments";
import { flatMetrics, trainingOf } from "chainrule/runs";
import type { RunRequest } from "chainrule/runs";
import { train } from "chainrule/train";
import type { PartMetrics } from "chainrule/train";
import { deviceOf } from "../train/device.ts";
import { prepare } from "../train/prepare.ts";
import { RunFolder } from "../train/run-folder.ts";
import { runEvent } from "../train/run-events.ts";
import { requestFor } from "./plan.ts";
import type { SweepContext } from "./plan.ts";

/** The metrics at the end, and the training and validation loss of each epoch. */
export async function measure(run: PlannedRun, context: SweepContext): Promise<Measured> {
  const request = requestFor(run, context);
  const prepared = await prepare(request);
  const device = await deviceFor(request);
  const { options } = trainingOf(prepared, { orderSeed: run.orderSeed, device });
  const curves = new Map<string, number[]>();
  let metrics: Record<string, number> = {};
  for await (const event of train({ ...options, test: undefined })) {
    if (event.event === "epoch")
      for (const name of ["trainLoss", "validLoss"] as const) {
        const key = `${name} by epoch`;
        // An epoch without this metric is a gap.
        curves.set(key, [...(curves.get(key) ?? []), flatMetrics(event.metrics)[name] ?? NaN]);
      }
    if (event.event === "done") metrics = validationFirst(event.metrics);
  }
  const shown = [...curves].filter(([, values]) => values.some(Number.isFinite));
  return { ...metrics, ...Object.fromEntries(shown) };
}

/** One thread by default, since there is a process for each core already. */
function deviceFor({ device }: RunRequest): ReturnType<typeof deviceOf> {
  return deviceOf(device.device === "reference" ? device : { ...device, threads: device.threads ?? 1 });
}

/** The metrics under flat names, those of the validation rows first, since they decide the ranking. */
function validationFirst({ validation, ...others }: PartMetrics): Record<string, number> {
  return { ...flatMetrics({ validation }), ...flatMetrics(others) };
}

export interface TestContext extends SweepContext {
  /** The folder for the run folders, one for each seed. */
  readonly folder: string;
}

/** The winner once more, into a run folder and with its test rows looked at in the end. */
export async function test(run: PlannedRun, { folder, ...context }: TestContext): Promise<Measured> {
  const request = requestFor(run, context);
  const out = join(folder, `seed-${run.seed}`);
  const prepared = await prepare(request);
  const device = await deviceFor(request);
  const { options } = trainingOf(prepared, { orderSeed: run.orderSeed, device });
  const output = { ...request.output, out, force: true } as const;
  const written = new RunFolder({ ...request, output }, prepared, device);
  for await (const event of train({ ...options, testAt: "end" })) {
    const shown = runEvent(event, prepared, out);
    written.record(shown);
    if (shown.event !== "done") continue;
    await written.finish({ status: "done" });
    return validationFirst(shown.metrics);
  }
  throw new Error("a training ended without its last event");
}
