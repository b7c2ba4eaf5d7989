/** The CSV files that some of the compared runs read. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Numbers in [0, 1) from a linear congruential generator, the same in every checkout. */
function generator(state: number): () => number {
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

/** Rows of three kinds of flowers. Each cell but id and kind is empty with probability `gaps`. */
function flowers(count: number, seed: number, gaps: number): string {
  const next = generator(seed);
  const gap = (text: string): string => (next() < gaps ? "" : text);
  const rows = Array.from({ length: count }, (_, id) => {
    const width = ((id % 3) + next()).toFixed(3);
    const height = (2 * next()).toFixed(3);
    const colour = ["red", "white", "blue"][Math.floor(3 * next())];
    return [id, gap(width), gap(height), gap(colour), ["aster", "daisy", "rose"][id % 3]].join();
  });
  return ["id,width,height,colour,kind", ...rows, ""].join("\n");
}

/** Writes `flowers.csv`, `more-flowers.csv` and, with empty cells, `gaps.csv` into a folder. */
export function writeOwnTables(folder: string): void {
  writeFileSync(join(folder, "flowers.csv"), flowers(60, 12345, 0));
  writeFileSync(join(folder, "more-flowers.csv"), flowers(21, 54321, 0));
  writeFileSync(join(folder, "gaps.csv"), flowers(90, 777, 0.1));
}
