/** Training on the WebAssembly device: how near it is to the reference, the same bits for any number of threads, its memory. */
import { describe, expect, test } from "vitest";
import { compile, Generator, reference, tensor } from "chainrule";
import type { Device, OpRecord, Tensor } from "chainrule";
import { crossEntropy, squaredError } from "chainrule/functions";
import { BatchNorm1d, Dropout, Linear, ReLU, Sequential, Sigmoid, Tanh } from "chainrule/nn";
import type { Module } from "chainrule/nn";
import { Adam, AdamW, MomentumEWA, RMSprop, SGD, clipGradNorm } from "chainrule/optim";
import type { Optimizer } from "chainrule/optim";
import { wasm } from "chainrule/wasm";
import { lower } from "../packages/chainrule/src/devices/wasm/lower.ts";
import { plan, slotBytes } from "../packages/chainrule/src/devices/wasm/place.ts";
import type { Plan } from "../packages/chainrule/src/devices/wasm/place.ts";
import type { Slots } from "../packages/chainrule/src/devices/wasm/call.ts";

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

/** The reference with products summed in float32, every term in a turned order. */
function inOrder(stride: number): Device {
  const kernel: OpRecord["kernel"] = (out, [a, b], shapes, attrs) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const [m, n] = shapes.out;
    const k = shapes.inputs[0][transposeA ? 0 : 1];
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        // the stride has no divisor in common with any k here, so that every term comes once
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

describe.each([false, true])("a run of 100 steps, strict: %s", async (strict) => {
  const device = await wasm({ strict });

  test.each<[string, Task]>([
    ["sigmoid, SGD", { activation: () => new Sigmoid(), optimizer: sgd, dtype: "float64" }],
    ["relu, Adam, clipped", { activation: () => new ReLU(), optimizer: adam, dtype: "float64", clip: true }],
    [
      "tanh, RMSprop",
      { activation: () => new Tanh(), optimizer: (net) => new RMSprop(net.parameters()), dtype: "float64" },
    ],
  ])("float64, %s: losses to 1e-10 of the reference's", (_, task) => {
    expect(farthest(losses(task, device), losses(task, reference))).toBeLessThan(1e-10);
  });

  test.each<[string, Task]>([
    ["sigmoid", { activation: () => new Sigmoid(), optimizer: sgd }],
    ["tanh", { activation: () => new Tanh(), optimizer: sgd }],
    [
      "tanh with batch norm and dropout",
      {
        activation: () => new Tanh(),
        optimizer: sgd,
        between: (generator) => [new BatchNorm1d(24), new Dropout(0.2, { generator })],
      },
    ],
  ])("float32, %s: losses to 1e-5 of the reference's", (_, task) => {
    expect(farthest(losses(task, device), losses(task, reference))).toBeLessThan(1e-5);
  });

  test("float32, relu and Adam: within three times the spread that other orders of float32 sums give", () => {
    const task: Task = { activation: () => new ReLU(), optimizer: adam };
    const own = losses(task, reference);
    const spread = Math.max(...[1, 7, 11].map((stride) => farthest(losses(task, inOrder(stride)), own)));
    expect(spread).toBeGreaterThan(0);
    expect(farthest(losses(task, device), own)).toBeLessThanOrEqual(3 * spread);
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

describe("memory", () => {
  /** Whatever a call reads must be what was last written at its place. */
  function firstStale(
    { calls, inCell, inArena, outputs }: Pick<Plan, "calls" | "inCell" | "inArena" | "outputs">,
    slots: Slots,
    inputs: readonly number[],
  ): string | null {
    const owners = new Map<string, number>();
    const placeOf = (slot: number): string | null => {
      const cell = inCell.get(slot);
      return cell !== undefined ? `cell ${cell}` : inArena.has(slot) ? "arena" : null;
    };
    const lines = (slot: number): string[] => {
      const place = placeOf(slot);
      if (place === null) return [];
      if (place !== "arena") return [place];
      const from = inArena.get(slot) as number;
      return Array.from(
        { length: Math.max(1, Math.ceil(slotBytes(slots, slot) / 64)) },
        (_, i) => `arena ${from / 64 + i}`,
      );
    };
    const write = (slot: number): void => lines(slot).forEach((line) => owners.set(line, slot));
    const stale = (slot: number): boolean => lines(slot).some((line) => owners.get(line) !== slot);
    for (const slot of inCell.keys()) if (!calls.some(({ writes }) => writes.includes(slot) && placeOf(slot) === null)) owners.set(`cell ${inCell.get(slot)}`, slot); // prettier-ignore
    // of the slots that lie in a cell, the program's own is there first
    for (const [slot, cell] of [...inCell].reverse()) owners.set(`cell ${cell}`, slot);
    inputs.forEach(write);
    for (const [i, call] of calls.entries()) {
      const bad = call.reads.find(stale);
      if (bad !== undefined)
        return `call ${i}, ${call.kernel}, reads slot ${bad} after something else was written there`;
      call.writes.forEach(write);
    }
    const bad = outputs.find(stale);
    return bad === undefined ? null : `output ${bad} was written over`;
  }

  const tasks: Record<string, Task> = {
    "sigmoid, SGD": { activation: () => new Sigmoid(), optimizer: sgd },
    "relu, Adam": { activation: () => new ReLU(), optimizer: adam },
    "everything": { activation: () => new Tanh(), optimizer: (net) => new MomentumEWA(net.parameters()), between: (generator) => [new BatchNorm1d(24), new Dropout(0.5, { generator })], clip: true }, // prettier-ignore
  };

  test.each(Object.entries(tasks))(
    "%s: no place is written over while it is needed, and a plan that does so is noticed",
    (_, task) => {
      const { step, data } = make(task);
      const compiled = compile(step);
      compiled.prepare({ shape: [batchSize, 20], dtype: "float32" }, { shape: [batchSize], dtype: "int32" });
      const [program] = compiled.programs;
      const lowered = lower(program);
      const planned = plan(lowered);
      expect(data.length).toBe(2);
      expect(firstStale(planned, lowered.slots, program.inputs)).toBeNull();
      const crowded = new Map([...planned.inArena].map(([slot]) => [slot, 0]));
      expect(firstStale({ ...planned, inArena: crowded }, lowered.slots, program.inputs)).toMatch(
        /after something else|written over/,
      );
    },
  );

  test("what a device remembers comes back, whether it lay in the heap or out here, and takes no room once forgotten", async () => {
    using device = await wasm();
    const { step, data, cells } = make(tasks["relu, Adam"]);
    using compiled = compile(step, { device });
    const order = batches(6);
    compiled.run(data, order.slice(0, 2));
    const { heapBytes } = device;
    const before = String(cells());
    // the first assigned by hand since, the others in the heap
    compiled.cells[0].assign(compiled.cells[0].mul(1));
    const remembered = device.remember(compiled.cells);
    const once = compiled.run(data, order).loss.data;
    expect(String(cells())).not.toBe(before);
    remembered.restore();
    expect(String(cells())).toBe(before);
    expect(compiled.run(data, order).loss.data).toEqual(once);
    remembered.forget();
    expect(device.heapBytes).toBe(heapBytes);
  });

  test("2,000 programs built, run and dropped leave the heap as it was", async () => {
    using device = await wasm();
    const task: Task = { activation: () => new Tanh(), optimizer: adam, sizes: [3, 4, 2] };
    const { step, data } = make(task);
    const once = (): void => {
      using compiled = compile(step, { device });
      compiled.run(data, batches(2));
    };
    once();
    const before = device.heapBytes;
    for (let i = 0; i < 2000; i++) {
      using compiled = compile((x: Tensor) => squaredError(x.mul(i % 7).tanh(), x), { device });
      compiled(data[0]);
    }
    once();
    expect(device.heapBytes).toBe(before);
  });

  test("a disposed device keeps no cell's value to itself, and refuses further work", async () => {
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
