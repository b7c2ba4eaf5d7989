/** What the texts of a column are beside text: numbers with a mark around them, or dates. */
import { dateForm } from "./dates.ts";
import type { DateForm } from "./dates.ts";
import { numberIn } from "./cells.ts";
import { markIn } from "./marks.ts";
import type { NumberMark } from "./marks.ts";
import type { TextColumn } from "./table.ts";

/** Texts of one kind in a column of text: the number of rows that hold one, and the first of them. */
export interface SeenTexts<Kind extends string> {
  readonly kind: Kind;
  readonly count: number;
  readonly first: string;
}

/** What was seen in a column of text, as data. */
export interface SeenInText {
  /** The most frequent mark, where numbers with and without marks are most of the column's texts. */
  readonly marks?: SeenTexts<NumberMark>;
  /** The most frequent form of dates, where dates are most of the column's texts. */
  readonly dates?: SeenTexts<DateForm>;
}

/** Looks at the different texts of a column, each weighed by its rows. */
export function seenInText({ codes, categories }: TextColumn): SeenInText {
  const rows = new Float64Array(categories.length);
  let filled = 0;
  for (const code of codes)
    if (code >= 0) {
      rows[code]++;
      filled++;
    }
  const marks = new Tally<NumberMark>();
  const dates = new Tally<DateForm>();
  let numbers = 0;
  categories.forEach((text, code) => {
    const mark = markIn(text);
    const form = dateForm(text);
    if (form !== undefined) dates.add(form, text, rows[code]);
    else if (mark !== undefined) marks.add(mark, text, rows[code]);
    else if (!Number.isNaN(numberIn(text))) numbers += rows[code];
  });
  return {
    ...(marks.total > 0 && 2 * (marks.total + numbers) > filled && { marks: marks.most() }),
    ...(2 * dates.total > filled && { dates: dates.most() }),
  };
}

class Tally<Kind extends string> {
  total = 0;
  readonly #seen = new Map<Kind, { count: number; readonly first: string }>();

  add(kind: Kind, text: string, rows: number): void {
    this.total += rows;
    const seen = this.#seen.get(kind);
    if (seen === undefined) this.#seen.set(kind, { count: rows, first: text });
    else seen.count += rows;
  }

  most(): SeenTexts<Kind> {
    const [[kind, { count, first }]] = [...this.#seen].sort(([, a], [, b]) => b.count - a.count);
    return { kind, count, first };
  }
}
