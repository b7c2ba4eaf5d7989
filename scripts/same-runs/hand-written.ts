/** What the training steps of `steps.ts` are compiled to in a checkout, and what they return. */
import { join } from "node:path";
import { run } from "./checkout.ts";
import type { Checkout } from "./checkout.ts";
import { kernelList } from "./kernel-list.ts";
import { requireExit } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";

const program = join(import.meta.dirname, "steps.ts");

export async function handWrittenSteps(checkout: Checkout, cwd: string): Promise<Outcome> {
  const ended = await run(checkout, ["--conditions=chainrule-source", program, checkout.root], { cwd });
  requireExit(ended, 0);
  const printed = JSON.parse(ended.stdout) as Record<string, { explain: string; values: string[] }>;
  return Object.fromEntries(
    Object.entries(printed).flatMap(([name, { explain, values }]) => [
      [`kernels of ${name}`, kernelList(explain)],
      [`results of ${name}`, values.join("\n")],
    ]),
  );
}
