/**
 * The report on a training run: one page with the curves of training, the results on held-back rows, and the settings.
 */
import type { EpochEvent } from "../../train/events.ts";
import { columns, facts, keyMetrics, list, subsection } from "../blocks.ts";
import type { KeyMetric } from "../blocks.ts";
import { imageGridFigure } from "../figures.ts";
import { page } from "../page.ts";
import type { Section } from "../page.ts";
import { classesSection, mistakesSection, planeSection } from "./classes.ts";
import { bestEpoch, wholeEpochs } from "./epochs.ts";
import { curvesSection } from "./curves.ts";
import { numbersSection, surfaceSection } from "./numbers.ts";
import { errorMetrics } from "./outcome-observations.ts";
import { weightSentences } from "./outcome-sentences.ts";
import type { RunRecord, Weights } from "./record.ts";
import { counted, duration, grouped, percent } from "../words/index.ts";
import { number, partWord } from "./words.ts";

/** The report on a run, as the text of an HTML file. The record is plain data from any trainer. */
export function runReport(record: RunRecord): string {
  const { data, net, activation, footer } = record;
  return page({
    kicker: "Training run",
    title: `${data}: ${net.join("-")}${net.length > 2 ? ` ${activation}` : ""}`,
    lead: lead(record),
    head: [keyMetrics(keyMetricsOf(record))],
    sections: [curvesSection(record), ...outcomeSections(record), settingsSection(record)],
    footer,
  });
}

function lead(record: RunRecord): string {
  const { parameters, rows, batches, status, outcome, loss } = record;
  const epochs = wholeEpochs(record);
  const size = `A network of ${counted(parameters, "parameter")}`;
  const how = `on ${counted(rows.train, "row")} by ${loss}`;
  if (status === "diverged")
    return `${size}, whose training ${how} diverged ${epochs === 0 ? "in the first epoch" : `after ${counted(epochs, "whole epoch")}`}.`;
  const long =
    epochs === 0 && batches.length > 0 ? counted(batches.length, "update") : counted(epochs, "epoch");
  const trained = `${size}, trained for ${long} ${how}`;
  if (outcome === undefined) return `${trained}.`;
  const on = counted(outcome.truth.length, `${partWord[outcome.part]} row`);
  if (outcome.kind === "numbers")
    return `${trained}, predicts ${outcome.target} on ${on} with an error (RMSE) of ${number(errorMetrics(outcome).rmse)}.`;
  let right = 0;
  for (let i = 0; i < outcome.truth.length; i++) if (outcome.truth[i] === outcome.predicted[i]) right++;
  return `${trained}, gets ${grouped(right)} of ${on} right.`;
}

function keyMetricsOf(record: RunRecord): KeyMetric[] {
  const { history, results, rows, batches, status, epochs, parameters, net } = record;
  const reached = wholeEpochs(record);
  const shown: KeyMetric[] = [];
  for (const part of ["test", "validation", "train"] as const) {
    const name = partWord[part][0].toUpperCase() + partWord[part].slice(1);
    const finite = ({ metrics }: EpochEvent) => Number.isFinite(metrics[part]?.loss);
    const before = status === "diverged" ? history.findLast(finite) : undefined;
    const last = results ?? (status === "diverged" ? before : history.at(-1));
    const { accuracy, rmse, loss } = last?.metrics[part] ?? {};
    const of =
      status === "diverged"
        ? before?.epoch === 0
          ? "before training"
          : `after epoch ${before?.epoch}, before it diverged`
        : counted(rows[part], "row");
    const detail = loss === undefined ? undefined : `loss ${number(loss)}, ${of}`;
    if (accuracy !== undefined) shown.push({ name: `${name} accuracy`, value: percent(accuracy), detail });
    else if (rmse !== undefined) shown.push({ name: `${name} RMSE`, value: number(rmse), detail });
    else if (loss !== undefined) shown.push({ name: `${name} loss`, value: number(loss), detail: of });
  }
  const r2 = results?.metrics.test?.r2;
  if (r2 !== undefined)
    shown.push({ name: "R²", detail: "of the test rows", value: r2.toFixed(4).replace("-", "−") });
  const best = bestEpoch(history);
  if (best !== undefined && status !== "diverged")
    shown.push({
      name: "Best epoch",
      value: String(best.epoch),
      detail: `by ${partWord[best.part]} loss, of ${epochs}`,
    });
  else shown.push({ name: "Epochs", value: String(reached), detail: `of ${epochs}` });
  shown.push({ name: "Parameters", value: grouped(parameters), detail: net.join("-") });
  if (results !== undefined)
    shown.push({
      name: "Time",
      value: duration(results.seconds),
      detail: counted(batches.length, "update"),
    });
  return shown;
}

function outcomeSections({ outcome, plane, fit, weights }: RunRecord): Section[] {
  const sections: Section[] = [];
  if (outcome?.kind === "classes") {
    if (plane) sections.push(planeSection(plane, outcome));
    sections.push(classesSection(outcome), mistakesSection(outcome));
  }
  if (outcome?.kind === "numbers") {
    if (plane) sections.push(surfaceSection(plane, outcome));
    sections.push(numbersSection(outcome, fit));
  }
  if (weights) sections.push(weightsSection(weights));
  return sections;
}

function weightsSection(weights: Weights): Section {
  const { units, size, norms } = weights;
  const figure = imageGridFigure(
    {
      title: "Incoming weights of units of the first layer",
      images: units.map(({ name, values }) => ({ values, caption: name })),
      size,
      colors: "signed",
      valueLabel: "weight",
    },
    {
      data: {
        caption: "Units with the largest weights",
        columns: ["unit", "√Σw²", "smallest weight", "largest weight"],
        rows: units.map(({ unit, name, values }) => {
          const all = Array.from(values);
          return [name, norms[unit], Math.min(...all), Math.max(...all)];
        }),
      },
    },
  );
  return { title: "Weights", blocks: [columns(figure, list(weightSentences(weights)))] };
}

function settingsSection({ facts: groups }: RunRecord): Section {
  return {
    title: "Settings and origin",
    blocks: groups.map((group) => subsection(group.title, facts(group.facts))),
  };
}
