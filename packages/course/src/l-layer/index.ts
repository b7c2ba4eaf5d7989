/** The homework on networks of L layers, examples in columns. */
import type { Practical } from "../frame/practical.ts";
import { checks } from "./check.ts";
import { report } from "./report.ts";

export const practical: Practical = {
  name: "l-layer",
  title: "L layers",
  summary:
    "Write a network of any depth from small functions, each with its backward half, and train it on digits.",
  checks,
  report,
};
