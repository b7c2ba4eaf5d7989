/** Early stopping: watches a metric, keeps the best weights, and says when to end. */
import { Module } from "../nn/module.ts";
import type { StateDict } from "../nn/module.ts";
import { ValueError } from "../tensor/errors.ts";
import { between, checkOptions, count, instance, oneOf } from "../tensor/options.ts";

export interface EarlyStoppingOptions {
  /** The number of values without improvement after which to stop; default 5. */
  readonly patience?: number;
  /** The least change that counts as an improvement; default 0. */
  readonly minDelta?: number;
  /** "min" (default) for a loss, "max" for an accuracy. */
  readonly mode?: "min" | "max";
}

export interface EarlyStopping {
  /**
   * Takes the metric after an epoch and keeps the weights if it is the best so far. Returns whether to stop. A NaN is no
   * improvement.
   */
  stops(value: number): boolean;
  /** The best value and its place among the values, from 1; null before the first. */
  readonly best: { readonly value: number; readonly epoch: number } | null;
  /** Loads the best weights into the model. */
  restoreBest(): void;
}

/**
 * Watches a metric of a model, such as the validation loss.
 * @throws ValueError for an unknown option, or if restoreBest is called before a value was the best
 * @example
 * const model = new Linear(2, 1);
 * const stopping = earlyStopping(model, { patience: 2 });
 * [3, 2, 2.5, 2.2].map((loss) => stopping.stops(loss)); // [ false, false, false, true ]
 * stopping.best; // { value: 2, epoch: 2 }
 */
export function earlyStopping(model: Module<unknown>, options: EarlyStoppingOptions = {}): EarlyStopping {
  const where = "earlyStopping";
  instance(Module, "a module")(where, "the model", model);
  const {
    patience = 5,
    minDelta = 0,
    mode = "min",
  } = checkOptions(where, options, {
    patience: count(0),
    minDelta: between(0),
    mode: oneOf("min", "max"),
  });
  let best: EarlyStopping["best"] = null;
  let weights: StateDict | null = null;
  let epoch = 0;
  const improves = (value: number): boolean => {
    if (Number.isNaN(value)) return false;
    if (best === null) return true;
    return mode === "min" ? value < best.value - minDelta : value > best.value + minDelta;
  };
  return {
    stops(value) {
      epoch++;
      if (improves(value)) {
        best = { value, epoch };
        weights = model.stateDict();
      }
      return epoch - (best?.epoch ?? 0) >= patience && best?.epoch !== epoch;
    },
    get best() {
      return best;
    },
    restoreBest() {
      if (weights === null)
        throw new ValueError(where, "no value was the best yet", {
          advice: "call stops(value) after each epoch",
        });
      model.loadStateDict(weights);
    },
  };
}
