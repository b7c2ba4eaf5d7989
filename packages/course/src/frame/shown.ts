/** How numbers are shown on pages. */

/** A fraction, as people read it. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
