/** Lengths that are found step by step: two that must be equal become one. */

/** A length that may not be known yet. */
export class Dim {
  #same: Dim | null = null;
  #value: number | null;
  #name: string | null;

  constructor(value: number | null = null, name: string | null = null) {
    this.#value = value;
    this.#name = name;
  }

  /** The one that stands for all that are equal to this. */
  get root(): Dim {
    if (this.#same === null) return this;
    this.#same = this.#same.root;
    return this.#same;
  }

  get value(): number | null {
    return this.root.#value;
  }

  /** The name of a size, such as n_h; null for none. */
  get name(): string | null {
    return this.root.#name;
  }

  /** Gives a length that stayed free a value and a name. */
  settle(value: number, name: string): void {
    this.root.#value = value;
    this.root.#name = name;
  }

  /** Makes two lengths equal. Returns false where they differ; the length of a named size is not taken to be 1. */
  static unify(a: Dim, b: Dim): boolean {
    const [x, y] = [a.root, b.root];
    if (x === y) return true;
    if (x.#value !== null && y.#value !== null) {
      if (x.#value !== y.#value) return false;
    } else if ((x.#value === 1 && y.#name !== null) || (y.#value === 1 && x.#name !== null)) return false;
    y.#value ??= x.#value;
    y.#name ??= x.#name;
    x.#same = y;
    return true;
  }

  /** The length as a message shows it. */
  get text(): string {
    return this.value === null ? (this.name ?? "?") : String(this.value);
  }
}

/** A column has one column, a row one row, a number one of each. */
export interface Dims {
  readonly rows: Dim;
  readonly cols: Dim;
}

export const one = (): Dim => new Dim(1);
export const numberDims = (): Dims => ({ rows: one(), cols: one() });
export const freeDims = (): Dims => ({ rows: new Dim(), cols: new Dim() });
export const transposed = ({ rows, cols }: Dims): Dims => ({ rows: cols, cols: rows });

/** Whether the shape is known to be a number. */
export function isNumber({ rows, cols }: Dims): boolean {
  return rows.value === 1 && cols.value === 1;
}

/** Whether the shape is known not to be a number. */
export function isNotNumber(dims: Dims): boolean {
  return [dims.rows, dims.cols].some((dim) => (dim.value === null ? dim.name !== null : dim.value !== 1));
}

export function unifyDims(a: Dims, b: Dims): boolean {
  return Dim.unify(a.rows, b.rows) && Dim.unify(a.cols, b.cols);
}

/** A shape in words: `a number`, `a column of 4`, `a row of n_h`, `4×2`. */
export function dimsInWords({ rows, cols }: Dims): string {
  if (rows.value === 1 && cols.value === 1) return "a number";
  if (cols.value === 1) return `a column of ${rows.text}`;
  if (rows.value === 1) return `a row of ${cols.text}`;
  return `${rows.text}×${cols.text}`;
}
