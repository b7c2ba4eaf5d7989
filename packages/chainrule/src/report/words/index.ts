/** Counts, shares and times in words, the same on a terminal and on a page. */
import "../../graph/eager.ts";

/**
 * A share in percent, with a non-breaking space and a true minus sign.
 * @example percent(0.96944) === "96.94\u00a0%"; // true
 */
export function percent(fraction: number, decimals = 2): string {
  return `${(100 * fraction).toFixed(decimals)}\u00a0%`.replace("-", "−");
}

/**
 * A count with commas between thousands, in any locale.
 * @example grouped(1234567); // "1,234,567"
 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * A count with its noun, in the plural unless the count is 1.
 * @example counted(1400, "row"); // "1,400 rows"
 */
export function counted(count: number, thing: string): string {
  return `${grouped(count)} ${thing}${count === 1 ? "" : thing.endsWith("s") ? "es" : "s"}`;
}

/**
 * A duration in seconds, rounded for readers.
 * @example duration(312); // "5 min 12 s"
 */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 10) return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
