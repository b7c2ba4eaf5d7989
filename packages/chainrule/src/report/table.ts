/** Tables: of results, of settings, and of the numbers behind a figure. */
import { ShapeError } from "../tensor/errors.ts";
import { formatNumber } from "../plots/text.ts";
import { html } from "./html.ts";
import type { Child, Html } from "./html.ts";

/** A cell: a number is written with six digits and stands to the right; `null` is an empty cell. */
export type Cell = string | number | null | Html;

export interface TableOptions {
  /** What the table shows; stands above it, and names it for screen readers. */
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Whether the first cell of a row names it; so unless said otherwise. */
  readonly named?: boolean;
  /** At most this many rows are written, evenly chosen, and the caption says so; all of them unless given. */
  readonly most?: number;
}

/**
 * A table that scrolls in itself where the page is narrow.
 * @throws ShapeError for a row that has not one cell per column
 * @example
 * table({ caption: "Runs", columns: ["rate", "loss"], rows: [["0.1", 0.25]] }).markup.includes("<caption>Runs</caption>"); // true
 */
export function table(options: TableOptions): Html {
  const { columns, named = true } = options;
  options.rows.forEach((row, i) => {
    if (row.length !== columns.length)
      throw new ShapeError(
        "table",
        [[row.length], [columns.length]],
        `row ${i} of "${options.caption}" has ${row.length} cells for ${columns.length} columns`,
      );
  });
  const { rows, note } = chosen(options.rows, options.most ?? Infinity);
  const numeric = columns.map((_, i) =>
    isNumeric(
      rows.map((row) => row[i]),
      named && i === 0,
    ),
  );
  const side = (column: number, cell?: Cell) =>
    numeric[column] ? html` class="number"` : isJoined(cell) ? html` class="whole"` : undefined;
  const caption = options.caption + note;
  const head = columns.map((name, i) => html`<th scope="col"${side(i)}>${name}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, i) =>
      named && i === 0
        ? html`<th scope="row"${side(i, cell)}>${written(cell)}</th>`
        : html`<td${side(i, cell)}>${numeric[i] ? withMinus(written(cell)) : written(cell)}</td>`,
    );
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>`;
}

/** `1,438`, `5.5e-16`, `0.312 ± 0.013`, `−0.1 … 0.05`, `96.10 %` */
const writtenNumber = /^[−-]?[\d,]*\.?\d+(e[+-]?\d+)?( (±|…) [−-]?[\d.]+)?( [%a-zA-Z]{1,3})?$/;

/** Numbers, or texts that are written numbers; what names a row is a number only where it is one. */
function isNumeric(cells: readonly Cell[], names: boolean): boolean {
  const known = cells.filter((cell) => cell !== null && cell !== "");
  const one = (cell: Cell) =>
    typeof cell === "number" || (!names && typeof cell === "string" && writtenNumber.test(cell));
  return known.length > 0 && known.every(one);
}

/** Words joined by hyphens, such as `2-16-2`, which stay whole in a narrow column. */
const isJoined = (cell: Cell | undefined): boolean =>
  typeof cell === "string" && cell.length <= 24 && /^[\w.]+(-[\w.]+)+$/.test(cell);

function written(cell: Cell): Child {
  if (cell === null) return "";
  return typeof cell === "number" ? formatNumber(cell, 6) : cell;
}

/** A number's hyphens as minus signs, but for that of an exponent. */
function withMinus(text: Child): Child {
  return typeof text === "string" ? text.replace(/(^| )-/g, "$1−") : text;
}

/** All rows, or every so many-th of them with the last, and the words that say so. */
function chosen<Row>(rows: readonly Row[], most: number): { rows: readonly Row[]; note: string } {
  const { indices, note } = thinned(rows.length, most);
  return { rows: indices.length === rows.length ? rows : indices.map((i) => rows[i]), note };
}

/** Which of many rows are written, and the words that say so, for whoever would not make rows that nobody sees. */
export function thinned(count: number, most: number): { indices: readonly number[]; note: string } {
  const step = count <= most ? 1 : Math.ceil((count - 1) / Math.max(most - 1, 1));
  const indices = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  if (count > 0 && indices.at(-1) !== count - 1) indices.push(count - 1);
  const note = step === 1 ? "" : ` (${indices.length} of ${count} rows: every ${ordinal(step)} and the last)`;
  return { indices, note };
}

function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}
