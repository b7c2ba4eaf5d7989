/** The homework on networks of L layers, examples in columns. */
import { pageOf } from "../practical/page.ts";
import type { Practical } from "../practical/practical.ts";
import { checks } from "./check.ts";
import { resultsOf } from "./experiments.ts";
import { figures } from "./figures.ts";

export const practical: Practical = {
  name: "l-layer",
  title: "L layers",
  summary:
    "Write a network of any depth from small functions, each with its backward half, and train it on digits.",
  checks,
  report: pageOf("l-layer", resultsOf, figures),
};
