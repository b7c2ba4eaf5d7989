/** The compiled step of a training run, as text. */
import type { Device } from "../devices/device.ts";
import { DataLoader } from "../data/loader.ts";
import { instance, requireFunction, requireObject } from "../tensor/options.ts";
import { requireLearner } from "./learner.ts";
import { GraphError } from "../tensor/errors.ts";
import { compiledRunner } from "./step-runner.ts";
import type { TrainOptions } from "./train.ts";

/**
 * The programs that `train()` would run with these options: the kernels of a step and of an evaluation, with shapes,
 * operations, bytes and fused ops, and the size of the arena. Nothing is run.
 * @throws GraphError for a learner that cannot be compiled
 */
export function explainTraining(
  options: Pick<TrainOptions, "learner" | "data" | "evalTrain">,
  device: Device,
): string {
  requireObject("explainTraining", "the options", options, "write { learner, data }");
  requireLearner("explainTraining", "learner", options.learner);
  instance(DataLoader, "a DataLoader")("explainTraining", "data", options.data);
  requireObject("explainTraining", "the device", device, "await wasm() makes one");
  requireFunction("explainTraining", "the device's load", device.load);
  const { learner, data, evalTrain = data.dataset.length <= 10_000 } = options;
  const runner = compiledRunner(learner, device, data.dataset, {
    sizes: data.sizes.slice(0, 1),
    outputs: !evalTrain,
    evaluation: true,
  });
  if (runner.note !== null) throw new GraphError("no-compile", `the step ${runner.note}`);
  const text = runner.explain();
  runner.dispose();
  return text;
}
