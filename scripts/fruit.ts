/** Draws examples/fruit.csv, invented fruit for the tour and the examples: `npx node --conditions=chainrule-source scripts/fruit.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Generator } from "chainrule";

/** Mean and deviation of each measure, and how often each colour is drawn. */
const kinds = {
  apple: { weight: [165, 28], length: [7.2, 0.7], colours: ["red", "red", "green", "yellow"] },
  banana: { weight: [128, 18], length: [18.5, 1.8], colours: ["yellow", "yellow", "yellow", "green"] },
  lemon: { weight: [112, 18], length: [8.3, 0.8], colours: ["yellow", "yellow", "yellow", "green"] },
  pear: { weight: [172, 26], length: [10.6, 1.0], colours: ["green", "green", "yellow", "red"] },
} as const;

const generator = new Generator(2026);
const names = Object.keys(kinds) as (keyof typeof kinds)[];
const rows = Array.from({ length: 240 }, (_, i) => {
  const kind = names[i % names.length];
  const { weight, length, colours } = kinds[kind];
  const draw = ([mean, deviation]: readonly [number, number]): number =>
    mean + deviation * generator.normal();
  const colour = colours[Math.floor(generator.uniform() * colours.length)];
  return `${draw(weight).toFixed(0)},${draw(length).toFixed(1)},${colour},${kind}`;
});
const shuffled = [...generator.permutation(rows.length)].map((row) => rows[row]);
writeFileSync(
  join(import.meta.dirname, "../examples/fruit.csv"),
  `weight,length,colour,kind\n${shuffled.join("\n")}\n`,
);
