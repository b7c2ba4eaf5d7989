/** A network from equations as a module, with the text's names. */
import { init } from "../nn/init.ts";
import { Module } from "../nn/module.ts";
import { Parameter } from "../ops/state.ts";
import { zeros } from "../tensor/create.ts";
import { ValueError } from "../tensor/errors.ts";
import { checkOptions, oneOf } from "../tensor/options.ts";
import type { Generator } from "../tensor/random/index.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { EquationError } from "./error.ts";
import { Evaluation } from "./evaluate.ts";
import type { Batch } from "./evaluate.ts";
import { networkOf } from "./network.ts";
import type { Network, ParameterFacts } from "./network.ts";
import { softmaxArgument } from "./recognize.ts";
import type { InitText } from "./syntax.ts";
import { asVector } from "./values.ts";

export interface EquationOptions {
  /** Sizes by name, in place of those in the text. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** The type of the parameters; default float32. */
  readonly dtype?: "float32" | "float64";
  /** The random generator of the initial values; default: the shared one that `manualSeed` seeds. */
  readonly generator?: Generator;
}

/**
 * A network written as equations. Its parameters have the text's names and begin as those of `Linear`, U(±1/√in), unless
 * the text says `init`; they are drawn in the order of their first use.
 * @throws EquationError where the text cannot be read, shapes cannot fit, or a length is free
 * @example
 * const net = new EquationNetwork("input x: 2; target y: onehot 2; ŷ = softmax(W x + b); loss = -sum(y * log(ŷ))");
 * [...net.stateDict().keys()]; // [ 'W', 'b' ]
 */
export class EquationNetwork extends Module {
  readonly network: Network;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #dtype: "float32" | "float64";

  constructor(text: string, options: EquationOptions = {}) {
    super();
    const {
      sizes,
      dtype = "float32",
      generator,
    } = checkOptions("EquationNetwork", options, {
      sizes: () => undefined,
      dtype: oneOf("float32", "float64"),
      generator: () => undefined,
    });
    this.network = networkOf(text, { sizes });
    this.#dtype = dtype;
    this.#parameters = new Map(
      this.network.parameters.map((facts) => {
        const parameter = new Parameter(zeros(facts.axes, { dtype }), { name: facts.name });
        initialize(parameter, facts, this.network.text, generator);
        return [facts.name, parameter];
      }),
    );
    this.nameCells();
  }

  /**
   * The prediction for a batch. Inputs are [N, n] in the order of the text; the result is what `predict` names, or ŷ.
   * @throws ValueError if the text names no prediction
   */
  forward(...inputs: Tensor[]): Tensor {
    return asVector(this.#evaluation(this.#batchOf(inputs)).valueOf(this.#prediction()));
  }

  /** The scores whose softmax is the prediction, for losses and metrics that want logits; else the prediction. */
  scores(...inputs: Tensor[]): Tensor {
    const prediction = this.network.definitions.find(({ name }) => name === this.#prediction())!;
    const scores = softmaxArgument(prediction.value, this.network);
    const evaluation = this.#evaluation(this.#batchOf(inputs));
    return asVector(scores ? evaluation.evaluate(scores) : evaluation.valueOf(prediction.name));
  }

  /**
   * The loss of a batch: the mean (or sum) of its examples' losses, plus what the text adds once, such as weight decay.
   * Targets that are classes are int32 indices [N] or one-hot [N, classes].
   * @throws ValueError if the text has no loss, or the batch lacks a name
   */
  loss(batch: Batch, options: { readonly reduction?: "mean" | "sum" } = {}): Tensor {
    const { reduction } = checkOptions("loss", options, { reduction: oneOf("mean", "sum") });
    return this.#evaluation(batch).loss(reduction);
  }

  /** The values of all equations for a batch, by name. */
  values(batch: Batch): Map<string, Tensor> {
    const evaluation = this.#evaluation(batch);
    return new Map(this.network.definitions.map(({ name }) => [name, evaluation.valueOf(name).tensor]));
  }

  #evaluation(batch: Batch): Evaluation {
    return new Evaluation(this.network, this.#parameters, batch, this.#dtype);
  }

  #batchOf(inputs: readonly Tensor[]): Batch {
    const names = this.network.inputs.map(({ name }) => name);
    if (inputs.length !== names.length)
      throw new ValueError("forward", `the network has the inputs ${names.join(", ")}, not ${inputs.length}`);
    return Object.fromEntries(names.map((name, i) => [name, inputs[i]]));
  }

  #prediction(): string {
    const { prediction } = this.network;
    if (prediction !== null) return prediction;
    throw new ValueError("EquationNetwork", "the text does not say what it predicts", {
      advice: "add predict NAME, or call the prediction ŷ",
    });
  }

  protected override members(): Iterable<readonly [string, unknown]> {
    return this.#parameters;
  }

  protected override describe(): string {
    return this.network.definitions.map(({ name }) => name).join(", ");
  }
}

/** The schemes of `init`, with the numbers behind their names. */
const schemes: Readonly<
  Record<
    string,
    (cell: Parameter, facts: ParameterFacts, generator: Generator | undefined, value: number) => unknown
  >
> = {
  zeros: (cell) => init.zeros(cell),
  default: (cell, { fanIn }, generator) => uniformWithin(cell, 1 / Math.sqrt(fanIn ?? 1), generator),
  normal: (cell, _facts, generator, std) => init.normal(cell, { std, generator }),
  xavier: (cell, { axes }, generator) =>
    uniformWithin(cell, Math.sqrt(6 / axes.reduce((sum, length) => sum + length, 0)), generator),
  kaiming: (cell, { fanIn }, generator) => uniformWithin(cell, Math.sqrt(6 / (fanIn ?? 1)), generator),
};

function uniformWithin(cell: Parameter, bound: number, generator: Generator | undefined): void {
  init.uniform(cell, { low: -bound, high: bound, generator });
}

function initialize(
  cell: Parameter,
  facts: ParameterFacts,
  text: string,
  generator: Generator | undefined,
): void {
  const scheme: InitText = facts.init ?? "default";
  if (typeof scheme === "number") {
    init.constant(cell, scheme);
    return;
  }
  const [name, number = "1"] = scheme.split(":");
  if (!Object.hasOwn(schemes, name))
    throw new EquationError(
      text,
      facts.at,
      `there is no initialisation ${name}`,
      `it is a number or one of ${Object.keys(schemes).join(", ")}`,
    );
  if (["default", "kaiming"].includes(name) && facts.fanIn === null)
    throw new EquationError(
      text,
      facts.at,
      `${facts.name} stands in no product, so nothing says how it begins`,
      `write param ${facts.name}: ${facts.axes.join("×") || "number"} init 0.1`,
    );
  schemes[name](cell, facts, generator, Number(number));
}
