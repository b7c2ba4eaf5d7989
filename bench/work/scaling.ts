/** (j): how the cost of a step grows with width, depth and batch; the slope on logarithmic axes is the power. */
import { writeCase } from "../cases.ts";
import type { TrainingCase } from "../cases.ts";
import type { EngineId } from "../engines.ts";
import { measure, roundsOf } from "../harness.ts";
import type { LeftOut } from "../harness.ts";
import { logLogSlope } from "../statistics.ts";
import type { Context, Scaling, Section, WorkItem } from "./item.ts";
import { sectionOf } from "./rows.ts";
import { lossesOf } from "./training.ts";
import type { Training } from "./training.ts";

const shared = { activation: "sigmoid", batch: 100, optimizer: { name: "sgd", lr: 0.1 } } as const;

interface Axis {
  readonly size: string;
  readonly title: string;
  readonly x: readonly number[];
  of(x: number): Training;
}

const axes: readonly Axis[] = [
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

/** Some engines only, since all would take an hour. */
const compared: readonly EngineId[] = ["chainrule", "chainrule@other", "jax-js", "torch"];

export const scalings: WorkItem = {
  id: "j",
  title: "cost of a step against width, depth and batch",
  async run(context) {
    const results: Scaling[] = [];
    for (const axis of axes) results.push(await along(axis, context));
    return { scalings: results };
  },
};

/** The same works, each as a section of its own: for a comparison of two checkouts, which needs the times of each round. */
export const scalingPoints: WorkItem = {
  ...scalings,
  async run(context) {
    const sections: Section[] = [];
    for (const axis of axes) for (const x of axis.x) sections.push(await point(axis, x, context));
    return { sections };
  },
};

async function point(
  { size, title, of }: Axis,
  x: number,
  { folder, engines, plan, quick }: Context,
): Promise<Section> {
  const work = writeCase(folder, "j", { kind: "training", batches: 4, ...of(x) }) as TrainingCase;
  const outcome = await measure(work, comparedOf(engines), await lossesOf(work, 8), {
    ...plan,
    rounds: quick && !plan.comparing ? 2 : roundsOf(plan, 5),
    milliseconds: plan.milliseconds / 2,
  });
  return sectionOf(outcome, { id: `j-${size}-${x}`, title: `${title}; ${size} ${x}` });
}

const comparedOf = (engines: Context["engines"]) => engines.filter(({ id }) => compared.includes(id));

async function along(axis: Axis, context: Context): Promise<Scaling> {
  const { size, title, x } = axis;
  const points: Section[] = [];
  for (const at of x) points.push(await point(axis, at, context));
  const leftOut = new Map<EngineId | "all", LeftOut>(
    points.flatMap((section) => section.leftOut.map((one) => [one.engine, one] as const)),
  );
  const curves = comparedOf(context.engines)
    .filter(({ id }) => !leftOut.has(id))
    .map(({ id, title }) => {
      const y = points.map(({ rows }) => rows.find(({ engine }) => engine === id)!.cost.median);
      return { title, y, slope: logLogSlope(x, y) };
    });
  return { id: `j-${size}`, title, size, x, curves, leftOut: [...leftOut.values()] };
}
