/**
 * What an eager training step costs on the plain kernels, beside the same step in bare typed-array loops: 784-300-10 at
 * batch 100, and 2-10-2 at batch 10. The two take turns in one process; medians and their ratio are printed.
 *
 *     node --conditions=chainrule-source bench/eager.ts
 */
import { cpus, loadavg } from "node:os";
import { Generator, randint, randn } from "chainrule";
import { crossEntropy } from "chainrule/functions";
import { Linear, Sequential, Sigmoid } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { learner } from "chainrule/train";

interface Work {
  readonly sizes: readonly [number, number, number];
  readonly batch: number;
  readonly rounds: number;
}

/** The step of the library. */
function libraryStep({ sizes, batch }: Work): () => number {
  const generator = new Generator(1);
  const [inputs, hidden, classes] = sizes;
  const model = new Sequential(
    new Linear(inputs, hidden, { generator }),
    new Sigmoid(),
    new Linear(hidden, classes, { generator }),
  );
  const trained = learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr: 0.1 }) });
  const x = randn([batch, inputs], { generator });
  const y = randint(0, classes, [batch], { generator });
  return () => trained.step(x, y).loss.item();
}

/** The same step in the plainest loops there are, in float32 arrays, with the same first weights and data. */
function bareStep({ sizes, batch }: Work): () => number {
  const generator = new Generator(1);
  const [inputs, hidden, classes] = sizes;
  const [first, second] = [
    new Linear(inputs, hidden, { generator }),
    new Linear(hidden, classes, { generator }),
  ];
  const [w1, b1, w2, b2] = [first.weight, first.bias, second.weight, second.bias].map((cell) =>
    Float32Array.from(cell?.data ?? []),
  );
  const x = randn([batch, inputs], { generator }).data;
  const y = randint(0, classes, [batch], { generator }).data;
  const h = new Float32Array(batch * hidden);
  const d = new Float32Array(batch * classes);
  const dh = new Float32Array(batch * hidden);
  return () => {
    let loss = 0;
    for (let i = 0; i < batch; i++) {
      for (let j = 0; j < hidden; j++) {
        let sum = b1[j];
        for (let k = 0; k < inputs; k++) sum += x[i * inputs + k] * w1[j * inputs + k];
        h[i * hidden + j] = 1 / (1 + Math.exp(-sum));
      }
      let total = 0;
      for (let c = 0; c < classes; c++) {
        let sum = b2[c];
        for (let j = 0; j < hidden; j++) sum += h[i * hidden + j] * w2[c * hidden + j];
        total += d[i * classes + c] = Math.exp(sum);
      }
      for (let c = 0; c < classes; c++) {
        const p = d[i * classes + c] / total;
        if (c === y[i]) loss -= Math.log(p) / batch;
        d[i * classes + c] = (p - (c === y[i] ? 1 : 0)) / batch;
      }
      for (let j = 0; j < hidden; j++) {
        let sum = 0;
        for (let c = 0; c < classes; c++) sum += d[i * classes + c] * w2[c * hidden + j];
        dh[i * hidden + j] = sum * h[i * hidden + j] * (1 - h[i * hidden + j]);
      }
    }
    for (let i = 0; i < batch; i++) {
      for (let c = 0; c < classes; c++) {
        const g = 0.1 * d[i * classes + c];
        b2[c] -= g;
        for (let j = 0; j < hidden; j++) w2[c * hidden + j] -= g * h[i * hidden + j];
      }
      for (let j = 0; j < hidden; j++) {
        const g = 0.1 * dh[i * hidden + j];
        b1[j] -= g;
        for (let k = 0; k < inputs; k++) w1[j * inputs + k] -= g * x[i * inputs + k];
      }
    }
    return loss;
  };
}

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

console.log(
  `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, load ${loadavg()[0].toFixed(2)}, Node ${process.version}`,
);
for (const work of [
  { sizes: [784, 300, 10], batch: 100, rounds: 30 },
  { sizes: [2, 10, 2], batch: 10, rounds: 3000 },
] satisfies Work[]) {
  const [library, bare] = [libraryStep(work), bareStep(work)];
  const times = { library: [] as number[], bare: [] as number[] };
  for (let round = 0; round < work.rounds; round++) {
    const losses: number[] = [];
    for (const [name, step] of [
      ["library", library],
      ["bare", bare],
    ] as const) {
      const start = performance.now();
      losses.push(step());
      times[name].push(performance.now() - start);
    }
    if (!(Math.abs(losses[0] - losses[1]) <= 1e-3 * Math.abs(losses[1])))
      throw new Error(`not the same work: losses ${losses.join(" and ")} in round ${round + 1}`);
  }
  const [ours, theirs] = [median(times.library), median(times.bare)];
  console.log(
    `${work.sizes.join("-")}, batch ${work.batch}: ${ours.toFixed(3)} ms a step, bare loops ${theirs.toFixed(3)} ms, ratio ${(ours / theirs).toFixed(2)}`,
  );
}
