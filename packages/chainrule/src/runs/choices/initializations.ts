/** How the weights of dense layers are drawn before training, a row each. */
import { init } from "../../nn/init.ts";
import { initializeLinear } from "../../nn/linear.ts";
import type { Module } from "../../nn/module.ts";
import type { Parameter } from "../../ops/state.ts";
import type { Generator } from "../../tensor/random/index.ts";
import { above0, oneForm } from "../forms.ts";
import type { Form, FormNumber, FormValue } from "../forms.ts";

interface Drawing {
  readonly generator: Generator;
  /** Whether biases are drawn as weights are; they become 0 otherwise. */
  readonly drawBias: boolean;
}

export interface InitializationRow<Field extends string = string> extends Form<Field> {
  /** The rule draws biases, too, where that is asked for. */
  readonly drawsBias?: true;
  /** What the rule is called in a report. */
  words(numbers: Readonly<Record<Field, number>>): string;
  /** Draws the parameters of a network. */
  apply(network: Module, drawing: Drawing, numbers: Readonly<Record<Field, number>>): void;
}

function row<Field extends string>(
  numbers: readonly FormNumber<Field>[],
  rest: Omit<InitializationRow<Field>, "numbers">,
): InitializationRow<Field> {
  return { numbers, ...rest };
}

const deviation = above0("deviation", "DEVIATION", "The deviation must be above 0; zeros is --init zeros.");

export const initializations = {
  default: row<never>([], { words: () => "as PyTorch's Linear", apply: () => {} }),
  xavier: row<never>([], {
    words: () => "xavier",
    apply: (network, { generator }) =>
      initializeLinear(network, { weight: (w) => init.xavierUniform(w, { generator }) }),
  }),
  kaiming: row<never>([], {
    words: () => "kaiming",
    apply: (network, { generator }) =>
      initializeLinear(network, { weight: (w) => init.kaimingUniform(w, { generator }) }),
  }),
  normal: row([deviation], {
    drawsBias: true,
    words: ({ deviation: sigma }) => `normal, σ = ${sigma}`,
    apply(network, { generator, drawBias }, { deviation: std }) {
      const draw = (cell: Parameter) => init.normal(cell, { std, generator });
      initializeLinear(network, { weight: draw, bias: drawBias ? draw : init.zeros });
    },
  }),
  zeros: row<never>([], {
    words: () => "zeros",
    apply: (network) => initializeLinear(network, { weight: init.zeros }),
  }),
} as const;

export type Initialization = FormValue<typeof initializations>;
export const initialization = oneForm(initializations);

/** The row of an initialisation that was chosen. */
export function initializationRow({ name }: Initialization): InitializationRow {
  return initializations[name] as InitializationRow;
}
