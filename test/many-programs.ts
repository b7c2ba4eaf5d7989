/** Builds, runs and drops programs and counts the bytes and objects that remain; with `keep` it drops no program. */
import { queryObjects } from "node:v8";
import { compile, Generator, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { crossEntropy, squaredError } from "chainrule/functions";
import { Dropout, Linear, Sequential, Tanh } from "chainrule/nn";
import { Adam } from "chainrule/optim";
import { deviceOn } from "../packages/chainrule/src/devices/wasm/device.ts";
import { instantiate } from "../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import { Machine } from "../packages/chainrule/src/devices/wasm/machine.ts";

const [count, keep] = [Number(process.argv[2]), process.argv[3] === "keep"];
const machine = new Machine(await instantiate(), 1);
const device = deviceOn(machine);
const generator = new Generator(1);
const x = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const y = tensor(Int32Array.of(0, 1));
const kept: Disposable[] = [];

/** Runs a training step of a new net for many batches. */
function training(): Disposable {
  const net = new Sequential(
    new Linear(3, 4, { generator }),
    new Tanh(),
    new Dropout(0.2, { generator }),
    new Linear(4, 2, { generator }),
  );
  const optimizer = new Adam(net.parameters());
  const step = (inputs: Tensor, targets: Tensor): Tensor => {
    const loss = crossEntropy(net.forward(inputs), targets);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return loss;
  };
  const compiled = compile(step, { device });
  compiled.run([x, y], [Int32Array.of(0, 1), Int32Array.of(1, 0)]);
  return compiled;
}

/** A step of a few kernels, or a product of integers, which has no fast kernel and uses the op's own. */
function small(i: number): Disposable {
  const compiled = compile(
    (x: Tensor) =>
      i % 2 === 0
        ? squaredError(x.mul(i % 7).tanh(), x)
        : x.to("int32").matmul(x.to("int32"), { transposeB: true }),
    { device },
  );
  compiled(x);
  return compiled;
}

/** A separate function, so that no variable of the loop below holds the last program. */
function once(i: number): void {
  const compiled = i % 50 === 0 ? training() : small(i);
  if (keep) kept.push(compiled);
  else compiled[Symbol.dispose]();
}

const counted: Record<string, number>[] = [];
for (let i = 1; i <= count; i++) {
  once(i);
  if (i % (count / 5) !== 0) continue;
  // Finalizers run between two turns of the event loop.
  await new Promise((resolve) => setTimeout(resolve));
  // Collects all garbage first; almost every object inherits from Object.
  const objects = queryObjects(Object, { format: "count" });
  counted.push({ programs: i, heap: machine.heap.used, memory: machine.heap.size, objects });
}
console.log(JSON.stringify(counted));
