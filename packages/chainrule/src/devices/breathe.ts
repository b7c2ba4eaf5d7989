/** Pauses between synchronous runs on the thread of a page. */

/** The time of the last pause. It is shared, so that a loop over several steps pauses as well. */
let last = 0;

/**
 * Returns to the event loop if 25 ms have passed since it last did. In a page without a worker a loop of awaited steps would
 * otherwise keep timers, input and drawing waiting, since an `await` alone does not let them run.
 */
export async function breathe(): Promise<void> {
  if (typeof document === "undefined" || performance.now() - last < 25) return;
  await new Promise((resolve) => setTimeout(resolve));
  last = performance.now();
}
