/**
 * The training loop, as an async generator of events. The command line prints them, a page draws them, experiments
 * record them and tests assert on them; there are no hooks.
 */
import { Dataset } from "../data/dataset.ts";
import type { Device } from "../devices/device.ts";
import { DataLoader } from "../data/loader.ts";
import type { Schedule } from "../optim/schedule.ts";
import { requireFiniteRows } from "../data/finite.ts";
import { ValueError } from "../tensor/errors.ts";
import { anything, checkOptions, count, flag, instance, oneOf, requireObject } from "../tensor/options.ts";
import { DivergedError } from "./diverged-error.ts";
import { fromValues } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { defaultDevice } from "./default-device.ts";
import { defaultMetrics } from "./evaluate.ts";
import type { Metrics } from "./evaluate.ts";
import type { DoneEvent, PartMetrics, PartName, TrainEvent } from "./events.ts";
import { requireLearner } from "./learner.ts";
import type { Learner } from "./learner.ts";
import { pauseEvery } from "./pause.ts";
import { RunningMetrics } from "./running-metrics.ts";
import { sliceLength } from "./slice-length.ts";
import { compiledRunner, eagerRunner } from "./step-runner.ts";

export interface TrainOptions {
  readonly learner: Learner;
  /** The training rows, in batches. */
  readonly data: DataLoader;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  readonly epochs: number;
  /**
   * The largest number of updates: the run ends after this many or after its epochs, whichever comes first. Steps run in
   * slices whose length depends on their time, so this is the way to stop at an exact step.
   */
  readonly steps?: number;
  /** Moves the learning rate, per batch or per epoch. */
  readonly schedule?: Schedule;
  /**
   * Whether training metrics are computed by a full pass after each epoch (the default up to 10,000 rows), or as running
   * means over its batches, each taken before the update (the default above).
   */
  readonly evalTrain?: boolean;
  /** When the test set is evaluated: after each epoch, or at the end (the default with a validation set). */
  readonly testAt?: "epoch" | "end";
  /** The part of the data whose outputs are in the done event. Its metrics are computed from the same outputs. */
  readonly outputs?: PartName;
  /** The seed that the start event reports. */
  readonly seed?: number;
  /** Ends the run after the running slice; the done event has `stopped`. */
  readonly signal?: AbortSignal;
  /**
   * The device of the compiled steps. The default is WebAssembly for a learner that is `compilable`, as those of
   * `learner()` are. With null every step runs eagerly. A step that turns out not to be compilable runs eagerly, too, and a
   * note says why, in the start event or in the next event. A device with a worker, as in a page, runs nothing else during
   * a slice: two trainings take turns, but synchronous calls beside them need a device of their own.
   */
  readonly device?: Device | null;
}

/**
 * Trains for some epochs: yields a start event, an event per batch and per epoch, and a done event. Compiled steps run in
 * slices of at most about 50 ms. A slice is done whole and its events follow, even if the reader leaves the loop or a loss
 * diverges within it. A step that throws ends the run: the cells are as that step left them, and the batches of its slice
 * have no events.
 * @throws DivergedError when a loss becomes NaN or infinite, or a parameter is at the end, with the epoch and the batch;
 * ValueError naming row and column of an input or target that is not finite
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainEvent, void, void> {
  const { learner, data, validation, test, epochs, schedule, seed, signal } = checkedOptions(options);
  const { device, note: without } =
    options.device === undefined && learner.compilable
      ? await defaultDevice()
      : { device: options.device ?? null, note: null };
  const { metrics: metricsOf = defaultMetrics } = learner;
  const { evalTrain = data.dataset.length <= 10_000, testAt = validation ? "end" : "epoch" } = options;
  const limit = options.steps ?? Infinity;
  for (const [part, rows] of Object.entries({ training: data.dataset, validation, test })) {
    if (rows === undefined) continue;
    const { featureNames, targetNames } = rows.info;
    requireFiniteRows("train", `the ${part} inputs`, rows.inputs, featureNames);
    requireFiniteRows("train", `the ${part} targets`, rows.targets, targetNames);
  }
  const pause = pauseEvery();
  const lengths = sliceLength();
  const began = performance.now();
  const since = (time: number): number => (performance.now() - time) / 1000;

  // with a full pass neither running means nor the outputs of batches are needed
  const runner =
    device === null
      ? eagerRunner(learner, without)
      : compiledRunner(learner, device, data.dataset, {
          sizes: data.sizes,
          outputs: !evalTrain,
          evaluation: evalTrain || validation !== undefined || test !== undefined,
        });
  let noted = false;
  /** Why steps are not compiled; only once, in the next event. */
  const note = (): { note?: string } => {
    if (noted || runner.note === null) return {};
    noted = true;
    return { note: runner.note };
  };

  try {
    const parts = { train: data.dataset, validation, test };
    let outputs = null as Tensor | null;
    /** The metrics of the present parameters on a part; its outputs are kept if they are wanted. */
    const evaluated = async (part: PartName): Promise<PartMetrics> => {
      const rows = parts[part];
      if (rows === undefined) return {};
      const found = await runner.evaluate(rows, pause);
      if (part === options.outputs) outputs = found.outputs;
      return { [part]: found.metrics };
    };
    /** The metrics of the present parameters; `running` are those of the batches of this epoch so far. */
    const measure = async (running: Metrics | null, testToo: boolean): Promise<PartMetrics> => {
      const own = running && { train: running };
      return {
        ...(evalTrain ? await evaluated("train") : own),
        ...(await evaluated("validation")),
        ...(testToo && (await evaluated("test"))),
      };
    };

    yield {
      event: "start",
      parameters: learner.parameterCount,
      ...(seed !== undefined && { seed }),
      train: data.dataset.length,
      ...(validation && { validation: validation.length }),
      ...(test && { test: test.length }),
      ...note(),
    };
    let metrics = await measure(null, testAt === "epoch" || epochs === 0 || limit === 0);
    yield { event: "epoch", epoch: 0, metrics, ...note(), seconds: since(began) };

    let steps = 0;
    let completed = 0;
    for (let epoch = 1; epoch <= epochs && steps < limit && !signal?.aborted; epoch++) {
      const epochBegan = performance.now();
      const running = new RunningMetrics();
      let batches = 0;
      const order = [...data.indices(epoch)];
      runner.recheck();
      while (batches < order.length && steps < limit && !signal?.aborted) {
        schedule?.beforeBatch(steps, data.length);
        const count = runner.many && schedule?.unit !== "batch" ? lengths.next() : 1;
        const slice = sliceOf(order, batches, Math.min(count, limit - steps));
        // the slice is done whole, then its events follow
        const results = await lengths.timed(slice.length, () => runner.run(data.dataset, slice));
        for (const [i, { loss, output }] of results.entries()) {
          const rows = slice[i];
          if (!evalTrain && output)
            running.add({ loss, ...metricsOf(output, targetsOf(data.dataset, rows)) }, rows.length);
          batches++;
          steps++;
          yield { event: "batch", epoch, step: steps, loss };
          if (!Number.isFinite(loss)) throw diverged(loss, epoch, batches);
        }
        await pause();
      }
      if (batches === data.length) completed = epoch;
      metrics = await measure(
        running.mean(),
        testAt === "epoch" || epoch === epochs || steps === limit || signal?.aborted === true,
      );
      if (completed < epoch) break;
      if (epoch === epochs || steps === limit) requireFiniteParameters(learner, epoch, batches);
      schedule?.afterEpoch(epoch, (metrics.validation ?? metrics.train)?.loss);
      yield { event: "epoch", epoch, metrics, ...note(), seconds: since(epochBegan) };
      const seen = metrics.train?.loss ?? 0;
      if (!Number.isFinite(seen)) throw diverged(seen, epoch, batches);
    }

    // a run that was stopped between epochs may not have evaluated its test set yet
    if (metrics.test === undefined) metrics = { ...metrics, ...(await evaluated("test")) };
    // training metrics that are running means have no outputs of the final parameters
    if (options.outputs !== undefined && outputs === null) await evaluated(options.outputs);
    const done: DoneEvent = {
      event: "done",
      epochs: completed,
      steps,
      metrics,
      ...(outputs && { outputs }),
      ...note(),
      seconds: since(began),
    };
    if (completed < epochs && steps < limit) done.stopped = true;
    yield done;
  } finally {
    // runs also when the reader leaves the loop
    runner.dispose();
  }
}

function checkedOptions(options: TrainOptions): TrainOptions {
  const dataset = instance(Dataset, "a Dataset");
  const known = checkOptions("train", options, {
    learner: requireLearner,
    data: instance(DataLoader, "a DataLoader, such as new DataLoader(dataset, { batchSize: 32 })"),
    validation: dataset,
    test: dataset,
    epochs: count(0),
    steps: count(0),
    schedule: requireObject,
    evalTrain: flag,
    testAt: oneOf("epoch", "end"),
    outputs: oneOf("train", "validation", "test"),
    seed: anything,
    signal: requireObject,
    device: anything,
  });
  for (const name of ["learner", "data", "epochs"] as const)
    if (known[name] === undefined)
      throw new ValueError("train", `needs ${name}`, { advice: "train({ learner, data, epochs })" });
  return known;
}

/** At most `count` batches, beginning with number `start`, up to the first batch of another length. */
function sliceOf(batches: readonly Int32Array[], start: number, count: number): readonly Int32Array[] {
  const slice = batches.slice(start, start + count);
  const end = slice.findIndex(({ length }) => length !== slice[0].length);
  return end < 0 ? slice : slice.slice(0, end);
}

function targetsOf({ targets }: Dataset, rows: Int32Array): Tensor {
  return targets.indexSelect(fromValues(rows, [rows.length], "int32"), 0);
}

/** The last update may make parameters of no use although the loss before it was finite. */
function requireFiniteParameters({ parameters = [] }: Learner, epoch: number, batch: number): void {
  for (const { name, data } of parameters) {
    const value = data.find((number) => !Number.isFinite(number));
    if (value === undefined) continue;
    const became = Number.isNaN(value) ? "NaN" : "infinite";
    throw new DivergedError(
      epoch,
      batch,
      `the parameter ${name} became ${became} in epoch ${epoch}, batch ${batch}`,
    );
  }
}

function diverged(loss: number, epoch: number, batch: number): DivergedError {
  return new DivergedError(
    epoch,
    batch,
    `the loss became ${Number.isNaN(loss) ? "NaN" : "infinite"} in epoch ${epoch}, batch ${batch}`,
  );
}
