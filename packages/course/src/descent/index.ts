/** See what batches, order, rate, start and depth do to gradient descent, and count what a gradient costs. */
import { pageOf } from "../practical/page.ts";
import type { Practical } from "../practical/practical.ts";
import { checks } from "./check.ts";
import { resultsOf } from "./experiments.ts";
import { figures } from "./figures.ts";

export const practical: Practical = {
  name: "descent",
  title: "Descent",
  summary:
    "See what batches, order, rate, start and depth do to gradient descent, and count what a gradient costs.",
  checks,
  report: pageOf("descent", resultsOf, figures),
};
