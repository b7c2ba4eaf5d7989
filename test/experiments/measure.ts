/** A quick real training that worker processes import. The log has a line for the beginning and end of each run. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as later } from "node:timers/promises";
import { Generator } from "chainrule";
import { circles, DataLoader, fromPoints } from "chainrule/data";
import type { Measured, PlannedRun } from "chainrule/experiments";
import { crossEntropy } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";

export const vary = { lr: [0.03, 0.1, 0.3], rule: ["sgd", "adam"] };

export async function training(run: PlannedRun): Promise<Measured> {
  const { lr, rule } = run.settings as { lr: number; rule: string };
  const random = new Generator(run.seed);
  const part = (name: string) => fromPoints(circles({ samples: 60, generator: random.stream(name) }));
  const weights = random.stream("weights");
  const model = new Sequential(
    new Linear(2, 6, { generator: weights }),
    new Tanh(),
    new Linear(6, 2, { generator: weights }),
  );
  const optimizer =
    rule === "sgd" ? new SGD(model.parameters(), { lr }) : new Adam(model.parameters(), { lr });
  const curve: number[] = [];
  const order = new Generator(run.orderSeed).stream("order");
  for await (const event of train({
    learner: learner({ model, loss: crossEntropy, optimizer }),
    data: new DataLoader(part("train"), { batchSize: 10, generator: order }),
    validation: part("validation"),
    epochs: 6,
  })) {
    if (event.event === "epoch") curve.push(event.metrics.validation!.loss);
    if (event.event === "done")
      return {
        validLoss: event.metrics.validation!.loss,
        validAccuracy: event.metrics.validation!.accuracy!,
        curve,
      };
  }
  throw new Error("no done event");
}

/** Appends a line to a log. If a file `LOG.most` holds a number, waits while the log has that many lines or more. */
export async function note(log: string, line: string): Promise<void> {
  appendFileSync(log, `${line}\n`);
  const isFull = (): boolean =>
    existsSync(`${log}.most`) &&
    readFileSync(log, "utf8").split("\n").length > Number(readFileSync(`${log}.most`, "utf8"));
  while (isFull()) await later(5);
}

export async function logged(run: PlannedRun, { log }: { log: string }): Promise<Measured> {
  await note(log, `began ${run.id} ${process.pid}`);
  const measured = await training(run);
  await note(log, `ended ${run.id} ${process.pid}`);
  return measured;
}

export function crashing(run: PlannedRun): Measured {
  if (run.seed === 1) process.kill(process.pid, "SIGKILL");
  if (run.seed === 2) throw new Error("it diverged");
  return { x: run.seed, odd: [NaN, -0, 1 / 3] };
}
