/** Builds, runs and drops programs and prints what memory is in use meanwhile; `keep` drops none of them. */
import { compile, Generator, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { crossEntropy, squaredError } from "chainrule/functions";
import { Dropout, Linear, Sequential, Tanh } from "chainrule/nn";
import { Adam } from "chainrule/optim";
import { wasm } from "chainrule/wasm";

const [count, keep] = [Number(process.argv[2]), process.argv[3] === "keep"];
const device = await wasm();
const generator = new Generator(1);
const x = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const y = tensor(Int32Array.of(0, 1));
const kept: Disposable[] = [];

/** A training step of a net of its own, run for many batches. */
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

/** A few kernels, or a product of integers, which is called back out here. */
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

const measured: Record<string, number>[] = [];
for (let i = 1; i <= count; i++) {
  const compiled = i % 50 === 0 ? training() : small(i);
  if (keep) kept.push(compiled);
  else compiled[Symbol.dispose]();
  if (i % (count / 5) !== 0) continue;
  // what waits to be finalized goes between two turns
  await new Promise((resolve) => setTimeout(resolve));
  globalThis.gc!();
  const { rss, heapUsed } = process.memoryUsage();
  measured.push({ programs: i, device: device.heapBytes, objects: heapUsed, resident: rss });
}
console.log(JSON.stringify(measured));
