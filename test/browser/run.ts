/** In Chromium: the core in a page and in a worker trains as it does here, to the bit; reports open as they should. Prints its totals. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { checkReports } from "./reports.ts";
import { workerSource } from "chainrule/wasm";
import { trainCompiled } from "./compiled.ts";
import { train } from "./training.ts";

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

  const server = await serve();
  const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    const here = [train("float32"), train("float64")];
    await check("a page trains to the same bits as Node", async () =>
      isDeepStrictEqual(await inPage(page), here),
    );
    await check("a worker does too", async () => isDeepStrictEqual(await inWorker(page), here));
    await check("another seed gives other bits", () => !isDeepStrictEqual(train("float32", 8), here[0]));
    await checkCompiled(page, check);
    await check(
      `nothing is complained about${faults.map((fault) => `; ${fault}`).join("")}`,
      () => faults.length === 0,
    );
    await checkReports(browser, check);
  } finally {
    await browser.close();
    server.close();
  }
  console.log(`browser: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

type Check = (what: string, holds: () => boolean | Promise<boolean>) => Promise<void>;

/** The kernels in a page that shares memory with workers, and in one that may not. */
async function checkCompiled(page: Page, check: Check): Promise<void> {
  const here = await trainCompiled(1);
  await check("a page runs the compiled training to the same bits as Node", async () =>
    isDeepStrictEqual(await page.evaluate(compiledInPage(1)), here),
  );
  await check("a page that is not isolated says why it has no threads", async () =>
    /isolate/.test(await page.evaluate(`${compiledInPage(2)}.then(() => "", String)`)),
  );
  await page.goto(new URL("/isolated", page.url()).href);
  await check("an isolated page does so with two threads", async () =>
    isDeepStrictEqual(await page.evaluate(compiledInPage(2)), here),
  );
  await check("and so does a worker of it, with three", async () =>
    isDeepStrictEqual(await page.evaluate(compiledInWorker(3)), here),
  );
  const other = await page.context().browser()!.newPage();
  await other.goto(new URL("/without-blobs", page.url()).href);
  await check("a page whose policy forbids blobs says what to do", async () =>
    /workerUrl/.test(await other.evaluate(`${compiledInPage(2)}.then(() => "", String)`)),
  );
  await check("and trains to the same bits with it", async () =>
    isDeepStrictEqual(await other.evaluate(compiledInPage(2, "/kernels-worker.js")), here),
  );
}

function compiledInPage(threads: number, workerUrl = ""): string {
  const url = workerUrl === "" ? "undefined" : JSON.stringify(workerUrl);
  return `import("/compiled.js").then(({ trainCompiled }) => trainCompiled(${threads}, ${url}))`;
}

function compiledInWorker(threads: number): string {
  return `new Promise((resolve, reject) => {
  const worker = new Worker("/compiled-worker.js", { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(${threads});
})`;
}

/** A site of empty pages, one of them isolated, and bundles of the sources. */
async function serve() {
  const { outputFiles } = await build({
    entryPoints: ["training", "worker", "compiled", "compiled-worker"].map(
      (name) => `${import.meta.dirname}/${name}.ts`,
    ),
    outdir: "/",
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["chainrule-source"],
    write: false,
    logLevel: "warning",
  });
  const files = new Map(outputFiles.map((file) => [file.path, file.contents]));
  files.set("/kernels-worker.js", new TextEncoder().encode(workerSource));
  const server = createServer((request, response) => {
    const script = files.get(request.url ?? "");
    if (request.url !== "/") {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    if (request.url === "/without-blobs") response.setHeader("content-security-policy", "worker-src 'self'");
    response.setHeader("content-type", script ? "text/javascript" : "text/html");
    response.end(script ?? `<!doctype html><link rel="icon" href="data:,"><title>Chainrule</title>`);
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
