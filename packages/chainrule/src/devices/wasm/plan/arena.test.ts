import { describe, expect, it } from "vitest";
import { Generator } from "../../../tensor/random/index.ts";
import { planArena } from "./arena.ts";
import type { Lifetime } from "./arena.ts";

describe("planArena", () => {
  const overlap = (a: Lifetime, b: Lifetime): boolean => a.first <= b.last && b.first <= a.last;

  it("never puts two that live at once in one place, and shares places otherwise", () => {
    const random = new Generator(2);
    for (let run = 0; run < 50; run++) {
      const lifetimes = Array.from({ length: random.integer(0, 40) }, (): Lifetime => {
        const first = random.integer(0, 30);
        return { bytes: random.integer(0, 5000), first, last: first + random.integer(0, 6) };
      });
      const { places, bytes } = planArena(lifetimes);
      lifetimes.forEach((a, i) => {
        expect(places[i] + a.bytes).toBeLessThanOrEqual(bytes);
        lifetimes.slice(0, i).forEach((b, j) => {
          if (overlap(a, b))
            expect(places[i] >= places[j] + b.bytes || places[j] >= places[i] + a.bytes).toBe(true);
        });
      });
    }
    const chain = Array.from({ length: 10 }, (_, i) => ({ bytes: 640, first: i, last: i + 1 }));
    expect(planArena(chain).bytes, "two at a time").toBe(1280);
  });
});
