/** What pages are made of besides figures and tables: prose, lists, facts, key figures, code, and ways to arrange them. */
import { html } from "./html.ts";
import type { Child, Html } from "./html.ts";

/**
 * Paragraphs, one per argument.
 * @example
 * prose("One & two.", html`<em>Three.</em>`).markup; // <p>One &amp; two.</p><p><em>Three.</em></p>
 */
export function prose(...paragraphs: readonly Child[]): Html {
  return html`${paragraphs.map((text) => html`<p>${text}</p>`)}`;
}

/** A bulleted list, such as the statements on a run; nothing for no items. */
export function list(items: readonly Child[]): Html {
  if (items.length === 0) return html``;
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A numbered list, such as the steps of an exercise. */
export function steps(items: readonly Child[]): Html {
  return html`<ol>${items.map((item) => html`<li>${item}</li>`)}</ol>`;
}

/**
 * A remark that stands out. `warning` is for what a reader must not miss, such as a run that diverged; the word stands before it,
 * so that it does not hang on a colour.
 */
export function note(text: Child, kind: "note" | "warning" = "note"): Html {
  const word = kind === "note" ? "Note:" : "Warning:";
  return html`<div class="note ${kind}" role="note"><p><strong>${word}</strong> ${text}</p></div>`;
}

export interface KeyFigure {
  readonly name: string;
  /** As it shall be read: "96.94 %". */
  readonly value: string;
  /** A few words below, such as "349 of 360". */
  readonly detail?: string;
}

/** The few numbers that a reader looks for first, in large type. */
export function keyFigures(figures: readonly KeyFigure[]): Html {
  const items = figures.map(({ name, value, detail }) => {
    const below = detail !== undefined && html`<dd class="detail">${detail}</dd>`;
    return html`<div><dt>${name}</dt><dd class="value">${value}</dd>${below}</div>\n`;
  });
  return html`<dl class="key">\n${items}</dl>`;
}

/** Names with their values, such as settings. */
export function facts(pairs: readonly (readonly [name: Child, value: Child])[]): Html {
  const items = pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`);
  return html`<dl class="facts">\n${items}</dl>`;
}

/** Lines of code or output as they are; a name stands above. */
export function code(text: string, name?: string): Html {
  const caption = name !== undefined && html`<figcaption>${name}</figcaption>`;
  return html`<figure class="code">${caption}<pre tabindex="0"><code>${text}</code></pre></figure>`;
}

/** Blocks side by side where the page is wide enough: as many as find room, or fewer. */
export function columns(...blocks: readonly Html[]): Html {
  return html`<div class="columns">${blocks.map((block) => html`<div>${block}</div>\n`)}</div>`;
}

/** Text that can be opened: a solution, a long derivation. Closed, it is not printed. */
export function folded(summary: string, ...blocks: readonly Html[]): Html {
  return html`<details><summary>${summary}</summary>\n${blocks}</details>`;
}

/** A heading below that of the section, with what belongs to it. */
export function subsection(title: string, ...blocks: readonly Html[]): Html {
  return html`<section class="sub"><h3>${title}</h3>\n${blocks}</section>`;
}
