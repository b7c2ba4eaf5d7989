/**
 * Mistakes that students made. Each is a replacement in a solution, with the functions that lose their points by it.
 */

export interface Mistake {
  readonly says: string;
  readonly practical: string;
  /** Text that occurs once in the solution, and its replacement. */
  readonly from: string;
  readonly to: string;
  /** The functions that lose their points, each with the message to the student. */
  readonly lost: Readonly<Record<string, RegExp>>;
}

export const mistakes: readonly Mistake[] = [
  {
    says: "1: the hidden gradient without the derivative of tanh (E-3)",
    practical: "four-levels",
    from: ".mul(h.mul(h).neg().add(1))",
    to: "",
    lost: { backward: /^the gradient of Wh\[0, 0\] is .*; 12 of 12 numbers differ$/ },
  },
  {
    says: "2: a stray b in the gradient of the hidden bias (E-3)",
    practical: "four-levels",
    from: "bh: Dh.sum(0),",
    to: "bh: Dh.sum(0).mul(params.bh),",
    lost: { backward: /^the gradient of bh\[0\] is .*; 4 of 4 numbers differ$/ },
  },
  {
    says: "the gradient summed over the batch (E-4)",
    practical: "four-levels",
    from: ".div(X.shape[0]);",
    to: ";",
    lost: {
      backward:
        /^the gradient of Wh\[0, 0\] is .*; every number is 5 times what is expected: summed over the batch of 5 and not averaged\?$/,
    },
  },
  {
    says: "the gradient averaged over the classes as well",
    practical: "four-levels",
    from: ".div(X.shape[0]);",
    to: ".div(X.shape[0] * Y.shape[1]);",
    lost: { backward: /every number is 1\/3 of what is expected: averaged over the 3 outputs too/ },
  },
  {
    says: "the sign of the output error turned",
    practical: "four-levels",
    from: "yhat.sub(Y)",
    to: "Y.sub(yhat)",
    lost: {
      backward: /; every number has the other sign: is a minus missing, or one too many\?$/,
    },
  },
  {
    says: "a gradient with inputs in its rows and outputs in its columns",
    practical: "four-levels",
    from: "Wh: Dh.matmul(X, { transposeA: true }),",
    to: "Wh: X.matmul(Dh, { transposeA: true }),",
    lost: {
      backward: /^the gradient of Wh has shape \[3, 4\], expected \[4, 3\]; its transpose is right$/,
    },
  },
  {
    says: "10: an element-wise product in place of the matrix product",
    practical: "l-layer",
    from: "W.matmul(a).add(b)",
    to: "W.mul(a).add(b)",
    lost: { linearForward: /mul|shape/ },
  },
  {
    says: "10: an element-wise product wherever the shapes allow it",
    practical: "l-layer",
    from: "W.matmul(a).add(b)",
    to: "(W.shape[0] === a.shape[0] && W.shape[1] === a.shape[1] ? W.mul(a) : W.matmul(a)).add(b)",
    lost: { linearForward: /^Z\[0, 0\] is .*; 9 of 9 numbers differ$/ },
  },
  {
    says: "the sign slip of the sigmoid (E-26)",
    practical: "l-layer",
    from: "  return Z.sigmoid(); //",
    to: "  return Z.neg().sigmoid(); //",
    lost: { activationForward: /^a\[0, 0\] is 0\.146/ },
  },
  {
    says: "one bias gradient for all outputs (E-21)",
    practical: "regression",
    from: "db: dZ.sum(0, true).transpose(), // db = column sums of dZ: a number for each output",
    to: "db: dZ.sum().reshape([1, 1]),",
    lost: { linregGradients: /^db has shape \[1, 1\], expected \[3, 1\]$/ },
  },
  {
    says: "8: the lecture's momentum as PyTorch's sum (E-24)",
    practical: "averages",
    from: "const V = before.map((v, i) => beta * v + (1 - beta) * g[i]);\n  return { w: w.map((wi, i) => wi - lr * V[i]), memory: V };",
    to: "const V = before.map((v, i) => beta * v + g[i]);\n  return { w: w.map((wi, i) => wi - lr * V[i]), memory: V };",
    lost: {
      momentum: /^w after one step\[0\] is -1, expected -0\.1; every number is 10 times .*: PyTorch's sum/,
    },
  },
  {
    says: "8: PyTorch's momentum as the lecture's average (E-24)",
    practical: "averages",
    from: "memory === null ? g : memory.map((v, i) => mu * v + (1 - dampening) * g[i])",
    to: "(memory ?? w.map(() => 0)).map((v, i) => mu * v + (1 - mu) * g[i])",
    lost: {
      momentumTorch:
        /^w after one step\[0\] is -0\.1, expected -1; every number is 1\/10 of .*: the lecture's average/,
    },
  },
  {
    says: "8: RMSProp without ε (E-23)",
    practical: "averages",
    from: "(Math.sqrt(S[i]) + eps)",
    to: "Math.sqrt(S[i])",
    lost: { rmsprop: /^a gradient of 0 gives NaN; ε is missing in the denominator$/ },
  },
  {
    says: "8: Adam with ε inside the root (E-22)",
    practical: "averages",
    from: "(Math.sqrt(S[i] / (1 - b2 ** t)) + eps)",
    to: "Math.sqrt(S[i] / (1 - b2 ** t) + eps)",
    lost: { adam: /ε is inside the root, as the transcript has it$/ },
  },
  {
    says: "Adam without the correction of its averages",
    practical: "averages",
    from: "V[i] / (1 - b1 ** t) / (Math.sqrt(S[i] / (1 - b2 ** t)) + eps)",
    to: "V[i] / (Math.sqrt(S[i]) + eps)",
    lost: { adam: /^w after one step without ε\[0\] is -0\.47434165, expected -0\.15/ },
  },
  {
    says: "4: dl/dh as the gradient of b, seen in the asymmetric case (E-32)",
    practical: "scalars-to-mnist",
    from: "dW: x.map((xi) => dk.map((dj) => xi * dj)), db: dk,",
    to: "dW: x.map((xi) => dk.map((dj) => xi * dj)), db: dh,",
    lost: { backwardNumbers: /^db is dl\/dh; b is added before the sigmoid, so multiply by h \(1 − h\)$/ },
  },
  {
    says: "class 0 written into the backward pass (E-37)",
    practical: "scalars-to-mnist",
    from: "dy = y.map((yj, j) => (j === target ? -1 / yj : 0))",
    to: "dy = y.map((yj, j) => (j === 0 ? -1 / yj : 0))",
    lost: { backwardNumbers: /^dy\[0\] is -1\.2289347, expected 0; 2 of 2 numbers differ$/ },
  },
  {
    says: "the gradient summed over the batch (E-4)",
    practical: "scalars-to-mnist",
    from: "y.sub(targets.oneHot(classes)).div(B)",
    to: "y.sub(targets.oneHot(classes)).div(1 || B)",
    lost: { backwardBatch: /^dW\[0, 0\] is .*: summed over the batch of 6 and not averaged\?$/ },
  },
  {
    says: "a spread divided by the number of runs",
    practical: "scalars-to-mnist",
    from: "/ (runs - 1)",
    to: "/ runs",
    lost: { acrossRuns: /^the deviation, divided by runs − 1/ },
  },
  {
    says: "9: the derivative of relu at 0 as 1 (R-4)",
    practical: "pen-and-paper",
    from: 'if (f === "relu") return s > 0 ? 1 : 0;',
    to: 'if (f === "relu") return s >= 0 ? 1 : 0;',
    lost: { slope: /^relu′\(0\) is 1, expected 0$/ },
  },
  {
    says: "no slope on the way to the first δ (PP-2)",
    practical: "pen-and-paper",
    from: "const delta1 = delta2 * W2 * slope(f1, s1);",
    to: "const delta1 = delta2 * W2;",
    lost: { chainBackward: /^delta1 is / },
  },
  {
    says: "softmax's derivative as if it were element by element (PP-5)",
    practical: "pen-and-paper",
    from: "(i === j ? pi - pi * pj : -pi * pj)",
    to: "(i === j ? pi - pi * pj : 0)",
    lost: { softmaxJacobian: /^the Jacobian\[0, 1\] is 0/ },
  },
  {
    says: "the last gradient of a batch in place of their mean",
    practical: "descent",
    from: "forEach((g, i) => (total[i] += g));",
    to: "forEach((g, i) => (total[i] = g));",
    lost: { descend: /^w after batches of 4/ },
  },
  {
    says: "backpropagation that starts from the loss again for every layer",
    practical: "descent",
    from: "  const gradients: number[][][] = [];\n",
    to: "  const gradients: number[][][] = gradientByNaiveChain(weights, x, y, tally);\n",
    lost: { gradientByBackprop: /^the multiplications of 1 layers is/ },
  },
];

/**
 * A solution with a mistake planted in it.
 * @throws Error when the text to replace does not occur exactly once
 */
export function planted(
  solution: string,
  { practical, from, to }: Pick<Mistake, "practical" | "from" | "to">,
): string {
  const parts = solution.split(from);
  if (parts.length !== 2)
    throw new Error(`"${from}" occurs ${parts.length - 1} times in ${practical}/solution.ts`);
  return parts.join(to);
}
