/** What the page of this practical shows, as numbers: the sheet's iterations, losses for other rates, margins, memory. */
import { sheet } from "./check.ts";
import { iterate, memoryOf, probabilityHinge } from "./solution.ts";
import type { Iteration, Mode, Weights } from "./solution.ts";

/** Iterations of the sheet's network from its printed weights. */
export function iterations(alpha: number, mode: Mode, count: number): Iteration[] {
  const all: Iteration[] = [];
  let weights: Weights = sheet.weights;
  for (let k = 0; k < count; k++) {
    const iteration = iterate(weights, sheet.X, sheet.y, alpha, mode);
    all.push(iteration);
    weights = iteration.after;
  }
  return all;
}

/** The loss sum before each of `count` iterations and after the last. In every mode that of the weights as they are then. */
export function lossSums(alpha: number, mode: Mode, count: number): number[] {
  const weights = [sheet.weights, ...iterations(alpha, mode, count).map(({ after }) => after)];
  return weights.map((one) => iterate(one, sheet.X, sheet.y, alpha, "sum").lossSum);
}

/** The hinge loss of three scores as the true class's score goes from far behind to far ahead of two equal others. */
export function hingeAlong(leads: readonly number[], margin: number): number[] {
  return leads.map((lead) => probabilityHinge([lead, 0, 0], 0, margin).loss);
}

/** The size of its gradient in the true class's score. */
export function slopeAlong(leads: readonly number[], margin: number): number[] {
  return leads.map((lead) => Math.abs(probabilityHinge([lead, 0, 0], 0, margin).dO[0]));
}

/** Bytes of activations of `layers` equal layers when every k-th input is kept, for k = 1 … layers. */
export function checkpointBytes(layers: number, width: number, batch: number): number[] {
  const sizes = new Array<number>(layers + 1).fill(width);
  return Array.from({ length: layers }, (_, i) => memoryOf(sizes, batch, { every: i + 1 }).activations);
}
