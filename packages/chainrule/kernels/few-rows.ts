/**
 * The float32 product for an A of few rows. Each number of B is used only a few times, so packing B would take longer than
 * the product; B is read in place, once. Threads share the columns in blocks of eight.
 */
import { finish, moveEdge } from "./epilogue";
import { PANEL_OFFSET, shareFrom, shareTo, workspace } from "./memory";
import { madd } from "./tile";

/** c = c + Σ xₚ b[p] over four rows of B or over one, for four columns or one. */
@inline
function addRows(c: usize, b: usize, step: usize, x0: v128, x1: v128, x2: v128, x3: v128, rows: i32, lanes: i32): void {
  let y = lanes == 4 ? v128.load(c) : v128.load32_zero(c);
  y = madd(x0, lanes == 4 ? v128.load(b) : v128.load32_zero(b), y);
  if (rows == 4) {
    y = madd(x1, lanes == 4 ? v128.load(b + step) : v128.load32_zero(b + step), y);
    b += step << 1;
    y = madd(x2, lanes == 4 ? v128.load(b) : v128.load32_zero(b), y);
    y = madd(x3, lanes == 4 ? v128.load(b + step) : v128.load32_zero(b + step), y);
  }
  if (lanes == 4) v128.store(c, y);
  else v128.store32_lane(c, y, 0);
}

@inline
function addToColumns(c: usize, b: usize, step: usize, a: usize, aStep: usize, columns: i32, rows: i32): void {
  const x0 = v128.load32_splat(a);
  const x1 = rows == 4 ? v128.load32_splat(a + aStep) : x0;
  const x2 = rows == 4 ? v128.load32_splat(a + 2 * aStep) : x0;
  const x3 = rows == 4 ? v128.load32_splat(a + 3 * aStep) : x0;
  const whole = c + ((<usize>(columns & ~3)) << 2);
  const end = c + ((<usize>columns) << 2);
  for (; c < whole; c += 16, b += 16) addRows(c, b, step, x0, x1, x2, x3, rows, 4);
  for (; c < end; c += 4, b += 4) addRows(c, b, step, x0, x1, x2, x3, rows, 1);
}

/** B [k, n]: rows of B, each times its number of A, are added to the results in place. */
function byRows(
  out: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  ta: i32,
  from: i32,
  to: i32,
): void {
  const aRow = (<usize>select<i32>(1, k, ta)) << 2;
  const aStep = (<usize>select<i32>(m, 1, ta)) << 2;
  const step = (<usize>n) << 2;
  const columns = to - from;
  out += (<usize>from) << 2;
  b += (<usize>from) << 2;
  for (let i = 0; i < m; i++) memory.fill(out + <usize>i * step, 0, (<usize>columns) << 2);
  const whole = k & ~3;
  for (let p = 0; p < k; p += p < whole ? 4 : 1) {
    for (let i = 0; i < m; i++) {
      const c = out + <usize>i * step;
      const x = a + <usize>i * aRow;
      if (p < whole) addToColumns(c, b, step, x, aStep, columns, 4);
      else addToColumns(c, b, step, x, aStep, columns, 1);
    }
    const rows: usize = p < whole ? 4 : 1;
    a += rows * aStep;
    b += rows * step;
  }
}

/** B [n, k] and A [m, k]: dot products, four columns at a time, each in four partial sums. */
function byColumns(out: usize, a: usize, b: usize, m: i32, n: i32, k: i32, from: i32, to: i32): void {
  const step = (<usize>k) << 2;
  const whole = (<usize>(k & ~7)) << 2;
  for (let j = from; j < to; j += 4) {
    // past the last column, the last one is read again, and those results are not stored
    const column = b + <usize>j * step;
    const c1 = <usize>min<i32>(1, to - 1 - j) * step;
    const c2 = <usize>min<i32>(2, to - 1 - j) * step;
    const c3 = <usize>min<i32>(3, to - 1 - j) * step;
    for (let i = 0; i < m; i++) {
      let x = a + <usize>i * step;
      let y = column;
      let s0 = i64x2.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let t0 = s0;
      let t1 = s0;
      let t2 = s0;
      let t3 = s0;
      const most = x + whole;
      const end = x + step;
      for (; x < most; x += 32, y += 32) {
        const four = v128.load(x);
        s0 = madd(four, v128.load(y), s0);
        s1 = madd(four, v128.load(y + c1), s1);
        s2 = madd(four, v128.load(y + c2), s2);
        s3 = madd(four, v128.load(y + c3), s3);
        const next = v128.load(x, 16);
        t0 = madd(next, v128.load(y, 16), t0);
        t1 = madd(next, v128.load(y + c1, 16), t1);
        t2 = madd(next, v128.load(y + c2, 16), t2);
        t3 = madd(next, v128.load(y + c3, 16), t3);
      }
      s0 = f32x4.add(s0, t0);
      s1 = f32x4.add(s1, t1);
      s2 = f32x4.add(s2, t2);
      s3 = f32x4.add(s3, t3);
      for (; x < end; x += 4, y += 4) {
        const one = v128.load32_zero(x);
        s0 = madd(one, v128.load32_zero(y), s0);
        s1 = madd(one, v128.load32_zero(y + c1), s1);
        s2 = madd(one, v128.load32_zero(y + c2), s2);
        s3 = madd(one, v128.load32_zero(y + c3), s3);
      }
      // the sums of the four lanes of each, next to each other
      const even = f32x4.add(i32x4.shuffle(s0, s1, 0, 4, 1, 5), i32x4.shuffle(s0, s1, 2, 6, 3, 7));
      const odd = f32x4.add(i32x4.shuffle(s2, s3, 0, 4, 1, 5), i32x4.shuffle(s2, s3, 2, 6, 3, 7));
      const sums = f32x4.add(i64x2.shuffle(even, odd, 0, 2), i64x2.shuffle(even, odd, 1, 3));
      const c = out + ((<usize>(i * n + j)) << 2);
      if (j + 4 <= to) v128.store(c, sums);
      else {
        v128.store32_lane(c, sums, 0);
        if (j + 1 < to) v128.store32_lane(c, sums, 1, 4);
        if (j + 2 < to) v128.store32_lane(c, sums, 2, 8);
      }
    }
  }
}

/** Bias and activation of columns from … to − 1. */
function finishColumns(out: usize, m: i32, n: i32, bias: usize, activation: i32, from: i32, to: i32): void {
  const edge = workspace + PANEL_OFFSET;
  const row = (<usize>n) << 2;
  for (let j = from; j < to; j += 8) {
    const c = out + ((<usize>j) << 2);
    const offset = bias ? bias + ((<usize>j) << 2) : 0;
    const columns = min<i32>(8, to - j);
    if (columns == 8) finish(c, row, m, offset, activation);
    else {
      moveEdge(edge, 32, c, row, m, columns);
      finish(edge, 32, m, offset, activation);
      moveEdge(c, row, edge, 32, m, columns);
    }
  }
}

/** Like matmul_f32, for few rows. A and B must not both be transposed. */
export function matmulFew_f32(
  out: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  ta: i32,
  tb: i32,
  bias: usize,
  activation: i32,
  batch: i32,
  aStep: i32,
  bStep: i32,
): void {
  const blocks = (n + 7) >> 3;
  const end = shareTo(batch * blocks);
  for (let at = shareFrom(batch * blocks); at < end; ) {
    const i = at / blocks;
    const first = at - i * blocks;
    const last = min<i32>(blocks, first + end - at);
    const from = first << 3;
    const to = min<i32>(n, last << 3);
    const c = out + ((<usize>i * m * n) << 2);
    const left = a + ((<usize>i * aStep) << 2);
    const right = b + ((<usize>i * bStep) << 2);
    if (tb) byColumns(c, left, right, m, n, k, from, to);
    else byRows(c, left, right, m, n, k, ta, from, to);
    if (bias != 0 || activation != 0) finishColumns(c, m, n, bias, activation, from, to);
    at += last - first;
  }
}
