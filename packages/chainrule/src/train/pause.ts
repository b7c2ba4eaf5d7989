/** Pauses between synchronous computations, so that a page, a progress bar and Ctrl-C stay alive. */

/** A function to await often, at least every 25 ms. */
export type Pause = () => Promise<void> | void;

/** Returns to the event loop if `milliseconds` have passed since it last did. */
export function pauseEvery(milliseconds = 25): Pause {
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
