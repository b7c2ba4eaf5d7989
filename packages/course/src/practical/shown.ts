/** How numbers are shown on pages. */
import { percent as inPercent } from "chainrule/report/words";

/** A fraction, as people read it. */
export const percent = (fraction: number): string => inPercent(fraction, 1);

/** A number with the given decimal places. A number that rounds to 0 has no sign. */
export const fixed = (value: number, places = 4): string =>
  value
    .toFixed(places)
    .replace(/^-(0\.0+)$/, "$1")
    .replace("-", "−");

/** A number rounded to so many significant digits. */
export const digits = (value: number, count = 4): number => Number(value.toPrecision(count));

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / values.length;
