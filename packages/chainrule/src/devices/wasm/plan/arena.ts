/**
 * The arena: where the temporaries of a program lie. Two may overlap if no instruction needs both. The largest are placed
 * first, each at the lowest offset that is free during its whole lifetime.
 */

/** A temporary: its size, and the first and the last instruction that reads or writes it. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

const LINE = 64;

/** The offset of each temporary in the arena, and the arena's size, in bytes. */
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
