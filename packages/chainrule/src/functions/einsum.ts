/**
 * Sums of products in Einstein notation: a letter names an axis, and axes whose letter is not in the result are summed.
 */
import { requireTensor, requireText } from "../tensor/options.ts";
import { composite } from "../ops/composite.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { broadcastShapes, formatShape, sameShape, sizeOf } from "../tensor/shape.ts";
import { call } from "../tensor/tex.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A tensor and the label of each of its axes. */
interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/**
 * Parses "ij,jk->ik". The axes of an ellipsis get their own labels, counted from its end: "…0" is its last axis.
 * Ellipses of different rank therefore align as in broadcasting.
 */
function parse(equation: string, operands: readonly Tensor[]): Equation {
  const fail = (text: string): ValueError => new ValueError("einsum", `"${equation}": ${text}`);
  const [left, right, ...more] = equation.replaceAll(" ", "").split("->");
  if (more.length > 0) throw fail("there is more than one ->");
  const terms = left.split(",");
  if (terms.length !== operands.length)
    throw fail(`${terms.length} terms for ${operands.length} tensors; terms are separated by commas`);
  const ellipsis = (rank: number): string[] => Array.from({ length: rank }, (_, i) => `…${rank - 1 - i}`);
  const read = (term: string, hidden: (letters: number) => number): string[] => {
    const parts = term.split("...");
    if (parts.length > 2 || !/^[A-Za-z]*$/.test(parts.join("")))
      throw fail(`the term "${term}" may hold letters and one ellipsis, no more`);
    if (parts.length === 1) return term.split("");
    const [before, after] = parts.map((letters) => letters.split(""));
    return [...before, ...ellipsis(hidden(before.length + after.length)), ...after];
  };
  const inputs = terms.map((term, i) => {
    const { rank, shape } = operands[i];
    const labels = read(term, (letters) => Math.max(0, rank - letters));
    if (labels.length !== rank)
      throw new ShapeError(
        "einsum",
        operands.map((operand) => operand.shape),
        `"${equation}": the term "${term}" names ${labels.length} axes, tensor ${i + 1} ${formatShape(shape)} has ${rank}`,
      );
    return labels;
  });
  const all = inputs.flat();
  const broadcast = ellipsis(Math.max(0, ...all.filter((label) => label[0] === "…").map(rankOfLabel)));
  if (right === undefined) {
    const once = all.filter((label) => label[0] !== "…" && all.indexOf(label) === all.lastIndexOf(label));
    return { inputs, output: [...broadcast, ...once.sort()] };
  }
  const output = read(right, () => broadcast.length);
  for (const [i, label] of output.entries()) {
    if (!all.includes(label)) throw fail(`the result's axis ${label} is in no term`);
    if (output.indexOf(label) !== i) throw fail(`the result names axis ${label} twice`);
  }
  return { inputs, output };
}

function rankOfLabel(label: string): number {
  return Number(label.slice(1)) + 1;
}

/** Permutes the axes to the given order of the same labels. */
function ordered({ x, labels }: Labelled, wanted: readonly string[]): Tensor {
  const order = wanted.map((label) => labels.indexOf(label));
  return order.every((axis, i) => axis === i) ? x : x.permute(order);
}

/** Sums over the labels that neither the result nor another operand has. */
function summed({ x, labels }: Labelled, kept: (label: string) => boolean): Labelled {
  const axes = labels.map((_, axis) => axis).filter((axis) => !kept(labels[axis]));
  return axes.length === 0 ? { x, labels } : { x: x.sum(axes), labels: labels.filter(kept) };
}

/** Takes the diagonal of two axes with the same label: every (n + 1)th element of the flattened n · n. */
function diagonal(operand: Labelled): Labelled {
  const { labels } = operand;
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice === undefined) return operand;
  const first = labels.indexOf(twice);
  const second = labels.indexOf(twice, first + 1);
  const others = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const moved = operand.x.permute([...others, first, second]);
  const n = moved.shape[others.length];
  const flat = moved.reshape([...moved.shape.slice(0, -2), n * n]);
  return diagonal({
    x: flat.slice([...others.map(() => null), [0, null, n + 1]]),
    labels: [...others.map((axis) => labels[axis]), twice],
  });
}

/** The product of two tensors, summed over their common labels except those that are `kept`. */
function contract(left: Labelled, right: Labelled, kept: (label: string) => boolean): Labelled {
  const a = summed(left, (label) => kept(label) || right.labels.includes(label));
  const b = summed(right, (label) => kept(label) || left.labels.includes(label));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter(kept);
  const inner = shared.filter((label) => !kept(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const lengths = (of: Labelled, labels: readonly string[]): number[] =>
    labels.map((label) => of.x.shape[of.labels.indexOf(label)]);
  const labels = [...batch, ...rows, ...columns];
  const [m, n] = [lengths(a, rows), lengths(b, columns)];
  const outer = lengths(a, batch);
  if (inner.length === 0) {
    const spread = ordered(a, [...batch, ...rows]).reshape([...outer, ...m, ...n.map(() => 1)]);
    return {
      x: spread.mul(ordered(b, [...batch, ...columns]).reshape([...outer, ...m.map(() => 1), ...n])),
      labels,
    };
  }
  const matrix = (of: Labelled, sides: readonly [readonly string[], readonly string[]]): Tensor => {
    const [first, second] = sides.map((side) => sizeOf(lengths(of, side)));
    return ordered(of, [...batch, ...sides[0], ...sides[1]]).reshape([...outer, first, second]);
  };
  // a matrix that is stored transposed is read with a transpose flag, not copied
  const lies = (of: Labelled, ...order: readonly string[][]): boolean =>
    of.labels.join() === [...batch, ...order.flat()].join();
  const transposeA = lies(a, inner, rows);
  const transposeB = lies(b, columns, inner);
  const product = matrix(a, transposeA ? [inner, rows] : [rows, inner]).matmul(
    matrix(b, transposeB ? [columns, inner] : [inner, columns]),
    { transposeA, transposeB },
  );
  return { x: product.reshape([...outer, ...m, ...n]), labels };
}

/** Broadcasts the axes of ellipses, and checks that all axes of a letter have the same length. */
function matched(equation: string, inputs: Equation["inputs"], operands: readonly Tensor[]): Labelled[] {
  const lengths = new Map<string, number>();
  inputs.forEach((labels, i) =>
    labels.forEach((label, axis) => {
      const length = operands[i].shape[axis];
      const known = lengths.get(label);
      if (known !== undefined && known !== length && label[0] !== "…")
        throw new ShapeError(
          "einsum",
          operands.map((operand) => operand.shape),
          `"${equation}": axis ${label} is ${known} long and ${length} in tensor ${i + 1}, ${formatShape(operands[i].shape)}`,
        );
      lengths.set(label, known === undefined ? length : broadcastShapes("einsum", [known], [length])[0]);
    }),
  );
  return operands.map((x, i) => {
    const labels = inputs[i];
    const shape = labels.map((label) => lengths.get(label) ?? 1);
    return { x: sameShape(shape, x.shape) ? x : x.expand(shape), labels };
  });
}

const evaluated = composite(
  "einsum",
  (tensors: { readonly [name: string]: Tensor }, { equation }: { equation: string }) => {
    const operands = Object.values(tensors);
    const { inputs, output } = parse(equation, operands);
    const terms = matched(equation, inputs, operands).map(diagonal);
    let result = terms[0];
    for (let i = 1; i < terms.length; i++) {
      const later = terms.slice(i + 1);
      result = contract(
        result,
        terms[i],
        (label) => output.includes(label) || later.some((term) => term.labels.includes(label)),
      );
    }
    return ordered(
      summed(result, (label) => output.includes(label)),
      output,
    );
  },
  {
    tex: (tensors, { equation }) =>
      call(`\\operatorname{einsum}_{${equation.replace("->", " \\to ")}}`, ...Object.values(tensors)),
    tests: {
      examples: [
        { inputs: { x1: [2, 3], x2: [3, 2], x3: [2] }, attrs: { equation: "ij,jk,k->ik" } },
        { inputs: { x1: [2, 3], x2: [3, 4] }, attrs: { equation: "ij,jk->ik" } },
        { inputs: { x1: [3, 3] }, attrs: { equation: "ii->i" } },
        { inputs: { x1: [2, 3], x2: [3] }, attrs: { equation: "...i,i" } },
        { inputs: { x1: [2, 2, 3], x2: [2, 4, 3] }, attrs: { equation: "bij,bkj->bki" } },
        { inputs: { x1: [2], x2: [3] }, attrs: { equation: "i,j->ji" } },
      ],
    },
  },
);

/**
 * The sum of products of an equation in Einstein notation: "ij,jk->ik" is a matrix product, "ii->i" a diagonal, "ij->j"
 * column sums, "bij,bjk->bik" a batch of products. Without "->" the result has the letters that occur once, in
 * alphabetical order; "..." stands for further axes, which broadcast.
 * @throws ValueError for an invalid equation, ShapeError if it does not fit the tensors
 * @example
 * einsum("ij,j->i", tensor([[1, 2], [3, 4]]), tensor([1, 10])).toArray(); // [ 21, 43 ]
 */
export function einsum(equation: string, ...operands: Tensor[]): Tensor {
  requireText("einsum", "the equation", equation);
  const tensors = operands.map((operand, i) => requireTensor("einsum", `operand ${i + 1}`, operand));
  return evaluated(Object.fromEntries(tensors.map((x, i) => [`x${i + 1}`, x])), { equation });
}
