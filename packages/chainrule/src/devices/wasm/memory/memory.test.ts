import { describe, expect, it } from "vitest";
import { ValueError } from "../../../tensor/errors.ts";
import { tensor } from "../../../tensor/create.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { Generator } from "../../../tensor/random/index.ts";
import { Heap } from "./heap.ts";
import { Uploads } from "./uploads.ts";

const page = 65_536;

describe("Heap", () => {
  it("hands out blocks that do not overlap, grows, and is whole again when all are back", () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 400 });
    const heap = new Heap(memory, 1000);
    const random = new Generator(1);
    const blocks = new Map<number, number>();
    for (let i = 0; i < 3000; i++) {
      if (blocks.size > 0 && random.uniform() < 0.5) {
        const at = [...blocks.keys()][random.integer(0, blocks.size)];
        heap.free(at);
        blocks.delete(at);
      } else {
        const bytes = random.integer(0, 20_000);
        const at = heap.allocate(bytes);
        expect([at % 64, at >= 1000, at + bytes + 64 <= memory.buffer.byteLength]).toEqual([0, true, true]);
        for (const [other, size] of blocks) expect(at >= other + size || at + bytes <= other).toBe(true);
        blocks.set(at, bytes);
      }
    }
    for (const at of blocks.keys()) heap.free(at);
    expect(heap.used).toBe(0);
    const { size } = heap;
    heap.free(heap.allocate(size - 2000));
    expect(heap.size, "one free block is left").toBe(size);
  });

  it("says how much there is when there is no more, and what was never handed out", () => {
    const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: 2 }), 0);
    expect(() => heap.allocate(3 * page)).toThrow(
      "memory: the device cannot have 0.2 MB more: of its 0.1 MB 0.0 MB are in use, and it cannot grow that far; " +
        "try smaller batches, fewer of them in a call, or dispose of compiled steps that are no longer needed",
    );
    expect(() => heap.allocate(3 * page)).toThrow(ValueError);
    expect(heap.tryAllocate(3 * page)).toBeNull();
    expect(heap.allocate(page), "a smaller block still fits").toBe(0);
    expect(() => heap.free(64)).toThrow("heap: nothing was handed out at 64");
  });
});

describe("Uploads", () => {
  it("give way to whatever the heap has no room for, except those of the last run", () => {
    const heap = new Heap(new WebAssembly.Memory({ initial: 3, maximum: 3 }), 0);
    const uploads = new Uploads(heap, 4 * page);
    const ofAPage = (): Tensor => tensor(new Float32Array(page / 4));
    const [a, b] = [ofAPage(), ofAPage()];
    uploads.keep([a]);
    const [at] = uploads.keep([b]);
    expect(heap.used).toBe(2 * page);
    const block = heap.allocate(page);
    expect(heap.used).toBe(2 * page);
    expect(() => heap.allocate(page)).toThrow("memory: the device cannot have");
    expect(uploads.keep([b]), "stayed where it was").toEqual([at]);
    heap.free(block);
    expect(uploads.segments([a, b]), "the other is forgotten").toHaveLength(1);
  });

  it("in a full heap, give back what is not read for what is", () => {
    const uploads = new Uploads(new Heap(new WebAssembly.Memory({ initial: 2, maximum: 2 }), 0), 4 * page);
    const [a, b, c] = [1, 2, 3].map(() => tensor(new Float32Array(15_000)));
    expect(uploads.keep([a])).toEqual([0]);
    expect(uploads.keep([b, b]), "beside it").toEqual([60_032, 60_032]);
    expect(uploads.keep([b, c]), "in place of the one that is not read").toEqual([60_032, 0]);
    expect(uploads.keep([a, b, c]), "all of them do not fit").toEqual([null, 60_032, 0]);
  });
});
