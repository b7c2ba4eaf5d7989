/** How numbers, points and curves are shown on the page of this practical. */
import type { Dataset } from "chainrule/data";
import { courseCircles } from "./levels.ts";

export const number = (value: number): string => value.toFixed(4);
export const exponent = (value: number): string => (value === 0 ? "0" : value.toExponential(1));

function pointsOf({ inputs, targets }: Dataset, name: string) {
  const at = (column: number): number[] => (inputs.toArray() as number[][]).map((row) => row[column]);
  return { name, x: at(0), y: at(1), classes: Array.from(targets.data) };
}

export function circleSets() {
  const { train, test } = courseCircles(0);
  return [pointsOf(train, "train"), pointsOf(test, "test")];
}

export const classNames = ["outer ring, class 0", "inner ring, class 1"];
export const plane = { x: { label: "x₁" }, y: { label: "x₂" } } as const;
