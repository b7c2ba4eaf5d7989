/** A whole page in one file: no script, no request, one style sheet that its security policy names by hash. */
import { sha256 } from "@noble/hashes/sha2.js";
import { ValueError } from "../tensor/errors.ts";
import { sharedStyle } from "../plots/embed.ts";
import { permitted } from "../plots/svg.ts";
import { html, slug } from "./html.ts";
import type { Child, Html } from "./html.ts";
import { pageStyle } from "./style.ts";

export interface Section {
  readonly title: string;
  readonly blocks: readonly Html[];
  /** The anchor, for links into the page; from the title unless given. */
  readonly id?: string;
}

export interface PageOptions {
  readonly title: string;
  /** A few words above the title, such as the name of a course. */
  readonly kicker?: Child;
  /** Paragraphs below the title. */
  readonly lead?: Child | readonly Child[];
  /** Blocks before the first section, such as key figures. */
  readonly head?: readonly Html[];
  readonly sections: readonly Section[];
  /** What made the page, and when. */
  readonly footer?: Child;
  /** Links to the sections below the lead; where there are four or more unless said otherwise. */
  readonly contents?: boolean;
  /** The language of the texts, `en` unless given. */
  readonly language?: string;
}

/**
 * A page as one HTML text: opened from a disk it needs no network, in light and dark, on a phone and on paper.
 *
 * Blocks come from `prose`, `list`, `table`, `figure`, `lineFigure` and so on. There is no script, and the content security policy
 * allows none, nor any style but the page's own; pictures may be `data:` addresses.
 * @throws ValueError for two sections with one anchor, or a language that is none
 * @example
 * const text = page({ title: "A & B", sections: [{ title: "First", blocks: [prose("Words.")] }] });
 * text.includes("<h1>A &amp; B</h1>"); // true
 */
export function page(options: PageOptions): string {
  const { title, kicker, lead = [], head = [], footer, language = "en" } = options;
  if (!/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/.test(language))
    throw new ValueError("page", `language must be a tag such as "en" or "de-AT", not "${language}"`);
  const sections = anchored(options.sections);
  const contents = options.contents ?? sections.length >= 4;
  const paragraphs = (Array.isArray(lead) ? lead : [lead]) as readonly Child[];
  const above = kicker !== undefined && html`<p class="kicker">${kicker}</p>\n`;
  const body = html`<a class="skip" href="#content">Skip to the content</a>
<header>
${above}<h1>${title}</h1>
${paragraphs.map((text) => html`<p class="lead">${text}</p>\n`)}</header>
${contents && contentsOf(sections)}<main id="content" tabindex="-1">
${head}
${sections.map(sectionOf)}</main>
${footer !== undefined && html`<footer><p>${footer}</p></footer>\n`}`;
  const style = pageStyle + sharedStyle(body.markup);
  const document = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${policy(style)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="referrer" content="no-referrer"/>
<title>${title}</title>
<link rel="icon" href="data:,"/>
<style>${{ markup: style }}</style>
</head>
<body>
${body}</body>
</html>
`;
  return permitted(document.markup);
}

type Anchored = Section & { readonly id: string };

function contentsOf(sections: readonly Anchored[]): Html {
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<nav aria-label="Contents"><ul>${links}</ul></nav>\n`;
}

function sectionOf({ id, title, blocks }: Anchored): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${blocks.map((block) => html`${block}\n`)}</section>
`;
}

/** Nothing may be loaded or run; the one style sheet is known by its hash. */
function policy(style: string): string {
  const hash = btoa(String.fromCharCode(...sha256(new TextEncoder().encode(style))));
  return `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

function anchored(sections: readonly Section[]): Anchored[] {
  const taken = new Set(["content"]);
  return sections.map((section, i) => {
    let id = section.id ?? (slug(section.title) || `section-${i + 1}`);
    if (section.id !== undefined && taken.has(id))
      throw new ValueError("page", `two sections have the anchor "${id}"; give one of them another id`);
    if (section.id === undefined) for (let k = 2, stem = id; taken.has(id); k++) id = `${stem}-${k}`;
    taken.add(id);
    return { ...section, id };
  });
}
