/** Figures in a page that allows no styles but its own: they lose theirs, and the page's sheet gets one for all of them. */
import { styleSheet } from "./theme.ts";

/** A figure without its style sheet and style attributes; colours are left as attributes and as classes. */
export function withoutStyle(svg: string): string {
  // Texts hold neither `<` nor `"`, so that nothing but markup is taken away.
  return svg.replace(/<style>[^<]*<\/style>/g, "").replace(/ style="[^"]*"/g, "");
}

/** The style sheet for all figures in some markup, with the themes of light, dark and paper. */
export function sharedStyle(markup: string): string {
  const classes = [...markup.matchAll(/ class="([^"]*)"/g)].map(([, names]) => names);
  return `.chainrule-plot{display:block;width:100%;height:auto}${styleSheet(classes.join(" "))}`;
}
