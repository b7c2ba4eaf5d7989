/** Steps that run in a worker while this thread goes on: their bits, the cells' values meanwhile, and how runs end. */
import { spawnSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { compile, defineOp, Generator, randn, snapshot, state, tensor } from "chainrule";
import type { StateCell, Tensor, Unary } from "chainrule";
import { DataLoader, Dataset } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { Dropout, Linear, Sequential, Sigmoid } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";
import type { TrainEvent } from "chainrule/train";
import { wasm } from "chainrule/wasm";
import type { WasmDevice } from "chainrule/wasm";
import { deviceOn } from "../packages/chainrule/src/devices/wasm/device.ts";
import { instantiate } from "../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import type { KernelInstance } from "../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import { Machine } from "../packages/chainrule/src/devices/wasm/machine.ts";
import type { WorkerRequest } from "../packages/chainrule/src/devices/wasm/worker/start-worker.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Like in a page that is not isolated: the worker has a separate memory. */
async function unshared<T>(make: () => Promise<T>): Promise<T> {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const made = await make();
  vi.unstubAllGlobals();
  return made;
}

const kinds = {
  "on shared memory": { make: () => wasm({ worker: true }), build: /-shared$/ },
  "on shared memory, with 2 threads": { make: () => wasm({ worker: true, threads: 2, grain: 0 }), build: /-shared$/ }, // prettier-ignore
  "on a memory of its own": {
    make: () => unshared(() => wasm({ worker: true })),
    build: /^(relaxed|strict)$/,
  },
};

const rows = 300;

/** A network with dropout, trained by Adam; its step, data and state. */
function make() {
  const generator = new Generator(3);
  const net = new Sequential(
    new Linear(20, 24, { generator }),
    new Sigmoid(),
    new Dropout(0.2, { generator }),
    new Linear(24, 5, { generator }),
  );
  const optimizer = new Adam(net.parameters());
  const data: [Tensor, Tensor] = [
    randn([rows, 20], { generator }),
    tensor(generator.fillInteger(new Int32Array(rows), 0, 5)),
  ];
  const step = (inputs: Tensor, targets: Tensor): Tensor => {
    const loss = crossEntropy(net.forward(inputs), targets);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const weight = (): number[] => [...net.namedParameters()].flatMap(([, cell]) => [...cell.data]);
  return { step, data, weight, net, optimizer };
}

const batches = (count: number, size = 30, seed = 5): Int32Array[] => {
  const random = new Generator(seed);
  return Array.from({ length: count }, () => random.fillInteger(new Int32Array(size), 0, rows));
};

/** Counts to `count` by means over thousands of rows, which takes long enough to look at it meanwhile. */
function counter(device: WasmDevice): { cell: StateCell; run: (count: number) => Promise<Tensor> } {
  const cell = state(tensor([0, 0]), { name: "count" });
  const step = compile(
    (x: Tensor) => {
      cell.assign(cell.add(x.sum(0).mul(1 / 4096)));
      return cell.sum();
    },
    { device },
  );
  const data = [tensor([[1, 1]])];
  const batch = new Int32Array(4096);
  return { cell, run: (count) => step.runLater(data, new Array<Int32Array>(count).fill(batch)) };
}

describe.each(Object.entries(kinds))("a worker %s", (_, { make: makeDevice, build }) => {
  test("has the bits of this thread, over slices of several sizes, single steps, and calls from this thread in between", async () => {
    using here = await wasm();
    using device = await makeDevice();
    expect([device.worker, here.worker, build.test(device.build)]).toEqual([true, false, true]);
    const [a, b] = [make(), make()];
    using expected = compile(a.step, { device: here });
    using got = compile(b.step, { device });
    const single = ({ data }: typeof a, n: number) => data.map((x) => x.slice([[0, n]])) as [Tensor, Tensor];
    for (const slice of [batches(7), [...batches(3), ...batches(1, 11)], batches(300)])
      expect((await got.runLater(b.data, slice)).data).toEqual(expected.run(a.data, slice).data);
    expect((await got.later(...single(b, 30))).item()).toBe(expected(...single(a, 30)).item());
    expect(got(...single(b, 9)).item(), "here").toBe(expected(...single(a, 9)).item());
    expect(got.run(b.data, batches(4)).data, "here").toEqual(expected.run(a.data, batches(4)).data);
    for (const { optimizer } of [a, b]) optimizer.paramGroups[0].lr = 0.5;
    expect((await got.runLater(b.data, batches(4))).data).toEqual(expected.run(a.data, batches(4)).data);
    expect(b.weight()).toEqual(a.weight());
  });

  test("brings data over that its memory must grow for, and a snapshot back", async () => {
    using device = await makeDevice();
    const sum = state(tensor(0), { name: "sum" });
    using step = compile((x: Tensor) => sum.assign(sum.add(x.sum())), { device });
    const large = tensor(new Float32Array(2_000_000).fill(1), { shape: [2, 1_000_000] });
    const slice = [Int32Array.of(0), Int32Array.of(1)];
    await step.runLater([large], slice);
    const before = snapshot(step.cells);
    await step.runLater([large], slice);
    expect(sum.item()).toBe(4e6);
    before.restore();
    await step.runLater([large], [slice[0]]);
    expect(sum.item()).toBe(3e6);
  });

  test("does not block this thread; cells keep their old values meanwhile, and values assigned meanwhile", async () => {
    using device = await makeDevice();
    const { cell, run } = counter(device);
    await run(2);
    const seen: unknown[] = [];
    const done = run(500).then((sums) => seen.push("done", sums.data.at(-1)));
    setImmediate(() => seen.push("a turn", cell.toArray()));
    await done;
    expect(seen).toEqual(["a turn", [2, 2], "done", 1_004]);
    expect(cell.toArray()).toEqual([502, 502]);
    const second = run(500);
    setImmediate(() => cell.assign(tensor([7, 8])));
    await second;
    expect(cell.toArray()).toEqual([7, 8]);
    await run(1);
    expect(cell.toArray()).toEqual([8, 9]);
  });

  test("begins at once or in its turn, with the cells' values at that time; copies the indices", async () => {
    using device = await makeDevice();
    const { cell, run } = counter(device);
    const other = counter(device);
    const first = run(3);
    cell.assign(tensor([100, 100]));
    await first;
    expect(cell.toArray(), "assigned after it began").toEqual([100, 100]);
    const queued = [other.run(400), run(3)];
    await new Promise(setImmediate);
    cell.assign(tensor([10, 10]));
    await Promise.all(queued);
    expect(cell.toArray(), "assigned before it began").toEqual([13, 13]);
    using pick = compile((x: Tensor) => x.sum(), { device });
    const batch = Int32Array.of(0);
    const picked = pick.runLater([tensor([[1], [100]])], [batch]);
    batch[0] = 1;
    expect((await picked).toArray()).toEqual([1]);
  });

  test("is one turn, also with batches of several lengths", async () => {
    using device = await makeDevice();
    const cell = state(tensor(0));
    const rows = compile((x: Tensor) => cell.assign(cell.add(x.sum())), { device });
    using tenfold = compile(() => cell.assign(cell.mul(10)), { device });
    const data = [tensor([[1], [1]])];
    const both = [rows.runLater(data, [Int32Array.of(0), Int32Array.of(0, 1)]), tenfold.later()];
    const now = compile(() => cell.assign(cell.mul(0)), { device });
    expect(() => now()).toThrow("the device runs a step in its worker");
    await Promise.all(both);
    expect(cell.item()).toBe(30);
    rows.dispose();
  });

  test("runs calls in order, and refuses synchronous calls meanwhile", async () => {
    using device = await makeDevice();
    const { cell, run } = counter(device);
    const double = compile(() => cell.assign(cell.mul(2)), { device });
    double();
    const both = [run(300), double.later(), double.later()];
    await expect(both[2]).rejects.toThrow(
      /running already; it cannot be called from within, nor before later/,
    );
    await new Promise(setImmediate);
    expect(() => compile((x: Tensor) => x.add(1), { device })(tensor(1))).toThrow(
      "the device runs a step in its worker; await that, or call this one with later() or runLater() too",
    );
    expect(() => double.dispose()).toThrow("dispose: the compiled step is running");
    await Promise.allSettled(both);
    expect(cell.toArray()).toEqual([600, 600]);
  });

  test("throws a kernel's error, and works afterwards", async () => {
    using device = await makeDevice();
    const count = state(tensor(0), { name: "count" });
    const step = compile(
      (x: Tensor) => {
        count.assign(count.add(1));
        return tensor([1, 2, 3]).indexSelect(x.to("int32").reshape([1]), 0);
      },
      { device },
    );
    const data = [tensor([0, 5, 2])];
    const at = (row: number) => Int32Array.of(row);
    await expect(step.runLater(data, [at(0), at(1), at(2)])).rejects.toThrow(
      "indexSelect: index 5 is out of range 0 … 2",
    );
    expect(count.item(), "the step that fails changes nothing").toBe(1);
    expect((await step.runLater(data, [at(2), at(0)])).toArray()).toEqual([[3], [1]]);
    await expect(step.runLater(data, [at(3)])).rejects.toThrow("index 3 is out of range");
  });

  test("disposed of during a run: the run is rejected at its end, and cells keep their old values", async () => {
    const device = await makeDevice();
    const { cell, run } = counter(device);
    await run(3);
    const [first, second] = [run(500), compile((x: Tensor) => x.add(1), { device }).later(tensor(1))];
    await new Promise(setImmediate);
    device.dispose();
    expect(cell.toArray()).toEqual([3, 3]);
    await expect(first).rejects.toThrow("this device was disposed of; make another one");
    await expect(second).rejects.toThrow("this device was disposed of; make another one");
    expect(cell.toArray()).toEqual([3, 3]);
  });

  test("a snapshot taken or restored while a step runs is what cells are then, and nothing is left in the heap", async () => {
    using device = await makeDevice();
    const { cell, run } = counter(device);
    await run(3);
    const { heapBytes } = device;
    const before = snapshot([cell]);
    const first = run(600);
    await new Promise(setImmediate);
    const during = snapshot([cell]);
    await first;
    expect(cell.toArray()).toEqual([603, 603]);
    during.restore();
    expect(cell.toArray()).toEqual([3, 3]);
    await run(1);
    const second = run(600);
    await new Promise(setImmediate);
    before.restore();
    await second;
    expect(cell.toArray()).toEqual([3, 3]);
    await run(1);
    expect(cell.toArray()).toEqual([4, 4]);
    expect(device.heapBytes).toBe(heapBytes);
  });

  test("an op that has only its TypeScript kernel runs here", async () => {
    using device = await makeDevice();
    const cube: Unary = defineOp({
      name: "cubeHere",
      kind: "elementwise",
      arity: 1,
      shape: ([x]) => x,
      kernel: (out, [x]) => {
        for (let i = 0; i < out.length; i++) out[i] = x[i] * x[i] * x[i];
      },
      vjp: [(g, _y, [x]) => g.mul(x).mul(x).mul(3)],
      tex: ([x]) => ({ text: `${x.text}^{3}`, binds: 4 }),
      tests: { examples: [{ inputs: [[2, 3]] }] },
    });
    const step = compile((x: Tensor) => cube(x), { device });
    expect((await step.runLater([tensor([1, 2, 3])], [Int32Array.of(1, 2)])).toArray()).toEqual([[8, 27]]);
  });

  test("train() yields the same events as on this thread, also for two runs side by side of which one diverges", async () => {
    using here = await wasm();
    using device = await makeDevice();
    const events = async (on: WasmDevice, lr: number): Promise<unknown[]> => {
      const { net, data } = make();
      const model = learner({ model: net, loss: crossEntropy, optimizer: new SGD(net.parameters(), { lr }) });
      const dataset = new Dataset(...data);
      const loader = new DataLoader(dataset, { batchSize: 32, generator: new Generator(1) });
      const list: unknown[] = [];
      try {
        for await (const event of train({
          learner: model,
          data: loader,
          epochs: 30,
          test: dataset,
          device: on,
        }))
          list.push({ ...event, seconds: 0 } satisfies TrainEvent | { seconds: number });
      } catch (error) {
        // the slice with the loss that diverged is done whole, and its length depends on the time
        return [...list, String(error)];
      }
      return [...list, ...[...net.namedParameters()].map(([, cell]) => cell.toArray())];
    };
    const [calm, wild] = await Promise.all([events(device, 0.1), events(device, 1e38)]);
    expect(calm).toEqual(await events(here, 0.1));
    expect(wild).toEqual(await events(here, 1e38));
    expect(wild.join()).toContain("DivergedError");
  });
});

const instances = {
  "on shared memory": () => instantiate({ worker: true }),
  "on shared memory, with 2 threads": () => instantiate({ worker: true, threads: 2 }),
  "on a memory of its own": () => unshared(() => instantiate({ worker: true })),
};

/** A step that reads a constant, two cells and data. */
function prepare(instance: KernelInstance, mostKept?: number) {
  const machine = new Machine(instance, 0, mostKept);
  const device = deviceOn(machine);
  const [factor, sum] = [state(tensor([2, 3])), state(tensor(0))];
  const constant = tensor([10, 10]);
  const step = compile((x: Tensor) => sum.assign(sum.add(x.mul(factor).add(constant).sum())), { device });
  const data = [tensor([[1, 1]])];
  const run = (steps: number) => step.runLater(data, new Array<Int32Array>(steps).fill(Int32Array.of(0)));
  return { machine, device, factor, sum, run };
}

describe.each(Object.entries(instances))("a failure of a worker %s", (_, make) => {
  test("to accept a request: the request is repeated with all data", async () => {
    const { machine, factor, sum, run } = prepare(await make());
    for (const given of [2, 4]) {
      factor.assign(tensor([given, 3]));
      sum.assign(tensor(0));
      const { used } = machine.heap;
      vi.spyOn(Worker.prototype, "postMessage").mockImplementationOnce(() => {
        throw new RangeError("Array buffer allocation failed");
      });
      await expect(run(2)).rejects.toThrow("allocation failed");
      expect(sum.item()).toBe(0);
      await run(2);
      expect(sum.item()).toBe(2 * (given + 23));
      if (given > 2) expect(machine.heap.used).toBe(used);
    }
    machine.dispose();
  });

  test("between two parts of a run whose rows are copied in: it has changed no cell", async () => {
    const { machine, device } = prepare(await make(), 0);
    const count = state(tensor(0));
    const step = compile(
      (x: Tensor) => {
        count.assign(count.add(1));
        return tensor([1, 2, 3]).indexSelect(
          x
            .slice([null, [0, 1]])
            .to("int32")
            .reshape([1]),
          0,
        );
      },
      { device },
    );
    // Rows of 24 MB, of which two are copied in at a time; the first number of the last row is not a valid index.
    const width = 6_000_000;
    const wide = tensor(new Float32Array(3 * width), { shape: [3, width] });
    wide.data[2 * width] = 9;
    const rows = (...order: number[]) =>
      step.runLater(
        [wide],
        order.map((row) => Int32Array.of(row)),
      );
    expect((await rows(0, 1, 0)).toArray()).toEqual([[1], [1], [1]]);
    expect(count.item()).toBe(3);
    const { postMessage } = Worker.prototype;
    vi.spyOn(Worker.prototype, "postMessage")
      .mockImplementationOnce(function (this: Worker, ...given) {
        postMessage.apply(this, given);
      })
      .mockImplementationOnce(() => {
        throw new RangeError("Array buffer allocation failed");
      });
    await expect(rows(0, 1, 0)).rejects.toThrow("allocation failed");
    expect(count.item()).toBe(3);
    await expect(rows(0, 2, 0)).rejects.toThrow("index 9 is out of range 0 … 2");
    expect(count.item(), "one step of the first part was done").toBe(4);
    await rows(1, 1, 1);
    expect(count.item()).toBe(7);
    machine.dispose();
  });

  test("for good: this thread does its work", async () => {
    const instance = await make();
    const { machine, sum, run } = prepare(instance);
    await run(1);
    const nowhere = {
      tape: 0x7fffff00,
      end: 0x7fffff40,
      first: 0,
      steps: 1,
      segments: [],
      reads: [],
      alone: true,
    };
    const trap = instance.background?.run(nowhere);
    await expect(trap).rejects.toThrow("the worker failed: memory access out of bounds");
    expect(instance.background).toBeNull();
    await run(2);
    expect(sum.item()).toBe(3 * 25);
    machine.dispose();
  });
});

test("only changed data are copied to a worker's own memory", async () => {
  const { machine, factor, run } = prepare(await instances["on a memory of its own"]());
  const post = vi.spyOn(Worker.prototype, "postMessage");
  await run(2);
  await run(2);
  factor.assign(tensor([4, 5]));
  await run(2);
  const writes = post.mock.calls.map(([request]) => (request as WorkerRequest).writes.length);
  // At each run the fault record, the tape and the order of the rows; before the first run all data that the step
  // reads.
  expect([writes[0] > 7, ...writes.slice(1)]).toEqual([true, 3, 4]);
  machine.dispose();
});

test("an idle worker does not keep the process alive; a running one does", () => {
  const program = `import { compile, tensor } from "chainrule";
import { wasm } from "chainrule/wasm";
const device = await wasm({ worker: true, threads: 2 });
const step = compile((x) => x.add(1), { device });
const { data } = await step.runLater([tensor([[1]])], new Array(100000).fill(new Int32Array(1)));
console.log(data.length, data[7]);`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--conditions=chainrule-source", "--input-type=module", "--eval", program],
    // the timeout is a guard: a process that is kept alive never ends
    { encoding: "utf8", timeout: 100_000 },
  );
  expect([stdout, status], stderr).toEqual(["100000 2\n", 0]);
});
