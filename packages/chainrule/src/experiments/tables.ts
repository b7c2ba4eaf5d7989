/** Writes results as tables of text, as CSV and as JSON. The bytes do not depend on the order in which runs ended. */
import { exactJson } from "./canonical.ts";
import type { SettingValue } from "./canonical.ts";
import type { Results } from "./events.ts";
import type { Settings } from "./plan.ts";
import type { Summary } from "./summary.ts";

/** A table of texts. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A setting's value as text for people. */
export function settingText(value: SettingValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The names of the settings that have more than one value. */
export function varied(plan: Results["plan"]): string[] {
  return plan.names.filter(
    (name) => new Set(plan.settings.map((settings) => settingText(settings[name]))).size > 1,
  );
}

function number(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : String(value);
  return String(Number(value.toPrecision(digits)));
}

const spread = (value: number): string => (Number.isNaN(value) ? "" : ` ± ${number(value, 2)}`);

/**
 * The table of the ranking, one row per setting, the best first. Its columns are the rank, the settings that vary, the
 * number of runs, the deciding measure as mean ± standard deviation with its confidence interval, the difference to the
 * best on the same seeds with its interval, and the other measures.
 */
export function rankingTable<S extends Settings>(results: Results<S>, summary: Summary<S>): Table {
  const names = varied(results.plan);
  const { measure, level } = summary.by;
  const others = summary.measures.slice(1);
  const percent = `${number(100 * level)} %`;
  return {
    columns: ["rank", ...names, "runs", measure, percent, "− best", percent, ...others],
    rows: summary.ranking.map((one) => {
      const main = one.measures[measure];
      const against = one.againstBest;
      const failed = one.failed > 0 ? ` (${one.failed} failed)` : "";
      const interval = ([low, high]: readonly [number, number]) =>
        Number.isNaN(low) ? "" : `${number(low)} … ${number(high)}`;
      return [
        String(one.rank),
        ...names.map((name) => settingText(one.settings[name])),
        `${one.seeds.length}${failed}`,
        `${number(main.mean)}${spread(main.deviation)}`,
        interval(main.interval),
        against && against.pairs > 0 ? number(against.difference, 2) : "",
        against ? interval(against.interval) : "",
        ...others.map((name) => `${number(one.measures[name].mean)}${spread(one.measures[name].deviation)}`),
      ];
    }),
  };
}

/**
 * The table of the ended runs, one row per run: id, settings, seed, every measured number in full precision, and
 * errors.
 */
export function runTable<S extends Settings>({ plan, outcomes }: Results<S>): Table {
  const known = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const measures = [
    ...new Set(
      outcomes.flatMap(({ measured = {} }) =>
        Object.keys(measured).filter((name) => typeof measured[name] === "number"),
      ),
    ),
  ].sort();
  const ended = plan.runs.filter(({ id }) => known.has(id));
  return {
    columns: ["id", ...plan.names, "seed", ...measures, "error"],
    rows: ended.map((run) => {
      const { measured = {}, error = "" } = known.get(run.id)!;
      return [
        run.id,
        ...plan.names.map((name) => settingText(run.settings[name])),
        String(run.seed),
        ...measures.map((name) => (typeof measured[name] === "number" ? String(measured[name]) : "")),
        error,
      ];
    }),
  };
}

/**
 * A table as CSV after RFC 4180: fields with commas, quotes or line breaks are quoted.
 * @example
 * toCsv({ columns: ["a", "b"], rows: [["1", "x, y"]] }).split("\r\n"); // [ 'a,b', '1,"x, y"', '' ]
 */
export function toCsv({ columns, rows }: Table): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** A table with aligned columns; numbers are aligned to the right. */
export function formatTable({ columns, rows }: Table): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_, c) => Math.max(...all.map((row) => row[c].length)));
  const numeric = columns.map((_, c) => rows.every((row) => /^[-–\d.(]/.test(row[c]) || row[c] === ""));
  return all.map((row) =>
    row
      .map((text, c) => (numeric[c] && c > 0 ? text.padStart(widths[c]) : text.padEnd(widths[c])))
      .join("  ")
      .trimEnd(),
  );
}

/**
 * Plan, outcomes and ranking as one JSON text, without times. Numbers have full precision; NaN, the infinities and −0
 * are written as `{"number":"NaN"}` and so on.
 */
export function toJson<S extends Settings>({ plan, outcomes }: Results<S>, summary: Summary<S>): string {
  const known = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const runs = plan.runs.flatMap(({ id, settings, seed, orderSeed }) => {
    const outcome = known.get(id);
    if (!outcome) return [];
    const { measured, error } = outcome;
    return [{ id, settings, seed, orderSeed, ...(measured ? { measured } : { error }) }];
  });
  const ranking = summary.ranking.map(({ setting: _setting, ...one }) => one);
  return `${exactJson({ plan: plan.id, version: plan.version, seeds: plan.seeds, by: summary.by, ranking, runs })}\n`;
}
