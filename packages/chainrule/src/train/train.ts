/**
 * The training loop, as an async generator of events. The command line prints them, a page draws them, experiments
 * record them and tests assert on them; there are no hooks.
 */
import type { Dataset } from "../data/dataset.ts";
import type { DataLoader } from "../data/loader.ts";
import type { Schedule } from "../optim/schedule.ts";
import { requireCount } from "../tensor/check.ts";
import { DivergedError } from "../tensor/errors.ts";
import { breather } from "./breather.ts";
import { evaluate, figuresOf } from "./evaluate.ts";
import type { Figures } from "./evaluate.ts";
import { named } from "./events.ts";
import type { DoneEvent, EventFigures, TrainEvent } from "./events.ts";
import type { Learner } from "./learner.ts";
import { RunningFigures } from "./running.ts";

export interface TrainOptions {
  readonly learner: Learner;
  /** The training rows, in batches. */
  readonly data: DataLoader;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  readonly epochs: number;
  /** Moves the learning rate, per batch or per epoch. */
  readonly schedule?: Schedule;
  /**
   * Training figures by a full pass after each epoch (usual up to 10,000 rows), or as running means over its batches, taken
   * before each update (usual above).
   */
  readonly evalTrain?: boolean;
  /** When to look at the test set: after each epoch, or at the end (usual with a validation set). */
  readonly testAt?: "epoch" | "end";
  /** Passed on in the start event. */
  readonly seed?: number;
  /** Ends the run after the batch under way; the done event has `stopped`. */
  readonly signal?: AbortSignal;
}

/**
 * Trains for some epochs: yields a start event, an event per batch and per epoch, and a done event.
 * @throws DivergedError when a loss becomes NaN or infinite, naming the epoch and the batch
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { learner, data, validation, test, epochs, schedule, seed, signal } = options;
  const { evalTrain = data.dataset.length <= 10_000, testAt = validation ? "end" : "epoch" } = options;
  requireCount("train", "epochs", epochs, 0);
  const breathe = breather();
  const began = performance.now();
  const since = (time: number): number => (performance.now() - time) / 1000;

  const onTest = async (): Promise<EventFigures> =>
    test ? named("test", await evaluate(learner, test, breathe)) : {};
  /** The figures now; `running` are those of the batches so far. */
  const look = async (running: Figures | null, testToo: boolean): Promise<EventFigures> => ({
    ...(evalTrain
      ? named("train", await evaluate(learner, data.dataset, breathe))
      : running && named("train", running)),
    ...(validation && named("valid", await evaluate(learner, validation, breathe))),
    ...(testToo && (await onTest())),
  });

  yield {
    event: "start",
    parameters: learner.parameterCount,
    ...(seed !== undefined && { seed }),
    train: data.dataset.length,
    ...(validation && { validation: validation.length }),
    ...(test && { test: test.length }),
  };
  let figures = await look(null, testAt === "epoch" || epochs === 0);
  yield { event: "epoch", epoch: 0, ...figures, seconds: since(began) };

  let steps = 0;
  let completed = 0;
  for (let epoch = 1; epoch <= epochs && !signal?.aborted; epoch++) {
    const epochBegan = performance.now();
    const running = new RunningFigures();
    let batches = 0;
    for (const batch of data.batches(epoch)) {
      schedule?.beforeBatch(steps, data.length);
      const { loss, output } = learner.step(batch.inputs, batch.targets);
      // a full pass makes the running means idle
      if (!evalTrain) running.add(figuresOf(learner, loss, output, batch.targets), batch.indices.length);
      const value = loss.item();
      batches++;
      steps++;
      yield { event: "batch", epoch, step: steps, loss: value };
      if (!Number.isFinite(value)) throw diverged(value, epoch, batches);
      await breathe();
      if (signal?.aborted) break;
    }
    if (batches === data.length) completed = epoch;
    figures = await look(running.mean(), testAt === "epoch" || epoch === epochs || signal?.aborted === true);
    if (completed < epoch) break;
    schedule?.afterEpoch(epoch, figures.validLoss ?? figures.trainLoss);
    yield { event: "epoch", epoch, ...figures, seconds: since(epochBegan) };
    const seen = figures.trainLoss ?? 0;
    if (!Number.isFinite(seen)) throw diverged(seen, epoch, batches);
  }

  // a run that was stopped between epochs may not have seen its test set yet
  if (figures.testLoss === undefined) figures = { ...figures, ...(await onTest()) };
  const done: DoneEvent = { event: "done", epochs: completed, steps, ...figures, seconds: since(began) };
  if (completed < epochs) done.stopped = true;
  yield done;
}

function diverged(loss: number, epoch: number, batch: number): DivergedError {
  return new DivergedError(
    epoch,
    batch,
    `the loss became ${Number.isNaN(loss) ? "NaN" : "infinite"} in epoch ${epoch}, batch ${batch}; ` +
      "try a smaller learning rate, scaled inputs or clipped gradients",
  );
}
