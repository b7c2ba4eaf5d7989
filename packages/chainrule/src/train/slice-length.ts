/** How many steps to take in one go: as many as take about 24 ms, so that others get their turn every 50 at the latest. */

export interface Pace {
  size(): number;
  /** Runs `count` steps and learns from the time that they take. */
  timed<T>(count: number, run: () => Promise<T>): Promise<T>;
}

/** Begins with one step, whose time is that of getting ready, and takes at most four times as many each time. */
export function pace(milliseconds = 24): Pace {
  let size = 1;
  return {
    size: () => size,
    async timed(count, run) {
      const began = performance.now();
      const result = await run();
      const each = (performance.now() - began) / count;
      const fitting = Math.max(1, Math.floor(milliseconds / Math.max(each, 1e-4)));
      // a short slice at the end of an epoch says little about longer ones
      if (count === size) size = Math.min(fitting, size * 4);
      return result;
    },
  };
}
