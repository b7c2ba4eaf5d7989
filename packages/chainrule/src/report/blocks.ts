/** The blocks of pages besides figures and tables: prose, lists, facts, key figures, code, and their arrangement. */
import { describe } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { checkOptions, flag } from "../tensor/options.ts";
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

/** A bulleted list, such as the statements on a run; no items give empty markup. */
export function list(items: readonly Child[]): Html {
  if (items.length === 0) return html``;
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A numbered list, such as the steps of an exercise. */
export function steps(items: readonly Child[]): Html {
  return html`<ol>${items.map((item) => html`<li>${item}</li>`)}</ol>`;
}

/**
 * A highlighted remark. A `warning` is for something that a reader must not miss, such as a run that diverged. It
 * begins with the word, so that its meaning does not depend on a colour.
 */
export function note(text: Child, kind: "note" | "warning" = "note"): Html {
  const word = kind === "note" ? "Note:" : "Warning:";
  return html`<div class="note ${kind}" role="note"><p><strong>${word}</strong> ${text}</p></div>`;
}

export interface KeyMetric {
  readonly name: string;
  /** The formatted value: "96.94 %". */
  readonly value: string;
  /** A few words below the value, such as "349 of 360". */
  readonly detail?: string;
}

/** The few numbers that a reader looks for first, in large type. */
export function keyMetrics(metrics: readonly KeyMetric[]): Html {
  const items = metrics.map(({ name, value, detail }) => {
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

/** Unchanged lines of code or output, with a name above. */
export function code(text: string, name?: string): Html {
  const caption = name !== undefined && html`<figcaption>${name}</figcaption>`;
  return html`<figure class="code">${caption}<pre tabindex="0"><code>${text}</code></pre></figure>`;
}

/**
 * A formula from MathML, on its own line or, with `inline`, in a sentence. KaTeX, Temml and MathJax make MathML from
 * LaTeX. The markup is taken as it is.
 * @throws ValueError for a text that is not one `<math>` element
 * @example formula("<math><mi>x</mi></math>", { inline: true }).markup; // <math><mi>x</mi></math>
 */
export function formula(mathml: string, options?: { readonly inline?: boolean }): Html {
  const { inline = false } = checkOptions("formula", options, { inline: flag });
  if (typeof mathml !== "string" || !/^<math[\s>][^]*<\/math>$/.test(mathml))
    throw new ValueError("formula", `takes MathML, <math>…</math>, got ${describe(mathml)}`);
  const markup = { markup: mathml };
  if (inline) return markup;
  return html`<div class="formula" tabindex="0" role="group" aria-label="formula">${markup}</div>`;
}

/** Blocks side by side, as many as fit the width of the page. */
export function columns(...blocks: readonly Html[]): Html {
  return html`<div class="columns">${blocks.map((block) => html`<div>${block}</div>\n`)}</div>`;
}

/** A text that can be opened, such as a solution or a long derivation. While closed it is not printed. */
export function folded(summary: string, ...blocks: readonly Html[]): Html {
  return html`<details><summary>${summary}</summary>\n${blocks}</details>`;
}

/** A heading below the section's, with its blocks. */
export function subsection(title: string, ...blocks: readonly Html[]): Html {
  return html`<section class="sub"><h3>${title}</h3>\n${blocks}</section>`;
}
