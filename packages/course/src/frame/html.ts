/** HTML of a page: self-contained, without network, with a policy that allows its own scripts alone. */
import { createHash } from "node:crypto";
import { marked } from "marked";
import type { Block, Figure, Page, Section, Table } from "./page.ts";
import { styleSheet } from "./style.ts";

export interface Link {
  readonly href: string;
  readonly name: string;
}

export interface Document {
  readonly title: string;
  /** Below the title. */
  readonly lead: string;
  readonly page: Page;
  /** To the other pages of the site; the page's own has no href. */
  readonly navigation: readonly (Link | { readonly name: string })[];
}

export function htmlOf({ title, lead, page, navigation }: Document): string {
  const scripts = page.sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => (block.kind === "interactive" ? [block.script] : []));
  const contents = page.sections.map(
    (section) => `<li><a href="#${idOf(section.title)}">${escape(section.title)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${styleSheet}</style>
</head>
<body>
<nav aria-label="Pages">${navigation.map(navigationItem).join("")}</nav>
<main>
<h1>${escape(title)}</h1>
<p class="lead">${escape(lead)}</p>
${contents.length > 1 ? `<details class="contents"><summary>Contents</summary><ul>${contents.join("")}</ul></details>` : ""}
${page.sections.map(sectionOf).join("\n")}
</main>
</body>
</html>
`;
}

/** Nothing from elsewhere; of scripts, those whose text has these hashes. */
function policy(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  const own = hashes.length > 0 ? `; script-src ${hashes.join(" ")}` : "";
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'${own}`;
}

function navigationItem(item: Link | { readonly name: string }): string {
  return "href" in item
    ? `<a href="${escape(item.href)}">${escape(item.name)}</a>`
    : `<span aria-current="page">${escape(item.name)}</span>`;
}

function sectionOf({ title, blocks }: Section): string {
  return `<section id="${idOf(title)}"><h2>${escape(title)}</h2>\n${blocks.map(blockOf).join("\n")}</section>`;
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case "text":
      return markdown(block.markdown);
    case "figures":
      return `<div class="figures">${block.figures.map(figureOf).join("")}</div>`;
    case "table":
      return tableOf(block.table);
    case "note":
      return `<p class="note" role="note">${escape(block.text)}</p>`;
    case "interactive":
      return `<div class="interactive">${block.html}</div><script>${block.script}</script>`;
  }
}

function figureOf({ svg, caption, table }: Figure): string {
  const numbers =
    table === undefined ? "" : `<details><summary>The numbers</summary>${tableOf(table)}</details>`;
  return `<figure>${svg}<figcaption>${escape(caption)}</figcaption>${numbers}</figure>`;
}

function tableOf({ caption, head, rows }: Table): string {
  const cell = (value: string | number): string =>
    typeof value === "number" ? `<td class="number">${String(value)}</td>` : `<td>${escape(value)}</td>`;
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escape(caption)}"><table><caption>${escape(caption)}</caption>` +
    `<thead><tr>${head.map((name) => `<th scope="col">${escape(name)}</th>`).join("")}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</tbody></table></div>`
  );
}

/** Headings go down by one or two, since the page has its own; wide tables and code scroll. */
function markdown(source: string): string {
  return (marked.parse(source, { async: false }) as string)
    .replace(/<(\/?)h([1-4])>/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 2}>`)
    .replace(/<table>/g, '<div class="scroll" tabindex="0"><table>')
    .replace(/<\/table>/g, "</table></div>")
    .replace(/<pre>/g, '<pre tabindex="0">');
}

export function idOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

export function escape(value: string): string {
  return value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
