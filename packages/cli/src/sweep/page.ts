/** The page of a sweep: ranking, figures, and what was varied. */
import { rankingTable } from "chainrule/experiments";
import type { ExperimentFigure, Results, Settings, Summary } from "chainrule/experiments";
import { columns as beside, facts, figure, note, page, table } from "chainrule/report";
import type { Html, Section } from "chainrule/report";

export interface PageText {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  /** The best settings, and what they gave on the test rows. */
  readonly test?: { readonly settings: string; readonly metrics: string };
}

export function sweepPage<S extends Settings>(
  { title, facts: more, test }: PageText,
  results: Results<S>,
  summary: Summary<S>,
  figures: readonly ExperimentFigure[],
): string {
  return page({
    title,
    kicker: "chainrule sweep",
    ...(test && {
      lead: [
        `The best settings on the validation rows, ${test.settings}, looked at once with the test rows: ${test.metrics}.`,
      ],
    }),
    sections: [
      ...sweepSections(results, summary, figures),
      { title: "Settings", blocks: [facts([...more])] },
    ],
  });
}

export function sweepSections<S extends Settings>(
  results: Results<S>,
  summary: Summary<S>,
  figures: readonly ExperimentFigure[],
): Section[] {
  const { measure, level } = summary.by;
  const { columns, rows } = rankingTable(results, summary);
  const errors = [...new Set(summary.ranking.flatMap((one) => one.errors))];
  const missing = results.plan.runs.length - results.outcomes.length;
  const notes: Html[] = [
    ...(missing > 0
      ? [note(`${missing} of ${results.plan.runs.length} runs are still to be done.`, "warning")]
      : []),
    ...errors.slice(0, 5).map((error) => note(`Failed: ${error}`, "warning")),
  ];
  const caption =
    `By ${measure}: mean ± standard deviation over seeds, its ${100 * level} % confidence interval, ` +
    "and the difference to the best on the same seeds";
  return [
    { title: "Ranking", blocks: [...notes, table({ caption, columns: [...columns], rows })] },
    { title: "Figures", blocks: [beside(...figures.map(({ svg, data }) => figure({ svg, data })))] },
  ];
}
