/** What a text of equations says, as plain data: its statements and their expressions, each with its place. */
import type { Span } from "./error.ts";
import type { Name } from "./letters.ts";

export interface NumberExpression extends Span {
  readonly kind: "number";
  readonly value: number;
  /** The number in the text, such as `½` or `1/2`. */
  readonly text: string;
}

export interface NameExpression extends Span, Name {
  readonly kind: "name";
  /** The name in its one spelling. */
  readonly key: string;
}

/** 𝟏, the vector of ones; its length follows from the shapes. */
export interface OnesExpression extends Span {
  readonly kind: "ones";
}

/** `f(…)`, or with `prime` the derivative `f′(…)`. |v| is a call of abs, ‖v‖ a call of norm. */
export interface CallExpression extends Span {
  readonly kind: "call";
  readonly callee: string;
  readonly prime: boolean;
  readonly args: readonly Expression[];
}

/** `@` is the matrix product; `*` and `⊙` multiply entries, and only `⊙` two matrices. */
export type Operator = "+" | "-" | "*" | "⊙" | "/" | "@";

export interface BinaryExpression extends Span {
  readonly kind: "binary";
  readonly operator: Operator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface NegateExpression extends Span {
  readonly kind: "negate";
  readonly of: Expression;
}

export interface TransposeExpression extends Span {
  readonly kind: "transpose";
  readonly of: Expression;
}

/** Entry by entry. */
export interface PowerExpression extends Span {
  readonly kind: "power";
  readonly of: Expression;
  readonly exponent: NumberExpression | NameExpression;
}

/** `y_i`, `y[c]`, `M_{ij}`. */
export interface EntryExpression extends Span {
  readonly kind: "entry";
  readonly of: Expression;
  readonly indices: readonly string[];
}

/** `sum_i …`, or `sum_{j≠c} …`, over the rest of the term. */
export interface IndexSumExpression extends Span {
  readonly kind: "index-sum";
  readonly letter: string;
  /** The index that is left out; "" for none. */
  readonly except: string;
  readonly body: Expression;
}

export type Comparison = "<" | "≤" | ">" | "≥";

/** The condition of `where`. */
export interface CompareExpression extends Span {
  readonly kind: "compare";
  readonly operator: Comparison;
  readonly left: Expression;
  readonly right: Expression;
}

export type Expression =
  | NumberExpression
  | NameExpression
  | OnesExpression
  | CallExpression
  | BinaryExpression
  | NegateExpression
  | TransposeExpression
  | PowerExpression
  | EntryExpression
  | IndexSumExpression
  | CompareExpression;

/** A width: a number or the name of a size. */
export type Length = { readonly value: number; readonly span: Span } | NameExpression;

/** The shape in a declaration: a number, a vector (a row where that is said) or a matrix. */
export type DeclaredShape =
  | { readonly kind: "number" }
  | { readonly kind: "vector"; readonly row: boolean; readonly length: Length | null }
  | { readonly kind: "matrix"; readonly rows: Length; readonly cols: Length };

export interface InputStatement extends Span {
  readonly kind: "input";
  readonly name: NameExpression;
  readonly shape: DeclaredShape;
}

export interface TargetStatement extends Span {
  readonly kind: "target";
  readonly name: NameExpression;
  /** Classes as one-hot vectors, or numbers. */
  readonly form: "onehot" | "real";
  readonly row: boolean;
  /** The name of the class of an example, from `class c of K`; null for none. */
  readonly classIndex: string | null;
  readonly length: Length | null;
}

/** `size n_h = 4`, or the width of a value, `size h: 4`. */
export interface SizeStatement extends Span {
  readonly kind: "size";
  readonly name: NameExpression;
  readonly of: "size" | "value";
  readonly shape: readonly Length[];
}

/** How a parameter begins: a number, or a scheme such as `normal:0.3`. */
export type InitText = number | string;

export interface ParamStatement extends Span {
  readonly kind: "param";
  readonly names: readonly NameExpression[];
  readonly shape: DeclaredShape;
  readonly init: InitText | null;
}

export interface FunctionStatement extends Span {
  readonly kind: "function";
  readonly names: readonly NameExpression[];
}

export interface MarkStatement extends Span {
  readonly kind: "predict" | "minimize";
  readonly name: NameExpression;
}

export interface RowsStatement extends Span {
  readonly kind: "rows";
}

export interface EquationStatement extends Span {
  readonly kind: "equation";
  readonly name: NameExpression;
  readonly value: Expression;
}

/** `repeat l = 1..L-1 { … }` */
export interface RepeatStatement extends Span {
  readonly kind: "repeat";
  readonly letter: string;
  readonly from: Bound;
  readonly to: Bound;
  readonly body: readonly Statement[];
}

/** A number, or a size plus a number. */
export interface Bound extends Span {
  /** The name of a size; null for none. */
  readonly size: string | null;
  readonly offset: number;
}

export type Statement =
  | InputStatement
  | TargetStatement
  | SizeStatement
  | ParamStatement
  | FunctionStatement
  | MarkStatement
  | RowsStatement
  | EquationStatement
  | RepeatStatement;

/** A text that was read. */
export interface EquationText {
  /** The text, whose characters the places count. */
  readonly text: string;
  readonly statements: readonly Statement[];
}
