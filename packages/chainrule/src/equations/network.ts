/** A text of equations as a network: its values in order, their shapes, its parameters, its loss and its prediction. */
import { anything, checkOptions, flag } from "../tensor/options.ts";
import { Dim, dimsInWords } from "./dims.ts";
import { EquationError } from "./error.ts";
import type { Span } from "./error.ts";
import { expanded } from "./expand.ts";
import type { FlatStatement } from "./expand.ts";
import { Extents } from "./extents.ts";
import type { ValueShape } from "./extents.ts";
import { inferShapes } from "./infer.ts";
import type { Shapes } from "./infer.ts";
import { parse } from "./parse.ts";
import { symbolsOf } from "./symbols.ts";
import type { ParameterSymbol, Symbol, Symbols } from "./symbols.ts";
import type {
  EquationStatement,
  EquationText,
  Expression,
  InitText,
  Length,
  NameExpression,
} from "./syntax.ts";
import { nameBehind, namesIn, within } from "./walk.ts";

export interface InputFacts {
  readonly name: string;
  readonly shape: ValueShape;
}

export interface TargetFacts extends InputFacts {
  /** One-hot vectors of a class, or numbers. */
  readonly form: "onehot" | "real";
  readonly classIndex: string | null;
}

export interface ParameterFacts extends InputFacts {
  readonly origin: ParameterSymbol["origin"];
  /** The axes of the tensor: two of a matrix, one of a vector, none of a number. */
  readonly axes: readonly number[];
  /** The length that the first product sums over; null where it stands in no product. */
  readonly fanIn: number | null;
  readonly init: InitText | null;
  readonly at: Span;
}

export interface Definition {
  readonly name: string;
  readonly shape: ValueShape;
  readonly value: Expression;
  /** Whether the value differs from example to example. */
  readonly varies: boolean;
}

/** A network that was read from a text. */
export interface Network {
  readonly text: string;
  readonly source: EquationText;
  readonly inputs: readonly InputFacts[];
  readonly targets: readonly TargetFacts[];
  /** In the order of their first use. */
  readonly parameters: readonly ParameterFacts[];
  readonly definitions: readonly Definition[];
  /** The names of the loss and of the prediction; null where the text has none. */
  readonly loss: string | null;
  readonly prediction: string | null;
  readonly functions: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
  /** The lengths that the text leaves free, by the symbol they were given. */
  readonly free: ReadonlyMap<string, number>;
  readonly shapes: ReadonlyMap<Expression, ValueShape>;
}

export interface NetworkOptions {
  /** Sizes by name, in place of those in the text. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Whether lengths may stay free; they then get a symbol and a small value. */
  readonly free?: boolean;
}

const lossNames = ["loss", "ℓ", "L"];
const predictionNames = ["ŷ"];

/**
 * Reads a network from a text.
 * @throws EquationError where the text cannot be read or shapes cannot fit, and, unless `free`, for a length that is free
 * @example
 * networkOf("input x: 2; size h: 3; h = tanh(W x + b)").parameters.map(({ name }) => name); // [ 'W', 'b' ]
 */
export function networkOf(text: string, options: NetworkOptions = {}): Network {
  const { sizes: given = {}, free = false } = checkOptions("networkOf", options, {
    sizes: anything,
    free: flag,
  });
  const source = parse(text);
  const sizes = sizesOf(source, given);
  const statements = expanded(source, sizes);
  const symbols = symbolsOf(source.text, statements, sizes);
  const loss = lossOf(statements, symbols);
  const shapes = inferShapes(symbols, loss, declaredSizes(statements, symbols));
  const extents = new Extents(symbols, free);
  const varying = varyingNames(symbols);
  const facts = (name: string, { dims }: Symbol): InputFacts => ({ name, shape: extents.shapeOf(dims) });
  const symbolsBy = <Kind extends Symbol["kind"]>(kind: Kind) =>
    [...symbols.byKey].filter(
      (entry): entry is [string, Extract<Symbol, { kind: Kind }>] => entry[1].kind === kind,
    );
  const parameters = symbolsBy("parameter").map(([name, symbol]): ParameterFacts => {
    requireVector(name, symbol, symbols);
    const { dims, origin, matrix, init, at } = symbol;
    const shape = extents.shapeOf(dims, at, name);
    const fanIn = fanInOf(name, symbols, shapes);
    const isVector = origin !== "declared" && /^\p{Ll}/u.test(name) && (shape.rows === 1 || shape.cols === 1);
    const flat =
      shape.rows === 1 && shape.cols === 1 && origin === "declared" ? [] : [shape.rows * shape.cols];
    const axes = matrix && !isVector ? [shape.rows, shape.cols] : flat;
    return { name, shape, origin, axes, fanIn: fanIn ? extents.of(fanIn) : null, init, at };
  });
  return {
    text: source.text,
    source,
    inputs: symbolsBy("input").map(([name, symbol]) => facts(name, symbol)),
    targets: symbolsBy("target").map(([name, symbol]) => ({
      ...facts(name, symbol),
      form: symbol.from.form,
      classIndex: symbol.from.classIndex,
    })),
    parameters: inOrderOfUse(parameters, symbols.equations),
    definitions: symbols.equations.map(({ name, value }) => ({
      ...facts(name.key, symbols.byKey.get(name.key)!),
      value,
      varies: varying.has(name.key),
    })),
    loss,
    prediction: predictionOf(statements, symbols),
    functions: [...symbols.functions],
    sizes,
    free: extents.free,
    shapes: new Map([...shapes.of].map(([expression, dims]) => [expression, extents.shapeOf(dims)])),
  };
}

/** The names whose values differ from example to example. */
function varyingNames({ byKey, classes, equations }: Symbols): Set<string> {
  const varying = new Set<string>();
  for (const [name, { kind }] of byKey) if (kind === "input" || kind === "target") varying.add(name);
  for (const { name, value } of equations)
    if ([...within(value)].some((part) => variesBy(part, varying, classes))) varying.add(name.key);
  return varying;
}

/** Whether a part of an expression is a varying name, or an index of one. */
export function variesBy(
  part: Expression,
  varying: ReadonlySet<string>,
  classes: ReadonlyMap<string, unknown>,
): boolean {
  if (part.kind === "name") return varying.has(part.key);
  if (part.kind === "entry") return part.indices.some((index) => classes.has(index));
  return part.kind === "index-sum" && classes.has(part.except);
}

/** The length that the first product of a parameter sums over: its own, or that of the terms that it is added to. */
function fanInOf(name: string, { equations }: Symbols, { inner }: Shapes): Dim | undefined {
  const isName = (of: Expression): boolean => nameBehind(of)?.key === name;
  for (const { value } of equations)
    for (const part of within(value)) {
      if (part.kind !== "binary" || !(isName(part.left) || isName(part.right))) continue;
      if (part.operator === "@" && inner.has(part)) return inner.get(part);
      if (part.operator !== "+" && part.operator !== "-") continue;
      const beside = isName(part.left) ? part.right : part.left;
      const product = [...within(beside)].reverse().find((inside) => inner.has(inside));
      if (product) return inner.get(product);
    }
  return undefined;
}

/** A parameter that was found as a summand is a vector or a number. */
function requireVector(name: string, { dims, origin, at }: ParameterSymbol, { text }: Symbols): void {
  if (origin !== "summand" || dims.rows.value === 1 || dims.cols.value === 1) return;
  throw new EquationError(
    text,
    at,
    `${name} is added to a matrix of ${dims.rows.text}×${dims.cols.text}, and a parameter that is added is a vector`,
    `did you mean 𝟏 ${name}ᵀ? else declare it: param ${name}: ${dims.rows.text}×${dims.cols.text}`,
  );
}

/** The parameters in the order in which the equations use them; those that none uses come last. */
function inOrderOfUse(
  parameters: readonly ParameterFacts[],
  equations: readonly EquationStatement[],
): ParameterFacts[] {
  const used = equations.flatMap(({ value }) => [...namesIn(value)].map(({ key }) => key));
  const place = ({ name }: ParameterFacts): number => {
    const first = used.indexOf(name);
    return first < 0 ? used.length : first;
  };
  return [...parameters].sort((a, b) => place(a) - place(b));
}

/** The name of the loss, which must be a number: `loss`, `ℓ` or `L`, or what `minimize` names. */
function lossOf(statements: readonly FlatStatement[], symbols: Symbols): string | null {
  const { text, byKey, equations } = symbols;
  const named = marked(statements, "minimize");
  const byName = equations.map(({ name }) => name).filter(({ key }) => lossNames.includes(key));
  const losses = named.length > 0 ? named : byName;
  if (losses.length > 1)
    throw new EquationError(
      text,
      losses[1],
      `there are two losses, ${losses[0].key} and ${losses[1].key}`,
      "minimize NAME says which one",
    );
  const [loss] = losses;
  const target = [...byKey].find(([, { kind }]) => kind === "target");
  if (loss === undefined) {
    if (target?.[1].kind === "target")
      throw new EquationError(
        text,
        target[1].from.name,
        `the target ${target[0]} is used by no loss`,
        "write loss = …",
      );
    return null;
  }
  const symbol = byKey.get(loss.key);
  if (symbol?.kind !== "value")
    throw new EquationError(
      text,
      loss,
      `${loss.key} is not defined by an equation`,
      "minimize names an equation's left side",
    );
  return loss.key;
}

function marked(statements: readonly FlatStatement[], kind: "predict" | "minimize"): NameExpression[] {
  return statements.flatMap((statement) => (statement.kind === kind ? [statement.name] : []));
}

/** The name of the prediction: what `predict` names, else ŷ; null for none. */
function predictionOf(statements: readonly FlatStatement[], { text, byKey }: Symbols): string | null {
  const named = marked(statements, "predict");
  if (named.length > 1)
    throw new EquationError(text, named[1], "there are two predictions", "predict NAME stands once");
  const [name] = named;
  if (name && byKey.get(name.key)?.kind !== "value")
    throw new EquationError(
      text,
      name,
      `${name.key} is not defined by an equation`,
      "predict names an equation's left side",
    );
  return name?.key ?? predictionNames.find((key) => byKey.get(key)?.kind === "value") ?? null;
}

/** The sizes that are known: those given, else those of the text. */
function sizesOf(
  { text, statements }: EquationText,
  given: Readonly<Record<string, number>>,
): Map<string, number> {
  const sizes = new Map<string, number>();
  const declared = new Set<string>();
  for (const statement of statements) {
    if (statement.kind !== "size" || statement.of !== "size") continue;
    const { name, shape } = statement;
    if (declared.has(name.key)) throw new EquationError(text, name, `the size ${name.key} is defined twice`);
    declared.add(name.key);
    const [length] = shape;
    const value = "value" in length ? length.value : sizes.get(length.key);
    if (value === undefined)
      throw new EquationError(text, name, `the size ${(length as NameExpression).key} is not known`);
    sizes.set(name.key, value);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new EquationError(
        text,
        { start: 0, end: 0 },
        `the size ${name} must be a whole number ≥ 1, not ${value}`,
      );
    sizes.set(name, value);
  }
  return sizes;
}

/** The conditions of `size h: 4`: a vector's length, or both lengths of a matrix. */
function declaredSizes(
  statements: readonly FlatStatement[],
  symbols: Symbols,
): ((force: boolean) => boolean)[] {
  return statements.flatMap((statement) => {
    if (statement.kind !== "size" || statement.of !== "value") return [];
    const { name, shape } = statement;
    const symbol = symbols.byKey.get(name.key);
    if (symbol === undefined || symbol.kind === "size")
      throw new EquationError(
        symbols.text,
        name,
        `size gives the length of ${name.key}, which is not defined`,
        `for a size of its own write size ${name.key} = 4`,
      );
    const { dims } = symbol;
    const refused = (): EquationError =>
      new EquationError(
        symbols.text,
        statement,
        `size says otherwise than the equations, in which ${name.key} is ${dimsInWords(dims)}`,
      );
    const lengths = shape.map((length) => dimOf(length, symbols));
    return [
      (force: boolean): boolean => {
        const row = dims.rows.value === 1 && dims.cols.value !== 1;
        if (lengths.length === 1 && !row && dims.cols.value !== 1 && !force) return false;
        const [first, second] = lengths;
        const one = dims.rows.value === 1 ? dims.rows : null;
        const fits =
          lengths.length === 2
            ? Dim.unify(dims.rows, first) && Dim.unify(dims.cols, second)
            : lengths.length === 0
              ? dims.rows.value === 1 && dims.cols.value === 1
              : row
                ? Dim.unify(dims.cols, first)
                : (one === null || first.value === 1) && Dim.unify(dims.rows, first);
        if (!fits) throw refused();
        return true;
      },
    ];
  });
}

/** The length that a declaration gives. */
function dimOf(length: Length, { byKey }: Symbols): Dim {
  if ("value" in length) return new Dim(length.value);
  const symbol = byKey.get(length.key);
  return symbol?.kind === "size" ? symbol.length : new Dim();
}
