/** Two checkouts compared: the cost of this one ÷ the cost of the other, work by work, and whether a limit holds. */
import { isOwn } from "./engines.ts";
import type { EngineId, OwnId } from "./engines.ts";
import { figure, table } from "./report.ts";
import { median, pairedRatio } from "./statistics.ts";
import type { Spread } from "./statistics.ts";
import type { Section } from "./work/item.ts";
import { likeCosts } from "./work/rows.ts";

export interface Comparison {
  /** The section and the form of Chainrule. */
  readonly work: string;
  readonly unit: Section["unit"];
  /** The median cost of this checkout and of the other. */
  readonly ours: number;
  readonly theirs: number;
  /** Ours ÷ theirs, round by round. */
  readonly ratio: Spread;
  readonly limit: number;
  /** The middle half of the ratio lies above the limit: its first quartile is larger. */
  readonly over: boolean;
  /** Whether both checkouts computed the same numbers, to the bit; undefined where no numbers are compared. */
  readonly sameBits?: boolean;
}

/** A work that one of the two checkouts did not do. */
export interface NotCompared {
  readonly work: string;
  readonly reason: string;
}

export interface Compared {
  readonly comparisons: readonly Comparison[];
  readonly notCompared: readonly NotCompared[];
}

/** The largest first quartile of the ratio that is allowed; eager works vary more, with the garbage collector. */
export const limitOf = (engine: OwnId): number => (engine === "chainrule-eager" ? 1.05 : 1.03);

export const isOver = (ratio: Spread, limit: number): boolean => ratio.low > limit;

/** Compares each form of Chainrule in a section with its partner. */
export function compared({ id, unit, rows, leftOut }: Section): Compared {
  const comparisons = rows.flatMap((row): Comparison[] => {
    const other = rows.find(({ engine }) => engine === `${row.engine}@other`);
    if (!isOwn(row.engine) || !other) return [];
    const [ours, theirs] = likeCosts(row, other);
    const ratio = pairedRatio(ours, theirs);
    const limit = limitOf(row.engine);
    return [
      {
        work: `${id} ${row.title}`,
        unit,
        ours: median(ours),
        theirs: median(theirs),
        ratio,
        limit,
        over: isOver(ratio, limit),
        sameBits: other.sameBits,
      },
    ];
  });
  const notCompared = leftOut
    .filter(({ engine, byRule }) => !byRule && concerns(engine))
    .map(({ title, reason }) => ({ work: `${id} ${title}`, reason }));
  return { comparisons, notCompared };
}

const concerns = (engine: EngineId | "all"): boolean => engine === "all" || engine.startsWith("chainrule");

export const together = (parts: readonly Compared[]): Compared => ({
  comparisons: parts.flatMap(({ comparisons }) => comparisons),
  notCompared: parts.flatMap(({ notCompared }) => notCompared),
});

export function comparisonText({ comparisons, notCompared }: Compared): string {
  const head = [
    "work",
    "other",
    "this",
    "unit",
    "ratio",
    "first quartile",
    "third",
    "limit",
    "verdict",
    "bits",
  ];
  const rows = comparisons.map(({ work, unit, ours, theirs, ratio, limit, over, sameBits }) => [
    work,
    figure(theirs),
    figure(ours),
    unit,
    ratio.median.toFixed(3),
    ratio.low.toFixed(3),
    ratio.high.toFixed(3),
    limit.toFixed(2),
    over ? "**over**" : "holds",
    sameBits === undefined ? "–" : sameBits ? "same" : "**differ**",
  ]);
  const missing = notCompared.map(({ work, reason }) => `not compared: ${work}: ${reason}`);
  return [...(rows.length > 0 ? [table(head, rows)] : []), ...missing].join("\n");
}

/** The verdict on a whole run, in one sentence. */
export function verdictText({ comparisons, notCompared }: Compared): string {
  const over = comparisons.filter((one) => one.over).map(({ work }) => work);
  const found =
    over.length === 0
      ? `no middle half lies above its limit in ${comparisons.length} works compared`
      : `the middle half lies above the limit in ${over.length} of ${comparisons.length} works: ${over.join("; ")}`;
  return notCompared.length === 0 ? `${found}.` : `${found}; ${notCompared.length} not compared.`;
}
