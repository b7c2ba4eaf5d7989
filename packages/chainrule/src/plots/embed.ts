/**
 * Figures in a page that allows only its own style sheet. The figures' style sheets are removed, and the page's sheet
 * gets one for all of them.
 */
import { styleSheet } from "./theme.ts";

/** A figure without its style sheet and style attributes; its colours remain as attributes and classes. */
export function withoutStyle(svg: string): string {
  // Texts contain neither `<` nor `"`, so only markup is removed.
  return svg.replace(/<style>[^<]*<\/style>/g, "").replace(/ style="[^"]*"/g, "");
}

/** The style sheet for all figures in some markup, with the themes for light, dark and paper. */
export function sharedStyle(markup: string): string {
  const classes = [...markup.matchAll(/ class="([^"]*)"/g)].map(([, names]) => names);
  return `.chainrule-plot{display:block;width:100%;height:auto}${styleSheet(classes.join(" "))}`;
}
