/** From what `prepare` made to a training that can begin: batches, loss, rule and schedule. */
import { Generator } from "chainrule";
import { DataLoader } from "chainrule/data";
import type { Sequential } from "chainrule/nn";
import type { Optimizer } from "chainrule/optim";
import { learner } from "chainrule/train";
import type { TrainEvent, TrainOptions } from "chainrule/train";
import type { Parts } from "./data.ts";
import type { RunEvent } from "./display.ts";
import { clipping, metricsOf, lossOf, optimizerOf, scheduleOf } from "./network.ts";
import type { TrainSettings } from "./settings.ts";

export interface Prepared {
  readonly parts: Parts;
  readonly settings: TrainSettings;
  readonly model: Sequential;
}

export interface TrainingOptions extends Pick<TrainOptions, "signal" | "device"> {
  /** Draws the order of the rows; the run's seed unless given. */
  readonly orderSeed?: number;
}

export interface Training {
  readonly options: TrainOptions;
  readonly optimizer: Optimizer;
}

export function trainingOf(
  { parts, settings, model }: Prepared,
  { signal, device, orderSeed = settings.seed }: TrainingOptions = {},
): Training {
  const optimizer = optimizerOf(settings, model);
  const options: TrainOptions = {
    learner: learner({
      model,
      optimizer,
      loss: lossOf(settings),
      reduction: settings.reduction,
      clip: clipping(settings),
      metrics: metricsOf(parts.plan),
    }),
    data: new DataLoader(parts.train, {
      batchSize: settings.batch,
      shuffle: settings.shuffle,
      dropLast: settings.dropLast,
      generator: new Generator(orderSeed).stream("order"),
    }),
    validation: parts.validation ?? undefined,
    test: parts.test ?? undefined,
    epochs: settings.epochs,
    schedule: scheduleOf(settings, optimizer),
    evalTrain: settings.evalTrain,
    testAt: settings.testAt,
    seed: settings.seed,
    signal,
    device,
  };
  return { options, optimizer };
}

/** The event as the command line writes it: with what is trained at the start, and where it went at the end. */
export function described(
  event: TrainEvent,
  settings: TrainSettings,
  { notes }: Parts,
  out: string,
): RunEvent {
  if (event.event === "done") return { ...event, out };
  if (event.event !== "start") return event;
  const { event: name, note: _note, ...counts } = event;
  const { data, net } = settings;
  return { event: name, data, net: net.join("-"), ...counts, settings, ...(notes.length > 0 && { notes }) };
}
