/** Linear regression and logistic regression with K classes, after a warm-up on arrays. */
import type { Practical } from "../frame/practical.ts";
import { checks } from "./check.ts";
import { report } from "./report.ts";

export const practical: Practical = {
  name: "regression",
  title: "Regression",
  summary: "Fit lines and classes by gradient descent, and measure how far galaxies are by their colours.",
  checks,
  report,
};
