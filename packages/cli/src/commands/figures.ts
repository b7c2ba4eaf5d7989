/** `chainrule figures`: the figures of a page as files of their own, for slides and papers. */
import { statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { createFolder, FileError, readBytes, writeFileAtomic } from "chainrule/node";
import { UsageError, inTheWay } from "../failure.ts";
import { png } from "../png.ts";
import { numberThat, oneOf, path } from "../values.ts";

const formats = ["png", "svg"] as const;

export function figuresCommand() {
  return new Command("figures")
    .description("Take the figures out of a page that chainrule wrote, or draw a figure as pixels.")
    .argument(
      "<file>",
      "a report.html or the run folder it is in, another page of chainrule, or an SVG figure",
    )
    .option("--out <folder>", "where to (default: a folder named after the page, here)", path)
    .option("--format <kind>", formats.join(" "), oneOf(formats), "png" as const)
    .option(
      "--scale <n>",
      "pixels for a unit of the figure, which is 400 units wide",
      numberThat((value) => value >= 0.25 && value <= 10, "from 0.25 to 10"),
      2,
    )
    .option("--json", "one JSON object, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText(
      "after",
      `
Examples:
  chainrule figures runs/digits-1/report.html
  chainrule figures course/descent.html --out slides --scale 3
`,
    )
    .action(run);
}

interface FigureFlags {
  readonly out?: string;
  readonly format: (typeof formats)[number];
  readonly scale: number;
  readonly json?: true;
}

async function run(given: string, flags: FigureFlags): Promise<void> {
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = isFolder ? join(given, "report.html") : given;
  const found = figuresOf(new TextDecoder().decode(readBytes(file)));
  if (found.length === 0)
    throw new UsageError(
      `${file} has no figures of chainrule; give a report.html, or an SVG that a plot made`,
    );
  const drawn = await Promise.all(
    found.map(async ({ name, svg }) => ({
      name: `${name}.${flags.format}`,
      content: flags.format === "png" ? await png(svg, flags.scale) : svg,
    })),
  );
  const out = flags.out ?? `${basename(file, extname(file))}-figures`;
  const folder = newFolder(out);
  try {
    for (const { name, content } of drawn) writeFileAtomic(join(out, name), content);
  } catch (error) {
    folder.discard();
    throw error;
  }
  folder.keep();
  const names = drawn.map(({ name }) => join(out, name));
  process.stdout.write(
    flags.json ? `${JSON.stringify({ event: "figures", file, figures: names })}\n` : `${names.join("\n")}\n`,
  );
}

function newFolder(out: string) {
  try {
    return createFolder(out);
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(`--out: ${inTheWay(error)}`);
    throw error;
  }
}

/** The drawings in a page, named by their titles; a figure holds further `<svg>` elements. */
export function figuresOf(page: string): { readonly name: string; readonly svg: string }[] {
  const found: { name: string; svg: string }[] = [];
  const taken = new Set<string>();
  const tags = /<svg\b[^>]*>|<\/svg>/g;
  let depth = 0;
  let start = -1;
  for (const { 0: tag, index } of page.matchAll(tags)) {
    if (tag.startsWith("</")) {
      depth--;
      if (depth > 0 || start < 0) continue;
      const svg = page.slice(start, index + tag.length);
      start = -1;
      const title = /<title>(.*?)<\/title>/s.exec(svg)?.[1] ?? "";
      found.push({ name: freeName(title, taken), svg: `${svg}\n` });
    } else if (!tag.endsWith("/>")) {
      if (depth === 0 && tag.includes("chainrule-plot")) start = index;
      depth++;
    }
  }
  return found;
}

/** Words of a title with dashes, and a number behind those that come again. */
function freeName(title: string, taken: Set<string>): string {
  const words =
    title
      .replaceAll(/&\w+;/g, " ")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const stem = words.join("-").slice(0, 60) || "figure";
  let name = stem;
  for (let n = 2; taken.has(name); n++) name = `${stem}-${n}`;
  taken.add(name);
  return name;
}
