/** The table of security policies in docs/library.md: each row, in a page with its policy. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

interface Row {
  readonly policy: string;
  /** The cells: kernels, the worker of `wasm()`, the worker with `workerUrl`. */
  readonly cells: readonly [kernels: string, plain: string, withUrl: string];
}

/** The rows of the table. */
export const policies: readonly Row[] = readFileSync(
  join(import.meta.dirname, "../../docs/library.md"),
  "utf8",
)
  .split("\n")
  .filter((line) => /^\| `[^`]*-src /.test(line))
  .map((line) => {
    const [policy, ...cells] = line.split("|").slice(1, -1).map((cell) => cell.trim()); // prettier-ignore
    return { policy: policy.slice(1, -1), cells: cells as unknown as Row["cells"] };
  });

/** Whether pages do what the rows say. The address of row i is /policy/i; the site sends its policy. */
export async function checkPolicies(
  page: Page,
  check: (what: string, holds: () => Promise<boolean | string>) => Promise<void>,
): Promise<void> {
  await check("B5: a loop of awaited steps without a worker lets timers tick", async () => {
    await page.goto(new URL("/policy/1", page.url()).href);
    return (await page.evaluate(`import("/policy.js").then(({ breathes }) => breathes())`)) as boolean;
  });
  await check("the table has its rows", async () => policies.length === 5 || `${policies.length} rows`);
  for (const [i, { policy, cells }] of policies.entries())
    await check(`B5: under ${policy}`, async () => {
      await page.goto(new URL(`/policy/${i}`, page.url()).href);
      const script = `import("/policy.js").then(({ allowed }) => allowed("/kernels-worker.js"))`;
      const got = (await page.evaluate(script)) as Record<string, string>;
      return faultOf(got, cells) ?? true;
    });
}

function faultOf({ plain, withUrl, threads }: Record<string, string>, cells: Row["cells"]): string | null {
  const error = cells[0] === "no" ? /^ValueError: wasm: .*'wasm-unsafe-eval'/ : /^ValueError: wasm: .*worker/;
  const fits = (got: string, cell: string): boolean => (cell === "an error" ? error.test(got) : got === cell);
  if (!fits(plain, cells[1])) return `wasm(): ${plain}`;
  if (!fits(withUrl, cells[2])) return `with workerUrl: ${withUrl}`;
  if (!fits(threads, cells[1] === "own thread" ? "an error" : cells[1])) return `with threads: ${threads}`;
  return null;
}
