/**
 * onnxruntime-node with `BENCH_THREADS` threads. It ships no training for Node, so the training step is a graph written by
 * hand, the fused form of the update included. Two sets of weights take turns as inputs and as outputs made beforehand.
 */
import { createRequire } from "node:module";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { InferenceCase, MatmulCase, TrainingCase } from "../cases.ts";
import { readInference, readMatmul, readTraining, samples } from "./numbers.ts";
import type { Layer } from "./numbers.ts";
import { inferenceGraph, matmulGraph, trainingGraph } from "./onnx-graph.ts";
import { serve } from "./serve.ts";
import type { Runner } from "./serve.ts";

const threads = Number(process.env.BENCH_THREADS ?? 1);

const session = (model: Uint8Array): Promise<InferenceSession> =>
  InferenceSession.create(model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
  });

const float = (values: Float32Array, dims: readonly number[]) => new Tensor("float32", values, dims);

/** w0, b0, w1, … under names with a prefix per kind. */
const named = (layers: readonly Layer[], w: string, b: string): Record<string, Tensor> =>
  Object.fromEntries(
    layers.flatMap(({ inputs, outputs, weight, bias }, l) => [
      [`${w}${l}`, float(weight.slice(), [outputs, inputs])],
      [`${b}${l}`, float(bias.slice(), [outputs])],
    ]),
  );

async function training(work: TrainingCase): Promise<Runner> {
  const { layers, batches } = readTraining(work);
  const { batch, sizes } = work;
  const classes = sizes.at(-1)!;
  const step = await session(trainingGraph(work));
  const data = batches.map(({ x, y }) => {
    const labels = new Float32Array(batch * classes);
    y.forEach((label, row) => (labels[row * classes + label] = 1));
    return { x: float(x, [batch, sizes[0]]), labels: float(labels, [batch, classes]) };
  });
  const loss = float(new Float32Array(1), []);
  let weights = [named(layers, "w", "b"), named(layers, "w", "b")];
  let feeds: InferenceSession.FeedsType[][] = [];
  let fetches: InferenceSession.FetchesType[] = [];
  let at = 0;

  const reset = () => {
    weights = [named(layers, "w", "b"), named(layers, "w", "b")];
    feeds = weights.map((set) => data.map((one) => ({ ...one, ...set })));
    fetches = weights.map((_, turn) => {
      const target = Object.entries(weights[1 - turn]);
      const renamed = target.map(([name, tensor]) => [`new${name[0].toUpperCase()}${name.slice(1)}`, tensor]);
      return { loss, ...Object.fromEntries(renamed) };
    });
    at = 0;
  };
  reset();
  return {
    reset,
    async run(count) {
      const losses: number[] = [];
      for (let i = 0; i < count; i++, at++) {
        await step.run(feeds[at % 2][at % data.length], fetches[at % 2]);
        losses.push((loss.data as Float32Array)[0]);
      }
      return losses;
    },
  };
}

async function matmul(work: MatmulCase): Promise<Runner> {
  const { n } = work;
  const product = await session(matmulGraph(n));
  const feeds = Object.fromEntries(
    Object.entries(readMatmul(work)).map(([name, values]) => [name, float(values, [n, n])]),
  );
  const c = new Float32Array(n * n);
  const fetches = { c: float(c, [n, n]) };
  return {
    async run(count) {
      for (let i = 0; i < count; i++) await product.run(feeds, fetches);
      return samples(c);
    },
  };
}

async function inference(work: InferenceCase): Promise<Runner> {
  const { layers, x } = readInference(work);
  const { batch, sizes } = work;
  const predict = await session(inferenceGraph(work, layers));
  const feeds = { x: float(x, [batch, sizes[0]]) };
  const y = new Float32Array(batch * sizes.at(-1)!);
  const fetches = { [`y${layers.length - 1}`]: float(y, [batch, sizes.at(-1)!]) };
  return {
    async run(count) {
      for (let i = 0; i < count; i++) await predict.run(feeds, fetches);
      return samples(y);
    },
  };
}

const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
await serve(() => ({
  version: `onnxruntime-node ${version}, ${threads} threads`,
  training,
  matmul,
  inference,
}));
