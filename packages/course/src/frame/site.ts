/** The course site: a page for each practical and one that leads to them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "chainrule";
import { findDataset, writeFileAtomic } from "chainrule/node";
import type { Environment, FoundDataset } from "chainrule/node";
import { note, page } from "chainrule/report";
import { loadPractical } from "../practicals.ts";
import { courseFile, pointsOf } from "./files.ts";
import { markdown } from "./page.ts";
import type { Practical, ReportContext } from "./practical.ts";

export interface SiteOptions {
  readonly quick: boolean;
  /** The folder that the pages are written to; made where it is not. */
  readonly out: string;
  readonly environment?: Environment;
  /** Told what is being done, for who waits. */
  readonly progress?: (text: string) => void;
}

/** Writes the pages of some practicals and an index; returns the paths of the files. */
export async function writeSite(names: readonly string[], options: SiteOptions): Promise<string[]> {
  const { out, quick, environment = process.env, progress = () => {} } = options;
  const practicals = await Promise.all(names.map(loadPractical));
  const context: ReportContext = { quick, environment, progress, mnist: mnistOf(environment) };
  // nothing is written before every page is there
  const pages: [file: string, html: string][] = [];
  for (const practical of practicals) {
    progress(practical.name);
    pages.push([`${practical.name}.html`, await practicalPage(practical, practicals, context)]);
  }
  pages.push(["index.html", indexPage(practicals, quick)]);
  mkdirSync(out, { recursive: true });
  return pages.map(([file, html]) => {
    const path = join(out, file);
    writeFileAtomic(path, html);
    return path;
  });
}

const footer =
  "Made by chainrule practical report. The numbers on these pages were computed when they were made.";
const quickNote = note("Built with --quick: fewer seeds, epochs and rows. The full pages take longer.");

/** Links to all pages; the one at hand has no address. */
const links = (practicals: readonly Practical[], own?: Practical) => [
  { title: "The course", ...(own && { href: "index.html" }) },
  ...practicals.map((one) => ({ title: one.title, ...(one !== own && { href: `${one.name}.html` }) })),
];

async function practicalPage(
  practical: Practical,
  all: readonly Practical[],
  context: ReportContext,
): Promise<string> {
  const report = await practical.report(context);
  return page({
    title: practical.title,
    kicker: "A practical of the course",
    lead: practical.summary,
    pages: links(all, practical),
    head: context.quick ? [quickNote] : [],
    sections: [
      { title: "The task", blocks: [markdown(withoutTitle(courseFile(practical.name, "README.md")))] },
      ...report.sections,
      {
        title: "Questions and model answers",
        blocks: [markdown(withoutTitle(courseFile(practical.name, "questions.md")))],
      },
    ],
    scripts: report.scripts,
    footer,
  });
}

/** A Markdown page without its first line, which is the title. */
function withoutTitle(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}

function indexPage(practicals: readonly Practical[], quick: boolean): string {
  const sections = practicals.map((one) => {
    const points = Object.values(pointsOf(one.name)).reduce((sum, worth) => sum + worth, 0);
    const text = `${one.summary} ${points} points.\n\n[To the page](${one.name}.html), or begin: \`chainrule practical start ${one.name}\``;
    return { title: one.title, blocks: [markdown(text)] };
  });
  return page({
    title: "The practicals",
    lead: [
      "Deep learning by hand first, and with modules later.",
      "Each practical has a skeleton to fill in, checks that give points function by function, and a page with what is to be " +
        "seen when it is done.",
    ],
    pages: links(practicals),
    head: quick ? [quickNote] : [],
    sections,
    contents: false,
    footer,
  });
}

/** MNIST where it lies on this machine, looked for once. */
function mnistOf(environment: Environment): () => Promise<FoundDataset | undefined> {
  let found: Promise<FoundDataset | undefined> | undefined;
  return () =>
    (found ??= findDataset("mnist", { download: false, environment }).catch((error: unknown) => {
      if (error instanceof DataError) return undefined;
      throw error;
    }));
}
