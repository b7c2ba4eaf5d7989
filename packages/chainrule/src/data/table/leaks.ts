/** Finds inputs that give the answer away, as data: columns that number the rows, and columns that fix the class by themselves. */
import type { Column, NumberColumn } from "./table.ts";

export interface Leak {
  readonly column: string;
  /** "numbers-rows": whole numbers that rise with the rows, from 0 or 1. "fixes-class": each of its values has one class. */
  readonly kind: "numbers-rows" | "fixes-class";
  /** The number of its different values. */
  readonly values: number;
}

/** Tables with fewer rows say too little. */
const leastRows = 20;
/** The least number of rows per value of a column that fixes the class. */
const leastPerValue = 5;

/** The leaks among the inputs of a table; `target` is null where a number is predicted. */
export function leaksIn(inputs: readonly Column[], target: Column | null): Leak[] {
  return inputs.flatMap((column): Leak[] => {
    if (column.type === "number" && numbersRows(column))
      return [{ column: column.name, kind: "numbers-rows", values: column.values.length }];
    const values = target === null ? null : valuesThatFix(column, target);
    return values === null ? [] : [{ column: column.name, kind: "fixes-class", values }];
  });
}

/** Whether the numbers rise from 0 or 1 with the rows, with gaps for at most every second row. */
function numbersRows({ values }: NumberColumn): boolean {
  const rows = values.length;
  if (rows < leastRows || !(values[0] === 0 || values[0] === 1) || values[rows - 1] > 2 * rows) return false;
  return values.every((value, row) => Number.isInteger(value) && (row === 0 || value > values[row - 1]));
}

/** The number of different values of a column if each of them has one class; null otherwise. */
function valuesThatFix(column: Column, target: Column): number | null {
  const [cells, classes] = [cellsOf(column), cellsOf(target)];
  if (cells.length < leastRows) return null;
  const classOf = new Map<number, number>();
  for (let row = 0; row < cells.length; row++) {
    const known = classOf.get(cells[row]);
    if (known === undefined) classOf.set(cells[row], classes[row]);
    else if (known !== classes[row]) return null;
    if (classOf.size * leastPerValue > cells.length) return null;
  }
  return classOf.size < 2 ? null : classOf.size;
}

function cellsOf(column: Column): ArrayLike<number> {
  return column.type === "text" ? column.codes : column.values;
}
