/** See what batches, order, rate, start and depth do to gradient descent, and count what a gradient costs. */
import type { Practical } from "../frame/practical.ts";
import { checks } from "./check.ts";
import { report } from "./report.ts";

export const practical: Practical = {
  name: "descent",
  title: "Descent",
  summary:
    "See what batches, order, rate, start and depth do to gradient descent, and count what a gradient costs.",
  checks,
  report,
};
