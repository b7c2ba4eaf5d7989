/**
 * Tests in Chromium. The built package, bundled in several ways or not at all, trains in a page and in a worker to the
 * same bits as in Node. Reports and the course's pages open without faults. Prints its totals.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { chromium, type Page } from "playwright-core";
import { checkCourse } from "./course.ts";
import { checkPolicies, policies } from "./policies.ts";
import { checkReports } from "./reports.ts";
import { besideSingleFile, inNode, makeProject, serveWithVite, withEsbuild, withVite } from "./project.ts";
import type { Here } from "./site/here.ts";

/** The documents with a page that trains, and its last epoch. */
const documents = [
  ["docs/library.md", 30],
  ["packages/chainrule/README.md", 60],
] as const;

const candidates = [process.env.CHAINRULE_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
if (executablePath === undefined) {
  console.log("skipped: no Chromium here (apt-get install chromium, or set CHAINRULE_CHROMIUM)");
  console.log("browser: 0 passed, 0 failed");
} else await inBrowser(executablePath);

async function inBrowser(path: string): Promise<void> {
  let [passed, failed] = [0, 0];
  const check = async (what: string, holds: () => boolean | Promise<boolean | string>) => {
    let fault = "";
    try {
      const outcome = await holds();
      if (outcome !== true) fault = outcome || "does not hold";
    } catch (error) {
      fault = String(error);
    }
    if (fault === "") passed += 1;
    else failed += 1;
    console.log(`${fault === "" ? "ok" : "FAILED"} ${what}${fault && `: ${fault}`}`);
  };

  const folder = await makeProject();
  const here = inNode(folder);
  const server = await serve(await filesOf(folder, here));
  const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
    await page.goto(address);
    await check("a page trains to the same bits as Node", async () =>
      isDeepStrictEqual(await inPage(page), here.trained),
    );
    await check("a worker does too", async () => isDeepStrictEqual(await inWorker(page), here.trained));
    await check("a page answers rows from the files of a saved run", async () =>
      firstDifference(
        await page.evaluate(`import("/loaded.js").then((run) => run.predictFetched())`),
        here.predicted,
      ),
    );
    await check("another seed gives other bits", () => !isDeepStrictEqual(here.otherSeed, here.trained[0]));
    await checkCompiled(page, check, here);
    await checkBundles(page, check, here, folder);
    await check(
      `no error is logged${faults.map((fault) => `; ${fault}`).join("")}`,
      () => faults.length === 0,
    );
    const other = await browser.newPage();
    await other.goto(address);
    await checkPolicies(other, check);
    await checkReports(browser, check);
    await checkCourse(browser, check);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`browser: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

type Check = (what: string, holds: () => boolean | Promise<boolean | string>) => Promise<void>;

/**
 * The kernels in a page that may not share memory with workers, in an isolated page that may, and in a page that
 * forbids workers from blobs.
 */
async function checkCompiled(page: Page, check: Check, here: Here): Promise<void> {
  const same = async (what: string, on: Page, script: string, expected: unknown): Promise<void> =>
    check(what, async () => firstDifference(await on.evaluate(script), expected));
  await same("a page runs the compiled training", page, compiledInPage(1), here.compiled);
  await same("its worker has a memory of its own", page, stepsInWorker({}), here.inWorker);
  await check("a page that is not isolated says why it has no threads", async () =>
    /isolate/.test(await page.evaluate(`${compiledInPage(2)}.then(() => "", String)`)),
  );
  await page.goto(new URL("/isolated", page.url()).href);
  await same("an isolated page runs it with two threads", page, compiledInPage(2), here.compiled);
  await same("and so does a worker of it, with three", page, compiledInWorker(3), here.compiled);
  await same("its worker shares the memory", page, stepsInWorker({}), here.inWorker);
  await same("and has threads of its own", page, stepsInWorker({ threads: 2, grain: 0 }), here.inWorker);
  const other = await page.context().browser()!.newPage();
  await other.goto(new URL("/without-blobs", page.url()).href);
  await check("a page whose policy forbids blobs says what to do", async () =>
    /workerUrl/.test(await other.evaluate(`${compiledInPage(2)}.then(() => "", String)`)),
  );
  const workerUrl = "/kernels-worker.js";
  await same("and trains with it", other, compiledInPage(2, workerUrl), here.compiled);
  await same("its worker starts with it, too", other, stepsInWorker({ workerUrl }), here.inWorker);
  const { trained, diverged } = here.inWorker;
  const waits = `${stepsInWorker({})}.then(
  ({ worker, trained, diverged, meanwhile: { alive } }) => ({ worker, trained, diverged, alive }))`;
  const waited = { worker: false, trained, diverged, alive: false };
  await same("without it, steps run on its own thread, which waits", other, waits, waited);
  await other.close();
}

/** The app from bundlers with their default settings, and from a single file without a bundler. */
async function checkBundles(page: Page, check: Check, { compiled }: Here, folder: string): Promise<void> {
  for (const address of ["/esbuild", "/vite/index.html", "/single"])
    for (const threads of [1, 2])
      await check(`${address} trains with ${threads} thread${threads > 1 ? "s" : ""}`, async () => {
        await page.goto(new URL(`${address}?threads=${threads}`, page.url()).href);
        return firstDifference(await page.evaluate("bits"), compiled);
      });
  for (const [path, last] of documents)
    await check(`the page of ${path} works without a bundler`, async () => {
      await page.goto(new URL(`/documented/${path}`, page.url()).href);
      const line = page.getByText(`epoch ${last}:`);
      const [, accuracy] = new RegExp(`epoch ${last}: (.*) %`).exec((await line.textContent()) ?? "") ?? [];
      return Number(accuracy) > 90 || `it ends with ${accuracy} %`;
    });
  const vite = await serveWithVite(folder);
  await check("Vite's development server serves it, too", async () => {
    await page.goto(vite.resolvedUrls!.local[0]);
    await page.waitForFunction("globalThis.bits");
    return firstDifference(await page.evaluate("bits"), compiled);
  });
  await page.goto("about:blank");
  await vite.close();
}

/** True, or the place where two JSON values differ. */
function firstDifference(got: unknown, expected: unknown): true | string {
  const [a, b] = [got, expected].map((value) => JSON.stringify(value));
  if (a === b) return true;
  const at = Math.max(0, Array.from(a).findIndex((letter, i) => letter !== b[i]) - 60);
  return `not as in Node: …${a.slice(at, at + 120)}… instead of …${b.slice(at, at + 120)}…`;
}

function compiledInPage(threads: number, workerUrl = ""): string {
  const url = workerUrl === "" ? "undefined" : JSON.stringify(workerUrl);
  return `import("/compiled.js").then(({ trainCompiled }) => trainCompiled(${threads}, ${url}))`;
}

function stepsInWorker(options: object): string {
  return `import("/in-worker.js").then(({ runInWorker }) => runInWorker(${JSON.stringify(options)}))`;
}

function compiledInWorker(threads: number): string {
  return `new Promise((resolve, reject) => {
  const worker = new Worker("/compiled-worker.js", { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(${threads});
})`;
}

/** The files of the site: scripts from esbuild, the app in three forms, and the workers' script. */
async function filesOf(folder: string, { workerSource }: Here): Promise<Map<string, Uint8Array | string>> {
  const page = (script: string): string =>
    `<!doctype html><link rel="icon" href="data:,"><title>Chainrule</title><script type="module"${script}</script>`;
  return new Map<string, Uint8Array | string>([
    ...(await withEsbuild(folder)),
    ...(await withVite(folder)),
    ...["run.json", "preprocess.json", "model.safetensors"].map(
      (name) => [`/run/${name}`, readFileSync(join(folder, "run", name))] as const,
    ),
    ["/kernels-worker.js", workerSource],
    ["/chainrule.js", readFileSync(join(folder, "node_modules/chainrule/dist/bundle/index.js"))],
    ...documents.map(([path]) => [`/documented/${path}`, documentedPage(path)] as const),
    ["/esbuild", page(` src="/app.js">`)],
    ["/single", page(`>${await besideSingleFile(folder)}`)],
  ]);
}

function documentedPage(path: string): string {
  const text = readFileSync(join(import.meta.dirname, "../..", path), "utf8");
  // the page's icon is not a file of the site
  return /^```html\n([^]*?)^```$/m
    .exec(text)![1]
    .replace("./chainrule.js", "/chainrule.js")
    .replace("<title>", `<link rel="icon" href="data:,"><title>`);
}

/** A site of these files and of empty pages, all but the first one isolated. */
async function serve(files: ReadonlyMap<string, Uint8Array | string>) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    if (pathname !== "/") {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    if (pathname === "/without-blobs") response.setHeader("content-security-policy", "worker-src 'self'");
    const [, row] = /^\/policy\/(\d)$/.exec(pathname) ?? [];
    if (row !== undefined) response.setHeader("content-security-policy", policies[Number(row)].policy);
    response.setHeader("content-type", extname(pathname) === ".js" ? "text/javascript" : "text/html");
    response.end(
      files.get(pathname) ?? `<!doctype html><link rel="icon" href="data:,"><title>Chainrule</title>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}

function inPage(page: Page): Promise<unknown> {
  return page.evaluate(`import("/training.js").then(({ train }) => [train("float32"), train("float64")])`);
}

function inWorker(page: Page): Promise<unknown> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  })`);
}
