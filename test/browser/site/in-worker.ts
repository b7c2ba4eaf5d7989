import { compile, Generator, randn, state, tensor, type Tensor } from "chainrule";
import { DataLoader, Dataset } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";
import { wasm, type WasmDevice, type WasmOptions } from "chainrule/wasm";
import { hex } from "./training.ts";

/** Runs steps in a worker. The results have the same bits in every environment. */
export async function runInWorker(options: WasmOptions = {}): Promise<Record<string, unknown>> {
  const make = (): Promise<WasmDevice> => wasm({ strict: true, ...options });
  const device = await make();
  const found = {
    worker: device.worker,
    trained: await trainAll(device, 0.1),
    diverged: await trainAll(device, 1e38),
    badIndex: await badIndex(device),
    meanwhile: await meanwhile(device),
    disposed: await disposedOf(await make()),
  };
  device.dispose();
  return found;
}

/** Events and parameters of a run, or how it ended. */
async function trainAll(device: WasmDevice, lr: number): Promise<unknown[]> {
  const generator = new Generator(5);
  const model = new Sequential(
    new Linear(8, 20, { generator }),
    new Tanh(),
    new Linear(20, 3, { generator }),
  );
  const x = randn([230, 8], { generator });
  const dataset = new Dataset(x, x.slice([null, [0, 3]]).argmax(1));
  const seen: unknown[] = [];
  try {
    for await (const event of train({
      learner: learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr }) }),
      data: new DataLoader(dataset, { batchSize: 16, generator: generator.stream("order") }),
      test: dataset,
      epochs: 12,
      device,
    }))
      seen.push({ ...event, seconds: 0 });
  } catch (error) {
    seen.push(String(error));
  }
  return [...seen, ...[...model.parameters()].map(hex)];
}

async function badIndex(device: WasmDevice): Promise<string> {
  const step = compile((x: Tensor) => tensor([1, 2, 3]).indexSelect(x.to("int32"), 0), { device });
  const run = step.runLater([tensor([0, 7])], [Int32Array.of(0), Int32Array.of(1)]);
  return run.then(() => "no error", String).finally(() => step.dispose());
}

/** A step that counts, and a run of it that takes a while. */
function counting(device: WasmDevice) {
  const cell = state(tensor([0, 0]), { name: "count" });
  const step = compile(
    (x: Tensor) => {
      cell.assign(cell.add(x.sum(0).mul(1 / 4096)));
      return cell.sum();
    },
    { device },
  );
  const batch = new Int32Array(4096);
  const run = (count: number): Promise<Tensor> =>
    step.runLater([tensor([[1, 1]])], new Array<Int32Array>(count).fill(batch));
  return { cell, step, run };
}

/** Whether this thread keeps running while a slice runs, and the values of a cell during and after the slice. */
async function meanwhile(device: WasmDevice): Promise<unknown> {
  const { cell, step, run } = counting(device);
  await run(2);
  let turns = 0;
  const held = new Set<string>();
  const turn = (): void => {
    turns += 1;
    held.add(String(cell.toArray()));
    timer = setTimeout(turn);
  };
  let timer = setTimeout(turn);
  const sums = await run(2000);
  clearTimeout(timer);
  step.dispose();
  return { alive: turns > 1, held: [...held], last: sums.data[1999], cell: cell.toArray() };
}

/** A device that is disposed of during a run rejects the run at its end; the cell keeps its old value. */
async function disposedOf(device: WasmDevice): Promise<unknown> {
  const { cell, run } = counting(device);
  await run(3);
  const ended = run(2000).then(() => "no error", String);
  await new Promise((resolve) => setTimeout(resolve));
  device.dispose();
  return [await ended, cell.toArray()];
}
