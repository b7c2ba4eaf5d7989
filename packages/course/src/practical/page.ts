/**
 * A practical's page: `page.md`, a Markdown document with marks, and `figures.ts`, whose functions fill them.
 *
 *     ## Title                          a section of the page
 *     $\eta$   $$w - \eta g$$           mathematics in LaTeX, inside a line or as a line of its own; also in README.md and questions.md
 *     {{name}}                          a number or a few words, as Markdown
 *     {{if name}} … {{else}} … {{end}}  one text or the other; `{{else}} …` may be missing
 *     {{figure name}} A caption.        a figure
 *     {{table name}}                    a table, or another block without a caption
 *     {{picture name}}                  the figure that stands for the practical in the index; once, before the first section
 *
 * Figures and tables begin a line. Those of consecutive lines stand side by side; a single figure stands beside the text above it.
 * A function gets the results of the practical's runs, and returns what its mark needs: a block, a text or number, or a boolean.
 * A mark without a function and a function without a mark are errors.
 */
import { ValueError } from "chainrule";
import { columns } from "chainrule/report";
import type { FigureText, Html, Section } from "chainrule/report";
import { Marked } from "marked";
import type { Token, Tokens } from "marked";
import { courseFile } from "./files.ts";
import { latexFormula } from "./formula.ts";
import type { ReportContext } from "./practical.ts";

export interface Page {
  readonly sections: readonly Section[];
  /** The drawing for the index. */
  readonly picture: Html;
  /** Scripts of the page; they find their elements by id. */
  readonly scripts: readonly string[];
}

/** A block that a script of its own brings to life. */
export interface Interactive {
  readonly html: Html;
  readonly script: string;
}

/** What fills a mark. `text` holds the caption of a figure. */
export type Fill<Results> = (
  results: Results,
  text: FigureText,
) => Html | Interactive | string | number | boolean;
export type Fills<Results> = Readonly<Record<string, Fill<Results>>>;

/** The report of a practical: computes the results and fills the marks of its page.md. */
export function pageOf<Results>(
  name: string,
  resultsOf: (context: ReportContext) => Results | Promise<Results>,
  fills: Fills<Results>,
): (context: ReportContext) => Promise<Page> {
  return async (context) => {
    const source = courseFile(name, "page.md");
    checkMarks(source, Object.keys(fills));
    return filled(source, fills, await resultsOf(context));
  };
}

/** A mark: one word, or one of the keywords and a word. */
const mark = /\{\{(.*?)\}\}/g;
const condition = /\{\{if (\w+)\}\}([^]*?)(?:\{\{else\}\}([^]*?))?\{\{end\}\}/g;

/** @throws ValueError for a mark that cannot be read, one without a function, and a function without a mark */
export function checkMarks(source: string, names: readonly string[]): void {
  const faults: string[] = [];
  const used = new Set<string>();
  const unread = source.replace(
    condition,
    (_, name: string, yes: string, no = "") => `{{${name}}}${yes}${no}`,
  );
  for (const [whole, inside] of unread.matchAll(mark)) {
    const [, name] = /^(?:(?:figure|table|picture) )?(\w+)$/.exec(inside) ?? [];
    if (name === undefined || ["if", "else", "end"].includes(name)) faults.push(`${whole} cannot be read`);
    else if (!names.includes(name)) faults.push(`${whole} has no function`);
    else used.add(name);
  }
  faults.push(...names.filter((name) => !used.has(name)).map((name) => `nothing shows ${name}`));
  if (faults.length > 0) throw new ValueError("page.md", faults.join("; "));
}

/** The page with every mark replaced. */
export function filled<Results>(source: string, fills: Fills<Results>, results: Results): Page {
  const scripts: string[] = [];
  const block = (name: string, text: FigureText): Html => {
    const made = fills[name](results, text);
    if (typeof made !== "object") throw new ValueError("page.md", `${name} is not a figure or table`);
    if (!("script" in made)) return made;
    scripts.push(made.script);
    return made.html;
  };
  const word = (name: string): string => {
    const made = fills[name](results, {});
    if (typeof made !== "string" && typeof made !== "number")
      throw new ValueError("page.md", `${name} is neither a text nor a number`);
    return String(made);
  };
  const text = source
    .replace(condition, (_, name: string, yes: string, no = "") => {
      const made = fills[name](results, {});
      if (typeof made !== "boolean") throw new ValueError("page.md", `${name} is not a condition`);
      return made ? yes : no;
    })
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => word(name));
  const [head, ...parts] = text.split(/^## /m);
  const pictured = /\{\{picture (\w+)\}\}/.exec(head);
  if (!pictured) throw new ValueError("page.md", "{{picture name}} is missing before the first section");
  const [drawing] = /<svg[^]*<\/svg>(?=\s*<figcaption)/.exec(block(pictured[1], {}).markup)!;
  const sections = parts.map((part): Section => {
    const end = part.indexOf("\n");
    return { title: part.slice(0, end).trim(), blocks: blocksOf(part.slice(end + 1), block) };
  });
  return { sections, picture: { markup: drawing }, scripts };
}

/** The blocks of a section. */
function blocksOf(source: string, block: (name: string, text: FigureText) => Html): Html[] {
  const blocks: Html[] = [];
  let above: Token[] = [];
  const flush = (): Html[] => {
    const text = above.some(({ type }) => type !== "space") ? [parsed(above)] : [];
    above = [];
    return text;
  };
  for (const token of marked.lexer(source)) {
    if (token.type !== "paragraph" || !/^\{\{(figure|table) /.test(token.raw)) {
      above.push(token);
      continue;
    }
    const row = token.raw.split(/^(?=\{\{(?:figure|table) )/m).map((one) => {
      const [, kind, name, caption] = /^\{\{(figure|table) (\w+)\}\}([^]*)$/.exec(one.trim())!;
      return { kind, html: block(name, caption.trim() === "" ? {} : { caption: inline(caption.trim()) }) };
    });
    const beside = row.length === 1 && row[0].kind === "figure";
    if (!beside) blocks.push(...flush());
    const side = [...flush(), ...row.map(({ html }) => html)];
    blocks.push(...(side.length > 1 ? [columns(...side)] : side));
  }
  return [...blocks, ...flush()];
}

// ---- Markdown ----------------------------------------------------------------------------------------------------------

const math = (name: string, level: "block" | "inline", start: RegExp, pattern: RegExp) => ({
  name,
  level,
  start: (source: string) => source.search(start),
  tokenizer(source: string) {
    const match = pattern.exec(source);
    return match ? { type: name, raw: match[0], latex: match[1] } : undefined;
  },
  renderer: ({ latex }: Tokens.Generic) =>
    latexFormula(latex as string, { inline: level === "inline" }).markup,
});

const marked = new Marked({
  extensions: [
    math("display", "block", /^\$\$/m, /^\$\$([^$]+)\$\$[^\S\n]*(?:\n+|$)/),
    math("math", "inline", /\$/, /^\$([^$]+)\$/),
  ],
});

/** Headings become one level smaller, since the section has one; tables and code scroll where they are wide. */
function parsed(tokens: Token[]): Html {
  const markup = marked
    .parser(tokens)
    .replace(/<(\/?)h([1-4])>/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 1}>`)
    .replace(/<table>/g, '<div class="scroll" tabindex="0"><table>')
    .replace(/<\/table>/g, "</table></div>")
    .replace(/<pre>/g, '<figure class="code"><pre tabindex="0">')
    .replace(/<\/pre>/g, "</pre></figure>");
  return { markup };
}

/** Markdown as one block. */
export function markdown(source: string): Html {
  return parsed(marked.lexer(source));
}

function inline(source: string): Html {
  return { markup: marked.parseInline(source, { async: false }) as string };
}
