/** The gallery: every kind of figure with data as they come in a course, a function each. A test draws each of them. */
import { band, batches, accuracy, diverged, empty, loss, one, rates } from "./curves.ts";
import { confusion, digits, namedConfusion, weights } from "./classes.ts";
import { bars, box, parallel, settings, signedBars } from "./comparisons.ts";
import { dense, graph } from "./networks.ts";
import { boundary, data, redshift, regions, seven, surface, trajectories } from "./planes.ts";

/** The figures by name, in the order in which the picture of them all shows them. */
export const gallery: Readonly<Record<string, () => string | Promise<string>>> = {
  data,
  boundary,
  regions,
  loss,
  accuracy,
  rates,
  batches,
  band,
  box,
  settings,
  trajectories,
  parallel,
  diverged,
  redshift,
  digits,
  weights,
  confusion,
  "confusion-names": namedConfusion,
  bars,
  "bars-signed": signedBars,
  graph,
  dense,
  surface,
  seven,
  empty,
  one,
};
