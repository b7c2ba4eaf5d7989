/** How sentences write numbers. */
import { formatNumber } from "../../plots/text.ts";
import type { PartName } from "../../train/events.ts";

/** A share for which two figures are enough, such as how much a loss fell: "12 %", "0.4 %". */
export function share(fraction: number): string {
  return `${formatNumber(100 * fraction, 2)}\u00a0%`;
}

/** A class in a sentence: its name, and "class 3" where the name is a number. */
export function called(name: string): string {
  return /^[\d.−-]+$/.test(name) ? `class ${name}` : name;
}

/** A loss, an error, or any number whose size is not known before. */
export function number(value: number): string {
  return formatNumber(value, 4);
}

/** The word for a part of the data in a sentence. */
export const partWord = {
  train: "training",
  validation: "validation",
  test: "test",
} as const satisfies Record<PartName, string>;
