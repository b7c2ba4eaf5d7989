/** The activations that a layer may have, a row each. */
import { ELU, GELU, Identity, ReLU, Sigmoid, Softplus, Tanh } from "../../nn/activations.ts";
import type { Module } from "../../nn/module.ts";
import { namesOf } from "./names.ts";

export interface ActivationRow {
  /** A module of the activation. */
  make(): Module;
}

export const activations = {
  sigmoid: { make: () => new Sigmoid() },
  tanh: { make: () => new Tanh() },
  relu: { make: () => new ReLU() },
  elu: { make: () => new ELU() },
  softplus: { make: () => new Softplus() },
  gelu: { make: () => new GELU() },
  identity: { make: () => new Identity() },
} as const satisfies Record<string, ActivationRow>;

export type ActivationName = keyof typeof activations;
export const activationNames = namesOf(activations);
