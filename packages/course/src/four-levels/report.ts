/** The page of the practical: the fair comparison, one change at a time, and what else the sheet asks to see. */
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import { fairComparison, oneChange } from "./experiments.ts";
import { changeSection, slipSection } from "./report-changes.ts";
import { dataSection, decisionSection, fairSection } from "./report-levels.ts";
import { digitsSection, gridSection, svmSection } from "./report-more.ts";

export async function report(context: ReportContext): Promise<Page> {
  const { quick, progress } = context;
  progress("  the four levels on the circles");
  const fair = await fairComparison(quick ? 60 : 150);
  progress("  one change at a time");
  const changes = await oneChange(quick ? [1, 2] : [1, 2, 3, 4, 5, 6, 7, 8], quick ? 60 : 150);
  progress("  batch sizes and rates, the SVM, digits");
  return {
    sections: [
      dataSection(),
      fairSection(fair),
      await decisionSection(quick),
      changeSection(changes),
      slipSection(),
      await gridSection(quick),
      svmSection(),
      await digitsSection(context),
    ],
  };
}
