/**
 * A whole page in one file. It makes no requests. Its security policy allows one style sheet and the given scripts, by
 * their hashes.
 */
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
  /** The anchor, for links into the page; default: from the title. */
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
  /** The pages of a site, in order; the page without an address is this page. */
  readonly pages?: readonly { readonly title: string; readonly href?: string }[];
  /** The page's own scripts, run in order at its end. The policy allows only these, by their hashes. */
  readonly scripts?: readonly string[];
  /** The program that made the page, and the time. */
  readonly footer?: Child;
  /** Whether links to the sections stand below the lead; default: for four or more sections. */
  readonly contents?: boolean;
  /** The language of the texts; default `en`. */
  readonly language?: string;
}

/**
 * A page as one HTML text. It needs no network, and is readable in light and dark, on a phone and on paper.
 *
 * Blocks come from `prose`, `list`, `table`, `figure`, `lineFigure` and so on. The content security policy allows only
 * the scripts of `scripts` and the page's own style sheet; pictures may be `data:` addresses.
 * @throws ValueError for two sections with the same anchor, an invalid language tag, or a script that would end its
 * element
 * @example
 * const text = page({ title: "A & B", sections: [{ title: "First", blocks: [prose("Words.")] }] });
 * text.includes("<h1>A &amp; B</h1>"); // true
 */
export function page(options: PageOptions): string {
  const { title, kicker, lead = [], head = [], footer, language = "en", pages = [], scripts = [] } = options;
  if (!/^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/.test(language))
    throw new ValueError("page", `language must be a tag such as "en" or "de-AT", not "${language}"`);
  if (scripts.some((script) => /<[/!]|<script/i.test(script)))
    throw new ValueError(
      "page",
      "a script must not contain </, <! or <script, which end or hide its element",
    );
  const sections = anchored(options.sections);
  const contents = options.contents ?? sections.length >= 4;
  const paragraphs = (Array.isArray(lead) ? lead : [lead]) as readonly Child[];
  const above = kicker !== undefined && html`<p class="kicker">${kicker}</p>\n`;
  const body = html`<a class="skip" href="#content">Skip to the content</a>
${pages.length > 0 && siteOf(pages)}<header>
${above}<h1>${title}</h1>
${paragraphs.map((text) => html`<p class="lead">${text}</p>\n`)}</header>
${contents && contentsOf(sections)}<main id="content" tabindex="-1">
${head}
${sections.map(sectionOf)}</main>
${footer !== undefined && html`<footer><p>${footer}</p></footer>\n`}`;
  const programs = scripts.map((script) => ({ markup: `<script>${script}</script>\n` }));
  const style = pageStyle + sharedStyle(body.markup);
  const document = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${policy(style, scripts)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="referrer" content="no-referrer"/>
<title>${title}</title>
<link rel="icon" href="data:,"/>
<style>${{ markup: style }}</style>
</head>
<body>
${body}${programs}</body>
</html>
`;
  return permitted(document.markup);
}

type Anchored = Section & { readonly id: string };

function siteOf(pages: Required<PageOptions>["pages"]): Html {
  const links = pages.map(({ title, href }) =>
    href === undefined
      ? html`<li><span aria-current="page">${title}</span></li>`
      : html`<li><a href="${href}">${title}</a></li>`,
  );
  return html`<nav class="site" aria-label="Pages"><ul>${links}</ul></nav>\n`;
}

function contentsOf(sections: readonly Anchored[]): Html {
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<nav class="contents" aria-label="Contents"><ul>${links}</ul></nav>\n`;
}

function sectionOf({ id, title, blocks }: Anchored): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${blocks.map((block) => html`${block}\n`)}</section>
`;
}

/** Allows no loading; the style sheet and the page's own scripts are allowed by their hashes. */
function policy(style: string, scripts: readonly string[]): string {
  const run = scripts.length > 0 ? `script-src ${scripts.map(hashOf).join(" ")}; ` : "";
  return `default-src 'none'; ${run}style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
}

function hashOf(text: string): string {
  return `'sha256-${btoa(String.fromCharCode(...sha256(new TextEncoder().encode(text))))}'`;
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
