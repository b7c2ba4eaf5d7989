/** The length of slices: as many batches as take about 24 ms, so that the event loop waits for at most 50 ms. */

export interface SliceLength {
  /** How many batches the next slice should have. */
  next(): number;
  /** Runs a slice of `count` batches and measures its time. */
  timed<T>(count: number, run: () => Promise<T>): Promise<T>;
}

/** Begins with one batch, whose time includes preparations, and grows by a factor of at most four. */
export function sliceLength(milliseconds = 24): SliceLength {
  let length = 1;
  return {
    next: () => length,
    async timed(count, run) {
      const began = performance.now();
      const result = await run();
      const each = (performance.now() - began) / count;
      const fitting = Math.max(1, Math.floor(milliseconds / Math.max(each, 1e-4)));
      // the time of a shorter slice, as at the end of an epoch, does not predict that of longer slices
      if (count === length) length = Math.min(fitting, length * 4);
      return result;
    },
  };
}
