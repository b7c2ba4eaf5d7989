/** Tables in the words of the command line: what is wrong with columns, and what was understood. */
import { resolve } from "node:path";
import { ValueError } from "chainrule";
import { typedName } from "chainrule/data/table";
import type { Plan, Table } from "chainrule/data/table";
import type { DataSettings, Parts, Tables } from "chainrule/runs";
import { UsageError } from "../failure.ts";
import { suggestion } from "../values.ts";
import { visible } from "./display.ts";

/** Refuses columns that the table lacks, by flag, with the nearest that it has. */
export function checkNames(
  table: Table,
  settings: Pick<DataSettings, "target" | "features" | "drop" | "text" | "dates">,
): void {
  const { target, features, drop, text, dates } = settings;
  const known = table.columns.map(({ name }) => name);
  const named = {
    "--target": target === null ? [] : [target],
    "--features": features ?? [],
    "--drop": drop,
    "--text": text,
    "--dates": dates,
  };
  for (const [flag, names] of Object.entries(named))
    for (const name of names) {
      if (known.includes(name)) continue;
      const whole = known.find((one) => one.includes(",") && holdsPart(names, name, one));
      if (whole !== undefined && flag !== "--target")
        throw new UsageError(
          `${flag}: ${table.name} has no column ${JSON.stringify(name)}; a name with a comma is written in quotes, as ${flag} ${typedName(whole)}`,
        );
      const near = suggestion(name, known);
      const list = known.slice(0, 12).map((one) => JSON.stringify(one));
      if (known.length > list.length) list.push("…");
      throw new UsageError(
        `${flag}: ${table.name} has no column ${JSON.stringify(name)}${near || `; its columns are ${list.join(", ")}`}`,
      );
    }
}

/** Whether names that a comma parts, one of them `name`, are the parts of a column's name. */
function holdsPart(names: readonly string[], name: string, column: string): boolean {
  const bare = (text: string): string => text.replaceAll(/\s*,\s*/g, ",").trim();
  const parts = bare(column).split(",");
  return names.some(
    (_, i) =>
      names.slice(i, i + parts.length).includes(name) &&
      bare(names.slice(i, i + parts.length).join(",")) === parts.join(","),
  );
}

/** Runs a plan; columns that contradict each other are the user's mistake. */
export function refusedAsUsage<T>(plan: () => T): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new UsageError(error.where === "planColumns" ? error.problem : error.message);
  }
}

/** What was understood, in sentences for the start of a run. */
export function tableNotes({ table, test }: Tables, parts: Parts, asked: DataSettings): string[] {
  const { plan, rows, ownTest } = parts;
  if (plan === null) return [];
  const last = table.columns.at(-1)!.name;
  const why = plan.features.some(({ name }) => name === last) ? "is a feature" : "is left out";
  const choice = last === plan.target.name ? "the last column" : `since the last column, ${last}, ${why}`;
  const target = asked.target === null ? `, ${choice}; another with --target` : "";
  const reason = asked.task === null ? `, since ${plan.reason}; --task changes it` : "";
  const kept = rows.train.length + rows.validation.length + (ownTest ? 0 : rows.test.length);
  const left = table.rows - kept;
  const filled = plan.missing === "mean" ? gaps(table, plan) : [];
  return [
    `target: ${plan.target.name}${target}`,
    `task: ${plan.task}${reason}`,
    ...("scale" in plan.target && plan.target.scale !== 1
      ? [`note: ${plan.target.name} is scaled to train on, and so is the loss; rmse is in its own units`]
      : []),
    ...[...table.notes, ...plan.notes].map((note) => `note: ${note}`),
    ...(left > 0 ? [`note: ${left} of ${table.rows} rows lack a value and are left out`] : []),
    ...(filled.length > 0 ? [`note: missing values are filled in: ${filled.join(", ")}`] : []),
    ...(test !== null && resolve(test.name) === resolve(table.name)
      ? ["note: the test rows are the training rows, so the test figures say nothing of new rows"]
      : []),
  ].map(visible);
}

function gaps(table: Table, plan: Plan): string[] {
  return plan.features.flatMap((feature) => {
    const missing = table.columns.find(({ name }) => name === feature.name)?.missing.count ?? 0;
    if (missing === 0) return [];
    const fill = typeof feature.fill === "number" ? Number(feature.fill.toPrecision(4)) : feature.fill;
    return [`${missing} of ${feature.name} by ${fill}`];
  });
}
