/** The network of the first practical, written by hand, with autograd, with modules and with an optimizer. */
import { pageOf } from "../practical/page.ts";
import type { Practical } from "../practical/practical.ts";
import { checks } from "./check.ts";
import { resultsOf } from "./experiments.ts";
import { figures } from "./figures.ts";

export const practical: Practical = {
  name: "four-levels",
  title: "Four levels",
  summary: "Write one network four times, from formulas to an optimizer, and see that the four are the same.",
  checks,
  report: pageOf("four-levels", resultsOf, figures),
};
