/**
 * Training on the WebAssembly device: its deviation from the reference, equal bits for any number of threads, and its
 * memory.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { compile, Generator, Parameter, randn, reference, snapshot, tensor } from "chainrule";
import type { Device, OpRecord, Tensor } from "chainrule";
import { crossEntropy } from "chainrule/functions";
import {
  BatchNorm1d,
  Dropout,
  Embedding,
  Flatten,
  LayerNorm,
  Linear,
  ReLU,
  Sequential,
  Sigmoid,
  Tanh,
} from "chainrule/nn";
import type { Module } from "chainrule/nn";
import { Adam, AdamW, MomentumEWA, RMSprop, SGD, clipGradNorm } from "chainrule/optim";
import type { Optimizer } from "chainrule/optim";
import { wasm } from "chainrule/wasm";
import { deviceOn } from "../packages/chainrule/src/devices/wasm/device.ts";
import { instantiate } from "../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import { Machine } from "../packages/chainrule/src/devices/wasm/machine.ts";

interface Task {
  readonly activation: () => Module;
  readonly optimizer: (net: Module) => Optimizer;
  readonly dtype?: "float32" | "float64";
  readonly sizes?: readonly [number, number, number];
  readonly between?: (generator: Generator) => Module[];
  readonly clip?: boolean;
}

const rows = 200;
const batchSize = 32;

/** A step of a task, its data, and the cells that it changes. */
function make(task: Task) {
  const { dtype = "float32", sizes = [20, 24, 5], between = () => [] } = task;
  const generator = new Generator(3);
  const net = new Sequential(
    new Linear(sizes[0], sizes[1], { generator, dtype }),
    ...between(generator),
    task.activation(),
    new Linear(sizes[1], sizes[2], { generator, dtype }),
  );
  const optimizer = task.optimizer(net);
  const random = new Generator(4);
  const x = tensor(random.fillNormal(new Float64Array(rows * sizes[0])), { shape: [rows, sizes[0]], dtype });
  const y = tensor(random.fillInteger(new Int32Array(rows), 0, sizes[2]));
  const step = (inputs: Tensor, targets: Tensor): { loss: Tensor } => {
    const loss = crossEntropy(net.forward(inputs), targets);
    optimizer.zeroGrad();
    loss.backward();
    if (task.clip) clipGradNorm(net.parameters(), 0.5);
    optimizer.step();
    return { loss };
  };
  const cells = () =>
    [...net.namedParameters(), ...net.namedBuffers()].map(([name, cell]) => [name, cell.data] as const);
  return { step, data: [x, y], cells };
}

const batches = (steps: number, seed = 5): Int32Array[] => {
  const random = new Generator(seed);
  return Array.from({ length: steps }, () => random.fillInteger(new Int32Array(batchSize), 0, rows));
};

function losses(task: Task, device: Device, order = batches(100)): Float64Array {
  const { step, data } = make(task);
  using compiled = compile(step, { device });
  return Float64Array.from(compiled.run(data, order).loss.data);
}

const farthest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

/** The reference device with products summed in float32, the terms in another order. */
function inOrder(stride: number): Device {
  const kernel: OpRecord["kernel"] = (out, [a, b], shapes, attrs) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const [m, n] = shapes.out;
    const k = shapes.inputs[0][transposeA ? 0 : 1];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        // The stride has no common divisor with any k here, so that every term occurs once.
        for (let t = 0; t < k; t++) {
          const p = (t * stride) % k;
          sum = Math.fround(
            sum + a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j],
          );
        }
        out[i * n + j] = sum;
      }
  };
  return {
    ...reference,
    load: (program, cells) => {
      const steps = program.steps.map((step) =>
        step.op.name === "matmul" ? { ...step, op: { ...step.op, kernel } as OpRecord } : step,
      );
      return reference.load({ ...program, steps }, cells);
    },
  };
}

const sgd = (net: Module): Optimizer => new SGD(net.parameters(), { lr: 0.5, momentum: 0.5 });
const adam = (net: Module): Optimizer => new Adam(net.parameters(), { lr: 0.01 });

/** The device with every product a little too large. */
function slightlyOff(device: Device, by: number): Device {
  return {
    ...device,
    load: (program, cells) => {
      const steps = program.steps.map((step) => {
        if (step.op.name !== "matmul") return step;
        const kernel: OpRecord["kernel"] = (out, ...rest) => {
          step.op.kernel(out, ...rest);
          for (let i = 0; i < out.length; i++) out[i] *= 1 + by;
        };
        return { ...step, op: { ...step.op, kernel } as OpRecord };
      });
      return device.load({ ...program, steps }, cells);
    },
  };
}

const exact: [string, Task][] = [
  ["sigmoid, SGD", { activation: () => new Sigmoid(), optimizer: sgd, dtype: "float64" }],
  ["relu, Adam, clipped", { activation: () => new ReLU(), optimizer: adam, dtype: "float64", clip: true }],
  ["tanh, RMSprop", { activation: () => new Tanh(), optimizer: (net) => new RMSprop(net.parameters()), dtype: "float64" }],
]; // prettier-ignore
const smooth: [string, Task][] = [
  ["sigmoid", { activation: () => new Sigmoid(), optimizer: sgd }],
  ["tanh", { activation: () => new Tanh(), optimizer: sgd }],
  ["tanh with batch norm and dropout", { activation: () => new Tanh(), optimizer: sgd, between: (generator) => [new BatchNorm1d(24), new Dropout(0.2, { generator })] }],
]; // prettier-ignore
const kinked: Task = { activation: () => new ReLU(), optimizer: adam };

/** The losses of the steps, run eagerly one after the other. */
function eagerLosses(task: Task): Float64Array {
  const { step, data } = make(task);
  return Float64Array.from(batches(100), (rows) => {
    const [x, y] = data.map((all) => all.indexSelect(tensor(rows), 0));
    return step(x, y).loss.item();
  });
}

describe.each([false, true])("a run of 100 steps, strict: %s", async (strict) => {
  const device = await wasm({ strict });

  test.each(exact)("float64, %s: losses to 1e-10 of the eager ones", (_, task) => {
    const eager = eagerLosses(task);
    expect(farthest(losses(task, device), eager)).toBeLessThan(1e-10);
    expect(farthest(losses(task, slightlyOff(device, 1e-9)), eager)).toBeGreaterThan(1e-10);
  });

  test.each(smooth)("float32, %s: losses to 1e-5 of the eager ones", (_, task) => {
    const eager = eagerLosses(task);
    expect(farthest(losses(task, device), eager)).toBeLessThan(1e-5);
    expect(farthest(losses(task, slightlyOff(device, 1e-4)), eager)).toBeGreaterThan(1e-5);
  });

  test("float32, relu and Adam: within three times the spread that other orders of float32 sums give", () => {
    const eager = eagerLosses(kinked);
    const spread = Math.max(...[1, 7, 11].map((stride) => farthest(losses(kinked, inOrder(stride)), eager)));
    expect(spread).toBeGreaterThan(0);
    expect(farthest(losses(kinked, device), eager)).toBeLessThanOrEqual(3 * spread);
    expect(farthest(losses(kinked, slightlyOff(device, 1e-6)), eager)).toBeGreaterThan(3 * spread);
  });
});

test.each([false, true])(
  "1, 2 and 4 threads give the same bits, and so does running again; strict: %s",
  async (strict) => {
    const task: Task = {
      activation: () => new ReLU(),
      optimizer: (net) => new AdamW(net.parameters(), { lr: 0.01 }),
      sizes: [130, 150, 10],
      between: (generator) => [new BatchNorm1d(150), new Dropout(0.3, { generator })],
      clip: true,
    };
    const run = async (threads: number, grain: number): Promise<unknown> => {
      using device = await wasm({ threads, strict, grain });
      const { step, data, cells } = make(task);
      using compiled = compile(step, { device });
      const { loss } = compiled.run(data, batches(12));
      return { loss: loss.data, cells: cells() };
    };
    const one = await run(1, 1);
    // a grain of 0 shares even the smallest kernels
    for (const grain of [0, 1])
      for (const threads of [1, 2, 4])
        expect(await run(threads, grain), `${threads} threads, grain ${grain}`).toEqual(one);
  },
);

describe("threads between runs", () => {
  test("all sleep, and end with the device", async () => {
    const instance = await instantiate({ threads: 4 });
    using device = deviceOn(new Machine(instance, 0));
    using step = compile((x: Tensor) => x.matmul(x).tanh().sum(), { device });
    step(tensor([[1, 2], [3, 4]])); // prettier-ignore
    // notify counts the threads that sleep until COMMAND (kernels/barrier.ts) changes; they wake and sleep again
    const { CONTROL } = instance.kernels as unknown as Record<string, WebAssembly.Global<"i32">>;
    const words = new Int32Array(instance.memory.buffer);
    const asleep = (): number => Atomics.notify(words, CONTROL.value / 4 + 3);
    while (asleep() < 3) await later(1);
    device.dispose();
    while (asleep() > 0) await later(1);
  });

  test("do not keep the process alive", () => {
    const script = join(import.meta.dirname, "idle-threads.ts");
    const flags = ["--conditions=chainrule-source", script];
    // the timeout is a guard: a process that is kept alive never ends
    expect(execFileSync(process.execPath, flags, { encoding: "utf8", timeout: 100_000 })).toBe("done\n");
  });
});

test.each([0, -1, 1.5, NaN, Infinity, 17])("%d threads are refused", async (threads) => {
  await expect(wasm({ threads })).rejects.toThrow(/^wasm: threads must be a whole number/);
});

test("few rows through a network: 1, 2, 4 threads give the same bits", async () => {
  const generator = new Generator(7);
  const net = new Sequential(
    new Linear(70, 43, { generator }),
    new Sigmoid(),
    new Linear(43, 10, { generator }),
  );
  const upwards = new Linear(70, 45, { generator }).weight;
  const run = async (threads: number): Promise<unknown> => {
    using device = await wasm({ threads, grain: 0 });
    return [1, 2, 5, 6].map((rows) => {
      const x = tensor(new Generator(rows).fillNormal(new Float32Array(rows * 70)), { shape: [rows, 70] });
      using compiled = compile((x: Tensor) => [net.forward(x), x.matmul(upwards.transpose())], { device });
      return compiled(x).map(({ data }) => data);
    });
  };
  const one = await run(1);
  for (const threads of [2, 4]) expect(await run(threads), `${threads} threads`).toEqual(one);
});

test("batches of products and folds of inner axes: 1, 2, 4 threads give the same bits", async () => {
  const normal = (...shape: number[]): Tensor => randn(shape, { generator: new Generator(shape[1]) });
  const run = async (threads: number): Promise<unknown> => {
    using device = await wasm({ threads, grain: 0 });
    const products = [[7, 3, 20], [3, 9, 5], [3, 25, 30], [2, 1, 9]].flatMap(([batch, m, k]) => {
      const [a, b] = [normal(batch, m, k), normal(batch, k, 19)];
      return [[a, b], [a, normal(1, k, 19)], [a.to("float64"), b.to("float64")]];
    }); // prettier-ignore
    const folded = [normal(3, 5, 2), normal(5, 4, 21)];
    using compiled = compile(
      () => [
        ...products.map(([a, b]) => a.matmul(b)),
        ...folded.flatMap((x) => [x.sum(1), x.mean(1), x.variance(1), x.max(1)]),
      ],
      { device },
    );
    return compiled().map(({ data }) => data);
  };
  const one = await run(1);
  for (const threads of [2, 4]) expect(await run(threads), `${threads} threads`).toEqual(one);
});

test("norms and an embedding: 1, 2, 4 threads give the same bits", async () => {
  const run = async (threads: number): Promise<unknown> => {
    using device = await wasm({ threads, grain: 0 });
    const generator = new Generator(8);
    const table = new Embedding(9, 19, { generator });
    const net = new Sequential(table, new Flatten(), new BatchNorm1d(57), new LayerNorm(57), new Linear(57, 5, { generator })); // prettier-ignore
    const optimizer = adam(net);
    const x = tensor(generator.fillInteger(new Int32Array(30 * 3), 0, 9), { shape: [30, 3] });
    const y = tensor(generator.fillInteger(new Int32Array(30), 0, 5));
    using compiled = compile(
      (x: Tensor, y: Tensor) => {
        const loss = crossEntropy(net.forward(x), y);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return loss;
      },
      { device },
    );
    const losses = Array.from({ length: 5 }, () => compiled(x, y).item());
    return [losses, table.weight.data];
  };
  const one = await run(1);
  for (const threads of [2, 4]) expect(await run(threads), `${threads} threads`).toEqual(one);
});

describe("memory", () => {
  const tasks: Record<string, Task> = {
    "sigmoid, SGD": { activation: () => new Sigmoid(), optimizer: sgd },
    "relu, Adam": { activation: () => new ReLU(), optimizer: adam },
    "everything": { activation: () => new Tanh(), optimizer: (net) => new MomentumEWA(net.parameters()), between: (generator) => [new BatchNorm1d(24), new Dropout(0.5, { generator })], clip: true }, // prettier-ignore
  };

  test("a snapshot of cells comes back, whether they lay in the heap or out here, and takes no room in the heap", async () => {
    using device = await wasm();
    const { step, data, cells } = make(tasks["relu, Adam"]);
    using compiled = compile(step, { device });
    const order = batches(6);
    compiled.run(data, order.slice(0, 2));
    const { heapBytes } = device;
    const before = String(cells());
    // The first was assigned by hand since; the others are in the heap.
    compiled.cells[0].assign(compiled.cells[0].mul(1));
    const kept = snapshot(compiled.cells);
    const once = compiled.run(data, order).loss.data;
    expect(String(cells())).not.toBe(before);
    kept.restore();
    expect(String(cells())).toBe(before);
    expect(compiled.run(data, order).loss.data).toEqual(once);
    expect(device.heapBytes).toBe(heapBytes);
  });

  describe("of a process that builds, runs and drops programs", () => {
    interface Counted {
      readonly programs: number;
      /** The bytes in use in the device's heap, the bytes of its whole memory, and the number of JavaScript objects. */
      readonly heap: number;
      readonly memory: number;
      readonly objects: number;
    }
    function count(...args: readonly string[]): Counted[] {
      const flags = ["--disable-warning=ExperimentalWarning", "--conditions=chainrule-source"];
      const script = join(import.meta.dirname, "many-programs.ts");
      return JSON.parse(
        execFileSync(process.execPath, [...flags, script, ...args], { encoding: "utf8" }),
      ) as Counted[];
    }
    const growth = (counted: readonly Counted[], what: keyof Counted): number =>
      counted[counted.length - 1][what] - counted[0][what];

    test("10,000 programs leave it unchanged", () => {
      const counted = count("10000");
      expect(counted.map(({ programs }) => programs)).toEqual([2000, 4000, 6000, 8000, 10_000]);
      expect(growth(counted, "heap")).toBe(0);
      expect(growth(counted, "memory")).toBe(0);
      // a quarter of an object a program; one training step has about 500, and V8 may still hold the last one
      expect(growth(counted, "objects")).toBeLessThan(2000);
    });

    test("programs that are kept show in each of these counts", () => {
      const counted = count("1000", "keep");
      expect(growth(counted, "heap")).toBeGreaterThan(0);
      expect(growth(counted, "memory")).toBeGreaterThan(0);
      expect(growth(counted, "objects")).toBeGreaterThan(2000);
    });
  });

  test("unused data sets are kept up to a limit, without a turn of the event loop", async () => {
    const machine = new Machine(await instantiate(), 1, 40_000);
    const device = deviceOn(machine);
    const step = compile((x: Tensor, y: Tensor) => x.sum().add(y.max()), { device });
    const batch = [Int32Array.of(0, 2)];
    const data = (i: number): [Tensor, Tensor] => [tensor([[i], [0], [1]]), tensor(new Float32Array(750).fill(i), { shape: [3, 250] })]; // prettier-ignore
    const total = ([x, y]: [Tensor, Tensor]): number => step.run([x, y], batch).data[0];
    expect(total(data(0))).toBe(1);
    const one = 3008 + 64;
    const alone = machine.heap.used - one;
    const all = Array.from({ length: 10 }, (_, i) => data(i));
    for (let turn = 0; turn < 2; turn++)
      for (const [i, pair] of all.entries()) {
        expect(total(pair)).toBe(2 * i + 1);
        expect(machine.heap.used - alone).toBeLessThanOrEqual(one + 10_000);
      }
    // two in turn stay where they are
    const { used } = machine.heap;
    for (let turn = 0; turn < 3; turn++) expect([total(all[9]), total(all[8])]).toEqual([19, 17]);
    expect(machine.heap.used).toBe(used);
    // larger than the limit of unused memory, and still read
    const large = tensor(new Float32Array(6000).fill(1), { shape: [3, 2000] });
    const sum = compile((x: Tensor) => x.sum(), { device });
    expect(sum.run([large], batch).data[0]).toBe(4000);
    sum.dispose();
    expect(total(all[0])).toBe(1);
    expect(machine.heap.used - alone).toBeLessThanOrEqual(one + 10_000);
  });

  test("a data set that is too large for the heap is copied in by slices, with the same bits", async () => {
    const run = async (mostKept?: number): Promise<unknown> => {
      const machine = new Machine(await instantiate(), 1, mostKept);
      const device = deviceOn(machine);
      const { step, data, cells } = make({ activation: () => new Tanh(), optimizer: adam });
      const training = compile(step, { device });
      const results: unknown[] = [training.run(data, batches(20)).loss.data, cells()];
      // 8 MB of rows a step: of 19 steps eight at a time
      const wide = tensor(
        Float32Array.from({ length: 2 ** 22 }, (_, i) => i % 1009),
        { shape: [16, 2 ** 18] },
      );
      const rows = Array.from({ length: 19 }, (_, i) => Int32Array.from({ length: 8 }, (_, k) => (i * 5 + k) % 16)); // prettier-ignore
      const wideStep = compile((x: Tensor) => x.slice([null, [0, 2 ** 18, 2 ** 16]]), { device });
      results.push(wideStep.run([wide], rows).data);
      const { used } = machine.heap;
      wideStep.run([wide], rows);
      expect(machine.heap.used, "buffers are given back").toBe(used);
      return results;
    };
    const kept = await run();
    expect(await run(0)).toEqual(kept);
    expect(await run(50_000), "the inputs by slices, the targets kept").toEqual(kept);
  });

  test("a program or a run that does not fit leaves the heap unchanged", async () => {
    using device = await wasm();
    const w = new Parameter(tensor([1, 2]));
    const step = compile((x: Tensor) => (w.assign(w.mul(x)), w.sum()), { device });
    step(tensor([2]));
    const { heapBytes } = device;
    const constant = tensor([3, 4]);
    const huge = compile((x: Tensor) => x.add(constant).sum().expand([1_200_000_000]).cumsum(0).add(w.sum()), { device }); // prettier-ignore
    expect(() => huge(tensor([1]))).toThrow(/^memory: the device cannot have/);
    expect(device.heapBytes).toBe(heapBytes);
    // each step fits, but their outputs together do not
    const wide = compile((x: Tensor) => x.mul(w.sum()).expand([1000, 1000]), { device });
    const batch = Int32Array.of(0);
    expect(wide.run([tensor([[1]])], [batch]).data[0]).toBe(6);
    const prepared = device.heapBytes;
    w.assign(tensor([3, 4]));
    const data = tensor([[10]]);
    expect(() => wide.run([data], new Array<Int32Array>(1100).fill(batch))).toThrow(/the device cannot have/);
    expect(device.heapBytes - prepared, "the data set alone, in place of the one before").toBe(0);
    expect(wide.run([data], [batch]).data[0], "what was to be put there before the run is put now").toBe(70);
    step(tensor([2]));
    step.dispose();
    wide.dispose();
    expect(w.toArray()).toEqual([6, 8]);
    expect(device.heapBytes, "data sets go with the last program").toBe(0);
  });

  test("a disposed device writes all values back to their cells, and refuses further work", async () => {
    const device = await wasm();
    const { step, data, cells } = make(tasks["sigmoid, SGD"]);
    const compiled = compile(step, { device });
    const before = String(cells());
    compiled.run(data, batches(3));
    device.dispose();
    expect(String(cells())).not.toBe(before);
    expect(() => compiled.run(data, batches(1))).toThrow("this device was disposed of; make another one");
    compiled.dispose();
  });
});
