/**
 * Sums over an index. Inside of one, every value is a number, kept as a tensor with an axis for the examples and one for
 * each letter that is bound, of length 1 where the number does not depend on it.
 */
import { where } from "../ops/arithmetic.ts";
import { full } from "../tensor/create.ts";
import type { DType } from "../tensor/dtype.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { applyComparison, applyFunction, applyOperator } from "./apply.ts";
import type { Span } from "./error.ts";
import type { Network } from "./network.ts";
import { softmaxArgument } from "./recognize.ts";
import type { EntryExpression, Expression, IndexSumExpression } from "./syntax.ts";
import { asMatrix, asVector, entries, flatValue, mapped } from "./values.ts";
import type { Value } from "./values.ts";
import { within } from "./walk.ts";

/** A letter that a sum binds, and how many values it takes. */
interface Letter {
  readonly letter: string;
  readonly length: number;
}

/** Computes sums over an index; `evaluate` computes what does not depend on one. */
export class IndexSums {
  readonly #network: Network;
  readonly #evaluate: (expression: Expression) => Value;
  readonly #dtype: DType;

  constructor(network: Network, evaluate: (expression: Expression) => Value, dtype: DType) {
    this.#network = network;
    this.#evaluate = evaluate;
    this.#dtype = dtype;
  }

  /** Σ of the body over the letter: a number for each example. */
  valueOf(sum: IndexSumExpression): Value {
    const { tensor, varies } = this.#sum(sum, []);
    return flatValue(varies ? tensor.reshape([tensor.size, 1]) : tensor.reshape([]), varies, 1, 1);
  }

  /** Σ over one letter: the body has an axis for it, which is summed. */
  #sum({ letter, except, body, start, end }: IndexSumExpression, around: readonly Letter[]): Value {
    const length = this.#lengthOf(letter, except, body, around);
    const letters = [...around, { letter, length }];
    const inside = this.#indexed(body, letters);
    // a body without the letter is added as often as the letter has values
    let terms = inside.tensor.expand(inside.tensor.shape.with(letters.length, length));
    let { varies } = inside;
    if (except !== "") {
      const leftOut = this.#leftOut(letter, except, letters, { start, end });
      terms = where(leftOut.tensor, scalar(0, this.#dtype), terms);
      varies ||= leftOut.varies;
    }
    return flatValue(terms.sum(letters.length), varies, 1, 1);
  }

  /** True where a letter equals the index that is left out. */
  #leftOut(letter: string, except: string, letters: readonly Letter[], at: Span): Value {
    const target = this.#network.targets.find(({ classIndex }) => classIndex === except);
    if (target) {
      const of: Expression = {
        ...at,
        kind: "name",
        base: target.name,
        sub: "",
        layer: null,
        key: target.name,
      };
      return mapped(this.#entry({ ...at, kind: "entry", of, indices: [letter] }, letters), (y) => y.gt(0.5));
    }
    const places = letters.map((other) => other.letter);
    const numbered = (name: string): Tensor => {
      const place = places.indexOf(name);
      const { length } = letters[place];
      const shape = [1, ...letters.map((_, i) => (i === place ? length : 1))];
      return full([length], 1, { dtype: "float64" }).cumsum(0).reshape(shape);
    };
    return flatValue(numbered(letter).eq(numbered(except)), false, 1, 1);
  }

  /** How many values a letter takes: the length of what it is an index of, or that of the index that is left out. */
  #lengthOf(letter: string, except: string, body: Expression, around: readonly Letter[]): number {
    for (const part of within(body)) {
      if (part.kind !== "entry" || !part.indices.includes(letter)) continue;
      const { rows, cols } = this.#network.shapes.get(part.of)!;
      if (part.indices.length === 1) return rows * cols;
      return part.indices[0] === letter ? rows : cols;
    }
    const outer = around.find((other) => other.letter === except);
    const target = this.#network.targets.find(({ classIndex }) => classIndex === except);
    return outer?.length ?? (target ? target.shape.rows * target.shape.cols : 1);
  }

  #indexed(expression: Expression, letters: readonly Letter[]): Value {
    if (!dependsOn(expression, letters)) {
      const value = this.#evaluate(expression);
      const shape = [value.varies ? value.tensor.shape[0] : 1, ...letters.map(() => 1)];
      return { ...value, tensor: value.tensor.reshape(shape), matrix: false };
    }
    const inside = (of: Expression): Value => this.#indexed(of, letters);
    switch (expression.kind) {
      case "entry":
        return this.#entry(expression, letters);
      case "index-sum":
        return this.#sum(expression, letters);
      case "negate":
        return mapped(inside(expression.of), (x) => x.neg());
      case "transpose":
        return inside(expression.of);
      case "power":
        return entries("power", inside(expression.of), inside(expression.exponent));
      case "call": {
        // the logarithm of an entry is the entry of the logarithm, which is stable after a softmax
        const [arg] = expression.args;
        if (expression.callee === "log" && arg.kind === "entry" && softmaxArgument(arg.of, this.#network))
          return this.#entry({ ...arg, of: { ...expression, args: [arg.of] } }, letters);
        return applyFunction(expression, expression.args.map(inside));
      }
      case "binary": {
        const { operator, left, right } = expression;
        return applyOperator(operator === "@" ? "*" : operator, inside(left), inside(right));
      }
      case "compare":
        return applyComparison(expression.operator, inside(expression.left), inside(expression.right));
      case "number":
      case "name":
      case "ones":
        return this.#evaluate(expression);
    }
  }

  /** y_i or M_{ij}: the axes of the vector or matrix become the axes of the letters. */
  #entry({ of, indices }: EntryExpression, letters: readonly Letter[]): Value {
    const value = this.#evaluate(of);
    const places = indices.map((index) => letters.findIndex(({ letter }) => letter === index));
    const tensor = indices.length === 1 ? asVector(value) : asMatrix(value);
    const ordered = places.length === 2 && places[0] > places[1] ? tensor.transpose() : tensor;
    const lengths = ordered.shape.slice(value.varies ? 1 : 0);
    const sorted = [...places].sort((a, b) => a - b);
    const axes = letters.map((_, i) => lengths[sorted.indexOf(i)] ?? 1);
    return flatValue(ordered.reshape([value.varies ? tensor.shape[0] : 1, ...axes]), value.varies, 1, 1);
  }
}

/** Whether an expression has an entry at one of the letters, or a sum of its own. */
function dependsOn(expression: Expression, letters: readonly Letter[]): boolean {
  return [...within(expression)].some(
    (part) =>
      part.kind === "index-sum" ||
      (part.kind === "entry" && part.indices.some((index) => letters.some(({ letter }) => letter === index))),
  );
}
