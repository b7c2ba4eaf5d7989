/** Ops that move, repeat or leave out numbers; see src/ops/layout.ts, slice.ts and join.ts. Then running sums. */
import { shareFrom, shareTo } from "./memory";

/** One line of elements, `outStep` and `xStep` bytes apart. */
@inline
function moveLine<T>(out: usize, x: usize, length: i32, outStep: usize, xStep: usize): void {
  if (outStep == sizeof<T>() && xStep == sizeof<T>() && length > 16) {
    memory.copy(out, x, <usize>length * sizeof<T>());
    return;
  }
  for (let i = 0; i < length; i++) {
    store<T>(out, load<T>(x));
    out += outStep;
    x += xStep;
  }
}

function move<T>(out: usize, x: usize, axes: usize, rank: i32): void {
  const size = sizeof<T>();
  const length = load<i32>(axes);
  const outStep = <usize>load<i32>(axes, 4) * size;
  const xStep = <usize>load<i32>(axes, 8) * size;
  if (rank == 1) {
    moveLine<T>(out, x, length, outStep, xStep);
    return;
  }
  for (let i = 0; i < length; i++) {
    move<T>(out, x, axes + 12, rank - 1);
    out += outStep;
    x += xStep;
  }
}

/** Threads share the first axis. */
@inline
function moveAll<T>(out: usize, x: usize, axes: usize, rank: i32): void {
  if (rank == 0) {
    store<T>(out, load<T>(x));
    return;
  }
  const size = sizeof<T>();
  const length = load<i32>(axes);
  const outStep = <usize>load<i32>(axes, 4) * size;
  const xStep = <usize>load<i32>(axes, 8) * size;
  const from = shareFrom(length);
  const to = shareTo(length);
  if (rank == 1) {
    moveLine<T>(out + <usize>from * outStep, x + <usize>from * xStep, to - from, outStep, xStep);
    return;
  }
  for (let i = from; i < to; i++)
    move<T>(out + <usize>i * outStep, x + <usize>i * xStep, axes + 12, rank - 1);
}

/**
 * A strided copy. `axes` points to three words for each of the `rank` axes: its length and its strides in out and in x,
 * counted in elements; strides may be negative. It serves permute, transpose, expand, slice, flip, pad, concat and stack.
 */
export function move_8(out: usize, x: usize, axes: usize, rank: i32): void {
  moveAll<u8>(out, x, axes, rank);
}
export function move_32(out: usize, x: usize, axes: usize, rank: i32): void {
  moveAll<i32>(out, x, axes, rank);
}
export function move_64(out: usize, x: usize, axes: usize, rank: i32): void {
  moveAll<i64>(out, x, axes, rank);
}

/** Copies `bytes` bytes. */
export function copy(out: usize, x: usize, bytes: i32): void {
  if (bytes > 64) {
    memory.copy(out, x, <usize>bytes);
    return;
  }
  const end = out + <usize>bytes;
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

@inline
function fill<T>(out: usize, n: i32, value: T): void {
  for (let i = 0; i < n; i++) store<T>(out + <usize>i * sizeof<T>(), value);
}
export function fill_f32(out: usize, n: i32, value: f64): void {
  fill<f32>(out, n, <f32>value);
}
export function fill_f64(out: usize, n: i32, value: f64): void {
  fill<f64>(out, n, value);
}
export function fill_i32(out: usize, n: i32, value: i32): void {
  fill<i32>(out, n, value);
}
export function fill_u8(out: usize, n: i32, value: i32): void {
  memory.fill(out, <u8>value, <usize>n);
}

/** Running sums along the middle axis of [outer, length, inner], from the end if `reverse` is 1, carried in float64. */
@inline
function running<T>(out: usize, x: usize, outer: i32, length: i32, inner: i32, reverse: i32): void {
  const step = <usize>inner * sizeof<T>();
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      let at = (<usize>o * length * inner + <usize>i) * sizeof<T>();
      if (reverse) at += <usize>(length - 1) * step;
      let sum: f64 = 0;
      for (let p = 0; p < length; p++) {
        sum += <f64>load<T>(x + at);
        store<T>(out + at, <T>sum);
        at = reverse ? at - step : at + step;
      }
    }
}
export function cumsum_f32(out: usize, x: usize, outer: i32, length: i32, inner: i32, reverse: i32): void {
  running<f32>(out, x, outer, length, inner, reverse);
}
export function cumsum_f64(out: usize, x: usize, outer: i32, length: i32, inner: i32, reverse: i32): void {
  running<f64>(out, x, outer, length, inner, reverse);
}
