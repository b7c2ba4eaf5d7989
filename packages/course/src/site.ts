/** The course site: a page for each practical and one that leads to them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DataError, findDataset, writeFileAtomic } from "chainrule/node";
import type { Environment, FoundDataset } from "chainrule/node";
import { columns, html, note, page } from "chainrule/report";
import type { Html } from "chainrule/report";
import { practicalNamed } from "./practicals.ts";
import { courseFile, pointsOf } from "./practical/files.ts";
import { markdown } from "./practical/page.ts";
import type { Page } from "./practical/page.ts";
import type { Practical, ReportContext } from "./practical/practical.ts";

export interface SiteOptions {
  readonly quick: boolean;
  /** The folder that the pages are written to; it is made if missing. */
  readonly out: string;
  readonly environment?: Environment;
  /** Called with a line about what is being computed. */
  readonly progress?: (text: string) => void;
}

/** Writes the pages of some practicals and an index; returns the paths of the files. */
export async function writeSite(names: readonly string[], options: SiteOptions): Promise<string[]> {
  const { out, quick, environment = process.env, progress = () => {} } = options;
  const practicals = names.map(practicalNamed);
  const context: ReportContext = { quick, environment, progress, mnist: mnistOf(environment) };
  // nothing is written before every page is there
  const files: [file: string, html: string][] = [];
  const cards: Html[] = [];
  for (const practical of practicals) {
    progress(practical.name);
    const made = await practical.report(context);
    files.push([`${practical.name}.html`, practicalPage(practical, practicals, made, quick)]);
    cards.push(cardOf(practical, made));
  }
  files.push(["index.html", indexPage(practicals, cards, quick)]);
  mkdirSync(out, { recursive: true });
  return files.map(([file, text]) => {
    const path = join(out, file);
    writeFileAtomic(path, text);
    return path;
  });
}

const footer =
  "Made by chainrule practical report. The numbers on these pages were computed when they were made.";
const quickNote = note("Built with --quick: fewer seeds, epochs and rows. The full pages take longer.");

/** Links to all pages; the page that is being made has no address. */
const links = (practicals: readonly Practical[], own?: Practical) => [
  { title: "The course", ...(own && { href: "index.html" }) },
  ...practicals.map((one) => ({ title: one.title, ...(one !== own && { href: `${one.name}.html` }) })),
];

function practicalPage(practical: Practical, all: readonly Practical[], made: Page, quick: boolean): string {
  const document = (file: "README.md" | "questions.md"): Html =>
    markdown(withoutTitle(courseFile(practical.name, file)));
  return page({
    title: practical.title,
    kicker: "A practical of the course",
    lead: practical.summary,
    pages: links(all, practical),
    head: quick ? [quickNote] : [],
    sections: [
      { title: "The task", blocks: [document("README.md")] },
      ...made.sections,
      { title: "Questions and model answers", blocks: [document("questions.md")] },
    ],
    scripts: made.scripts,
    footer,
  });
}

/** A Markdown page without its first line, which is the title. */
function withoutTitle(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}

/** A practical in the index: a picture, what one does in it, and how it begins. */
function cardOf({ name, title, summary }: Practical, { picture }: Page): Html {
  const points = Object.values(pointsOf(name)).reduce((sum, worth) => sum + worth, 0);
  return html`<h2><a href="${name}.html">${title}</a></h2>
<figure>${picture}</figure>
<p>${summary} ${points} points.</p>
<p>To begin: <code>chainrule practical start ${name}</code></p>`;
}

function indexPage(practicals: readonly Practical[], cards: readonly Html[], quick: boolean): string {
  return page({
    title: "The practicals",
    lead: [
      "Deep learning by hand first, and with modules later.",
      "Each practical has a skeleton to fill in, checks that give points for each function, and a page that shows what the " +
        "finished practical makes visible.",
    ],
    pages: links(practicals),
    head: [...(quick ? [quickNote] : []), columns(...cards)],
    sections: [],
    footer,
  });
}

/** Finds MNIST on this machine, once. */
function mnistOf(environment: Environment): () => Promise<FoundDataset | undefined> {
  let found: Promise<FoundDataset | undefined> | undefined;
  return () =>
    (found ??= findDataset("mnist", { download: false, environment }).catch((error: unknown) => {
      if (error instanceof DataError) return undefined;
      throw error;
    }));
}
