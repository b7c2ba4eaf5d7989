/**
 * Makes the README's picture of a report: trains on the digits and takes a screenshot of the top of report.html. npx
 * node --conditions=chainrule-source scripts/report-picture.ts [file.png]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { root, run } from "./command.ts";

const file = process.argv[2] ?? join(root, "docs/report.png");
const executablePath = process.env.CHAINRULE_CHROMIUM ?? "/usr/bin/chromium";

const folder = mkdtempSync(join(tmpdir(), "chainrule-picture-"));
try {
  const out = join(folder, "run");
  run("node", [join(root, "packages/cli/bin/chainrule.js"), "train", "--quiet", "--out", out]);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 }, colorScheme: "light" });
  await page.goto(pathToFileURL(join(out, "report.html")).href);
  // The head, the curves of loss and accuracy, and the first lines after them.
  const below = await page.locator("section figure").first().boundingBox();
  await page.screenshot({
    path: file,
    clip: { x: 0, y: 0, width: 1200, height: Math.ceil((below?.y ?? 0) + (below?.height ?? 900)) },
    fullPage: true,
  });
  await browser.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${file}: ${Math.round(statSync(file).size / 1000)} kB`);
