/** The network of a saved run, on the device that it was trained on, so that its numbers come out to the last digit. */
import type { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { Turns } from "../devices/turns.ts";
import { noGrad } from "../ops/emit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { evaluateEagerly, predictEagerly } from "../train/evaluate.ts";
import type { Metrics } from "../train/evaluate.ts";
import { CompiledEvaluation } from "../train/compiled-evaluation.ts";
import type { SavedRun } from "./saved.ts";
import { lossOf, metricsOf } from "./training.ts";

export interface RunNetwork {
  /** The outputs [n, K] for scaled inputs [n, F]. */
  predict(inputs: Tensor): Promise<Tensor>;
  /** The metrics on scaled rows. */
  evaluate(data: Dataset): Promise<Metrics>;
}

/** The network on a device, the run's own unless given; null stands for the reference kernels. */
export async function networkOf(run: SavedRun, device?: Device | null): Promise<RunNetwork> {
  const { model, spec, preprocess } = run;
  const learner = {
    predict: (inputs: Tensor) => noGrad(() => model.forward(inputs)),
    loss: lossOf(spec),
    metrics: metricsOf(preprocess.plan),
  };
  const chosen = device === undefined ? await deviceOfRun(run) : device;
  if (chosen === null)
    return {
      predict: (inputs) => predictEagerly(learner, inputs),
      evaluate: async (data) => (await evaluateEagerly(learner, data)).metrics,
    };
  const compiled = new CompiledEvaluation(learner, chosen);
  // a compiled step does one call at a time, and a service gets several requests at once
  const turns = new Turns();
  return {
    predict: (inputs) => turns.take(() => compiled.predictAll(inputs)),
    evaluate: (data) => turns.take(() => compiled.evaluate(data)),
  };
}

/** The devices made so far, by whether they are strict; all runs share them. */
const made = new Map<boolean, Promise<Device>>();

/** The device that a run was computed on; loaded only now. */
async function deviceOfRun({ device, build }: Pick<SavedRun, "device" | "build">): Promise<Device | null> {
  if (device !== "wasm") return null;
  const { runsKernels } = await import("../devices/wasm/kernels/builds.ts");
  if (!runsKernels()) return null;
  const strict = build?.startsWith("strict") ?? false;
  const found = made.get(strict) ?? import("../devices/wasm/device.ts").then(({ wasm }) => wasm({ strict }));
  made.set(strict, found);
  // what failed once may work another time, such as when the network is back
  found.catch(() => made.delete(strict));
  return found;
}
