import { describe, expect, it, vi } from "vitest";
import { DataLoader, Dataset, circles, fromPoints } from "../data/index.ts";
import { crossEntropy, squaredError } from "../functions/index.ts";
import { Generator, Parameter, noGrad, reference, tensor, zeros } from "../index.ts";
import type { Tensor } from "../index.ts";
import { BatchNorm1d, Dropout, Linear, Sequential, Tanh } from "../nn/index.ts";
import { RateSchedule, SGD } from "../optim/index.ts";
import { wasm } from "../devices/wasm/device.ts";
import type * as devices from "./default-device.ts";
import { learner, train } from "./index.ts";
import type { DoneEvent, Learner, TrainEvent, TrainOptions } from "./index.ts";

async function all(options: TrainOptions): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(options)) events.push(event);
  return events;
}
const timeless = (events: TrainEvent[]): object[] => events.map((event) => ({ ...event, seconds: 0 }));

/** y = 2x − 1 exactly, fitted by hand: no module, no optimizer. */
function line(): { data: Dataset; byHand: Learner; weight: Parameter } {
  const x = tensor([[0], [1], [2], [3]], { dtype: "float64" });
  const weight = new Parameter(tensor([[0, 0]], { dtype: "float64" }));
  const predict = (inputs: Tensor): Tensor =>
    inputs.mul(weight.slice([[0], [0, 1]])).add(weight.slice([[0], [1, 2]]));
  const byHand: Learner = {
    step(inputs, targets) {
      const output = noGrad(() => predict(inputs));
      const d = output.sub(targets).mul(2 / inputs.shape[0]);
      const gradient = tensor([[0, 0]], { dtype: "float64" }).add(
        d
          .mul(inputs)
          .sum()
          .reshape([1, 1])
          .pad([
            [0, 0],
            [0, 1],
          ])
          .add(
            d
              .sum()
              .reshape([1, 1])
              .pad([
                [0, 0],
                [1, 0],
              ]),
          ),
      );
      noGrad(() => weight.assign(weight.sub(gradient.mul(0.1))));
      return { loss: squaredError(output, targets), output };
    },
    predict: (inputs) => noGrad(() => predict(inputs)),
    loss: squaredError,
    parameterCount: 2,
  };
  return { data: new Dataset(x, x.mul(2).sub(1)), byHand, weight };
}

function circleNet(seed: number, layers: (generator: Generator) => Sequential): TrainOptions {
  const generator = new Generator(seed);
  const part = (name: string): Dataset =>
    fromPoints(circles({ samples: 60, generator: generator.stream(name) }));
  const model = layers(generator.stream("weights"));
  return {
    learner: learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr: 0.3 }) }),
    data: new DataLoader(part("train"), { batchSize: 7, generator: generator.stream("order") }),
    test: part("test"),
    epochs: 4,
    seed,
  };
}
const tanhNet = (generator: Generator): Sequential =>
  new Sequential(new Linear(2, 6, { generator }), new Tanh(), new Linear(6, 2, { generator }));

describe("train", () => {
  it("trains what is updated by hand, with errors and R² for numbers", async () => {
    const { data, byHand, weight } = line();
    const events = await all({
      learner: byHand,
      data: new DataLoader(data, { batchSize: 2 }),
      test: data,
      epochs: 200,
    });
    const done = events.at(-1);
    expect(done).toMatchObject({ event: "done", epochs: 200, steps: 400 });
    expect(done).toHaveProperty("metrics.test.rmse");
    if (done?.event !== "done") return;
    expect(done.metrics.test?.r2).toBeCloseTo(1, 9);
    expect(done.metrics.train?.rmse).toBeLessThan(1e-4);
    expect(done).not.toHaveProperty("metrics.train.accuracy");
    expect(weight.data[0]).toBeCloseTo(2, 4);
    expect(weight.data[1]).toBeCloseTo(-1, 4);
  });

  it("yields start, epoch 0, then batches and epochs in order, then done; the last figures are the model's", async () => {
    const options = circleNet(1, tanhNet);
    const events = await all(options);
    expect(events[0]).toEqual({
      event: "start",
      parameters: 32,
      seed: 1,
      train: 60,
      test: 60,
    });
    const names = events.map(({ event }) => event);
    const epoch = [...new Array<string>(9).fill("batch"), "epoch"];
    expect(names).toEqual(["start", "epoch", ...epoch, ...epoch, ...epoch, ...epoch, "done"]);
    const done = events.at(-1);
    const last = events.at(-2);
    if (done?.event !== "done" || last?.event !== "epoch") throw new Error("no end");
    expect(done.metrics.test?.accuracy).toBe(last.metrics.test?.accuracy);
    const output = options.learner.predict((options.test as Dataset).inputs);
    const right = output
      .argmax(1)
      .eq((options.test as Dataset).targets)
      .sum()
      .item();
    expect(done.metrics.test?.accuracy).toBe(right / 60);
    expect(done.metrics.test?.accuracy).toBeGreaterThan(0.5);
  });

  it("gives the same events for the same seed, others for another", async () => {
    const [a, b, c] = await Promise.all(
      [1, 1, 2].map(async (seed) => timeless(await all(circleNet(seed, tanhNet)))),
    );
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it("evaluates in evaluation mode: dropout does not touch the figures", async () => {
    const options = circleNet(
      3,
      (generator) =>
        new Sequential(
          new Linear(2, 6, { generator }),
          new Dropout(0.5, { generator }),
          new Linear(6, 2, { generator }),
        ),
    );
    const [, before] = await all({ ...options, epochs: 0 });
    const [, again] = await all({ ...options, epochs: 0 });
    expect({ ...before, seconds: 0 }).toEqual({ ...again, seconds: 0 });
  });

  it("running training figures are the means over the batches, weighted with their rows", async () => {
    const events = await all({ ...circleNet(1, tanhNet), epochs: 1, evalTrain: false });
    const losses = events.flatMap((event) => (event.event === "batch" ? [event.loss] : []));
    const epoch = events.find((event) => event.event === "epoch" && event.epoch === 1);
    const mean = losses.reduce((sum, loss, i) => sum + loss * (i < 8 ? 7 : 4), 0) / 60;
    expect(epoch?.event === "epoch" && epoch.metrics.train?.loss).toBeCloseTo(mean, 12);
    expect(events[1], "epoch 0 has no running means").not.toHaveProperty("metrics.train");
  });

  it("looks at the test set only at the end when there is a validation set", async () => {
    const options = circleNet(1, tanhNet);
    const events = await all({ ...options, validation: options.test as Dataset });
    const withTest = events
      .filter((event) => "metrics" in event && event.metrics.test)
      .map(({ event }) => event);
    expect(withTest).toEqual(["epoch", "done"]);
    expect(events.filter((event) => "metrics" in event && event.metrics.validation)).toHaveLength(6);
  });

  it("differentiates the sum if chosen: the step is that of a rate times the batch size", async () => {
    const run = async (reduction: "mean" | "sum", lr: number): Promise<object[]> => {
      const options = circleNet(5, tanhNet);
      const model = tanhNet(new Generator(9));
      const optimizer = new SGD(model.parameters(), { lr });
      return timeless(
        await all({
          ...options,
          data: new DataLoader(options.data.dataset, { batchSize: 4 }),
          learner: learner({ model, loss: crossEntropy, optimizer, reduction }),
          epochs: 1,
        }),
      );
    };
    // a factor of 4 is exact in binary, so the two agree to the bit
    expect(await run("sum", 0.25)).toEqual(await run("mean", 1));
    expect(await run("sum", 1)).not.toEqual(await run("mean", 1));
  });

  it("stops after the slice under way when asked, with the figures of the parameters as they are", async () => {
    const options = circleNet(1, tanhNet);
    const stop = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of train({ ...options, signal: stop.signal })) {
      events.push(event);
      if (event.event === "batch" && event.step === 12) stop.abort();
    }
    const done = events.at(-1);
    const batches = events.filter(({ event }) => event === "batch").length;
    expect(batches).toBeGreaterThanOrEqual(12);
    expect(done).toMatchObject({ event: "done", steps: batches, stopped: true });
    const [, again] = await all({ ...options, epochs: 0 });
    if (done?.event !== "done" || again.event !== "epoch") throw new Error("other events");
    expect(done.metrics).toEqual(again.metrics);
  });

  it("tells the test figures also when it is stopped between epochs, before the test set was looked at", async () => {
    const options = circleNet(1, tanhNet);
    const stop = new AbortController();
    const events: TrainEvent[] = [];
    for await (const event of train({ ...options, validation: options.test, signal: stop.signal })) {
      events.push(event);
      if (event.event === "epoch" && event.epoch === 2) stop.abort();
    }
    const output = options.learner.predict((options.test as Dataset).inputs);
    expect(events.at(-1)).toMatchObject({
      event: "done",
      epochs: 2,
      stopped: true,
      metrics: { test: { loss: crossEntropy(output, (options.test as Dataset).targets).item() } },
    });
  });

  it("reports the learner's own metrics, and the loss alone where the default has no metric", async () => {
    const { data, byHand } = line();
    const measured = { ...byHand, metrics: (output: Tensor) => ({ accuracy: output.shape[0] / 10 }) };
    const [, untrained] = await all({ learner: measured, data: new DataLoader(data), epochs: 0 });
    expect(untrained).toMatchObject({ metrics: { train: { accuracy: 0.4 } } });
    const whole = new Dataset(data.inputs, data.targets.to("int32"));
    const [, unknown] = await all({ learner: byHand, data: new DataLoader(whole), epochs: 0 });
    expect(Object.keys(unknown)).toEqual(["event", "epoch", "metrics", "seconds"]);
    expect(unknown).toHaveProperty("metrics", { train: { loss: expect.any(Number) as number } });
  });

  it("keeps no graph of a step: neither in its loss nor in its output", () => {
    const { learner: trained, data } = circleNet(1, tanhNet);
    const { inputs, targets } = data.dataset;
    const { loss, output } = trained.step(inputs, targets);
    expect([loss.node, output.node]).toEqual([null, null]);
  });

  it("ends with an error that names epoch and batch when the loss is not a number", async () => {
    const { data, byHand } = line();
    let steps = 0;
    const broken: Learner = {
      ...byHand,
      step: (inputs, targets) => ({
        ...byHand.step(inputs, targets),
        loss: ++steps === 5 ? tensor(Number.NaN) : zeros([]),
      }),
    };
    const options = { learner: broken, data: new DataLoader(data, { batchSize: 2 }), epochs: 9 };
    await expect(all(options)).rejects.toMatchObject({ code: "diverged", epoch: 3, batch: 1 });
  });

  it.each([
    [0, 0],
    [1, 20],
  ])(
    "gives others a turn when time passes: with %i ms a look at the clock at least %i",
    async (passing, least) => {
      let [now, turns] = [0, 0];
      const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += passing));
      let next = setImmediate(function count() {
        turns++;
        next = setImmediate(count);
      });
      try {
        await all({ ...circleNet(1, tanhNet), epochs: 60, device: null });
      } finally {
        clearImmediate(next);
        clock.mockRestore();
      }
      expect(turns > 0).toBe(least > 0);
      expect(turns).toBeGreaterThanOrEqual(least);
    },
  );
});

describe("the outputs of a part, in the done event", () => {
  const done = async (options: TrainOptions): Promise<DoneEvent> =>
    (await all(options)).find((event) => event.event === "done")!;

  it("are those of the final parameters, and no row is predicted again for them", async () => {
    const options = circleNet(1, tanhNet);
    const counted = (learner: Learner): [Learner, () => number] => {
      let rows = 0;
      const predict = (inputs: Tensor): Tensor => {
        rows += inputs.shape[0];
        return learner.predict(inputs);
      };
      return [{ ...learner, predict }, () => rows];
    };
    const [plain, rowsOfPlain] = counted(circleNet(1, tanhNet).learner);
    expect(await done({ ...options, learner: plain, device: null })).not.toHaveProperty("outputs");
    const [asked, rowsOfAsked] = counted(options.learner);
    const { outputs, metrics } = await done({ ...options, learner: asked, outputs: "test", device: null });
    expect(rowsOfAsked()).toBe(rowsOfPlain());
    expect(outputs!.toArray()).toEqual(options.learner.predict(options.test!.inputs).toArray());
    expect(options.learner.loss(outputs!, options.test!.targets).item()).toBe(metrics.test!.loss);
  });

  it("are the same when compiled", async () => {
    const options = circleNet(2, tanhNet);
    const { outputs } = await done({ ...options, outputs: "test", device: await wasm() });
    const { metrics } = await done({ ...circleNet(2, tanhNet), device: await wasm() });
    expect(outputs!.shape).toEqual([60, 2]);
    expect(options.learner.loss(outputs!, options.test!.targets).item()).toBeCloseTo(metrics.test!.loss, 6);
  });

  it("are of the final parameters also where training metrics are running means", async () => {
    const options = circleNet(3, tanhNet);
    const { outputs } = await done({ ...options, outputs: "train", evalTrain: false, device: null });
    expect(outputs!.toArray()).toEqual(options.learner.predict(options.data.dataset.inputs).toArray());
  });

  it("are missing where the part has no rows", async () => {
    expect(await done({ ...circleNet(4, tanhNet), outputs: "validation" })).not.toHaveProperty("outputs");
  });
});

describe("train, compiled", () => {
  const figuresOf = (events: TrainEvent[]): number[] =>
    events.flatMap((event) => (event.event === "start" ? [] : Object.entries(event).flatMap(([name, value]) => (name === "seconds" || typeof value !== "number" ? [] : [value])))); // prettier-ignore
  const withDropout = (generator: Generator): Sequential =>
    new Sequential(
      new Linear(2, 6, { generator }),
      new Tanh(),
      new Dropout(0.3, { generator }),
      new Linear(6, 2, { generator }),
    );

  it.each([true, false])("has the events of eager steps, to rounding; full passes: %s", async (evalTrain) => {
    const compiled = await all({ ...circleNet(1, withDropout), evalTrain });
    const eager = await all({ ...circleNet(1, withDropout), evalTrain, device: null });
    expect(compiled.map(({ event }) => event)).toEqual(eager.map(({ event }) => event));
    const [a, b] = [figuresOf(compiled), figuresOf(eager)];
    expect(a).toHaveLength(b.length);
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 5));
  });

  describe("a run of single rows", () => {
    const probe = tensor([[0.3, -0.2]]);
    const single = (settings: Partial<TrainOptions>): TrainOptions => {
      const options = circleNet(2, tanhNet);
      const data = new DataLoader(options.data.dataset, { batchSize: 1, generator: new Generator(5) });
      return { ...options, data, ...settings };
    };
    /** The outputs after each step that is run eagerly. */
    const eager = async (steps: number): Promise<number[][]> => {
      const options = single({ device: null, steps });
      const outputs: number[][] = [];
      for await (const { event } of train(options))
        if (event === "batch") outputs.push([...options.learner.predict(probe).data]);
      return outputs;
    };
    const close = (a: number[], b: number[]): boolean => a.every((x, i) => Math.abs(x - b[i]) < 5e-6);

    it("ends at the very step that is asked for", async () => {
      const options = single({ steps: 37 });
      const events = await all(options);
      expect(events.filter(({ event }) => event === "batch").length).toBe(37);
      expect(events.at(-1)).toMatchObject({ epochs: 0, steps: 37 });
      expect(events.at(-1)).not.toHaveProperty("stopped");
      const outputs = await eager(37);
      expect(close([...options.learner.predict(probe).data], outputs[36])).toBe(true);
    });

    it.each(["abort", "break"])("ends with the slice under way on %s", async (how) => {
      const stop = new AbortController();
      const options = single({ signal: stop.signal });
      let last = 0;
      for await (const event of train(options)) {
        if (event.event === "batch") last = event.step;
        if (event.event === "done") expect(event).toMatchObject({ steps: last, stopped: true });
        if (last < 37) continue;
        if (how === "break") break;
        stop.abort();
      }
      expect(last).toBeGreaterThanOrEqual(37);
      if (how === "break") expect(last).toBe(37);
      const outputs = await eager(60 * options.epochs);
      const output = [...options.learner.predict(probe).data];
      const steps = outputs.findIndex((other) => close(output, other)) + 1;
      if (how === "abort") expect(steps).toBe(last);
      else expect(steps).toBeGreaterThanOrEqual(last);
    });
  });

  it("ends after its steps or its epochs, whichever comes first, and evaluates then", async () => {
    const options = circleNet(2, tanhNet);
    const ends = async (epochs: number, steps: number) => {
      const events = await all({ ...options, epochs, steps });
      return [events.filter(({ event }) => event === "epoch").length - 1, events.at(-1)];
    };
    // 9 batches an epoch
    expect(await ends(4, 20)).toEqual([2, expect.objectContaining({ epochs: 2, steps: 20 })]);
    expect(await ends(2, 50)).toEqual([2, expect.objectContaining({ epochs: 2, steps: 18 })]);
    expect(await ends(4, 18)).toEqual([2, expect.objectContaining({ epochs: 2, steps: 18 })]);
    const [, done] = await ends(4, 0);
    expect(done).toMatchObject({ epochs: 0, steps: 0, metrics: { test: {}, train: {} } });
    await expect(ends(4, -1)).rejects.toThrow(/^train: steps/);
  });

  it("runs the steps eagerly where the loss reads a value, and says why", async () => {
    const options = circleNet(1, tanhNet);
    const model = tanhNet(new Generator(3));
    const seen: number[] = [];
    const loss = (output: Tensor, targets: Tensor): Tensor => {
      const value = crossEntropy(output, targets);
      seen.push(value.item());
      return value;
    };
    const events = await all({ ...options, learner: learner({ model, loss, optimizer: new SGD(model.parameters(), { lr: 0.1 }) }), epochs: 1 }); // prettier-ignore
    expect(events[0]).toHaveProperty(
      "note",
      expect.stringMatching(
        /^runs uncompiled, which is slower: this \[\] tensor is being traced and has no values yet/,
      ),
    );
    expect(seen.length).toBeGreaterThan(9);
  });

  /** Losses of epochs and notes of a training whose loss is the cross-entropy times what `factor` gives, called with the number of the epoch. */
  async function scaled(device: null | undefined, factor: (output: Tensor, epoch: number) => number) {
    const options = circleNet(1, tanhNet);
    const model = tanhNet(new Generator(3));
    let now = 0;
    const loss = (output: Tensor, targets: Tensor) => crossEntropy(output, targets).mul(factor(output, now));
    const data = new DataLoader(options.data.dataset, { batchSize: 25, shuffle: false });
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const losses: number[] = [];
    const notes: (string | undefined)[] = [];
    for await (const event of train({
      ...options,
      learner: learner({ model, loss, optimizer }),
      data,
      device,
      epochs: 5,
    })) {
      // prettier-ignore
      if (event.event !== "epoch") continue;
      losses.push(event.metrics.train!.loss);
      notes.push(event.note);
      now = event.epoch + 1;
    }
    return { losses, notes };
  }

  it("follows a number that the loss closes over and that changes between epochs", async () => {
    const factor = (_: Tensor, epochs: number): number => 1 / (1 + epochs);
    const [compiled, eager] = [await scaled(undefined, factor), await scaled(null, factor)];
    compiled.losses.forEach((value, i) => expect(value).toBeCloseTo(eager.losses[i], 5));
    expect(compiled.notes).toEqual(Array(6).fill(undefined));
  });

  it("goes on eagerly when the learner becomes uncompilable, and says so once", async () => {
    const factor = (output: Tensor, epochs: number): number =>
      epochs < 3 ? 1 : output.max().item() > 9 ? 2 : 0.5;
    const [compiled, eager] = [await scaled(undefined, factor), await scaled(null, factor)];
    compiled.losses.forEach((value, i) => expect(value).toBeCloseTo(eager.losses[i], 5));
    expect(compiled.notes.filter((note) => note !== undefined)).toEqual([
      expect.stringMatching(/^runs uncompiled, which is slower: /),
    ]);
  });

  it("lets go of its programs when it goes on eagerly, and says so where it was noticed", async () => {
    using device = await wasm();
    const options = circleNet(1, tanhNet);
    const model = tanhNet(new Generator(3));
    const rows = options.data.dataset.length;
    // a step is compiled, the loss of all rows is not
    const loss = (output: Tensor, targets: Tensor): Tensor => {
      const value = crossEntropy(output, targets);
      return output.shape[0] === rows && value.item() < 0 ? value.neg() : value;
    };
    const notes: (string | undefined)[] = [];
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    for await (const event of train({
      ...options,
      learner: learner({ model, loss, optimizer }),
      device,
      epochs: 1,
    })) {
      if (event.event === "batch") continue;
      notes.push(event.note?.slice(0, 15));
      if (event.event === "epoch") expect(device.heapBytes).toBe(0);
    }
    expect(notes).toEqual([undefined, "runs uncompiled", undefined, undefined]);
  });

  it("throws what the last, smaller batch throws when that batch comes", async () => {
    const batchesBefore = async (device: null | undefined): Promise<number> => {
      const generator = new Generator(3);
      const model = new Sequential(
        new Linear(2, 4, { generator }),
        new BatchNorm1d(4),
        new Linear(4, 2, { generator }),
      );
      const { dataset } = circleNet(1, tanhNet).data;
      const rows = Int32Array.from({ length: 33 }, (_, i) => i);
      const { inputs, targets } = dataset.batch(rows);
      const data = new DataLoader(new Dataset(inputs, targets), { batchSize: 16 });
      const optimizer = new SGD(model.parameters(), { lr: 0.1 });
      let batches = 0;
      const run = async (): Promise<void> => {
        for await (const event of train({
          learner: learner({ model, loss: crossEntropy, optimizer }),
          data,
          device,
          epochs: 1,
        }))
          if (event.event === "batch") batches++;
      };
      await expect(run()).rejects.toThrow(/batch/i);
      return batches;
    };
    expect([await batchesBefore(undefined), await batchesBefore(null)]).toEqual([2, 2]);
  });

  it("falls back at once where only the last, smaller batch cannot be compiled", async () => {
    const options = circleNet(1, tanhNet);
    const model = tanhNet(new Generator(3));
    const loss = (output: Tensor, targets: Tensor): Tensor => {
      const value = crossEntropy(output, targets);
      return output.shape[0] === 10 && value.item() < 0 ? value.neg() : value;
    };
    const data = new DataLoader(options.data.dataset, { batchSize: 25 });
    const [start] = await all({ ...options, data, learner: learner({ model, loss, optimizer: new SGD(model.parameters(), { lr: 0.1 }) }), epochs: 1 }); // prettier-ignore
    expect(start).toHaveProperty("note", expect.stringMatching(/^runs uncompiled/));
  });

  /** The last batch event, the error that ends the loop, and the outputs then. */
  async function ended(options: TrainOptions, stop?: (step: number) => boolean) {
    let last = 0;
    let message = "";
    try {
      for await (const event of train(options)) {
        if (event.event === "batch") last = event.step;
        if (stop?.(last)) break;
      }
    } catch (error) {
      message = String(error)
        .replace(/^.*index 7/, "index 7")
        .slice(0, 30);
    }
    return { last, message, output: [...options.learner.predict(tensor([[0.3, -0.2]])).data] };
  }
  const single = (device: null | undefined, dataset?: Dataset): TrainOptions => {
    const options = circleNet(2, tanhNet);
    return { ...options, data: new DataLoader(dataset ?? options.data.dataset, { batchSize: 1, shuffle: false }), device, test: undefined, evalTrain: false }; // prettier-ignore
  };

  it("ends with the error of a step that throws, with the cells as that step left them", async () => {
    const broken = (device: null | undefined) => {
      const { inputs, targets } = single(device).data.dataset;
      const wrong = targets.toArray() as number[];
      wrong[41] = 7;
      return ended(single(device, new Dataset(inputs, tensor(wrong, { dtype: "int32" }))));
    };
    // no time passes, so the slices have 1, 4, 16 and 39 batches
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    const [compiled, eager] = [await broken(undefined), await broken(null)];
    clock.mockRestore();
    expect([compiled.message, eager.message]).toEqual(Array(2).fill("index 7 is out of range 0 … 1 "));
    // the batches of the failing slice have no events
    expect([compiled.last, eager.last]).toEqual([21, 41]);
    compiled.output.forEach((value, i) => expect(value).toBeCloseTo(eager.output[i], 5));
  });

  it("throws what the metrics throw, after the batches before", async () => {
    const measured = (device: null | undefined) => {
      const options = single(device);
      let calls = 0;
      const metrics = () => {
        if (++calls === 6) throw new RangeError("the metrics' own");
        return {};
      };
      return ended({ ...options, learner: { ...options.learner, metrics } });
    };
    const expected = { last: 5, message: "RangeError: the metrics' own" };
    expect(await measured(undefined)).toMatchObject(expected);
    expect(await measured(null)).toMatchObject(expected);
  });

  it("keeps what was assigned at an event when the loop is left", async () => {
    const options = single(undefined);
    const model = tanhNet(new Generator(3));
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    await ended({ ...options, learner: learner({ model, loss: crossEntropy, optimizer }) }, (step) => {
      if (step === 30) optimizer.paramGroups[0].lr = 0.001;
      return step === 33;
    });
    expect(optimizer.paramGroups[0].lr).toBeCloseTo(0.001, 9);
  });

  it("runs the steps eagerly where the device does not start, says why, and tries again", async () => {
    // a copy of the module that has made no device yet
    const { defaultDevice } = (await import("./default-device.ts?anew" as string)) as typeof devices;
    const compiling = vi.spyOn(WebAssembly, "compile").mockRejectedValueOnce(new Error("no code today"));
    expect(await defaultDevice()).toEqual({
      device: null,
      note: "runs uncompiled, which is slower: no code today",
    });
    const { device, note } = await defaultDevice();
    expect([device?.name, note]).toEqual([expect.stringContaining("wasm"), null]);
    compiling.mockRestore();
  });

  it("moves the rate batch by batch where the schedule does", async () => {
    const rates = async (device: null | undefined): Promise<TrainEvent[]> => {
      const options = circleNet(1, tanhNet);
      const model = tanhNet(new Generator(3));
      const optimizer = new SGD(model.parameters(), { lr: 0.1 });
      const schedule = new RateSchedule(optimizer, "batch", (base, steps) => base / (1 + steps));
      return all({
        ...options,
        learner: learner({ model, loss: crossEntropy, optimizer }),
        schedule,
        device,
      });
    };
    const [a, b] = [figuresOf(await rates(undefined)), figuresOf(await rates(null))];
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 5));
  });

  it("takes a learner's own metrics and a given device", async () => {
    const options = circleNet(1, tanhNet);
    const measured = { ...options.learner, metrics: (output: Tensor) => ({ accuracy: output.shape[0] }) };
    const events = await all({ ...options, learner: measured, device: reference, epochs: 1 });
    expect(events[1]).toMatchObject({ metrics: { train: { accuracy: 60 }, test: { accuracy: 60 } } });
  });

  it("gives back the memory of its device, also when its events are not read to the end", async () => {
    using device = await wasm();
    const before = device.heapBytes;
    const options = { ...circleNet(1, tanhNet), device };
    await all(options);
    for await (const event of train(options)) if (event.event === "batch" && event.step === 3) break;
    expect(device.heapBytes).toBe(before);
  });
});
