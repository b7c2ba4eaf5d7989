/**
 * A second implementation of every op, from its definition alone: the number at each index of the result, in plain
 * loops over indices and without strides. It is slow and obvious; the kernels are compared with it.
 */

/** A tensor as a function from an index to a number. */
export interface Grid {
  readonly shape: readonly number[];
  at(index: readonly number[]): number;
}

type Oracle = (inputs: readonly Grid[], args: readonly unknown[]) => Grid;

/** All indices of a shape in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );
}

export function gridOf(values: ArrayLike<number>, shape: readonly number[]): Grid {
  const places = new Map(indicesOf(shape).map((index, at) => [index.join(), values[at]]));
  return {
    shape,
    at(index) {
      const value = places.get(index.join());
      if (value === undefined) throw new Error(`no element [${index.join()}] in [${shape.join()}]`);
      return value;
    },
  };
}

/** NumPy's broadcasting rule, aligned at the last axis. */
export function broadcastShape(...shapes: (readonly number[])[]): number[] | null {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const out: number[] = [];
  for (let back = 1; back <= rank; back++) {
    const lengths = new Set(shapes.map((shape) => shape[shape.length - back] ?? 1));
    lengths.delete(1);
    if (lengths.size > 1) return null;
    out.unshift([...lengths][0] ?? 1);
  }
  return out;
}

/** The grid repeated to a larger shape. */
function repeated(x: Grid, shape: readonly number[]): Grid {
  const added = shape.length - x.shape.length;
  return { shape, at: (index) => x.at(index.slice(added).map((i, axis) => (x.shape[axis] === 1 ? 0 : i))) };
}

const pointwise =
  (f: (...values: number[]) => number): Oracle =>
  (inputs) => {
    const shape = broadcastShape(...inputs.map((input) => input.shape)) ?? [];
    const wide = inputs.map((input) => repeated(input, shape));
    return { shape, at: (index) => f(...wide.map((input) => input.at(index))) };
  };
const withArgs =
  (f: (x: number, ...args: number[]) => number): Oracle =>
  ([x], args) => ({ shape: x.shape, at: (index) => f(x.at(index), ...(args as number[])) });

const axisOf = (axis: unknown, rank: number): number => ((axis as number) + rank) % rank;

const folded =
  (fold: (values: number[], options: { correction: number }) => number): Oracle =>
  ([x], [axes, last]) => {
    const options = typeof last === "object" ? (last as { correction?: number; keepDim?: boolean }) : null;
    const keepDim = options ? options.keepDim === true : last === true;
    const given = axes === undefined ? x.shape.map((_, axis) => axis) : [axes].flat();
    const gone = given.map((axis) => axisOf(axis, x.shape.length));
    const kept = (axis: number): boolean => !gone.includes(axis);
    const shape = keepDim
      ? x.shape.map((length, axis) => (kept(axis) ? length : 1))
      : x.shape.filter((_, axis) => kept(axis));
    return {
      shape,
      at(index) {
        const values = indicesOf(x.shape)
          .filter((full) => {
            const seen = keepDim
              ? full.map((i, axis) => (kept(axis) ? i : 0))
              : full.filter((_, axis) => kept(axis));
            return seen.join() === index.join();
          })
          .map((full) => x.at(full));
        return fold(values, { correction: options?.correction ?? 1 });
      },
    };
  };
const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);

/** A grid whose results are written one by one; the rest is `fill`. */
function written(
  shape: readonly number[],
  fill: number,
  write: (put: (at: number[], value: number, add?: boolean) => void) => void,
): Grid {
  const values = new Map<string, number>();
  write((at, value, add) => values.set(at.join(), (add ? (values.get(at.join()) ?? 0) : 0) + value));
  return { shape, at: (index) => values.get(index.join()) ?? fill };
}

export const oracles: Record<string, Oracle> = {
  neg: pointwise((x) => -x),
  abs: pointwise((x) => (x < 0 ? -x : x)),
  sign: pointwise((x) => (x < 0 ? -1 : x > 0 ? 1 : 0)),
  exp: pointwise(Math.exp),
  expm1: pointwise(Math.expm1),
  log: pointwise(Math.log),
  log1p: pointwise(Math.log1p),
  sqrt: pointwise(Math.sqrt),
  sin: pointwise(Math.sin),
  cos: pointwise(Math.cos),
  tanh: pointwise(Math.tanh),
  sigmoid: pointwise((x) => 1 / (1 + Math.exp(-x))),
  // 2/√π Σ (−1)ⁿ x²ⁿ⁺¹/(n! (2n + 1)), enough terms for |x| ≤ 2
  erf: pointwise((x) => {
    let sum = 0;
    for (let n = 0, term = x; n < 60; n++, term *= (-x * x) / n) sum += term / (2 * n + 1);
    return (2 / Math.sqrt(Math.PI)) * sum;
  }),
  relu: pointwise((x) => (x > 0 ? x : 0)),
  elu: withArgs((x, alpha = 1) => (x > 0 ? x : alpha * (Math.exp(x) - 1))),
  softplus: withArgs((x, beta = 1) => Math.log(1 + Math.exp(beta * x)) / beta),
  clamp: withArgs((x, low, high) => Math.min(Math.max(x, low), high)),
  to: ([x], [dtype]) => ({ shape: x.shape, at: (index) => (dtype === "float32" ? Math.fround(x.at(index)) : x.at(index)) }), // prettier-ignore
  detach: ([x]) => x,
  add: pointwise((a, b) => a + b),
  sub: pointwise((a, b) => a - b),
  mul: pointwise((a, b) => a * b),
  div: pointwise((a, b) => a / b),
  pow: pointwise(Math.pow),
  maximum: pointwise((a, b) => (a > b ? a : b)),
  minimum: pointwise((a, b) => (a < b ? a : b)),
  eq: pointwise((a, b) => Number(a === b)),
  ne: pointwise((a, b) => Number(a !== b)),
  lt: pointwise((a, b) => Number(a < b)),
  le: pointwise((a, b) => Number(a <= b)),
  gt: pointwise((a, b) => Number(a > b)),
  ge: pointwise((a, b) => Number(a >= b)),
  where: pointwise((condition, a, b) => (condition ? a : b)),
  sum: folded(total),
  mean: folded((values) => total(values) / values.length),
  variance: folded((values, { correction }) => {
    const mean = total(values) / values.length;
    return total(values.map((value) => (value - mean) * (value - mean))) / (values.length - correction);
  }),
  max: folded((values) => [...values].sort((a, b) => b - a)[0]),
  min: folded((values) => [...values].sort((a, b) => a - b)[0]),
  argmax: folded((values) => values.indexOf(Math.max(...values))),
  argmin: folded((values) => values.indexOf(Math.min(...values))),
  logSumExp: folded((values) => Math.log(total(values.map(Math.exp)))),
  cumsum: ([x], [axis, options]) => {
    const along = axisOf(axis, x.shape.length);
    const reverse = (options as { reverse?: boolean } | undefined)?.reverse === true;
    return {
      shape: x.shape,
      at: (index) => {
        const places = Array.from({ length: x.shape[along] }, (_, i) => i);
        const counted = places.filter((i) => (reverse ? i >= index[along] : i <= index[along]));
        return total(counted.map((i) => x.at(index.with(along, i))));
      },
    };
  },
  reshape: ([x], [to]) => {
    const size = x.shape.reduce((a, b) => a * b, 1);
    const rest = (to as number[]).filter((length) => length !== -1).reduce((a, b) => a * b, 1);
    const shape = (to as number[]).map((length) => (length === -1 ? size / rest : length));
    const order = indicesOf(x.shape);
    const places = new Map(indicesOf(shape).map((index, i) => [index.join(), order[i]]));
    return { shape, at: (index) => x.at(places.get(index.join()) ?? []) };
  },
  permute: ([x], [order]) => {
    const axes = (order as number[]).map((axis) => axisOf(axis, x.shape.length));
    return {
      shape: axes.map((axis) => x.shape[axis]),
      at: (index) => x.at(x.shape.map((_, axis) => index[axes.indexOf(axis)])),
    };
  },
  transpose: ([x], [first = -2, second = -1]) => {
    const [a, b] = [axisOf(first, x.shape.length), axisOf(second, x.shape.length)];
    const swap = (index: readonly number[]): number[] => index.with(a, index[b]).with(b, index[a]);
    return { shape: swap(x.shape), at: (index) => x.at(swap(index)) };
  },
  expand: ([x], [to]) => repeated(x, to as number[]),
  flip: ([x], [axes]) => {
    const turned = axes === undefined ? x.shape.map((_, axis) => axis) : [axes as number].flat();
    const rank = x.shape.length;
    const back = turned.map((axis) => axisOf(axis, rank));
    return {
      shape: x.shape,
      at: (index) => x.at(index.map((i, axis) => (back.includes(axis) ? x.shape[axis] - 1 - i : i))),
    };
  },
  slice: ([x], [ranges]) => {
    const taken = x.shape.map((length, axis) => {
      const all = Array.from({ length }, (_, i) => i);
      const range = (ranges as (null | number | (number | null)[])[])[axis] ?? null;
      if (range === null) return all;
      if (typeof range === "number") return all.at(range) as number;
      const [start, stop, step] = range;
      return all.slice(start ?? 0, stop ?? length).filter((_, i) => i % (step ?? 1) === 0);
    });
    return {
      shape: taken
        .filter((places) => typeof places !== "number")
        .map((places) => (places as number[]).length),
      at(index) {
        const rest = [...index];
        return x.at(taken.map((places) => (typeof places === "number" ? places : places[rest.shift() ?? 0])));
      },
    };
  },
  pad: ([x], [widths, options]) => {
    const { value = 0, interior = [] } = (options ?? {}) as { value?: number; interior?: number[] };
    const pairs = widths as number[][];
    const gap = (axis: number): number => interior[axis] ?? 0;
    const shape = x.shape.map((length, axis) => pairs[axis][0] + pairs[axis][1] + length + Math.max(0, length - 1) * gap(axis)); // prettier-ignore
    return written(shape, value, (put) => {
      for (const index of indicesOf(x.shape))
        put(index.map((i, axis) => pairs[axis][0] + i * (gap(axis) + 1)), x.at(index)); // prettier-ignore
    });
  },
  concat: (inputs, [axis = 0]) => {
    const along = axisOf(axis, inputs[0].shape.length);
    const owners = inputs.flatMap((input) =>
      Array.from({ length: input.shape[along] }, (_, i) => ({ input, i })),
    );
    return {
      shape: inputs[0].shape.with(along, owners.length),
      at: (index) => owners[index[along]].input.at(index.with(along, owners[index[along]].i)),
    };
  },
  stack: (inputs, [axis = 0]) => {
    const along = axisOf(axis, inputs[0].shape.length + 1);
    return {
      shape: inputs[0].shape.toSpliced(along, 0, inputs.length),
      at: (index) => inputs[index[along]].at(index.toSpliced(along, 1)),
    };
  },
  gather: ([x, places], [axis]) => {
    const along = axisOf(axis, x.shape.length);
    return { shape: places.shape, at: (index) => x.at(index.with(along, places.at(index))) };
  },
  scatterAdd: ([x, places], [axis, shape]) =>
    written(shape as number[], 0, (put) => {
      const along = axisOf(axis, x.shape.length);
      for (const index of indicesOf(x.shape)) put(index.with(along, places.at(index)), x.at(index), true);
    }),
  indexSelect: ([x, places], [axis]) => {
    const along = axisOf(axis, x.shape.length);
    return {
      shape: x.shape.with(along, places.shape[0]),
      at: (index) => x.at(index.with(along, places.at([index[along]]))),
    };
  },
  indexAdd: ([x, places], [axis, length]) => {
    const along = axisOf(axis, x.shape.length);
    return written(x.shape.with(along, length as number), 0, (put) => {
      for (const index of indicesOf(x.shape))
        put(index.with(along, places.at([index[along]])), x.at(index), true);
    });
  },
  oneHot: ([places], [classes]) => ({
    shape: [...places.shape, classes as number],
    at: (index) => Number(places.at(index.slice(0, -1)) === index[index.length - 1]),
  }),
  matmul: ([a, b], [flags]) => {
    const { transposeA = false, transposeB = false } = (flags ?? {}) as Record<string, boolean>;
    const turn = (x: Grid, turned: boolean): Grid => (turned ? oracles.transpose([x], []) : x);
    const [left, right] = [turn(a, transposeA), turn(b, transposeB)];
    const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) ?? [];
    const [m, k, n] = [left.shape.at(-2) ?? 0, left.shape.at(-1) ?? 0, right.shape.at(-1) ?? 0];
    const [wideLeft, wideRight] = [repeated(left, [...batch, m, k]), repeated(right, [...batch, k, n])];
    return {
      shape: [...batch, m, n],
      at(index) {
        const [at, i, j] = [index.slice(0, -2), index[index.length - 2], index[index.length - 1]];
        let sum = 0;
        for (let p = 0; p < k; p++) sum += wideLeft.at([...at, i, p]) * wideRight.at([...at, p, j]);
        return sum;
      },
    };
  },
};
