/** Compares two checkouts: the same command lines must give the same bytes. `--help` says what is compared. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cases } from "./same-runs/cases.ts";
import type { Case } from "./same-runs/cases.ts";
import { checkoutAt } from "./same-runs/checkout.ts";
import type { Checkout } from "./same-runs/checkout.ts";
import { differences } from "./same-runs/differences.ts";
import { each } from "./same-runs/each.ts";
import type { Outcome } from "./same-runs/outcome.ts";
import { recordStrict } from "./same-runs/strict.ts";

const help = `Compare two checkouts of Chainrule: the same command lines must give the same bytes.

  npx node scripts/same-runs.ts OLD NEW [--only NAME]… [--jobs N]
  npx node scripts/same-runs.ts OLD --write FILE      then: same-runs.ts FILE NEW
  npx node scripts/same-runs.ts --list
  npx node scripts/same-runs.ts --record [CHECKOUT]

OLD and NEW are folders of installed checkouts. OLD may also be a file that --write made from a checkout; this saves
half of the time when many states are compared with the same one. The whole list takes about four minutes of processor
time for each checkout; --only marks- or --only hand- are quick first looks.

What is compared, for each of about 50 small runs of "chainrule train": the exit code, the JSON lines on stdout, the
files of the run folder (metrics.jsonl, model.safetensors, preprocess.json, split.json, run.json), the lines of
"predict --rows test", the JSON of "eval", and the kernels with their shapes as "chainrule program" prints them.
A sweep's results and its winner's run folder; the kernels and the results of training steps written by hand; the
points that each practical gives its solution, its skeleton, and the solution with a planted mistake.
Left out: times, versions, the machine, report.html, the wording of texts.

Runs on data sets that are not built in need CHAINRULE_DATA and are skipped without it.

  --only NAME    only the cases whose name starts with NAME; may be repeated
  --jobs N       cases side by side (default 2)
  --list         print the names of all cases and stop
  --write FILE   run OLD alone and keep what its cases gave
  --record       run CHECKOUT, or this one, under --strict and write the checksums to test/fixtures/strict-runs.json

The exit code is 0 when nothing differs, 1 when something does, 2 for wrong usage.
`;

const usage = (message: string): never => {
  process.stderr.write(`same-runs: ${message}; --help says how to call it\n`);
  process.exit(2);
};

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: "string", multiple: true, default: [] },
        jobs: { type: "string", default: "2" },
        list: { type: "boolean", default: false },
        write: { type: "string" },
        record: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

const { values: flags, positionals } = parsed();
const jobs = Number(flags.jobs);
if (!Number.isSafeInteger(jobs) || jobs < 1) usage(`--jobs ${flags.jobs} is not a whole number above 0`);
for (const name of flags.only)
  if (!cases.some((one) => one.name.startsWith(name)))
    usage(`no case starts with ${name}; --list prints them`);
const chosen = cases.filter(
  ({ name }) => flags.only.length === 0 || flags.only.some((start) => name.startsWith(start)),
);

if (flags.help) process.stdout.write(help);
else if (flags.list) for (const { name, about } of chosen) console.log(`${name.padEnd(28)} ${about}`);
else if (flags.record)
  await recordStrict(checkoutAt(positionals[0] ?? join(import.meta.dirname, "..")), jobs);
else if (flags.write !== undefined) {
  if (positionals.length !== 1) usage("--write needs one checkout");
  await write(checkoutAt(positionals[0]), flags.write);
} else {
  if (positionals.length !== 2) usage("two checkouts are needed, OLD and NEW");
  await compare(positionals[0], checkoutAt(positionals[1]));
}

/** The outcome of a case, or the reason for having none. */
type Given = { readonly outcome: Outcome } | { readonly failure: string };

/** Runs one case in a temporary folder. */
async function give(checkout: Checkout, one: Case): Promise<Given> {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-same-runs-"));
  try {
    return { outcome: await one.outcome(checkout, folder) };
  } catch (error) {
    return { failure: (error as Error).message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function write(checkout: Checkout, file: string): Promise<void> {
  const kept: Record<string, Given> = {};
  await each(chosen, jobs, async (one) => {
    if (one.skip() === undefined) kept[one.name] = await give(checkout, one);
  });
  writeFileSync(file, JSON.stringify(kept));
  const failed = Object.entries(kept).filter(([, given]) => "failure" in given);
  for (const [name, given] of failed) console.log(`FAILED  ${name}: ${"failure" in given && given.failure}`);
  console.log(`${Object.keys(kept).length} cases written to ${file}, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** Gives the outcomes of OLD: from the file that --write made, or by running the checkout. */
function oldOutcomes(path: string): (one: Case) => Promise<Given> {
  if (statSync(path).isDirectory()) {
    const checkout = checkoutAt(path);
    return (one) => give(checkout, one);
  }
  const kept = JSON.parse(readFileSync(path, "utf8")) as Record<string, Given>;
  return (one) => Promise.resolve(kept[one.name] ?? { failure: `${path} has no such case` });
}

async function compare(oldPath: string, now: Checkout): Promise<void> {
  const began = performance.now();
  const giveOld = oldOutcomes(oldPath);
  const counts = { same: 0, different: 0, skipped: 0, parts: 0 };
  await each(chosen, jobs, async (one) => {
    const reason = one.skip();
    if (reason !== undefined) {
      counts.skipped++;
      return console.log(`skipped ${one.name}: ${reason}`);
    }
    const [before, after] = [await giveOld(one), await give(now, one)];
    const found: string[] = [];
    if ("failure" in before) found.push(`OLD failed: ${before.failure}`);
    if ("failure" in after) found.push(`NEW failed: ${after.failure}`);
    if ("outcome" in before && "outcome" in after) {
      counts.parts += Object.keys(before.outcome).length;
      found.push(...differences(before.outcome, after.outcome));
    }
    counts[found.length > 0 ? "different" : "same"]++;
    if (found.length === 0) console.log(`same    ${one.name}`);
    else console.log([`DIFFERS ${one.name}`, ...found.map((text) => `  ${text}`)].join("\n"));
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${counts.same} cases the same, ${counts.different} different, ${counts.skipped} skipped; ` +
      `${counts.parts} texts compared in ${seconds} s`,
  );
  process.exitCode = counts.different > 0 || counts.same === 0 ? 1 : 0;
}
