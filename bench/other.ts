/** Another checkout of Chainrule as an engine: its library, on the Node that it pins, in processes of its own. */
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { writeCase } from "./cases.ts";
import type { Case, InferenceCase, MatmulCase, TrainingCase } from "./cases.ts";
import { isOwn, thisCheckout } from "./engines.ts";
import type { EngineEntry, OwnId } from "./engines.ts";
import { measure } from "./harness.ts";
import type { Check } from "./harness.ts";
import { inferenceOf, matmulSamples, trainingOf } from "./peers/plain-loops.ts";

type OwnEntry = EngineEntry & { readonly id: OwnId };

/**
 * The root of the checkout that `folder` names.
 * @throws Error when it is not a checkout of Chainrule, is not installed, or its links lead to another checkout
 */
export function checkedRoot(folder: string): string {
  const library = join(folder, "packages/chainrule");
  if (!existsSync(join(library, "src/index.ts"))) throw new Error(`${folder} is not a checkout of Chainrule`);
  const root = realpathSync(folder);
  if (!existsSync(nodeOf(root))) throw new Error(`${folder} is not installed; run npm ci there`);
  const link = join(root, "node_modules/chainrule");
  if (!existsSync(link) || realpathSync(link) !== realpathSync(library))
    throw new Error(`${link} does not lead to the library of that checkout; run npm ci there`);
  return root;
}

export const nodeOf = (root: string): string =>
  [join(root, "node_modules/node/bin/node.exe")].find(existsSync) ?? join(root, "node_modules/node/bin/node");

/**
 * The forms of the other checkout, each a partner of one of ours. A form is measured with this checkout's program;
 * where the library has no such API, with the program in the other checkout's own bench. `say` receives a line for each
 * form that needed that, with the reason.
 */
export async function otherEngines(
  root: string,
  own: readonly EngineEntry[],
  scratch: string,
  say: (line: string) => void,
): Promise<EngineEntry[]> {
  const ours = linkedPrograms(thisCheckout.programs, root, join(scratch, "programs"));
  const theirs = join(root, "bench/peers");
  const entries: EngineEntry[] = [];
  for (const entry of own.filter((one): one is OwnEntry => isOwn(one.id))) {
    const other = otherEntry(entry, root, ours);
    const reason = await failureOf(other, scratch);
    if (reason === undefined || !existsSync(theirs)) entries.push(other);
    else {
      const fallback = otherEntry(entry, root, linkedPrograms(theirs, root, join(scratch, "their-programs")));
      const again = await failureOf(fallback, scratch);
      say(
        again === undefined
          ? `${other.title}: measured with its own bench's program, since with ours: ${reason}`
          : `${other.title}: fails with our program (${reason}) and with its own (${again})`,
      );
      entries.push(again === undefined ? fallback : other);
    }
  }
  return entries;
}

/** A copy of the programs beside a link by which they find the other checkout's library. */
function linkedPrograms(from: string, root: string, folder: string): string {
  const programs = join(folder, "peers");
  if (existsSync(programs)) return programs;
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(join(root, "packages/chainrule"), join(folder, "node_modules/chainrule"), "junction");
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }\n`);
  cpSync(from, programs, { recursive: true });
  return programs;
}

function otherEntry(entry: OwnEntry, root: string, programs: string): EngineEntry {
  const { args, env } = entry.command;
  const program = join(programs, basename(args.at(-1)!));
  return {
    ...entry,
    id: `${entry.id}@other`,
    title: `${entry.title}, the other checkout`,
    command: { program: nodeOf(root), args: [...args.slice(0, -1), program], env },
    checkout: { root, programs },
    partner: entry.id,
    sameBits: entry.id,
  };
}

/** Why an engine cannot do small works of each kind right; undefined where it can. */
async function failureOf(entry: EngineEntry, scratch: string): Promise<string | undefined> {
  for (const { work, check } of await probes(scratch)) {
    const { leftOut } = await measure(work, [entry], check, { rounds: 0, milliseconds: 0, comparing: true });
    const failure = leftOut.find(({ byRule }) => !byRule);
    if (failure) return failure.reason;
  }
  return undefined;
}

async function probes(scratch: string): Promise<{ work: Case; check: Check }[]> {
  const net = { sizes: [4, 3, 2], activation: "tanh", batch: 5 } as const;
  const training = writeCase(scratch, "probe-training", {
    ...net,
    kind: "training",
    batches: 3,
    optimizer: { name: "adam", lr: 0.01 },
  }) as TrainingCase;
  const matmul = writeCase(scratch, "probe-matmul", { kind: "matmul", n: 16 }) as MatmulCase;
  const inference = writeCase(scratch, "probe-inference", { ...net, kind: "inference" }) as InferenceCase;
  const bounds = { tolerance: 1e-4, floor: 0.1 };
  const losses = Array.from(await trainingOf(training, Float64Array).run(6));
  const outputs = Array.from(await inferenceOf(inference, Float64Array).run(1));
  return [
    { work: training, check: { count: 6, reference: losses, ...bounds } },
    { work: matmul, check: { count: 1, reference: matmulSamples(matmul), ...bounds } },
    { work: inference, check: { count: 1, reference: outputs, ...bounds } },
  ];
}
