/** HTML as text that knows it is markup: strings are escaped wherever they come in, so that no name or cell becomes a tag. */
import { escape } from "../plots/svg.ts";

/** Markup, made by `html` and by the blocks of a page. */
export interface Html {
  readonly markup: string;
}

/** What may stand in markup: text, which is escaped, and markup, which is not; `undefined` and `false` are left out. */
export type Child = string | number | Html | undefined | false | readonly Child[];

/** A child as markup. */
export function markupOf(child: Child): string {
  if (child === undefined || child === false) return "";
  if (typeof child === "string") return escape(child);
  if (typeof child === "number") return escape(String(child));
  return "markup" in child ? child.markup : child.map(markupOf).join("");
}

/**
 * Markup from a template: what stands in `${…}` is escaped unless it is markup itself, inside of tags and of quoted attributes.
 * @example
 * html`<b title="${'"'}">${"a < b"}</b>${html`<hr>`}`.markup; // <b title="&quot;">a &lt; b</b><hr>
 */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Html {
  return { markup: parts.map((part, i) => part + markupOf(children[i])).join("") };
}

/** A name for an anchor: letters and digits of the text, joined by hyphens. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
}
