/**
 * Ops that pick or place elements by integer indices; see src/ops/select.ts. An index out of range is noted for the
 * device to throw (memory.ts), and read as 0.
 */
import { toInt32 } from "./casts";
import { checked, shareFrom, shareTo, step } from "./memory";

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

/** Sums carried in float64 become results, rounded once. */
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

/** out = 0, then out[o, index[o, i, r], r] += x[o, i, r]; `sums` is room for a float64 for each element of out. */
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

@inline
function added<T>(
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
    for (let i = 0; i < count; i++) {
      const at = checked(load<i32>(index + ((<usize>i) << 2)), length);
      let sum = sums + ((<usize>((o * length + at) * inner)) << 3);
      let from = x + <usize>((o * count + i) * inner) * sizeof<T>();
      for (let r = 0; r < inner; r++) {
        store<f64>(sum, load<f64>(sum) + <f64>load<T>(from));
        sum += 8;
        from += sizeof<T>();
      }
    }
  settle<T>(out, sums, n);
}

/** out = 0, then out[o, index[i]] += x[o, i]; `sums` is room for a float64 for each element of out. */
export function indexAdd_f32(
  out: usize,
  x: usize,
  index: usize,
  sums: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  added<f32>(out, x, index, sums, outer, length, count, inner);
}
export function indexAdd_f64(
  out: usize,
  x: usize,
  index: usize,
  sums: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  added<f64>(out, x, index, sums, outer, length, count, inner);
}
export function indexAdd_i32(
  out: usize,
  x: usize,
  index: usize,
  sums: usize,
  outer: i32,
  length: i32,
  count: i32,
  inner: i32,
): void {
  added<i32>(out, x, index, sums, outer, length, count, inner);
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

/** The batch of the step that a tape is at: row i of out = row indices[step · rows + i] of data; rows of `bytes` bytes. */
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

/** out[step] = x, `bytes` bytes a step, such as the loss. */
export function keep(out: usize, x: usize, bytes: i32): void {
  moveBytes(out + <usize>step * <usize>bytes, x, bytes);
}
