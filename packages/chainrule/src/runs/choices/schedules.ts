/** How the learning rate moves during a run, a row each. */
import type { Optimizer } from "../../optim/optimizer.ts";
import { ReduceLROnPlateau } from "../../optim/plateau.ts";
import type { Schedule } from "../../optim/schedule.ts";
import { CosineAnnealingLR, ExponentialLR, OneCycleLR, StepLR, WarmupLR } from "../../optim/schedules.ts";
import { above0, epochs, factor, oneForm } from "../forms.ts";
import type { Form, FormNumber, FormValue } from "../forms.ts";

export interface ScheduleRow<Field extends string = string> extends Form<Field> {
  /** The number that takes the place of the learning rate; `--lr` would do nothing beside it. */
  readonly rate?: Field;
  /** `length` is the run's number of epochs, at least 1. */
  make(optimizer: Optimizer, numbers: Readonly<Record<Field, number>>, length: number): Schedule;
}

function row<Field extends string>(
  numbers: readonly FormNumber<Field>[],
  make: ScheduleRow<Field>["make"],
  rest: Pick<ScheduleRow<Field>, "rate"> = {},
): ScheduleRow<Field> {
  return { numbers, make, ...rest };
}

export const schedules = {
  step: row(
    [epochs, factor],
    (optimizer, numbers) => new StepLR(optimizer, { stepSize: numbers.epochs, gamma: numbers.factor }),
  ),
  exponential: row([factor], (optimizer, numbers) => new ExponentialLR(optimizer, { gamma: numbers.factor })),
  cosine: row<never>([], (optimizer, _, length) => new CosineAnnealingLR(optimizer, { tMax: length })),
  warmup: row([epochs], (optimizer, numbers) => new WarmupLR(optimizer, { epochs: numbers.epochs })),
  "one-cycle": row(
    [above0("peak", "RATE")],
    (optimizer, { peak }, length) => new OneCycleLR(optimizer, { epochs: length, maxLr: peak }),
    { rate: "peak" },
  ),
  plateau: row(
    [epochs, factor],
    (optimizer, numbers) =>
      new ReduceLROnPlateau(optimizer, { patience: numbers.epochs, factor: numbers.factor }),
  ),
} as const;

export type ScheduleChoice = FormValue<typeof schedules>;
export const schedule = oneForm(schedules);

/** The row of a schedule that was chosen. */
export function scheduleRow({ name }: ScheduleChoice): ScheduleRow {
  return schedules[name] as ScheduleRow;
}

/** The learning rate that a schedule names itself. */
export function rateOfSchedule(chosen: ScheduleChoice | null): number | undefined {
  const field = chosen && scheduleRow(chosen).rate;
  return field ? (chosen as unknown as Record<string, number>)[field] : undefined;
}
