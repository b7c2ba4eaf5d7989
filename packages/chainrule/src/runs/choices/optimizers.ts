/** The optimizers, a row each: the rate that suits them, the options they take, and how they are made. */
import { Adagrad } from "../../optim/adagrad.ts";
import { Adam } from "../../optim/adam.ts";
import { Adamax } from "../../optim/adamax.ts";
import { AdamW } from "../../optim/adamw.ts";
import { MomentumEWA } from "../../optim/momentum-ewa.ts";
import type { Optimizer } from "../../optim/optimizer.ts";
import { RMSprop } from "../../optim/rmsprop.ts";
import { SGD } from "../../optim/sgd.ts";
import type { Parameter } from "../../ops/state.ts";
import { namesOf } from "./names.ts";

/** The options that only some optimizers take. */
export interface OptimizerOptions {
  readonly momentum: number;
  readonly beta: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
}

export interface OptimizerSettings extends OptimizerOptions {
  readonly lr: number;
  readonly weightDecay: number;
}

export interface OptimizerRow {
  /** The learning rate unless one is given. */
  readonly rate: number;
  /** The options it takes, with their defaults. */
  readonly takes: Partial<OptimizerOptions>;
  /** Its default weight decay, 0 unless given. */
  readonly weightDecay?: number;
  /** The fault of its options, if any: a sentence that spells them as flags, and the options whose values it shows. */
  refuse?(
    options: Partial<OptimizerOptions>,
  ): { readonly message: string; readonly shows: readonly (keyof OptimizerOptions)[] } | undefined;
  /** The optimizer over these parameters. */
  make(parameters: Iterable<Parameter>, settings: OptimizerSettings): Optimizer;
}

/** What run.json holds for options that the optimizer does not take. */
export const unusedOptions: OptimizerOptions = { momentum: 0, beta: 0.9, betas: [0.9, 0.999], eps: 1e-8 };

const { betas, eps } = unusedOptions;

export const optimizers = {
  sgd: {
    rate: 0.1,
    takes: { momentum: 0 },
    make: (parameters, { lr, momentum, weightDecay }) => new SGD(parameters, { lr, momentum, weightDecay }),
  },
  momentum: {
    rate: 0.01,
    takes: { momentum: 0.9 },
    make: (parameters, { lr, momentum, weightDecay }) => new SGD(parameters, { lr, momentum, weightDecay }),
  },
  nesterov: {
    rate: 0.01,
    takes: { momentum: 0.9 },
    refuse: ({ momentum }) =>
      momentum === 0
        ? {
            message:
              "--momentum 0 does not fit --optimizer nesterov, which needs one above 0; without momentum it is --optimizer sgd",
            shows: ["momentum"],
          }
        : undefined,
    make: (parameters, { lr, momentum, weightDecay }) =>
      new SGD(parameters, { lr, momentum, weightDecay, nesterov: true }),
  },
  "momentum-ewa": {
    rate: 0.1,
    takes: { beta: 0.9 },
    make: (parameters, { lr, beta, weightDecay }) => new MomentumEWA(parameters, { lr, beta, weightDecay }),
  },
  rmsprop: {
    rate: 0.001,
    takes: { momentum: 0, beta: 0.99, eps },
    make: (parameters, settings) =>
      new RMSprop(parameters, {
        lr: settings.lr,
        alpha: settings.beta,
        eps: settings.eps,
        momentum: settings.momentum,
        weightDecay: settings.weightDecay,
      }),
  },
  adagrad: {
    rate: 0.01,
    takes: { eps: 1e-10 },
    make: (parameters, settings) =>
      new Adagrad(parameters, { lr: settings.lr, eps: settings.eps, weightDecay: settings.weightDecay }),
  },
  adam: {
    rate: 0.003,
    takes: { betas, eps },
    make: (parameters, settings) => new Adam(parameters, adamOptions(settings)),
  },
  adamw: {
    rate: 0.003,
    takes: { betas, eps },
    weightDecay: 0.01,
    make: (parameters, settings) => new AdamW(parameters, adamOptions(settings)),
  },
  adamax: {
    rate: 0.003,
    takes: { betas, eps },
    make: (parameters, settings) => new Adamax(parameters, adamOptions(settings)),
  },
} as const satisfies Record<string, OptimizerRow>;

function adamOptions({ lr, betas, eps, weightDecay }: OptimizerSettings) {
  return { lr, betas, eps, weightDecay };
}

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = namesOf(optimizers);

/** All that is known about an optimizer, by its name. */
export function optimizerRow(name: OptimizerName): OptimizerRow {
  return optimizers[name];
}

/** The optimizers that take an option. */
export function optimizersWith(option: keyof OptimizerOptions): OptimizerName[] {
  return optimizerNames.filter((name) => optimizerRow(name).takes[option] !== undefined);
}
