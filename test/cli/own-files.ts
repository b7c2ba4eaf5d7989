/** Small tables like those of users. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A fixed sequence of numbers in [0, 1). */
function numbers(): () => number {
  let state = 12345;
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

/** Flowers of three kinds, with a column of text, a number that tells them apart, and an id. */
export function flowers(count = 60): string[][] {
  const next = numbers();
  return Array.from({ length: count }, (_, id) => {
    const kind = ["aster", "daisy", "rose"][id % 3];
    const width = (id % 3) + next();
    const height = 2 * next();
    const colour = ["red", "white", "blue"][Math.floor(3 * next())];
    return [String(id), width.toFixed(3), height.toFixed(3), colour, kind];
  });
}

export const flowerNames = ["id", "width", "height", "colour", "kind"];

/** Houses whose price depends on size and age. The prices are large and wide-spread. */
export function houses(count = 80): string[][] {
  const next = numbers();
  return Array.from({ length: count }, () => {
    const [size, age] = [50 + 150 * next(), 100 * next()];
    const price = 150_000 + 2_000 * size - 500 * age + 5_000 * next();
    return [size.toFixed(1), age.toFixed(0), price.toFixed(0)];
  });
}

export const houseNames = ["size", "age", "price"];

export function csv(names: readonly string[], rows: readonly (readonly string[])[], separator = ","): string {
  return [names, ...rows].map((row) => `${row.join(separator)}\n`).join("");
}

/** Writes flowers.csv and houses.csv into a folder. */
export function writeTables(cwd: string): void {
  writeFileSync(join(cwd, "flowers.csv"), csv(flowerNames, flowers()));
  writeFileSync(join(cwd, "houses.csv"), csv(houseNames, houses()));
}
