/** The network of a saved run, on the device that it was trained on: its figures come out to the last digit. */
import { noGrad } from "chainrule";
import type { Tensor } from "chainrule";
import type { Dataset } from "chainrule/data";
import { CompiledEvaluation, evaluate, predictAll } from "chainrule/train";
import type { Metrics } from "chainrule/train";
import { lossOf, metricsOf } from "chainrule/runs";
import { deviceOfRun } from "./device.ts";
import type { SavedRun } from "./saved-run.ts";

export interface SavedNetwork {
  /** The outputs for all rows of scaled inputs. */
  predict(inputs: Tensor): Promise<Tensor>;
  evaluate(data: Dataset): Promise<Metrics>;
}

export async function networkOf(saved: SavedRun): Promise<SavedNetwork> {
  const { model, spec, preprocess } = saved;
  const learner = {
    predict: (inputs: Tensor) => noGrad(() => model.forward(inputs)),
    loss: lossOf(spec),
    metrics: metricsOf(preprocess.plan),
  };
  const device = await deviceOfRun(saved);
  if (device === null)
    return {
      predict: (inputs) => predictAll(learner, inputs),
      evaluate: (data) => evaluate(learner, data),
    };
  const compiled = new CompiledEvaluation(learner, device);
  return {
    predict: (inputs) => compiled.predictAll(inputs),
    evaluate: (data) => compiled.evaluate(data),
  };
}
