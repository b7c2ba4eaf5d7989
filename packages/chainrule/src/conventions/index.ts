/**
 * The conventions in which courses differ: the layout of examples, the averaging of losses, the factor ½, the form of
 * momentum, and the symbols. They are plain data for formulas, worksheets and grading.
 */

/** The LaTeX symbols of a dense network; `hidden` and `output` are the two layers of the course's network. */
export interface Symbols {
  readonly input: string;
  readonly hidden: LayerSymbols;
  readonly output: LayerSymbols;
  readonly target: string;
  /** The loss of an example, and of a batch. */
  readonly exampleLoss: string;
  readonly loss: string;
  readonly learningRate: string;
  /** The number of examples in a batch. */
  readonly count: string;
}

export interface LayerSymbols {
  readonly weight: string;
  /** null if the network has no such layer. */
  readonly bias: string | null;
  readonly preActivation: string;
  readonly activation: string;
}

export interface Conventions {
  /** A short description of the course. */
  readonly course: string;
  /** Whether an example is a row of its batch (y = x Wᵀ) or a column (y = W x). */
  readonly layout: "rows" | "columns";
  /** The axes of a weight in the course's formulas; a network's state is always [out, in]. */
  readonly weight: "out-in" | "in-out";
  /** Whether the loss of a batch is the mean or the sum of its examples' losses. */
  readonly reduction: "mean" | "sum";
  /**
   * Whether the square loss has a factor ½, and whether it sums over an example's outputs (`squaredError`) or averages
   * over all elements (`mseLoss`).
   */
  readonly squareLoss: { readonly half: boolean; readonly over: "outputs" | "elements" };
  /** V ← β V + g, or the average V ← β V + (1 − β) g; null if the course has no momentum. */
  readonly momentum: "velocity" | "average" | null;
  /** The place of ε in RMSProp and Adam: beside √S or under the root; null if the course has neither optimizer. */
  readonly epsilon: "outside" | "inside" | null;
  readonly symbols: Symbols;
}

const layer = (
  weight: string,
  bias: string | null,
  preActivation: string,
  activation: string,
): LayerSymbols => ({
  weight,
  bias,
  preActivation,
  activation,
});

/** The courses by key; `pytorch` has the conventions of this library. */
export const conventions = {
  pytorch: {
    course: "PyTorch's functions",
    layout: "rows",
    weight: "out-in",
    reduction: "mean",
    squareLoss: { half: false, over: "elements" },
    momentum: "velocity",
    epsilon: "outside",
    symbols: {
      input: "x",
      hidden: layer("W_1", "b_1", "z_1", "h"),
      output: layer("W_2", "b_2", "z_2", "\\hat{y}"),
      target: "y",
      exampleLoss: "\\ell",
      loss: "L",
      learningRate: "\\eta",
      count: "N",
    },
  },
  TP: {
    course: "the practical in four levels",
    layout: "rows",
    weight: "out-in",
    reduction: "mean",
    squareLoss: { half: false, over: "outputs" },
    momentum: null,
    epsilon: null,
    symbols: {
      input: "x",
      hidden: layer("W_h", "b_h", "\\tilde{h}", "h"),
      output: layer("W_y", "b_y", "\\tilde{y}", "\\hat{y}"),
      target: "y",
      exampleLoss: "\\ell",
      loss: "\\mathcal{L}",
      learningRate: "\\eta",
      count: "B",
    },
  },
  LH: {
    course: "the lectures and homework on L-layer networks",
    layout: "columns",
    weight: "out-in",
    reduction: "mean",
    squareLoss: { half: true, over: "outputs" },
    momentum: "average",
    epsilon: "outside",
    symbols: {
      input: "X",
      hidden: layer("W^{[1]}", "b^{[1]}", "Z^{[1]}", "a^{[1]}"),
      output: layer("W^{[2]}", "b^{[2]}", "Z^{[2]}", "P"),
      target: "Y",
      exampleLoss: "\\ell",
      loss: "L",
      learningRate: "\\alpha",
      count: "M",
    },
  },
  VU: {
    course: "the assignment from scalars to MNIST",
    layout: "rows",
    weight: "in-out",
    reduction: "mean",
    squareLoss: { half: false, over: "outputs" },
    momentum: null,
    epsilon: null,
    symbols: {
      input: "x",
      hidden: layer("W", "b", "k", "h"),
      output: layer("V", "c", "o", "y"),
      target: "t",
      exampleLoss: "l",
      loss: "L",
      learningRate: "\\alpha",
      count: "B",
    },
  },
  PP: {
    course: "the pen-and-paper sheet",
    layout: "rows",
    weight: "in-out",
    reduction: "sum",
    squareLoss: { half: true, over: "outputs" },
    momentum: null,
    epsilon: null,
    symbols: {
      input: "x",
      hidden: layer("W", null, "s", "z"),
      output: layer("w", null, "s_{\\text{out}}", "y_{\\text{out}}"),
      target: "y_{\\text{gt}}",
      exampleLoss: "L",
      loss: "L",
      learningRate: "\\alpha",
      count: "N",
    },
  },
} as const satisfies Record<string, Conventions>;

export type CourseKey = keyof typeof conventions;
