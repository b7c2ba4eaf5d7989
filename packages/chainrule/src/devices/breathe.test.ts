import { afterEach, expect, it } from "vitest";
import { compile, reference, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { wasm } from "../wasm/index.ts";

afterEach(() => {
  delete (globalThis as { document?: unknown }).document;
});

/** Whether a timer ticks before so many awaited steps are done. */
async function ticks(name: string, calls: number): Promise<boolean> {
  const device = name === "wasm" ? await wasm({ worker: false }) : reference;
  const step = compile((x: Tensor) => x.mul(2).sum(), { device });
  let ticked = false;
  setTimeout(() => (ticked = true));
  for (let i = 0; i < calls && !ticked; i++) await step.runLater([tensor([[1, 2]])], [Int32Array.of(0)]);
  step.dispose();
  return ticked;
}

it.each(["reference", "wasm"])(
  "B5: in a page, a loop of awaited steps on %s lets timers tick",
  async (name) => {
    (globalThis as { document?: unknown }).document = {};
    expect(await ticks(name, 1_000_000)).toBe(true);
  },
);

it("in Node, a loop of awaited steps does not wait for timers", async () => {
  expect(await ticks("reference", 100)).toBe(false);
});
