/**
 * Where the temporaries of a program lie: two may share a place when no instruction needs both. Larger ones are placed
 * first, each at the lowest place that is free for as long as it lives.
 */

/** A temporary: its size, and the first and last instruction that touches it. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

const LINE = 64;

/** The place of each, in bytes from the arena's begin, and the arena's size. */
export function planArena(lifetimes: readonly Lifetime[]): { places: number[]; bytes: number } {
  const places = new Array<number>(lifetimes.length).fill(0);
  const placed: { from: number; to: number; life: Lifetime }[] = [];
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || a - b);
  let total = 0;
  for (const i of order) {
    const life = lifetimes[i];
    const size = Math.max(LINE, Math.ceil(life.bytes / LINE) * LINE);
    const beside = placed
      .filter((other) => other.life.first <= life.last && life.first <= other.life.last)
      .sort((a, b) => a.from - b.from);
    let at = 0;
    for (const { from, to } of beside) {
      if (at + size <= from) break;
      at = Math.max(at, to);
    }
    places[i] = at;
    placed.push({ from: at, to: at + size, life });
    total = Math.max(total, at + size);
  }
  return { places, bytes: total };
}
