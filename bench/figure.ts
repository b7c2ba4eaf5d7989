/** The figure of a run: the speed of each engine, from the smallest step to the largest. */
import { line } from "chainrule/plots";
import type { EngineId } from "./engines.ts";
import type { Section } from "./work/item.ts";

/** One form of each engine; with all forms the figure would be unreadable. */
const drawn: readonly EngineId[] = ["chainrule", "tfjs-wasm", "jax-js", "ort-1", "torch", "jax", "plain"];

/** Time of a step against its arithmetic, a curve per engine, over the works that train with SGD. */
export function resultsFigure(sections: readonly Section[], subtitle: string): string {
  const steps = ["d", "e", "a", "c"].flatMap((id) => sections.find((section) => section.id === id) ?? []);
  const shown = steps.flatMap(({ rows }) => rows.filter(({ engine }) => drawn.includes(engine)));
  const titles = [...new Set(shown.map(({ title }) => title))];
  const series = titles.map((name) => {
    const points = steps.flatMap(({ rows, flops }) => {
      const row = rows.find(({ title }) => title === name);
      return row ? [{ x: flops!, y: row.cost.median }] : [];
    });
    return { name, x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
  });
  return line({
    title: "One training step: 2-10-2, 64-32-10, 784-300-10, 784-512-512-10",
    subtitle,
    x: { label: "arithmetic of the matrix products", unit: "FLOP", scale: "log" },
    y: { label: "time of a step", unit: "ms", scale: "log" },
    series,
    width: 640,
    height: 380,
  });
}
