/** What a practical is: a folder with a task, a solution, checks and a page, and this record of it. */
import type { Environment, FoundDataset } from "chainrule/node";
import type { Page } from "./page.ts";

export interface Practical {
  /** The name of its folder, and of the student's file. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what one does in it. */
  readonly summary: string;
  readonly checks: () => Promise<readonly Check[]>;
  /** The page of figures and numbers; README.md and questions.md are put around it. */
  readonly report: (context: ReportContext) => Promise<Page>;
}

/** What a student's file exports, which may be anything. */
export type Submission = Readonly<Record<string, unknown>>;

/** One check of one function. */
export interface Check {
  /** The exported function; points.json says what it is worth. */
  readonly of: string;
  /** What is asked, in words that follow "checked: ". */
  readonly says: string;
  /** Throws where the function does something else. */
  readonly run: (module: Submission) => void | Promise<void>;
}

/** The points of each function; the file points.json of a practical. */
export type Points = Readonly<Record<string, number>>;

export interface ReportContext {
  /** Smaller budgets: the same figures from fewer seeds, epochs or rows. */
  readonly quick: boolean;
  readonly environment: Environment;
  /** Shows a line of progress. */
  readonly progress: (text: string) => void;
  /** MNIST from disk, or undefined where it is not; nothing is downloaded. */
  readonly mnist: () => Promise<FoundDataset | undefined>;
}

/** Checks of a module whose functions have these types; a submission is held against them one function at a time. */
export function checksOf<Module>(): <Name extends keyof Module & string>(
  of: Name,
  says: string,
  run: (own: Module[Name], module: Module) => void | Promise<void>,
) => Check {
  return (of, says, run) => ({
    of,
    says,
    run: (module) => run(module[of] as Module[typeof of], module as Module),
  });
}
