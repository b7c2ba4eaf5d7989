/** Writes out what `repeat` says once: a statement per layer, each name with the number of its layer. */
import { EquationError } from "./error.ts";
import type { Span } from "./error.ts";
import type { Layer } from "./letters.ts";
import type {
  Bound,
  DeclaredShape,
  EquationStatement,
  EquationText,
  Length,
  NameExpression,
  RepeatStatement,
  Statement,
} from "./syntax.ts";
import { withLayer, withLayers } from "./walk.ts";

/** The most layers that a repeat may have. */
const mostLayers = 1_000;

/** Sizes by name, as given outside of the text or by `size n_h = 4`. */
export type Sizes = ReadonlyMap<string, number>;

/** A statement that is not a repeat. */
export type FlatStatement = Exclude<Statement, RepeatStatement>;

/**
 * The statements without repeats.
 * @throws EquationError for a bound that is not known, and for what a repeat must not hold
 */
export function expanded({ text, statements }: EquationText, sizes: Sizes): FlatStatement[] {
  const letterOf = (letter: string, span: Span): number => {
    const value = sizes.get(letter);
    if (value !== undefined) return value;
    throw new EquationError(text, span, `the number of ${letter} is not known`, `write size ${letter} = 3`);
  };
  const boundOf = ({ size, offset, ...span }: Bound): number =>
    (size === null ? 0 : letterOf(size, span)) + offset;

  /** The layers of a statement as numbers; `at` is the layer of each bound letter. */
  const numbered = (statement: FlatStatement, at: ReadonlyMap<string, number>): FlatStatement => {
    const layerOf = (name: NameExpression): Layer | null => {
      if (name.layer === null || name.layer.letter === "") return name.layer;
      const { letter, offset } = name.layer;
      return { letter: "", offset: (at.get(letter) ?? letterOf(letter, name)) + offset };
    };
    const named = (name: NameExpression): NameExpression => withLayer(name, layerOf(name));
    const length = (of: Length): Length => ("value" in of ? of : named(of));
    const shape = (of: DeclaredShape): DeclaredShape => {
      if (of.kind === "number") return of;
      if (of.kind === "matrix") return { ...of, rows: length(of.rows), cols: length(of.cols) };
      return { ...of, length: of.length && length(of.length) };
    };
    switch (statement.kind) {
      case "rows":
        return statement;
      case "equation":
        return { ...statement, name: named(statement.name), value: withLayers(statement.value, layerOf) };
      case "size":
        return { ...statement, name: named(statement.name), shape: statement.shape.map(length) };
      case "param":
        return { ...statement, names: statement.names.map(named), shape: shape(statement.shape) };
      case "function":
        return statement;
      case "input":
        return { ...statement, name: named(statement.name), shape: shape(statement.shape) };
      case "target":
        return {
          ...statement,
          name: named(statement.name),
          length: statement.length && length(statement.length),
        };
      case "predict":
      case "minimize":
        return { ...statement, name: named(statement.name) };
    }
  };

  /** Declarations of sizes outside of a repeat whose letter some repeat binds: `size a^[l]: 4`. */
  const repeats = statements.filter((statement) => statement.kind === "repeat");
  const rangeOf = (repeat: RepeatStatement): number[] => {
    const [from, to] = [boundOf(repeat.from), boundOf(repeat.to)];
    if (to - from >= mostLayers)
      throw new EquationError(text, repeat.to, `the repeat has more than ${mostLayers} layers`);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  };

  return statements.flatMap((statement): FlatStatement[] => {
    if (statement.kind === "repeat") {
      const { letter, body } = statement;
      body.forEach((inner) => requireLayered(text, inner, letter));
      return rangeOf(statement).flatMap((layer) =>
        body.map((inner) => numbered(inner as FlatStatement, new Map([[letter, layer]]))),
      );
    }
    const letter = "name" in statement ? statement.name.layer?.letter : undefined;
    const repeat = repeats.find((other) => other.letter === letter);
    if (statement.kind === "size" && repeat && !sizes.has(repeat.letter))
      return rangeOf(repeat).map((layer) => numbered(statement, new Map([[repeat.letter, layer]])));
    return [numbered(statement, new Map())];
  });
}

/** Checks that a name defined inside a repeat has the repeat's letter as its layer. */
function requireLayered(text: string, statement: Statement, letter: string): void {
  if (statement.kind === "size" || statement.kind === "param") return;
  if (statement.kind !== "equation")
    throw new EquationError(text, statement, `${statement.kind} stands outside of repeat`);
  const { name }: EquationStatement = statement;
  if (name.layer?.letter === letter) return;
  throw new EquationError(
    text,
    name,
    `inside of repeat only names with ^[${letter}] are defined, and ${name.key} would be defined again for each layer`,
    `write ${name.key}^[${letter}]`,
  );
}
