/** The frame of all figures: title, legend, notes, the text alternative and the style sheet around a drawing. */
import { legend } from "./legend.ts";
import type { LegendItem } from "./legend.ts";
import { ValueError } from "../tensor/errors.ts";
import { element, escape, px } from "./svg.ts";
import { oneLine, sizes, wrap } from "./text.ts";
import { filled, styleSheet } from "./theme.ts";

/** The options of every figure. */
export interface FigureOptions {
  /** The title above the drawing, also the figure's name for screen readers. */
  readonly title: string;
  /** A second line of the title in a paler colour, such as the metrics of an epoch. */
  readonly subtitle?: string;
  /** The text alternative; default: a computed one. */
  readonly description?: string;
  /**
   * The width of the view box, default 400. Texts are 13 units high, and the figure scales to its container, up to 1.6
   * times. A wider view box has room for more, with smaller texts.
   */
  readonly width?: number;
}

export interface Drawing {
  readonly svg: string;
  readonly height: number;
}

export interface Parts {
  /** The kind of the figure, a class of the root element: `chainrule-line`. */
  readonly kind: string;
  readonly description: string;
  readonly legend?: readonly LegendItem[];
  /** Sentences below the drawing on data that could not be drawn. */
  readonly notes?: readonly string[];
  /** The role for screen readers; default "img". A figure whose parts have names of their own is a group. */
  readonly role?: "img" | "group";
  /** The least width on a page, for a drawing that must not shrink; its container scrolls. */
  readonly leastWidth?: number;
  /** Draws over the whole width, from the height `top` on. */
  draw(top: number, width: number): Drawing;
}

export const margin = 10;

/** The width of a figure's view box. */
export function widthOf(kind: string, options: FigureOptions, standard = 400): number {
  const { width = standard } = options;
  if (!(width >= 300 && width <= 4000))
    throw new ValueError(
      kind,
      `width must be between 300 and 4000, not ${width}; 400 suits a phone and a page`,
    );
  return width;
}

/** Puts the frame around a drawing. */
export function figure(options: FigureOptions, parts: Parts, standardWidth = 400): string {
  const width = widthOf(parts.kind, options, standardWidth);
  const inner = width - 2 * margin;
  let y = margin;
  const lines = (text: string, size: number, paint: "ink" | "muted", weight?: string): string => {
    const height = Math.round(size * 1.3);
    const rows = wrap(text, inner, size, weight !== undefined).map((line) => {
      y += height;
      const attributes = {
        ...filled(paint),
        x: margin,
        y: y - size * 0.32,
        "font-size": size,
        "font-weight": weight,
      };
      return element("text", attributes, escape(line));
    });
    return rows.join("");
  };
  let svg = lines(options.title, sizes.title, "ink", "bold");
  if (options.subtitle !== undefined) svg += lines(options.subtitle, sizes.text, "muted");
  y += 4;
  const key = legend(parts.legend ?? [], margin, y, inner);
  svg += key.svg;
  y += key.height + (key.height > 0 ? 4 : 0);
  const drawing = parts.draw(y, width);
  svg += drawing.svg;
  y += drawing.height;
  for (const note of parts.notes ?? []) svg += lines(note, 12, "muted");
  const height = Math.ceil(y + margin);

  const least = parts.leastWidth === undefined ? "" : `min-width:${px(parts.leastWidth)}px;`;
  const description = [options.description ?? parts.description, ...(parts.notes ?? [])]
    .map(oneLine)
    .join(" ");
  return (
    element(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        class: `chainrule-plot chainrule-${parts.kind}`,
        role: parts.role ?? "img",
        width,
        height,
        viewBox: `0 0 ${px(width)} ${height}`,
        style: `display:block;width:100%;${least}max-width:${px(width * 1.6)}px;height:auto`,
        "font-family": "system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif",
      },
      element("title", {}, escape(oneLine(options.title)) || "Figure"),
      element("desc", {}, escape(description)),
      element("style", {}, styleSheet(svg)),
      element("rect", { ...filled("paper"), width, height }),
      svg,
    ) + "\n"
  );
}

/** "3 values are not finite and are not drawn." */
export function notDrawn(count: number, what: string): string[] {
  if (count === 0) return [];
  return [
    `${count} ${count === 1 ? "value is" : "values are"} ${what} and ${count === 1 ? "is" : "are"} not drawn.`,
  ];
}
