/** Linear regression and logistic regression with K classes, after a warm-up on arrays. */
import { pageOf } from "../practical/page.ts";
import type { Practical } from "../practical/practical.ts";
import { checks } from "./check.ts";
import { resultsOf } from "./experiments.ts";
import { figures } from "./figures.ts";

export const practical: Practical = {
  name: "regression",
  title: "Regression",
  summary: "Fit lines and classes by gradient descent, and measure how far galaxies are by their colours.",
  checks,
  report: pageOf("regression", resultsOf, figures),
};
