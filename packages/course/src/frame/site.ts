/** The course site: a page for each practical and one that leads to them. */
import { writeFileAtomic } from "chainrule/node";
import { findDataset } from "chainrule/node";
import type { Environment, FoundDataset } from "chainrule/node";
import { DataError } from "chainrule";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadPractical } from "../practicals.ts";
import { courseFile, pointsOf } from "./files.ts";
import { htmlOf } from "./html.ts";
import type { Link } from "./html.ts";
import { note, text } from "./page.ts";
import type { Page, Section } from "./page.ts";
import type { Practical, ReportContext } from "./practical.ts";

export interface SiteOptions {
  readonly quick: boolean;
  /** The folder that the pages are written to; made where it is not. */
  readonly out: string;
  readonly environment?: Environment;
  readonly progress?: (text: string) => void;
}

/** Writes the pages of some practicals and an index; returns the paths of the files. */
export async function writeSite(names: readonly string[], options: SiteOptions): Promise<string[]> {
  const { out, quick, environment = process.env, progress = () => {} } = options;
  const practicals = await Promise.all(names.map(loadPractical));
  const context: ReportContext = { quick, environment, progress, mnist: mnistOf(environment) };
  // nothing is written before every page is there
  const pages: [string, string][] = [];
  for (const practical of practicals) {
    progress(`${practical.name} …`);
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

async function practicalPage(
  practical: Practical,
  all: readonly Practical[],
  context: ReportContext,
): Promise<string> {
  const report = await practical.report(context);
  const [, ...task] = courseFile(practical.name, "README.md").split("\n");
  const page: Page = {
    sections: [
      { title: "The task", blocks: [text(task.join("\n"))] },
      ...report.sections,
      answers(practical),
    ],
  };
  const navigation = [
    { href: "index.html", name: "The course" },
    ...all.map(({ name, title }) =>
      name === practical.name ? { name: title } : { href: `${name}.html`, name: title },
    ),
  ];
  return htmlOf({ title: practical.title, lead: practical.summary, page, navigation });
}

/** questions.md without its title. */
function answers({ name }: Practical): Section {
  const [, ...lines] = courseFile(name, "questions.md").split("\n");
  return { title: "Questions and model answers", blocks: [text(lines.join("\n"))] };
}

function indexPage(practicals: readonly Practical[], quick: boolean): string {
  const items = practicals.map(({ name, title, summary }) => {
    const points = Object.values(pointsOf(name)).reduce((sum, one) => sum + one, 0);
    return `### [${title}](${name}.html)\n\n${summary} ${points} points. \`chainrule practical start ${name}\`\n`;
  });
  const links: (Link | { name: string })[] = [
    { name: "The course" },
    ...practicals.map(({ name, title }) => ({ href: `${name}.html`, name: title })),
  ];
  const how = text(
    "Each practical has a skeleton to fill in, checks that give points, and a page with what is to be seen when it is done. " +
      "`chainrule practical start NAME` writes the skeleton, `chainrule practical check NAME` marks it.",
  );
  const small = note(
    "These pages were built with --quick: fewer seeds, epochs and rows. The full ones take longer and show the same things.",
  );
  const page: Page = {
    sections: [
      { title: "How it works", blocks: quick ? [how, small] : [how] },
      { title: "The practicals", blocks: [text(items.join("\n"))] },
    ],
  };
  return htmlOf({
    title: "Chainrule: the practicals",
    lead: "Deep learning by hand first, and with modules later.",
    page,
    navigation: links,
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
