/**
 * The cases: plain data that every engine reads, so that all engines begin with the same numbers. Each case has one
 * file of float32 and int32 numbers in the machine's byte order: first weights [out, in] and biases [out] layer by
 * layer, then the rows.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Generator, randn } from "chainrule";
import { Linear } from "chainrule/nn";

export type Activation = "sigmoid" | "tanh" | "relu";

/** One step after another over `batches` different batches, again and again; crossEntropy, averaged over the batch. */
export interface TrainingCase {
  readonly kind: "training";
  readonly sizes: readonly number[];
  readonly activation: Activation;
  readonly batch: number;
  readonly batches: number;
  readonly optimizer:
    | { readonly name: "sgd"; readonly lr: number }
    /** β₁ 0.9, β₂ 0.999, ε 1e-8 outside of the root, both means corrected. */
    | { readonly name: "adam"; readonly lr: number };
  readonly file: string;
}

/** C = A·B, all n by n, float32. */
export interface MatmulCase {
  readonly kind: "matmul";
  readonly n: number;
  readonly file: string;
}

/** The outputs of a network for one batch. */
export interface InferenceCase {
  readonly kind: "inference";
  readonly sizes: readonly number[];
  readonly activation: Activation;
  readonly batch: number;
  readonly file: string;
}

export type Case = TrainingCase | MatmulCase | InferenceCase;

type Without<T> = T extends unknown ? Omit<T, "file"> : never;
export type CaseWithoutFile = Without<Case>;

/** Writes the numbers of a case below `folder`. */
export function writeCase(folder: string, name: string, without: CaseWithoutFile): Case {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.bin`);
  writeFileSync(file, Buffer.concat(partsOf(without).map(({ buffer }) => new Uint8Array(buffer))));
  return { ...without, file };
}

function partsOf(without: CaseWithoutFile): (Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>)[] {
  const generator = new Generator(1);
  if (without.kind === "matmul") {
    const { n } = without;
    return [0, 1].map(() => Float32Array.from(randn([n, n], { generator }).data));
  }
  const { sizes, batch } = without;
  const network = sizes.slice(1).flatMap((outputs, layer) => {
    const { weight, bias } = new Linear(sizes[layer], outputs, { generator });
    return [Float32Array.from(weight.data), Float32Array.from(bias!.data)];
  });
  const rows = without.kind === "training" ? batch * without.batches : batch;
  const { x, y } = noisyClasses(rows, sizes[0], sizes.at(-1)!, generator);
  return without.kind === "training" ? [...network, x, y] : [...network, x];
}

/**
 * A learnable data set whose loss stays above 0: a centre per class, rows widely around it, and every tenth label
 * random.
 */
function noisyClasses(rows: number, inputs: number, classes: number, generator: Generator) {
  const centres = randn([classes, inputs], { generator }).data;
  const noise = randn([rows, inputs], { generator }).data;
  const x = new Float32Array(rows * inputs);
  const y = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const label = row % classes;
    for (let i = 0; i < inputs; i++)
      x[row * inputs + i] = 0.3 * centres[label * inputs + i] + 0.6 * noise[row * inputs + i];
    y[row] = row % 10 === 9 ? (label + 1 + (row >> 4)) % classes : label;
  }
  return { x, y };
}

/** The multiplications and additions of the matrix products of one step; the gradient of the inputs is not needed. */
export function stepFlops({ sizes, batch }: Pick<TrainingCase, "sizes" | "batch">): number {
  return sizes.slice(1).reduce((sum, outputs, layer) => {
    const product = 2 * batch * sizes[layer] * outputs;
    return sum + product * (layer === 0 ? 2 : 3);
  }, 0);
}
