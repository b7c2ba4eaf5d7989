/** Plans one input of a table: numbers, text by category, or dates. */
import { quote } from "../../formats/refusal.ts";
import { FormatError } from "../../tensor/errors.ts";
import { withColumn } from "./advice.ts";
import type { TableAdvice } from "./advice.ts";
import { dateForms, dayOf } from "./dates.ts";
import type { DateForm } from "./dates.ts";
import { meanOf } from "./describe.ts";
import { markCure, markWords } from "./marks.ts";
import { seenInText } from "./observe.ts";
import type { MissingPolicy, PlannedFeature } from "./plan.ts";
import { counted, quoteAll, refuseAt } from "./refuse.ts";
import type { Column, Table, TextColumn } from "./table.ts";

const mostCategories = 1000;
const manyCategories = 50;

/** What the planning of a column needs besides the column, and the notes that it adds to. */
export interface Planning {
  readonly rows: ArrayLike<number>;
  readonly notes: string[];
  readonly advice: TableAdvice;
  /** The inputs that are dates. */
  readonly dates: readonly string[];
}

/** A name as it is where it is one short word, else in quotes. */
export function shownName(name: string): string {
  return /^[\w.]{1,40}$/.test(name) ? name : quote(name);
}

/** @throws FormatError for a column of text with too many different values, and for a text that is not the date it should be */
export function planFeature(
  table: Table,
  column: Column,
  missing: MissingPolicy,
  { rows, notes, advice, dates }: Planning,
): PlannedFeature {
  const { name } = column;
  if (dates.includes(name)) return planDates(table, column, missing, { rows, notes, advice });
  if (column.type === "number")
    return missing === "mean"
      ? { name, type: "number", fill: meanOf(column.values, rows) }
      : { name, type: "number" };
  const count = column.categories.length;
  const seen = seenInText(column).dates;
  if (seen !== undefined) {
    const days = `${shownName(name)} holds dates (${quote(seen.first)}), read as text: each of its ${counted(count, "different date")} is an input`;
    const cure = `leave it out (${withColumn(advice.drop, name)}), or read it as dates (${withColumn(advice.dates, name)})`;
    if (count > mostCategories)
      throw new FormatError(
        `${table.name}: column ${quote(name)}: ${days}, at most ${mostCategories}; ${cure}`,
      );
    if (count > 1) notes.push(`${days}; ${cure}`);
  }
  if (count > mostCategories)
    throw new FormatError(
      `${table.name}: column ${quote(name)}: text with ${count} different values, each of which would be an input (at most ${mostCategories}); leave the column out (${advice.drop})`,
    );
  if (count > manyCategories && seen === undefined)
    notes.push(`${shownName(name)} is text with ${count} different values, so it makes ${count} inputs`);
  noteUnseen(column, rows, notes);
  const categories = column.categories.toSorted();
  if (missing !== "mean") return { name, type: "text", categories };
  return { name, type: "text", categories, fill: mostFrequent(column, rows) };
}

/** Notes the values that occur in other rows but in none of the rows to train on. */
export function noteUnseen(column: Column, rows: ArrayLike<number>, notes: string[]): void {
  const cells = column.type === "text" ? column.codes : column.values;
  if (rows.length === cells.length) return;
  const seen = new Set(Array.from(rows, (row) => cells[row]));
  const missing = column.type === "text" ? -1 : NaN;
  const unseen = [...new Set(cells)].filter((cell) => !seen.has(cell) && !Object.is(cell, missing));
  if (unseen.length === 0) return;
  const texts = unseen.map((cell) => (column.type === "text" ? column.categories[cell] : String(cell)));
  notes.push(
    `${shownName(column.name)}: no row to train on holds ${quoteAll(texts.sort())}, so nothing is learnt of ${texts.length === 1 ? "it" : "them"}`,
  );
}

function mostFrequent({ codes, categories }: TextColumn, rows: ArrayLike<number>): string {
  const counts = new Float64Array(categories.length);
  for (let i = 0; i < rows.length; i++) if (codes[rows[i]] >= 0) counts[codes[rows[i]]]++;
  return categories[counts.indexOf(counts.reduce((a, b) => Math.max(a, b), 0))];
}

/**
 * Refuses a column of text most of whose cells are numbers, but for the mark around them.
 * @throws FormatError naming the mark, the line of the first, and what to try
 */
export function refuseMarks(
  table: Table,
  column: Column,
  text: readonly string[],
  { drop, text: asText }: TableAdvice,
): void {
  if (column.type !== "text" || text.includes(column.name)) return;
  const { marks } = seenInText(column);
  if (marks === undefined) return;
  const { kind, count, first } = marks;
  const { name } = column;
  const cures = [
    markCure(kind),
    `leave the column out (${withColumn(drop, name)})`,
    `read it as text (${withColumn(asText, name)})`,
  ];
  throw refuseAt(
    table,
    table.lines[column.codes.indexOf(column.categories.indexOf(first))],
    `${quote(first)} is ${markWords(kind)}, as ${count === 1 ? "1 cell" : `${count} cells`} of the column; ${cures.filter((one) => one !== undefined).join(", or ")}`,
    column.name,
  );
}

/** Dates count from the first day among the rows to train on. */
function planDates(
  table: Table,
  column: Column,
  missing: MissingPolicy,
  { rows, notes, advice }: Omit<Planning, "dates">,
): PlannedFeature {
  const { name } = column;
  const where = `${table.name}: column ${quote(name)}`;
  if (column.type === "number")
    throw new FormatError(`${where}: it holds numbers, and dates are texts such as 2024-03-05`);
  const form = commonForm(column);
  if (form === undefined)
    throw new FormatError(
      `${where}: ${quote(column.categories[0])} is not a date; dates are written as 2024-03-05, 5.3.2024, 3/5/2024, 5 Mar 2024 or Mar 5, 2024; leave the column out (${advice.drop})`,
    );
  const days = daysOf(table, column, form);
  if (form === "M/D/Y" && column.categories.every((text) => !Number.isNaN(dayOf(text, "D/M/Y"))))
    notes.push(
      `${shownName(name)}: ${quote(column.categories[0])} is read as month/day/year; it could be day/month/year`,
    );
  let origin = Infinity;
  for (let i = 0; i < rows.length; i++) if (days[rows[i]] < origin) origin = days[rows[i]];
  if (origin === Infinity) origin = 0;
  if (missing !== "mean") return { name, type: "date", form, origin };
  return { name, type: "date", form, origin, fill: Math.round(meanOf(days, rows)) };
}

/** The form that most of the texts have; of equals, the first. */
function commonForm({ categories }: TextColumn): DateForm | undefined {
  const counts = dateForms.map(
    (form) => categories.filter((text) => !Number.isNaN(dayOf(text, form))).length,
  );
  const most = Math.max(...counts);
  return most === 0 ? undefined : dateForms[counts.indexOf(most)];
}

/**
 * The day of each row since 1970-01-01, NaN where it is missing.
 * @throws FormatError naming the line of a text that is not a date of that form
 */
export function daysOf(table: Table, column: TextColumn, form: DateForm): Float64Array {
  const days = column.categories.map((text) => dayOf(text, form));
  return Float64Array.from(column.codes, (code, row) => {
    if (code < 0) return NaN;
    if (!Number.isNaN(days[code])) return days[code];
    const problem = `expected a date of the form ${form}, found ${quote(column.categories[code])}`;
    throw refuseAt(table, table.lines[row], problem, column.name);
  });
}
