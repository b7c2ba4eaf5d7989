/** The losses, a row each: for which task, with which options, and how they are made. */
import type { Task } from "../../data/table/plan.ts";
import { crossEntropy } from "../../functions/cross-entropy.ts";
import { hingeLoss, probabilityHingeLoss } from "../../functions/hinge.ts";
import { huberLoss, l1Loss, squaredError } from "../../functions/regression.ts";
import { softmax } from "../../functions/softmax.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { namesOf } from "./names.ts";

/** The mean loss of a batch, from scores and class indices or from outputs and numbers. */
export type Loss = (output: Tensor, targets: Tensor) => Tensor;

export type LossOption = "margin";

export interface LossSettings {
  readonly task: Task;
  /** How many outputs the network has. */
  readonly outputs: number;
  readonly dtype: "float32" | "float64";
  readonly margin: number;
}

export interface LossRow {
  readonly tasks: readonly Task[];
  /** The settings that only some losses take, with their defaults. */
  readonly takes?: Readonly<Partial<Record<LossOption, number>>>;
  /** The loss with these settings. */
  make(settings: LossSettings): Loss;
}

const squares =
  (half: boolean) =>
  ({ task, outputs, dtype }: LossSettings): Loss =>
  (output, targets) =>
    task === "classification"
      ? squaredError(softmax(output), targets.oneHot(outputs, dtype), { half })
      : squaredError(output, targets, { half });

export const losses = {
  "cross-entropy": { tasks: ["classification"], make: () => crossEntropy },
  mse: { tasks: ["classification", "regression"], make: squares(false) },
  "half-mse": { tasks: ["classification", "regression"], make: squares(true) },
  hinge: {
    tasks: ["classification"],
    takes: { margin: 1 },
    make:
      ({ margin }) =>
      (output, targets) =>
        hingeLoss(output, targets, { margin }),
  },
  "prob-hinge": {
    tasks: ["classification"],
    // a difference of probabilities never reaches 1, so with a margin of 1 every class would always count
    takes: { margin: 0.5 },
    make:
      ({ margin }) =>
      (output, targets) =>
        probabilityHingeLoss(output, targets, { margin }),
  },
  l1: { tasks: ["regression"], make: () => (output, targets) => l1Loss(output, targets) },
  huber: { tasks: ["regression"], make: () => (output, targets) => huberLoss(output, targets) },
} as const satisfies Record<string, LossRow>;

export type LossName = keyof typeof losses;
export const lossNames = namesOf(losses);

/** All that is known about a loss, by its name. */
export function lossRow(name: LossName): LossRow {
  return losses[name];
}

/** The losses that fit a task. */
export function lossesFor(task: Task): LossName[] {
  return lossNames.filter((name) => lossRow(name).tasks.includes(task));
}

/** The loss of a run that names none. */
export function defaultLoss(task: Task): LossName {
  return task === "classification" ? "cross-entropy" : "mse";
}
