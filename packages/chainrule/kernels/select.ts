/** Ops that choose elements by integer indices; see src/ops/select.ts. `checked` notes an index out of range. */
import { barrier } from "./barrier";
import { toInt32 } from "./casts";
import { pair, storePair } from "./lanes";
import { checked, part, parts, shareFrom, shareTo, step } from "./memory";

@inline
function picked<T>(
  out: usize,
  x: usize,
  index: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < count; i++)
      for (let r = 0; r < inner; r++) {
        const place = <usize>((o * count + i) * inner + r);
        const at = checked(load<i32>(index + (place << 2)), length);
        store<T>(
          out + place * sizeof<T>(),
          load<T>(x + <usize>((o * length + at) * inner + r) * sizeof<T>()),
        );
      }
}

/** out[o, i, r] = x[o, index[o, i, r], r]; x is [outer, length, inner], index and out [outer, count, inner] */
export function gather_32(
  out: usize,
  x: usize,
  index: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  picked<i32>(out, x, index, outer, length, count, inner);
}
export function gather_64(
  out: usize,
  x: usize,
  index: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  picked<i64>(out, x, index, outer, length, count, inner);
}

/** Rounds float64 sums once, to the results. */
@inline
function settle<T>(out: usize, sums: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const sum = load<f64>(sums + ((<usize>i) << 3));
    if (isFloat<T>()) store<T>(out + <usize>i * sizeof<T>(), <T>sum);
    else store<i32>(out + ((<usize>i) << 2), toInt32(sum));
  }
}

@inline
function scattered<T>(
  out: usize,
  x: usize,
  index: usize,
  sums: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  const n = outer * length * inner;
  memory.fill(sums, 0, (<usize>n) << 3);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < count; i++)
      for (let r = 0; r < inner; r++) {
        const place = <usize>((o * count + i) * inner + r);
        const at = checked(load<i32>(index + (place << 2)), length);
        const sum = sums + ((<usize>((o * length + at) * inner + r)) << 3);
        store<f64>(sum, load<f64>(sum) + <f64>load<T>(x + place * sizeof<T>()));
      }
  settle<T>(out, sums, n);
}

/** out = 0, then out[o, index[o, i, r], r] += x[o, i, r]; `sums` has room for a float64 per element of out. */
export function scatterAdd_f32(
  out: usize,
  x: usize,
  index: usize,
  sums: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  scattered<f32>(out, x, index, sums, outer, length, count, inner);
}
export function scatterAdd_f64(
  out: usize,
  x: usize,
  index: usize,
  sums: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  scattered<f64>(out, x, index, sums, outer, length, count, inner);
}
export function scatterAdd_i32(
  out: usize,
  x: usize,
  index: usize,
  sums: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  scattered<i32>(out, x, index, sums, outer, length, count, inner);
}

@inline
function moveBytes(out: usize, x: usize, bytes: i32): void {
  if (bytes > 256) {
    memory.copy(out, x, <usize>bytes);
    return;
  }
  const end = out + <usize>bytes;
  while (out + 16 <= end) {
    v128.store(out, v128.load(x));
    out += 16;
    x += 16;
  }
  while (out + 4 <= end) {
    store<i32>(out, load<i32>(x));
    out += 4;
    x += 4;
  }
  while (out < end) {
    store<u8>(out, load<u8>(x));
    out += 1;
    x += 1;
  }
}

/** out[o, i] = x[o, index[i]], slices of `bytes` bytes; x is [outer, length, slice], index [count] */
export function indexSelect(
  out: usize,
  x: usize,
  index: usize,
  outer: i32,
  length: i32,
  count: i32,
  bytes: i32,
): void {
  const end = shareTo(count);
  for (let o = 0; o < outer; o++)
    for (let i = shareFrom(count); i < end; i++) {
      const at = checked(load<i32>(index + ((<usize>i) << 2)), length);
      moveBytes(
        out + <usize>(o * count + i) * <usize>bytes,
        x + <usize>(o * length + at) * <usize>bytes,
        bytes,
      );
    }
}

/** heads [length]: the first position of an index, or −1; nexts [count]: the next position of the same index, or −1. */
function chain(heads: usize, nexts: usize, index: usize, length: i32, count: i32): void {
  memory.fill(heads, 0xff, (<usize>length) << 2);
  for (let i = count - 1; i >= 0; i--) {
    const head = heads + ((<usize>checked(load<i32>(index + ((<usize>i) << 2)), length)) << 2);
    store<i32>(nexts + ((<usize>i) << 2), load<i32>(head));
    store<i32>(head, i);
  }
}

/** out [inner] = the sum of the slices of x at the positions in the chain from `first` on, in order. */
@inline
function sumChain<T>(out: usize, x: usize, nexts: usize, first: i32, inner: i32): void {
  const size = sizeof<T>();
  let r = 0;
  if (isFloat<T>())
    for (; r + 8 <= inner; r += 8) {
      let a = f64x2.splat(0);
      let b = a;
      let c = a;
      let d = a;
      for (let i = first; i >= 0; i = load<i32>(nexts + ((<usize>i) << 2))) {
        const from = x + (<usize>i * <usize>inner + <usize>r) * size;
        a = f64x2.add(a, pair<T>(from));
        b = f64x2.add(b, pair<T>(from + 2 * size));
        c = f64x2.add(c, pair<T>(from + 4 * size));
        d = f64x2.add(d, pair<T>(from + 6 * size));
      }
      const to = out + <usize>r * size;
      storePair<T>(to, a);
      storePair<T>(to + 2 * size, b);
      storePair<T>(to + 4 * size, c);
      storePair<T>(to + 6 * size, d);
    }
  for (; r < inner; r++) {
    let sum: f64 = 0;
    for (let i = first; i >= 0; i = load<i32>(nexts + ((<usize>i) << 2)))
      sum += <f64>load<T>(x + (<usize>i * <usize>inner + <usize>r) * size);
    if (isFloat<T>()) store<T>(out + <usize>r * size, <T>sum);
    else store<i32>(out + ((<usize>r) << 2), toInt32(sum));
  }
}

/** Threads share the slices of the result, so that one thread writes each slice once. */
@inline
function added<T>(
  out: usize,
  x: usize,
  index: usize,
  chains: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  const nexts = chains + ((<usize>length) << 2);
  if (part == 0) chain(chains, nexts, index, length, count);
  if (parts > 1) barrier();
  const slice = <usize>inner * sizeof<T>();
  const end = shareTo(length);
  for (let o = 0; o < outer; o++)
    for (let at = shareFrom(length); at < end; at++) {
      const to = out + <usize>(o * length + at) * slice;
      const first = load<i32>(chains + ((<usize>at) << 2));
      if (first < 0) memory.fill(to, 0, slice);
      else sumChain<T>(to, x + <usize>(o * count) * slice, nexts, first, inner);
    }
}

/** out = 0, then out[o, index[i]] += x[o, i]; `chains` has room for length + count integers. */
export function indexAdd_f32(
  out: usize,
  x: usize,
  index: usize,
  chains: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  added<f32>(out, x, index, chains, outer, length, count, inner);
}
export function indexAdd_f64(
  out: usize,
  x: usize,
  index: usize,
  chains: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  added<f64>(out, x, index, chains, outer, length, count, inner);
}
export function indexAdd_i32(
  out: usize,
  x: usize,
  index: usize,
  chains: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  added<i32>(out, x, index, chains, outer, length, count, inner);
}

@inline
function hot<T>(out: usize, index: usize, n: i32, classes: i32): void {
  memory.fill(out, 0, <usize>n * <usize>classes * sizeof<T>());
  for (let i = 0; i < n; i++) {
    const at = checked(load<i32>(index + ((<usize>i) << 2)), classes);
    store<T>(out + <usize>(i * classes + at) * sizeof<T>(), 1);
  }
}
export function oneHot_f32(out: usize, index: usize, n: i32, classes: i32): void {
  hot<f32>(out, index, n, classes);
}
export function oneHot_f64(out: usize, index: usize, n: i32, classes: i32): void {
  hot<f64>(out, index, n, classes);
}
export function oneHot_i32(out: usize, index: usize, n: i32, classes: i32): void {
  hot<i32>(out, index, n, classes);
}
export function oneHot_u8(out: usize, index: usize, n: i32, classes: i32): void {
  hot<u8>(out, index, n, classes);
}

/** The batch of the current step: row i of out = row indices[step · rows + i] of data; rows of `bytes` bytes. */
export function gatherRows(
  out: usize,
  data: usize,
  indices: usize,
  rows: i32,
  bytes: i32,
  length: i32,
): void {
  const first = indices + ((<usize>step * <usize>rows) << 2);
  const end = shareTo(rows);
  for (let i = shareFrom(rows); i < end; i++) {
    const at = checked(load<i32>(first + ((<usize>i) << 2)), length);
    moveBytes(out + <usize>i * <usize>bytes, data + <usize>at * <usize>bytes, bytes);
  }
}

/** out[step] = x, with `bytes` bytes per step: for an output such as the loss. */
export function keep(out: usize, x: usize, bytes: i32): void {
  moveBytes(out + <usize>step * <usize>bytes, x, bytes);
}
