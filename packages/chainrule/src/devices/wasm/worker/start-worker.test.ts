/** How a page's workers are started, with a stand-in for the page's Worker. */
import { afterEach, expect, test, vi } from "vitest";
import { greeting, startWorker, workerSource } from "./start-worker.ts";
import type { WorkerStart } from "./start-worker.ts";

const start = (): Promise<unknown> => startWorker({ number: 0, count: 1, url: "/worker.js" } as WorkerStart);
const terminate = vi.fn<() => void>();

/** A script that answers to whatever it is told. */
function scriptThatAnswers(data: unknown): void {
  class Script {
    onmessage: ((event: { data: unknown }) => void) | null = null;
    terminate = terminate;
    postMessage(): void {
      this.onmessage?.({ data });
    }
  }
  vi.stubGlobal("Worker", Script);
}

afterEach(() => {
  vi.unstubAllGlobals();
  terminate.mockClear();
});

test("a script that greets as workerSource does is a worker", async () => {
  expect(workerSource).toContain(`postMessage(${greeting})`);
  scriptThatAnswers(greeting);
  await expect(start()).resolves.toBeDefined();
  expect(terminate).not.toHaveBeenCalled();
});

test("a copy of another version is ended and refused", async () => {
  scriptThatAnswers("ready");
  await expect(start()).rejects.toThrow(/^wasm: workerUrl names a worker of another version/);
  expect(terminate).toHaveBeenCalledOnce();
});

test("where there is no Worker, that is said", async () => {
  await expect(start()).rejects.toThrow(/^wasm: there is no Worker here/);
});
