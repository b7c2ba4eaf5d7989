/** A report as plain data: sections of text, figures, tables and notes. site.ts makes HTML of it. */

export interface Page {
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: "text"; readonly markdown: string }
  | { readonly kind: "figures"; readonly figures: readonly Figure[] }
  | { readonly kind: "table"; readonly table: Table }
  /** Something the reader should know of the page, such as data that are missing here. */
  | { readonly kind: "note"; readonly text: string }
  /** HTML with a script of its own, which the page's policy allows by its hash. */
  | { readonly kind: "interactive"; readonly html: string; readonly script: string };

export interface Figure {
  /** SVG text, from chainrule/plots. */
  readonly svg: string;
  readonly caption: string;
  /** The numbers behind it, folded away below. */
  readonly table?: Table;
}

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Markdown: prose, lists, code. */
export function text(markdown: string): Block {
  return { kind: "text", markdown };
}

/** Figures that stand side by side where there is room. */
export function figures(...all: readonly Figure[]): Block {
  return { kind: "figures", figures: all };
}

export function table(caption: string, head: Table["head"], rows: Table["rows"]): Block {
  return { kind: "table", table: { caption, head, rows } };
}

export function note(text: string): Block {
  return { kind: "note", text };
}

export function interactive(html: string, script: string): Block {
  return { kind: "interactive", html, script };
}
