/** The practicals. Their checks and pages are loaded when they are asked for. */
import { DataError } from "chainrule/node";
import type { Page } from "./practical/page.ts";
import type { Check, Practical, ReportContext } from "./practical/practical.ts";

interface Row {
  readonly title: string;
  readonly summary: string;
  readonly checks: () => Promise<{ readonly checks: readonly Check[] }>;
  readonly page: () => Promise<{ readonly report: (context: ReportContext) => Promise<Page> }>;
}

/** By the name of the folder, in the order of the course. */
const rows: Readonly<Record<string, Row>> = {
  "four-levels": {
    title: "Four levels",
    summary:
      "Write one network four times, from formulas to an optimizer, and see that the four are the same.",
    checks: () => import("./four-levels/check.ts"),
    page: () => import("./four-levels/figures.ts"),
  },
  regression: {
    title: "Regression",
    summary: "Fit lines and classes by gradient descent, and measure how far galaxies are by their colours.",
    checks: () => import("./regression/check.ts"),
    page: () => import("./regression/figures.ts"),
  },
  "l-layer": {
    title: "L layers",
    summary:
      "Write a network of any depth from small functions, each with its backward half, and train it on digits.",
    checks: () => import("./l-layer/check.ts"),
    page: () => import("./l-layer/figures.ts"),
  },
  averages: {
    title: "Averages",
    summary:
      "Write exponentially weighted averages and the optimizers made of them, and see where each is stable.",
    checks: () => import("./averages/check.ts"),
    page: () => import("./averages/figures.ts"),
  },
  "scalars-to-mnist": {
    title: "From scalars to MNIST",
    summary:
      "Write one network in numbers, in vectors and in batches, train it on MNIST, and find out what went wrong in a published run.",
    checks: () => import("./scalars-to-mnist/check.ts"),
    page: () => import("./scalars-to-mnist/figures.ts"),
  },
  "pen-and-paper": {
    title: "Pen and paper",
    summary:
      "Work backpropagation out by hand: a chain, a small network, a hinge on probabilities, and the memory it takes.",
    checks: () => import("./pen-and-paper/check.ts"),
    page: () => import("./pen-and-paper/figures.ts"),
  },
  descent: {
    title: "Descent",
    summary:
      "See what batches, order, rate, start and depth do to gradient descent, and count what a gradient costs.",
    checks: () => import("./descent/check.ts"),
    page: () => import("./descent/figures.ts"),
  },
};

export const practicalNames = Object.keys(rows) as [string, ...string[]];

/** @throws DataError for an unknown name */
export function practicalNamed(name: string): Practical {
  if (!Object.hasOwn(rows, name))
    throw new DataError(`there is no practical "${name}"; there are ${practicalNames.join(", ")}`);
  const { title, summary, checks, page } = rows[name];
  return {
    name,
    title,
    summary,
    checks: async () => (await checks()).checks,
    report: async (context) => (await page()).report(context),
  };
}
