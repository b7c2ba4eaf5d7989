/** HTML as a type of its own. Plain strings are always escaped, so that no name or cell becomes a tag. */
import { escape } from "../plots/svg.ts";

/** Markup, made by `html` and by the blocks of a page. */
export interface Html {
  readonly markup: string;
}

/** A child of markup: text, which is escaped, or markup, which is not; `undefined` and `false` are left out. */
export type Child = string | number | Html | undefined | false | readonly Child[];

/** A child as markup. */
export function markupOf(child: Child): string {
  if (child === undefined || child === false) return "";
  if (typeof child === "string") return escape(child);
  if (typeof child === "number") return escape(String(child));
  return "markup" in child ? child.markup : child.map(markupOf).join("");
}

/**
 * Markup from a template. Every `${…}`, also inside tags and quoted attributes, is escaped unless it is markup itself.
 * @example
 * html`<b title="${'"'}">${"a < b"}</b>${html`<hr>`}`.markup; // <b title="&quot;">a &lt; b</b><hr>
 */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Html {
  return { markup: parts.map((part, i) => part + markupOf(children[i])).join("") };
}

/** The anchor for a text: its letters and digits, joined by hyphens. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}
