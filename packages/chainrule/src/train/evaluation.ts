/** Metrics and predictions outside of training, computed as `train()` computes them. */
import { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { anything, checkOptions, instance, requireFunction, requireTensor } from "../tensor/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { CompiledEvaluation } from "./compiled-evaluation.ts";
import { defaultDevice } from "./default-device.ts";
import { evaluateEagerly, predictEagerly } from "./evaluate.ts";
import type { Metrics } from "./evaluate.ts";
import { requireLearner } from "./learner.ts";
import type { Learner } from "./learner.ts";
import type { Pause } from "./pause.ts";
import { isUncompilable } from "./step-runner.ts";

export interface EvaluateOptions {
  /** The device, as in `train()`: by default WebAssembly for a learner that is `compilable`; null computes eagerly. */
  readonly device?: Device | null;
  /** Called between blocks of rows; the default lets timers run every 50 ms. */
  readonly pause?: Pause;
}

/**
 * The learner's metrics on a data set, equal to the bit to those that `train()` reports for the same parameters on the same
 * device.
 * @throws ValueError for an unknown option
 * @example
 * const model = new Sequential(new Linear(2, 2));
 * const one = learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr: 0.1 }) });
 * const data = new Dataset(zeros([4, 2]), tensor([0, 1, 0, 1], { dtype: "int32" }));
 * Object.keys(await evaluate(one, data)); // [ 'loss', 'accuracy' ]
 */
export function evaluate(
  learner: Pick<Learner, "predict" | "loss" | "metrics" | "compilable">,
  data: Dataset,
  options: EvaluateOptions = {},
): Promise<Metrics> {
  requireLearner("evaluate", "learner", learner, ["predict", "loss"]);
  instance(Dataset, "a Dataset, such as new Dataset(inputs, targets)")("evaluate", "the data", data);
  const { device, pause } = checkOptions("evaluate", options, checks);
  return compiledOr(
    learner,
    device,
    (compiled) => compiled.evaluate(data, pause),
    async () => (await evaluateEagerly(learner, data, pause)).metrics,
  );
}

/**
 * The outputs for all rows, equal to the bit to those from which `evaluate` computes its metrics.
 * @throws ValueError for an unknown option
 */
export function predictAll(
  learner: Pick<Learner, "predict" | "compilable">,
  inputs: Tensor,
  options: EvaluateOptions = {},
): Promise<Tensor> {
  requireLearner("predictAll", "learner", learner, ["predict"]);
  requireTensor("predictAll", "the inputs", inputs);
  const { device, pause } = checkOptions("predictAll", options, checks);
  const unused = { ...learner, predict: (x: Tensor) => learner.predict(x), loss: (output: Tensor) => output };
  return compiledOr(
    unused,
    device,
    (compiled) => compiled.predictAll(inputs, pause),
    () => predictEagerly(learner, inputs, pause),
  );
}

const checks = { device: anything, pause: requireFunction };

/** Computes with a compiled learner; eagerly if it has no device or cannot be compiled. */
async function compiledOr<T>(
  learner: Pick<Learner, "predict" | "loss" | "metrics" | "compilable">,
  given: Device | null | undefined,
  compute: (compiled: CompiledEvaluation) => Promise<T>,
  eagerly: () => Promise<T>,
): Promise<T> {
  const device = given === undefined && learner.compilable ? (await defaultDevice()).device : (given ?? null);
  if (device === null) return eagerly();
  const compiled = new CompiledEvaluation(learner, device);
  try {
    return await compute(compiled);
  } catch (error) {
    if (!isUncompilable(error)) throw error;
  } finally {
    compiled.dispose();
  }
  return eagerly();
}
