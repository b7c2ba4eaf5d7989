/** A figure in a page: the drawing, sentences on what is seen, and the numbers behind it in a table. */
import { withoutStyle } from "../plots/embed.ts";
import { list } from "./blocks.ts";
import { html } from "./html.ts";
import type { Child, Html } from "./html.ts";
import { table } from "./table.ts";
import type { TableOptions } from "./table.ts";

export interface FigureText {
  /** Sentences below the drawing, as a paragraph. */
  readonly caption?: Child;
  /** Sentences on what is seen, as a list. */
  readonly statements?: readonly Child[];
}

export interface FigureBlock extends FigureText {
  /** A figure of `chainrule/plots`. */
  readonly svg: string;
  /** The numbers behind it. Every figure has some, so that nobody depends on seeing it. */
  readonly data: TableOptions;
}

/** The most rows that a table behind a figure has, unless its maker says otherwise. */
export const mostRows = 200;

/**
 * A drawing with its caption and, to be opened, its data table. `lineFigure` and its kin make the table by themselves.
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
