/** (j): how the cost of a step grows with width, depth and batch; the slope in double logarithms is the power. */
import { writeCase } from "../cases.ts";
import type { TrainingCase } from "../cases.ts";
import type { EngineId } from "../engines.ts";
import { measure } from "../harness.ts";
import type { Measured } from "../harness.ts";
import { logLogSlope, median } from "../statistics.ts";
import type { Context, Scaling, WorkItem } from "./item.ts";
import { costs } from "./rows.ts";
import { lossesOf } from "./training.ts";
import type { Training } from "./training.ts";

const shared = { activation: "sigmoid", batch: 100, optimizer: { name: "sgd", lr: 0.1 } } as const;

const axes: readonly { size: string; title: string; x: readonly number[]; of: (x: number) => Training }[] = [
  {
    size: "width",
    title: "784-width-10, batch 100",
    x: [32, 64, 128, 256, 512, 1024],
    of: (width) => ({ ...shared, sizes: [784, width, 10] }),
  },
  {
    size: "depth",
    title: "256 inputs, hidden layers of 256, 10 classes, batch 100",
    x: [1, 2, 4, 8],
    of: (depth) => ({ ...shared, sizes: [...new Array<number>(depth + 1).fill(256), 10] }),
  },
  {
    size: "batch",
    title: "784-300-10",
    x: [1, 10, 100, 1000],
    of: (batch) => ({ ...shared, batch, sizes: [784, 300, 10] }),
  },
];

/** Enough to see how others grow; the whole list would take an hour. */
const compared: readonly EngineId[] = ["chainrule", "jax-js", "torch"];

export const scalings: WorkItem = {
  id: "j",
  title: "cost of a step against width, depth and batch",
  async run(context) {
    const results: Scaling[] = [];
    for (const axis of axes) results.push(await along(axis, context));
    return { scalings: results };
  },
};

async function along(
  { size, title, x, of }: (typeof axes)[number],
  { folder, engines, plan, quick }: Context,
): Promise<Scaling> {
  const some = engines.filter(({ id }) => compared.includes(id));
  const points: (readonly Measured[])[] = [];
  const leftOut = new Map<EngineId | "all", Scaling["leftOut"][number]>();
  for (const at of x) {
    const work = writeCase(folder, "j", { kind: "training", batches: 4, ...of(at) }) as TrainingCase;
    const outcome = await measure(work, some, await lossesOf(work, 8), {
      rounds: quick ? 2 : Math.min(plan.rounds, 5),
      milliseconds: plan.milliseconds / 2,
    });
    points.push(outcome.measured);
    for (const one of outcome.leftOut) leftOut.set(one.engine, one);
  }
  const curves = some
    .filter(({ id }) => !leftOut.has(id))
    .map(({ id, title }) => {
      const y = points.map((measured) => median(costs(measured.find(({ engine }) => engine === id)!)));
      return { title, y, slope: logLogSlope(x, y) };
    });
  return { id: `j-${size}`, title, size, x, curves, leftOut: [...leftOut.values()] };
}
