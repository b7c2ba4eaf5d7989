/** How sentences write numbers. */
import { formatNumber } from "../../plots/text.ts";
import type { PartName } from "./record.ts";

/** 0.96944 as "96.94 %", whose space does not break. */
export function percent(fraction: number, decimals = 2): string {
  return `${(100 * fraction).toFixed(decimals)}\u00a0%`.replace("-", "−");
}

/** A share for which two figures are enough, such as how much a loss fell: "12 %", "0.4 %". */
export function share(fraction: number): string {
  return `${formatNumber(100 * fraction, 2)}\u00a0%`;
}

/** 1234567 as "1,234,567", in any locale. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 row", "1,400 rows". */
export function counted(count: number, thing: string): string {
  return `${grouped(count)} ${thing}${count === 1 ? "" : thing.endsWith("s") ? "es" : "s"}`;
}

/** A class in a sentence: its name, and "class 3" where the name is a number. */
export function called(name: string): string {
  return /^[\d.−-]+$/.test(name) ? `class ${name}` : name;
}

/** A loss, an error, or any number whose size is not known before. */
export function number(value: number): string {
  return formatNumber(value, 4);
}

/** The name that events give a part. */
export const eventName = { training: "train", validation: "valid", test: "test" } as const satisfies Record<
  PartName,
  string
>;

export const parts: readonly PartName[] = ["training", "validation", "test"];
