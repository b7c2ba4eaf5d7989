/**
 * Finds the shape of every expression. Each operation states what its shapes must fulfil; what cannot be decided yet waits
 * until others are known.
 */
import {
  Dim,
  dimsInWords,
  freeDims,
  isNotNumber,
  isNumber,
  numberDims,
  one,
  transposed,
  unifyDims,
} from "./dims.ts";
import type { Dims } from "./dims.ts";
import { EquationError } from "./error.ts";
import type { Span } from "./error.ts";
import { functionRow } from "./functions.ts";
import { misfit, pairAdvice } from "./misfit.ts";
import { isConstant, isFoundSummand, isMatrixParameter, meetsTarget } from "./operands.ts";
import { printExpression } from "./print.ts";
import type { Symbols } from "./symbols.ts";
import type {
  BinaryExpression,
  CallExpression,
  EntryExpression,
  Expression,
  IndexSumExpression,
  NameExpression,
} from "./syntax.ts";
import { within } from "./walk.ts";

/** The shapes of all expressions, and the lengths that products sum over. */
export interface Shapes {
  readonly of: ReadonlyMap<Expression, Dims>;
  /** The length that each product sums over. */
  readonly inner: ReadonlyMap<Expression, Dim>;
}

/** A condition on shapes; it returns false while it cannot be decided, unless it is forced. */
type Condition = (force: boolean) => boolean;

/**
 * The shapes of all expressions of a text.
 * @throws EquationError where two shapes cannot fit
 */
export function inferShapes(symbols: Symbols, loss: string | null, conditions: readonly Condition[]): Shapes {
  const inference = new Inference(symbols);
  for (const { name, value } of symbols.equations) {
    const dims = inference.dimsOf(value);
    const symbol = symbols.byKey.get(name.key)!;
    inference.unify(symbol.dims, dims, value, name.key);
    if (name.key === loss) inference.requireNumber(value, dims, "the loss");
  }
  solve([...conditions, ...inference.waiting]);
  return inference;
}

/** Decides all conditions: in each round those that can be decided, or else the first one by its default. */
function solve(conditions: Condition[]): void {
  let open = conditions;
  while (open.length > 0) {
    const left = open.filter((condition) => !condition(false));
    if (left.length === open.length) left.shift()!(true);
    open = left;
  }
}

class Inference implements Shapes {
  readonly of = new Map<Expression, Dims>();
  readonly inner = new Map<Expression, Dim>();
  readonly waiting: Condition[] = [];
  readonly #symbols: Symbols;
  /** The lengths of the letters that sums around the present place bind. */
  readonly #letters = new Map<string, Dim>();

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  dimsOf(expression: Expression): Dims {
    const dims = this.#infer(expression);
    this.of.set(expression, dims);
    return dims;
  }

  unify(a: Dims, b: Dims, at: Span, name: string): void {
    if (unifyDims(a, b)) return;
    throw this.#refused(at, `${name} is ${dimsInWords(a)} and this is ${dimsInWords(b)}`);
  }

  #refused(at: Span, problem: string, advice?: string): EquationError {
    return new EquationError(this.#symbols.text, at, problem, advice);
  }

  #infer(expression: Expression): Dims {
    switch (expression.kind) {
      case "number":
        return numberDims();
      case "name":
        return this.#symbols.byKey.get(expression.key)!.dims;
      case "ones":
        return { rows: new Dim(), cols: one() };
      case "call":
        return this.#call(expression);
      case "binary":
        return expression.operator === "@" ? this.#product(expression) : this.#entries(expression);
      case "compare": {
        const [left, right] = [this.dimsOf(expression.left), this.dimsOf(expression.right)];
        return this.#pairwise(expression, [expression.left, left], [expression.right, right]);
      }
      case "negate":
        return this.dimsOf(expression.of);
      case "power":
        this.requireNumber(expression.exponent, this.dimsOf(expression.exponent), "the power");
        return this.dimsOf(expression.of);
      case "transpose":
        return transposed(this.dimsOf(expression.of));
      case "entry":
        return this.#entry(expression);
      case "index-sum":
        return this.#indexSum(expression);
    }
  }

  #call(call: CallExpression): Dims {
    const row = functionRow(call.callee);
    if (row && call.prime && row.gives !== "entries")
      throw this.#refused(call, `the derivative of ${call.callee} is not part of the language`);
    const takes = row ? row.takes : 1;
    if (
      call.args.length !== takes &&
      !(takes === "1 or 2" && (call.args.length === 1 || call.args.length === 2))
    )
      throw this.#refused(
        call,
        `${call.callee} takes ${takes} ${takes === 1 ? "argument" : "arguments"}, not ${call.args.length}`,
      );
    const compared = call.args.find(
      (arg, i) => arg.kind === "compare" && !(row?.gives === "where" && i === 0),
    );
    if (compared) throw this.#refused(compared, "a comparison stands as the first argument of where alone");
    if (row?.gives === "where" && call.args[0].kind !== "compare")
      throw this.#refused(
        call.args[0],
        "the first argument of where is a comparison",
        "write where(a > 0, b, c)",
      );
    const args = call.args.map((arg): [Expression, Dims] => [arg, this.dimsOf(arg)]);
    if (args.length === 1) return row?.gives === "number" ? numberDims() : args[0][1];
    return args.slice(1).reduce((dims, arg) => this.#pairwise(call, [call, dims], arg), args[0][1]);
  }

  requireNumber(expression: Expression, dims: Dims, what: string): void {
    if (!unifyDims(dims, numberDims()))
      throw this.#refused(expression, `${what} must be a number, and this is ${dimsInWords(dims)}`);
  }

  #entries(expression: BinaryExpression): Dims {
    const { operator, left, right } = expression;
    const [a, b] = [this.dimsOf(left), this.dimsOf(right)];
    const out = this.#pairwise(expression, [left, a], [right, b]);
    if (operator === "*")
      this.waiting.push((force) => {
        const matrix = ({ rows, cols }: Dims): boolean => rows.value !== 1 && cols.value !== 1;
        if (!force && [a, b].some(({ rows, cols }) => rows.value === null || cols.value === null))
          return false;
        if (matrix(a) && matrix(b) && !isNumber(a) && !isNumber(b))
          throw this.#refused(expression, "* between two matrices could mean two things", "⊙ or @?");
        return true;
      });
    return out;
  }

  /** Two values entry by entry: equal shapes, or a number beside anything. */
  #pairwise(at: Expression, [left, a]: [Expression, Dims], [right, b]: [Expression, Dims]): Dims {
    const symbols = this.#symbols;
    const out = freeDims();
    const strict =
      isFoundSummand(left, symbols) || isFoundSummand(right, symbols) || meetsTarget(left, right, symbols);
    this.#wait((force) => {
      if (!strict && isNumber(a)) return unifyDims(out, b);
      if (!strict && isNumber(b)) return unifyDims(out, a);
      if (!strict && !force && !(isNotNumber(a) && isNotNumber(b))) return false;
      if (unifyDims(a, b)) return unifyDims(out, a);
      throw this.#refused(
        at,
        `${printExpression(left)} is ${dimsInWords(a)} and ${printExpression(right)} is ${dimsInWords(b)}`,
        pairAdvice(at, [left, a], [right, b], symbols),
      );
    });
    return out;
  }

  /** Decides a condition now if it can be, else later. */
  #wait(condition: Condition): void {
    if (!condition(false)) this.waiting.push(condition);
  }

  #product(product: BinaryExpression): Dims {
    const { left, right } = product;
    const [a, b] = [this.dimsOf(left), this.dimsOf(right)];
    const [factorA, factorB] = [
      isMatrixParameter(left, this.#symbols),
      isMatrixParameter(right, this.#symbols),
    ];
    const out = freeDims();
    const [constantA, constantB] = [isConstant(left, this.#symbols), isConstant(right, this.#symbols)];
    this.#wait((force) => {
      if (constantA || (isNumber(a) && !factorB)) return unifyDims(out, b);
      if (constantB || (isNumber(b) && !factorA)) return unifyDims(out, a);
      if (!force && !factorA && !factorB && !(isNotNumber(a) && isNotNumber(b))) return false;
      const fits = Dim.unify(a.cols, b.rows) && Dim.unify(out.rows, a.rows) && Dim.unify(out.cols, b.cols);
      if (!fits) throw this.#refused(product, ...misfit([left, a], [right, b]));
      this.inner.set(product, a.cols);
      return true;
    });
    return out;
  }

  #entry(entry: EntryExpression): Dims {
    const dims = this.dimsOf(entry.of);
    const lengths = entry.indices.map((index) => this.#lengthOfIndex(index, entry));
    if (lengths.length > 2) throw this.#refused(entry, "an entry has one index or two");
    if (lengths.length === 2) {
      this.unify(
        { rows: lengths[0], cols: lengths[1] },
        dims,
        entry,
        `the range of ${entry.indices.join(", ")}`,
      );
      return numberDims();
    }
    const [length] = lengths;
    this.#wait((force) => {
      const row = dims.rows.value === 1 && dims.cols.value !== 1;
      if (!row && dims.cols.value !== 1 && !force) return false;
      const ok = row
        ? Dim.unify(dims.cols, length)
        : Dim.unify(dims.cols, one()) && Dim.unify(dims.rows, length);
      if (ok) return true;
      throw this.#refused(
        entry,
        `${printExpression(entry.of)} is ${dimsInWords(dims)}, and ${entry.indices[0]} goes to ${length.text}`,
        "all vectors under one index have one length",
      );
    });
    return numberDims();
  }

  #lengthOfIndex(index: string, at: Span): Dim {
    const bound = this.#letters.get(index);
    if (bound) return bound;
    const target = this.#symbols.classes.get(index);
    if (target === undefined)
      throw this.#refused(
        at,
        `the index ${index} is bound by no sum and names no class`,
        `write sum_${index} …, or target t: class ${index} of 10`,
      );
    const { rows, cols } = this.#symbols.byKey.get(target.name.key)!.dims;
    return rows.value === 1 && cols.value !== 1 ? cols : rows;
  }

  #indexSum(sum: IndexSumExpression): Dims {
    const { letter, except, body } = sum;
    const used = [...within(body)].find((part) => part.kind === "name" && part.sub === letter);
    if (used)
      throw this.#refused(
        used,
        `${letter} is an index here and a subscript of ${(used as NameExpression).key}`,
        "take another letter for one of them",
      );
    const length = new Dim();
    if (except !== "") {
      const other = this.#lengthOfIndex(except, sum);
      Dim.unify(length, other);
    }
    this.#letters.set(letter, length);
    this.requireNumber(body, this.dimsOf(body), `what sum_${letter} adds`);
    this.#letters.delete(letter);
    return numberDims();
  }
}
