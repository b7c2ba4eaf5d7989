/** What the plan of a table says about its classes, and about inputs that give the answer away. */
import { quote } from "../../formats/refusal.ts";
import { withColumn } from "./advice.ts";
import type { TableAdvice } from "./advice.ts";
import { leaksIn } from "./leaks.ts";
import { shownName } from "./plan-feature.ts";
import type { Column } from "./table.ts";

/** More classes with a single row are counted, not listed. */
const mostSingleNotes = 3;
/** From this share of the rows on, a note says how often always saying the commonest class is right. */
const commonShare = 0.9;

/** Notes the classes with a single row, and a class that nearly all rows have. */
export function classNotes(column: Column): string[] {
  const notes: string[] = [];
  const counts = countsOf(column);
  const single = [...counts].filter(([, count]) => count === 1).map(([value]) => quote(String(value)));
  if (single.length > mostSingleNotes)
    notes.push(
      `${single.length} classes have a single row, such as ${single.slice(0, mostSingleNotes).join(", ")}`,
    );
  else for (const value of single) notes.push(`class ${value} has a single row`);
  const [value, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  const filled = column.type === "number" ? column.values.length : column.codes.length;
  const rows = filled - column.missing.count;
  if (count >= commonShare * rows && count < rows) {
    const share = `${((100 * count) / rows).toFixed(1)} %`;
    notes.push(
      `${share} of the rows have the class ${quote(String(value))}, so always saying it is right on ${share}`,
    );
  }
  return notes;
}

/** Notes the inputs that give the answer away, with what to do. */
export function leakNotes(
  features: readonly Column[],
  target: Column,
  task: "classification" | "regression",
  advice: TableAdvice,
): string[] {
  return leaksIn(features, task === "classification" ? target : null).map(({ column, kind, values }) => {
    const cure = `leave it out (${withColumn(advice.drop, column)})`;
    if (kind === "numbers-rows")
      return `${shownName(column)} numbers the rows, which no new row can have; ${cure}`;
    return `${shownName(column)} fixes ${shownName(target.name)} by itself: each of its ${values} values has one class; unless it is known beforehand, ${cure}`;
  });
}

/** How many rows have each value, without missing ones. */
function countsOf(column: Column): Map<string | number, number> {
  const counts = new Map<string | number, number>();
  const add = (value: string | number): void => void counts.set(value, (counts.get(value) ?? 0) + 1);
  if (column.type === "number") {
    for (const value of column.values) if (!Number.isNaN(value)) add(value);
  } else for (const code of column.codes) if (code >= 0) add(column.categories[code]);
  return counts;
}
