/** Lengths as numbers with names: what the text leaves free is refused, or gets a symbol and a small value. */
import { dimsInWords } from "./dims.ts";
import type { Dim, Dims } from "./dims.ts";
import { EquationError } from "./error.ts";
import type { Span } from "./error.ts";
import type { Symbol, Symbols } from "./symbols.ts";

/** The shape of one example's value. A column has one column, a row one row, a number one of each. */
export interface ValueShape {
  readonly rows: number;
  readonly cols: number;
  /** The lengths as the text names them: `n_h`, or the number. */
  readonly names: readonly [rows: string, cols: string];
}

/** The lengths of a text, each with a value. */
export class Extents {
  /** The lengths that the text leaves free, by their symbols. */
  readonly free = new Map<string, number>();
  readonly #symbols: Symbols;
  readonly #mayBeFree: boolean;

  constructor(symbols: Symbols, mayBeFree: boolean) {
    this.#symbols = symbols;
    this.#mayBeFree = mayBeFree;
    for (const [name, symbol] of symbols.byKey) {
      if (symbol.kind === "size")
        this.#settle(
          symbol.length,
          name,
          placeOf(symbol),
          `the size ${name} is not known`,
          `write size ${name} = 4`,
        );
      if (symbol.kind === "parameter" || symbol.kind === "size") continue;
      for (const dim of [symbol.dims.rows, symbol.dims.cols])
        this.#settle(
          dim,
          `n_${bare(name)}`,
          placeOf(symbol),
          `the length of ${name} follows from nothing`,
          `write size ${name}: 4`,
        );
    }
  }

  /** Gives a free length its symbol and a small value of its own. */
  #settle(dim: Dim, name: string, at: Span, problem: string, advice: string): void {
    if (dim.value !== null) return;
    if (!this.#mayBeFree) throw new EquationError(this.#symbols.text, at, problem, advice);
    const taken = new Set(this.free.values());
    let value = 2;
    while (taken.has(value)) value++;
    const symbol = dim.name ?? name;
    this.free.set(symbol, value);
    dim.settle(value, symbol);
  }

  of(dim: Dim): number {
    return dim.value!;
  }

  /**
   * The shape of a value.
   * @throws EquationError for a length that belongs to no value with a name, as in W₂ W₁ x
   */
  shapeOf(dims: Dims, at: Span = { start: 0, end: 0 }, name = "a value"): ValueShape {
    const { rows, cols } = dims;
    if (rows.value === null || cols.value === null)
      throw new EquationError(
        this.#symbols.text,
        at,
        `${name} is ${dimsInWords(dims)}, and nothing says how long the ? is`,
        `give each product a name, or write param ${name}: 5×3`,
      );
    return {
      rows: rows.value,
      cols: cols.value,
      names: [rows.name ?? String(rows.value), cols.name ?? String(cols.value)],
    };
  }
}

function placeOf(symbol: Symbol): Span {
  if (symbol.kind === "size") return { start: 0, end: 0 };
  return symbol.kind === "parameter" ? symbol.at : symbol.from.name;
}

/** A name without accents and layers, for the symbol of its length: `h` of `h^[1]`. */
function bare(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/^(\p{L}+)_(.*)$/u, "{$1,$2}")
    .replace("^[", "")
    .replace("]", "");
}
