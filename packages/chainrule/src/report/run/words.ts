/** The format of numbers in sentences. */
import { formatNumber } from "../../plots/text.ts";
import type { PartName } from "../../train/events.ts";

/** A share with two significant digits, such as the decrease of a loss: "12 %", "0.4 %". */
export function share(fraction: number): string {
  return `${formatNumber(100 * fraction, 2)}\u00a0%`;
}

/** A class in a sentence: its name, or "class 3" if the name is a number. */
export function called(name: string): string {
  return /^[\d.−-]+$/.test(name) ? `class ${name}` : name;
}

/** A loss, an error, or another number of any size. */
export function number(value: number): string {
  return formatNumber(value, 4);
}

/** The word for a part of the data in a sentence. */
export const partWord = {
  train: "training",
  validation: "validation",
  test: "test",
} as const satisfies Record<PartName, string>;
