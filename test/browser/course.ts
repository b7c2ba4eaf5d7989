/**
 * Opens the course's pages from disk, made with small budgets. No page makes a request, logs a message, violates a rule
 * of axe, is wider than the screen, or hides what does not fit.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { practicalNames } from "../../packages/course/src/practicals.ts";
import { bin, faultsOf } from "./reports.ts";
import type { Check } from "./reports.ts";

/** `CHAINRULE_COURSE` names a folder with the pages, if they are made already. */
export async function checkCourse(browser: Browser, check: Check): Promise<void> {
  const made = mkdtempSync(join(tmpdir(), "chainrule-course-"));
  const { CHAINRULE_COURSE: given } = process.env;
  const folder = given ?? made;
  try {
    const words = ["practical", "report", "--all", "--quick", "--out", folder];
    const expected = ["index.html", ...practicalNames.map((name) => `${name}.html`)].sort();
    await check("the course has a page for each practical and an index", async () => {
      if (given === undefined) {
        const { status, stderr } = spawnSync(process.execPath, [bin, ...words], { encoding: "utf8" });
        if (status !== 0) return `exit ${status}: ${stderr}`;
      }
      const files = readdirSync(folder).sort();
      return files.join() === expected.join() || `it has ${files.join(", ")}`;
    });
    for (const file of expected)
      for (const width of [390, 1280])
        await check(
          `course/${file}, ${width} wide: whole, silent${width === 390 ? " and accessible" : ""}`,
          async () => {
            const page = await browser.newPage({ viewport: { width, height: 800 }, offline: true });
            try {
              // axe takes seconds for a page of formulas, so it runs once, where the most boxes scroll
              const address = pathToFileURL(resolve(folder, file)).href;
              const faults = await faultsOf(page, address, width === 390 ? [true] : []);
              faults.push(...(await hiddenParts(page)));
              return faults.length === 0 || faults.join("; ");
            } finally {
              await page.close();
            }
          },
        );
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  await checkPlanted(browser, check);
}

/** The boxes that are narrower than their content and neither scroll nor show by a shadow that they do. */
function hiddenParts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll("body *:not(.hidden)")].flatMap((box) => {
    const { overflowX, backgroundImage } = getComputedStyle(box);
    if (overflowX === "visible" || box.clientWidth === 0 || box.scrollWidth <= box.clientWidth + 1) return [];
    const scrolls = overflowX === "auto" || overflowX === "scroll";
    if (scrolls && backgroundImage.includes("gradient")) return [];
    return [\`\${scrolls ? "scrolls without a sign" : "hides a part"}: \${box.outerHTML.slice(0, 120)}\`];
  })`);
}

/** A page with planted faults, which `hiddenParts` must find, beside a box that scrolls with a shadow. */
async function checkPlanted(browser: Browser, check: Check): Promise<void> {
  await check("planted boxes that hide a part are found", async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    const wide = (style: string): string =>
      `<div style="width:99px;${style}"><p style="width:500px">wide</p></div>`;
    const shadow = "overflow:auto;background:linear-gradient(red,blue)";
    await page.setContent([wide("overflow:hidden"), wide("overflow:auto"), wide(shadow)].join(""));
    const found = (await hiddenParts(page)).map((fault) => fault.split(":")[0]);
    await page.close();
    return found.join() === "hides a part,scrolls without a sign" || `found: ${found.join(", ")}`;
  });
}
