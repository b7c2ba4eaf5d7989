/** Write exponentially weighted averages and the optimizers made of them, and see where each is stable. */
import type { Practical } from "../frame/practical.ts";
import { checks } from "./check.ts";
import { report } from "./report.ts";

export const practical: Practical = {
  name: "averages",
  title: "Averages",
  summary:
    "Write exponentially weighted averages and the optimizers made of them, and see where each is stable.",
  checks,
  report,
};
