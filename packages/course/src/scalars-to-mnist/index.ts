/** Write one network in numbers, in vectors and in batches, train it on MNIST, and find out what went wrong in a published run. */
import { pageOf } from "../practical/page.ts";
import type { Practical } from "../practical/practical.ts";
import { checks } from "./check.ts";
import { resultsOf } from "./results.ts";
import { figures } from "./figures.ts";

export const practical: Practical = {
  name: "scalars-to-mnist",
  title: "From scalars to MNIST",
  summary:
    "Write one network in numbers, in vectors and in batches, train it on MNIST, and find out what went wrong in a published run.",
  checks,
  report: pageOf("scalars-to-mnist", resultsOf, figures),
};
