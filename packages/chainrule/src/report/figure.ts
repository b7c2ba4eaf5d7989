/** A figure in a page: the drawing, sentences about it, and its numbers in a table. */
import { withoutStyle } from "../plots/embed.ts";
import { list } from "./blocks.ts";
import { html } from "./html.ts";
import type { Child, Html } from "./html.ts";
import { table } from "./table.ts";
import type { TableOptions } from "./table.ts";

export interface FigureText {
  /** Sentences below the drawing, as a paragraph. */
  readonly caption?: Child;
  /** Sentences about the drawing, as a list. */
  readonly statements?: readonly Child[];
}

export interface FigureBlock extends FigureText {
  /** A figure of `chainrule/plots`. */
  readonly svg: string;
  /** The numbers of the figure, for readers who cannot see it. */
  readonly data: TableOptions;
}

/** The default for the largest number of rows in the data table of a figure. */
export const mostRows = 200;

/**
 * A drawing with its caption and a data table that can be opened. `lineFigure` and similar functions make the table
 * themselves.
 * @example
 * const series = [{ name: "test", values: [0.98] }];
 * const svg = bar({ title: "Accuracy", value: { label: "accuracy" }, labels: ["SGD"], series });
 * const data = { caption: "Accuracy", columns: ["rule", "test"], rows: [["SGD", 0.98]] };
 * figure({ svg, data }).markup.startsWith("<figure>\n<svg"); // true
 */
export function figure({ svg, data, caption, statements = [] }: FigureBlock): Html {
  const summary = html`<summary>Data table<span class="hidden">: ${data.caption}</span></summary>`;
  return html`<figure>
${{ markup: withoutStyle(svg) }}<figcaption>${caption !== undefined && html`<p>${caption}</p>`}${list(statements)}
<details>${summary}
${table({ most: mostRows, ...data })}</details></figcaption>
</figure>`;
}
