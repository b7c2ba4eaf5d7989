/** Write exponentially weighted averages and the optimizers made of them, and see where each is stable. */
import { pageOf } from "../practical/page.ts";
import type { Practical } from "../practical/practical.ts";
import { checks } from "./check.ts";
import { resultsOf } from "./experiments.ts";
import { figures } from "./figures.ts";

export const practical: Practical = {
  name: "averages",
  title: "Averages",
  summary:
    "Write exponentially weighted averages and the optimizers made of them, and see where each is stable.",
  checks,
  report: pageOf("averages", resultsOf, figures),
};
