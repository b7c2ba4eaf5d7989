/** Tables of results, settings, and the data of figures. */
import { ShapeError } from "../tensor/errors.ts";
import { formatNumber } from "../plots/text.ts";
import { html } from "./html.ts";
import type { Child, Html } from "./html.ts";

/** A cell. A number is written with six digits and aligned to the right; `null` is an empty cell. */
export type Cell = string | number | null | Html;

export interface TableOptions {
  /** The caption above the table, also its name for screen readers. */
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Whether the first cell of a row is its heading; default true. */
  readonly named?: boolean;
  /** The largest number of rows; default: all. Of more rows an even selection is shown, and the caption says so. */
  readonly most?: number;
}

/**
 * A table that scrolls sideways if the page is narrow.
 * @throws ShapeError for a row without exactly one cell per column
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

/**
 * Whether a column is aligned as numbers: all cells are numbers or, except in the first column, texts that are written
 * numbers.
 */
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

/** Replaces a number's hyphens by minus signs, except in the exponent. */
function withMinus(text: Child): Child {
  return typeof text === "string" ? text.replace(/(^| )-/g, "$1−") : text;
}

/** All rows, or every n-th row and the last, with a note that says so. */
function chosen<Row>(rows: readonly Row[], most: number): { rows: readonly Row[]; note: string } {
  const { indices, note } = thinned(rows.length, most);
  return { rows: indices.length === rows.length ? rows : indices.map((i) => rows[i]), note };
}

/** The indices of the rows that are shown, and a note that says so; for callers that make only these rows. */
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
