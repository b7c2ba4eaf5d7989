/** The page of the practical. */
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";

export async function report(_context: ReportContext): Promise<Page> {
  return { sections: [] };
}
