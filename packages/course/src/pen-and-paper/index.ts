/** Work backpropagation out by hand: a chain, a small network, a hinge on probabilities, and the memory it takes. */
import { pageOf } from "../practical/page.ts";
import type { Practical } from "../practical/practical.ts";
import { checks } from "./check.ts";
import { figures } from "./figures.ts";

export const practical: Practical = {
  name: "pen-and-paper",
  title: "Pen and paper",
  summary:
    "Work backpropagation out by hand: a chain, a small network, a hinge on probabilities, and the memory it takes.",
  checks,
  report: pageOf("pen-and-paper", () => undefined, figures),
};
