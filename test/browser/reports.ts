/**
 * Opens reports of every kind of run from disk. No report makes a request, logs an error, violates a rule of axe, or is
 * wider than the page.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";

export type Check = (what: string, holds: () => Promise<boolean | string>) => Promise<void>;

interface Kind {
  readonly name: string;
  readonly flags: string;
  /** Headings that the report has. */
  readonly sections: readonly string[];
  readonly figures: number;
  readonly exit?: number;
  /** A file to train on, whose path follows the flags. */
  readonly csv?: string;
}

/** A table with a column of numbers, a column of words, and a target that depends on both. */
function csvOf(header: string, made: (x: number, plot: string) => string): string {
  const rows = Array.from({ length: 90 }, (_, i) => {
    const [x, plot] = [((i * 37) % 90) / 10, ["north", "south", "east"][i % 3]];
    return `${x},${plot},${made(x, plot)}`;
  });
  return [header, ...rows, ""].join("\n");
}

const kinds: readonly Kind[] = [
  {
    name: "circles",
    flags: "--data circles --epochs 30",
    sections: ["Learning curves", "Decision boundary", "Classes", "Worst mistakes"],
    figures: 5,
  },
  {
    name: "digits",
    flags: "--data digits --epochs 5",
    sections: ["Learning curves", "Classes", "Worst mistakes", "Weights"],
    figures: 6,
  },
  {
    name: "mnist",
    flags: "--data mnist --net 784-16-10 --epochs 1",
    sections: ["Learning curves", "Classes", "Worst mistakes", "Weights"],
    figures: 6,
  },
  {
    name: "a CSV of classes",
    flags: "--epochs 20 --validation 20 --data",
    csv: csvOf("height,plot,kind", (x, plot) =>
      x > 6 ? "tall & <old>" : plot === "south" ? "small" : "medium",
    ),
    sections: ["Learning curves", "Classes", "Worst mistakes"],
    figures: 4,
  },
  {
    name: "a regression on a CSV",
    flags: "--epochs 20 --data",
    csv: csvOf("height,plot,yield", (x, plot) => String(100 * x + (plot === "south" ? 250 : 0))),
    sections: ["Learning curves", "Predictions"],
    figures: 5,
  },
  {
    name: "a curve through points",
    flags: "--data bump --epochs 20",
    sections: ["Learning curves", "Predictions"],
    figures: 6,
  },
  {
    name: "a run that diverged",
    // The learning rate is too large: the error grows from epoch to epoch until float32 overflows.
    flags: "--data line --net 1-1 --optimizer sgd --lr 5 --epochs 300 --batch full",
    sections: ["Learning curves"],
    figures: 3,
    exit: 1,
  },
];

/** The command line, as users start it. */
export const bin = join(import.meta.dirname, "../../packages/cli/bin/chainrule.js");
const mostBytes = 2_000_000;

export async function checkReports(browser: Browser, check: Check): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-reports-"));
  try {
    for (const [i, kind] of kinds.entries()) {
      if (kind.name === "mnist" && process.env.CHAINRULE_DATA === undefined) {
        console.log("skipped: the report on MNIST (CHAINRULE_DATA names no folder)");
        continue;
      }
      await checkKind(browser, check, kind, join(folder, String(i)));
    }
    await checkPlanted(browser, check);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkKind(browser: Browser, check: Check, kind: Kind, out: string): Promise<void> {
  const { name, flags, sections, figures, exit = 0, csv } = kind;
  const file = join(out, "report.html");
  const words = flags.split(" ");
  if (csv !== undefined) {
    words.push(`${out}.csv`);
    writeFileSync(`${out}.csv`, csv);
  }
  await check(`${name}: the run leaves a report of less than 2 MB`, async () => {
    const { status, stderr } = spawnSync(process.execPath, [bin, "train", ...words, "--out", out, "--quiet"]);
    if (status !== exit) return `exit ${status}: ${stderr.toString()}`;
    return statSync(file).size < mostBytes || `${statSync(file).size} bytes`;
  });
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [1280, 360])
      await check(`${name}, ${colorScheme}, ${width} wide: whole, silent and accessible`, async () => {
        const context = await browser.newContext({
          colorScheme,
          viewport: { width, height: 800 },
          offline: true,
        });
        try {
          const page = await context.newPage();
          const faults = await faultsOf(page, pathToFileURL(file).href);
          const headings = await page.locator("h2").allTextContents();
          for (const heading of sections)
            if (!headings.includes(heading)) faults.push(`no section "${heading}"`);
          const found = await page.locator("svg.chainrule-plot").count();
          if (found !== figures) faults.push(`${found} figures, not ${figures}`);
          return faults.length === 0 || faults.join("; ");
        } finally {
          await context.close();
        }
      });
}

/**
 * The faults of a page: logged messages, requests, horizontal scrolling, and violations that axe finds. Each entry of
 * `opened` is a run of axe, with all tables closed or open.
 */
export async function faultsOf(
  page: Page,
  address: string,
  opened: readonly boolean[] = [false, true],
): Promise<string[]> {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:"))
      faults.push(`asks for ${request.url()}`);
  });
  await page.goto(address);
  const wider = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  if (wider > 0) faults.push(`${wider} pixels wider than the page`);
  // Evaluated from outside, where the page's security policy does not apply.
  await page.evaluate(axe.source);
  for (const open of opened) {
    if (open) await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
    for (const { id, nodes } of violations) faults.push(`axe: ${id}: ${nodes[0].html.slice(0, 120)}`);
  }
  return faults;
}

/** A page with planted faults, which the checks must find. */
async function checkPlanted(browser: Browser, check: Check): Promise<void> {
  await check("planted faults in a page are found", async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
    const planted =
      `<!doctype html><title>t</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'">` +
      `<p style="width:999px">wide</p><img src="https://example.invalid/a.png"><svg role="img" width="9" height="9"></svg>`;
    const faults = (await faultsOf(page, `data:text/html,${encodeURIComponent(planted)}`)).join("\n");
    await page.close();
    const missing = [/console: .*style/, /axe: html-has-lang/, /axe: image-alt/, /axe: svg-img-alt/].filter(
      (one) => !one.test(faults),
    );
    return missing.length === 0 || `not found: ${missing.join(", ")} in ${faults}`;
  });
}
