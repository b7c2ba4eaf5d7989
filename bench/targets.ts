/** The targets of Chainrule, each with a verdict from the sections of one run. */
import type { EngineId } from "./engines.ts";
import type { Result, Row, Section } from "./work/item.ts";
import { costs, ratioOf } from "./work/rows.ts";

export interface Verdict {
  readonly work: string;
  readonly goal: string;
  readonly found: string;
  readonly reached: boolean | null;
}

const notMeasured = "not measured";

/** Computes the verdict; null if an engine or a work that it needs did not run. */
type Judge = (sections: ReadonlyMap<string, Section>) => { found: string; reached: boolean } | null;

const rowOf = (section: Section | undefined, engine: EngineId): Row | undefined =>
  section?.rows.find((row) => row.engine === engine);

/** At least `goal` times as fast as a peer. */
const faster =
  (id: string, peer: EngineId, goal: number, ours: EngineId = "chainrule"): Judge =>
  (sections) => {
    const [own, other] = [rowOf(sections.get(id), ours), rowOf(sections.get(id), peer)];
    if (!own || !other) return null;
    const { median } = ratioOf(other, own);
    return { found: `${median.toPrecision(3)}×`, reached: median >= goal };
  };

const atMost =
  (id: string, engine: EngineId, goal: number, write: (value: number) => string): Judge =>
  (sections) => {
    const row = rowOf(sections.get(id), engine);
    return row ? { found: write(row.cost.median), reached: row.cost.median <= goal } : null;
  };

/** The share of the machine's multiply-adds that the matrix products of the work use, over the whole time of the work. */
export function share(section: Section | undefined, engine: EngineId, roofline: number): number | undefined {
  const row = rowOf(section, engine);
  if (!row || !section?.flops) return undefined;
  return section.flops / (row.cost.median * 1e6) / roofline;
}

const ofRoofline =
  (ids: readonly string[], goal: number, roofline: number): Judge =>
  (sections) => {
    const shares = ids.map((id) => share(sections.get(id), "chainrule", roofline));
    if (shares.some((one) => one === undefined)) return null;
    const least = Math.min(...(shares as number[]));
    const found = (shares as number[]).map((one) => `${(100 * one).toFixed(0)} %`).join(", ");
    return { found, reached: least >= goal };
  };

const microseconds = (milliseconds: number) => `${(1000 * milliseconds).toFixed(1)} µs`;

/** The multiply-adds of the run: the best burst, and never less than the best product that was measured. */
export function rooflineOf(sections: readonly Section[]): number {
  const bursts = sections.flatMap(({ limits }) => (limits ? [limits.relaxedGflops] : []));
  const products = sections
    .filter(({ id }) => id.startsWith("f-"))
    .flatMap(({ rows, flops }) =>
      rows
        .filter(({ engine }) => engine === "chainrule")
        .map((row) => flops! / (Math.min(...costs(row)) * 1e6)),
    );
  return Math.max(...bursts, ...products);
}

export function verdicts(results: readonly Result[]): Verdict[] {
  const all = results.flatMap(({ sections }) => sections ?? []);
  const sections = new Map(all.map((section) => [section.id, section]));
  const roofline = rooflineOf(all);
  const goals: [string, string, Judge][] = [
    ["a", "≥ 9× tfjs wasm, its own minimize", faster("a", "tfjs-wasm", 9)],
    ["a", "≥ 2× tfjs wasm by hand", faster("a", "tfjs-wasm-hand", 2)],
    ["a", "≥ 1.5× jax-js", faster("a", "jax-js", 1.5)],
    ["a", "≥ 1.2× onnxruntime, 1 thread", faster("a", "ort-1", 1.2)],
    ["a", "≥ 0.7× PyTorch eager, 1 thread", faster("a", "torch", 0.7)],
    ["a", "≥ 65 % of the roofline", ofRoofline(["a"], 0.65, roofline)],
    ["a, 2 threads", "≥ 1.7× one thread", faster("a", "chainrule", 1.7, "chainrule-2")],
    ["a, 2 threads", "the same bits as one thread", sameBits("a", "chainrule-2")],
    ["d", "≤ 6 µs a step in run", atMost("d", "chainrule", 0.006, microseconds)],
    ["d", "≤ 15 µs through train()", atMost("d", "chainrule-train", 0.015, microseconds)],
    ["d", "≥ 100× tfjs wasm", faster("d", "tfjs-wasm", 100)],
    ["d", "≥ 60× jax-js", faster("d", "jax-js", 60)],
    ["d", "≥ 15× PyTorch eager", faster("d", "torch", 15)],
    [
      "f",
      "≥ 70 % of the roofline at 512, 1024, 2048",
      ofRoofline(["f-512", "f-1024", "f-2048"], 0.7, roofline),
    ],
    ["h", "≤ 150 ms", atMost("h", "chainrule", 150, (time) => `${time.toFixed(0)} ms`)],
    ["epoch", "≤ 2.5 s with evaluation", atMost("epoch", "chainrule", 2.5, (time) => `${time.toFixed(2)} s`)],
    [
      "epoch",
      "≤ 1.5 s with 2 threads",
      atMost("epoch", "chainrule-2", 1.5, (time) => `${time.toFixed(2)} s`),
    ],
    ["size", "core and engine ≤ 75 KB", atMost("size", "chainrule", 75, (size) => `${size.toFixed(1)} KB`)],
  ];
  return goals.map(([work, goal, judge]) => {
    const verdict = judge(sections);
    return { work, goal, found: verdict?.found ?? notMeasured, reached: verdict?.reached ?? null };
  });
}

function sameBits(id: string, engine: EngineId): Judge {
  return (sections) => {
    const same = rowOf(sections.get(id), engine)?.sameBits;
    return same === undefined ? null : { found: same ? "yes" : "no", reached: same };
  };
}
