/** Keeps a page, a progress bar and Ctrl-C alive beside synchronous arithmetic. */

/** A function to await often, at least every 25 ms: it gives others a turn when `milliseconds` have passed since the last one. */
export function breather(milliseconds = 25): () => Promise<void> | void {
  let last = performance.now();
  return () => {
    if (performance.now() - last < milliseconds) return;
    return new Promise((resolve) => {
      setTimeout(() => {
        last = performance.now();
        resolve();
      });
    });
  };
}
