/** (a)–(e): training steps, from the tiniest network to one that keeps a processor busy. */
import { stepFlops, writeCase } from "../cases.ts";
import type { TrainingCase } from "../cases.ts";
import { measure } from "../harness.ts";
import type { Check } from "../harness.ts";
import { trainingOf } from "../peers/plain-loops.ts";
import type { WorkItem } from "./item.ts";
import { sectionOf } from "./rows.ts";

export type Training = Omit<TrainingCase, "file" | "kind" | "batches">;

/**
 * The number of first losses that must agree with float64, and the tolerance: float32 deviates by at most 1e-5 after as
 * many steps.
 */
export async function lossesOf(work: TrainingCase, count = 20): Promise<Check> {
  const reference = Array.from(await trainingOf(work, Float64Array).run(count));
  return { count, reference, tolerance: 1e-4, floor: 1e-3 };
}

const item = (id: string, title: string, work: Training): WorkItem => ({
  id,
  title,
  async run({ folder, engines, plan }) {
    const written = writeCase(folder, id, { kind: "training", batches: 20, ...work }) as TrainingCase;
    const outcome = await measure(written, engines, await lossesOf(written), plan);
    return { sections: [sectionOf(outcome, { id, title, flops: stepFlops(work) })] };
  },
});

const sgd = (lr: number) => ({ name: "sgd", lr }) as const;
const mnist = { sizes: [784, 300, 10], activation: "sigmoid", batch: 100 } as const;

export const trainings: readonly WorkItem[] = [
  item("a", "784-300-10, sigmoid, batch 100, SGD: one step", { ...mnist, optimizer: sgd(0.1) }),
  item("b", "784-300-10, sigmoid, batch 100, Adam: one step", {
    ...mnist,
    optimizer: { name: "adam", lr: 0.001 },
  }),
  item("c", "784-512-512-10, relu, batch 128, SGD: one step", {
    sizes: [784, 512, 512, 10],
    activation: "relu",
    batch: 128,
    optimizer: sgd(0.05),
  }),
  item("d", "2-10-2, tanh, batch 10, SGD: one step", {
    sizes: [2, 10, 2],
    activation: "tanh",
    batch: 10,
    optimizer: sgd(0.1),
  }),
  item("e", "64-32-10, relu, batch 32, SGD: one step", {
    sizes: [64, 32, 10],
    activation: "relu",
    batch: 32,
    optimizer: sgd(0.1),
  }),
];
