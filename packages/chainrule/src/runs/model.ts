/** Networks as plain data, and the modules made of them. */
import { Linear } from "../nn/linear.ts";
import type { Module } from "../nn/module.ts";
import { Sequential } from "../nn/sequential.ts";
import { Generator } from "../tensor/random/index.ts";
import type { Shape } from "../tensor/shape.ts";
import { activations } from "./choices/activations.ts";
import type { ActivationName } from "./choices/activations.ts";
import { initializationRow } from "./choices/initializations.ts";
import type { Initialization } from "./choices/initializations.ts";

/** A dense layer from so many inputs to so many outputs. */
export interface DenseLayer {
  readonly dense: readonly [inputs: number, outputs: number];
}

export interface ActivationLayer {
  readonly activation: ActivationName;
}

export type LayerSpec = DenseLayer | ActivationLayer;

/** A network as plain data: its layers in order. */
export interface ModelSpec {
  readonly layers: readonly LayerSpec[];
}

/** How the weights of a network begin. */
export interface WeightSettings {
  readonly init: Initialization;
  readonly initBias: "zeros" | "normal";
  readonly dtype: "float32" | "float64";
  readonly seed: number;
}

/**
 * Dense layers of these sizes, from the inputs to the outputs, with an activation between them.
 * @example
 * denseLayers([2, 16, 2], "tanh").layers.length; // 3
 */
export function denseLayers(sizes: readonly number[], activation: ActivationName): ModelSpec {
  const layers = sizes.slice(1).flatMap((size, i): LayerSpec[] => {
    const dense: DenseLayer = { dense: [sizes[i], size] };
    return i === sizes.length - 2 ? [dense] : [dense, { activation }];
  });
  return { layers };
}

function denseOf({ layers }: ModelSpec): DenseLayer["dense"][] {
  return layers.flatMap((layer) => ("dense" in layer ? [layer.dense] : []));
}

/** The sizes of the layers, from the inputs to the outputs. */
export function layerSizesOf(model: ModelSpec): number[] {
  const dense = denseOf(model);
  return [dense[0][0], ...dense.map(([, outputs]) => outputs)];
}

/** How many inputs and outputs a network has. */
export function inputsOf(model: ModelSpec): number {
  return denseOf(model)[0][0];
}

/** The number of outputs of a model: the length of its last layer. */
export function outputsOf(model: ModelSpec): number {
  return denseOf(model).at(-1)![1];
}

/** A network in a word, such as "784-300-10". */
export function modelWords(model: ModelSpec): string {
  return layerSizesOf(model).join("-");
}

/**
 * The module that a spec describes, its weights drawn from the seed; for classes its outputs are scores (logits).
 * @example
 * const weights = { init: { name: "default" }, initBias: "zeros", dtype: "float32", seed: 0 } as const;
 * makeModel(denseLayers([2, 3, 2], "relu"), weights).parameterCount(); // 17
 */
export function makeModel(
  { layers }: ModelSpec,
  { init, initBias, dtype, seed }: WeightSettings,
): Sequential {
  const generator = new Generator(seed).stream("weights");
  const modules = layers.map((layer): Module => {
    if ("activation" in layer) return activations[layer.activation].make();
    return new Linear(...layer.dense, { dtype, generator });
  });
  const model = new Sequential(...modules);
  initializationRow(init).apply(model, { generator, drawBias: initBias === "normal" }, numbersOf(init));
  return model;
}

const numbersOf = (choice: object): Readonly<Record<string, number>> =>
  choice as Readonly<Record<string, number>>;

/** The names and shapes of the tensors that `makeModel` would make, known before anything is allocated. */
export function tensorsOf({ layers }: ModelSpec): Map<string, Shape> {
  return new Map(
    layers.flatMap((layer, i): [string, Shape][] => {
      if (!("dense" in layer)) return [];
      const [inputs, outputs] = layer.dense;
      return [
        [`${i}.weight`, [outputs, inputs]],
        [`${i}.bias`, [outputs]],
      ];
    }),
  );
}
