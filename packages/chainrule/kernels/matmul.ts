/**
 * Matrix products; see src/ops/matmul.ts. out [m, n] = A B with A stored [m, k], or [k, m] with ta, and B stored
 * [k, n], or [n, k] with tb; `batch` products, whose operands are aStep and bStep elements apart (0 uses one for all).
 * Then out + bias[column] unless bias is 0, then an activation: 0 none, 1 relu, 2 sigmoid, 3 tanh.
 *
 * float32: blocks of B are packed into panels of eight columns, panels of A of six rows, and a tile of 6 × 8 results
 * stays in twelve registers while k runs. k is cut into equal blocks of at most 256, so that two panels fit the first-level
 * cache. Additions run along k in the same order for every element, so the bits depend on the shape alone.
 *
 * Measured, a whole 784-300-10 step at batch 100, in ms on one and two threads, each on its own core: with threads that
 * share rows of tiles and pack B block by block, 2.41 and 1.42; with threads that share tiles and pack a small B together,
 * 2.36 and 1.32. Now each thread packs the columns that it needs: no thread waits within a product, and each reads only
 * what it wrote.
 */
import { toInt32 } from "./casts";
import { finish, moveEdge } from "./epilogue";
import { packed, PANEL_OFFSET, shareFrom, shareTo, workspace } from "./memory";
import { sigmoid4, tanh4 } from "./math/lanes";
import { packColumns, packRows } from "./packing";
import { tile } from "./tile";

const DEPTH: i32 = 256;
/** The number of panels of eight columns that are packed at once: a megabyte at full depth. */
const WIDTH: i32 = 128;
/** Below this many multiplications a plain loop is faster than packing. */
const SMALL: i32 = 4096;

/** Tiles from … to − 1 of the product, counted down the columns. */
function multiply(
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
  from: i32,
  to: i32,
): void {
  const panel = workspace + PANEL_OFFSET;
  const edge = panel + 6 * 4 * DEPTH;
  const row = (<usize>n) << 2;
  const blocks = max<i32>(1, (k + DEPTH - 1) / DEPTH);
  const depth = (k + blocks - 1) / blocks;
  const rowPanels = (m + 5) / 6;
  const lastPanel = (to - 1) / rowPanels;
  for (let left = from / rowPanels; left <= lastPanel; left += WIDTH) {
    const right = min<i32>(left + WIDTH, lastPanel + 1);
    // other threads compute some rows of the first and of the last panel
    const skip = max<i32>(0, from - left * rowPanels);
    const keep = min<i32>(rowPanels, to - (right - 1) * rowPanels);
    for (let block = 0; block < blocks; block++) {
      const p0 = block * depth;
      const d = min<i32>(depth, k - p0);
      packColumns(packed, b, left, right, p0, d, n, k, tb);
      const first = block == 0;
      const last = block == blocks - 1 && (bias != 0 || activation != 0);
      for (let i = 0; i < rowPanels; i++) {
        // without branches the product is 3 % faster
        const j0 = left + <i32>(i < skip);
        const j1 = right - <i32>(i >= keep);
        if (j0 >= j1) continue;
        const rows = min<i32>(6, m - i * 6);
        packRows(panel, a, i * 6, rows, p0, d, m, k, ta);
        for (let j = j0; j < j1; j++) {
          const column = j << 3;
          const columns = min<i32>(8, n - column);
          const c = out + <usize>(i * 6) * row + ((<usize>column) << 2);
          const beside = packed + ((<usize>(j - left) * <usize>d) << 5);
          const offset = bias ? bias + ((<usize>column) << 2) : 0;
          if (rows == 6 && columns == 8) {
            tile(c, row, panel, beside, d, first);
            if (last) finish(c, row, 6, offset, activation);
          } else {
            if (!first) moveEdge(edge, 32, c, row, rows, columns);
            tile(edge, 32, panel, beside, d, first);
            if (last) finish(edge, 32, rows, offset, activation);
            moveEdge(c, row, edge, 32, rows, columns);
          }
        }
      }
    }
  }
}

/** Four results of a row at a time, from A and B without packing. A B stored as [n, k] is copied to [k, n] first. */
function multiplySmall(
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
): void {
  if (tb) {
    let to = packed;
    for (let p = 0; p < k; p++)
      for (let j = 0; j < n; j++, to += 4) store<f32>(to, load<f32>(b + ((<usize>(j * k + p)) << 2)));
    b = packed;
  }
  const aRow = (<usize>select<i32>(1, k, ta)) << 2;
  const aStep = (<usize>select<i32>(m, 1, ta)) << 2;
  const bStep = (<usize>n) << 2;
  for (let i = 0; i < m; i++, a += aRow) {
    for (let j = 0; j < n; j += 4) {
      let from = a;
      let beside = b + ((<usize>j) << 2);
      let y = i64x2.splat(0);
      for (let p = 0; p < k; p++) {
        const x = v128.load32_splat(from);
        y = ASC_FEATURE_RELAXED_SIMD
          ? f32x4.relaxed_madd(x, v128.load(beside), y)
          : f32x4.add(y, f32x4.mul(x, v128.load(beside)));
        from += aStep;
        beside += bStep;
      }
      if (bias) y = f32x4.add(y, v128.load(bias + ((<usize>j) << 2)));
      if (activation == 1) y = f32x4.max(y, i64x2.splat(0));
      else if (activation == 2) y = sigmoid4(y);
      else if (activation == 3) y = tanh4(y);
      if (j + 4 <= n) {
        v128.store(out, y);
        out += 16;
      } else {
        store<f32>(out, f32x4.extract_lane(y, 0));
        if (j + 1 < n) store<f32>(out, f32x4.extract_lane(y, 1), 4);
        if (j + 2 < n) store<f32>(out, f32x4.extract_lane(y, 2), 8);
        out += (<usize>(n - j)) << 2;
      }
    }
  }
}

export function matmul_f32(
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
  if (m == 0 || n == 0) return;
  if (<i64>m * n * k <= SMALL && <i64>n * k <= SMALL) {
    // each thread does whole products
    const end = shareTo(batch);
    for (let i = shareFrom(batch); i < end; i++) {
      const c = out + ((<usize>i * m * n) << 2);
      const left = a + ((<usize>i * aStep) << 2);
      const right = b + ((<usize>i * bStep) << 2);
      multiplySmall(c, left, right, m, n, k, ta, tb, bias, activation);
    }
    return;
  }
  // each thread has the same number of tiles, and packs the columns that it needs
  const tiles = ((m + 5) / 6) * ((n + 7) >> 3);
  const end = shareTo(batch * tiles);
  for (let at = shareFrom(batch * tiles); at < end; ) {
    const i = at / tiles;
    const from = at - i * tiles;
    const to = min<i32>(tiles, from + end - at);
    const c = out + ((<usize>i * m * n) << 2);
    const left = a + ((<usize>i * aStep) << 2);
    const right = b + ((<usize>i * bStep) << 2);
    multiply(c, left, right, m, n, k, ta, tb, bias, activation, from, to);
    at += to - from;
  }
}

/** The other types: 4 × 2 float64 sums in registers, with operands read in place. */
@inline
function plain<T>(
  out: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  ta: i32,
  tb: i32,
  batch: i32,
  leftStep: i32,
  rightStep: i32,
): void {
  if (m == 0 || n == 0) return;
  const size = sizeof<T>();
  const aRow = <usize>select<i32>(1, k, ta) * size;
  const aStep = <usize>select<i32>(m, 1, ta) * size;
  const bColumn = <usize>select<i32>(k, 1, tb) * size;
  const bStep = <usize>select<i32>(1, n, tb) * size;
  const tiles = (m + 3) >> 2;
  const end = shareTo(batch * tiles);
  for (let at = shareFrom(batch * tiles); at < end; at++) {
    const product = at / tiles;
    const i = (at - product * tiles) << 2;
    const c = out + <usize>product * m * n * size;
    const right = b + <usize>product * rightStep * size;
    // past the last row, the last one is read again, and those results are not stored
    const row0 = a + <usize>product * leftStep * size + <usize>i * aRow;
    const row1 = <usize>(min<i32>(i + 1, m - 1) - i) * aRow;
    const row2 = <usize>(min<i32>(i + 2, m - 1) - i) * aRow;
    const row3 = <usize>(min<i32>(i + 3, m - 1) - i) * aRow;
    for (let j = 0; j < n; j += 2) {
      let x = row0;
      let y = right + <usize>j * bColumn;
      const next = j + 1 < n ? bColumn : 0;
      let s0 = f64x2.splat(0);
      let s1 = f64x2.splat(0);
      let s2 = f64x2.splat(0);
      let s3 = f64x2.splat(0);
      for (let p = 0; p < k; p++) {
        const pair = f64x2.replace_lane(f64x2.splat(<f64>load<T>(y)), 1, <f64>load<T>(y + next));
        s0 = f64x2.add(s0, f64x2.mul(f64x2.splat(<f64>load<T>(x)), pair));
        s1 = f64x2.add(s1, f64x2.mul(f64x2.splat(<f64>load<T>(x + row1)), pair));
        s2 = f64x2.add(s2, f64x2.mul(f64x2.splat(<f64>load<T>(x + row2)), pair));
        s3 = f64x2.add(s3, f64x2.mul(f64x2.splat(<f64>load<T>(x + row3)), pair));
        x += aStep;
        y += bStep;
      }
      putPair<T>(c, i, j, m, n, s0);
      putPair<T>(c, i + 1, j, m, n, s1);
      putPair<T>(c, i + 2, j, m, n, s2);
      putPair<T>(c, i + 3, j, m, n, s3);
    }
  }
}

@inline
function put<T>(at: usize, sum: f64): void {
  if (isFloat<T>()) store<T>(at, <T>sum);
  else store<i32>(at, toInt32(sum));
}

function putPair<T>(out: usize, i: i32, j: i32, m: i32, n: i32, sums: v128): void {
  if (i >= m) return;
  const at = out + <usize>(i * n + j) * sizeof<T>();
  put<T>(at, f64x2.extract_lane(sums, 0));
  if (j + 1 < n) put<T>(at + sizeof<T>(), f64x2.extract_lane(sums, 1));
}

export function matmul_f64(
  out: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  ta: i32,
  tb: i32,
  batch: i32,
  aStep: i32,
  bStep: i32,
): void {
  plain<f64>(out, a, b, m, n, k, ta, tb, batch, aStep, bStep);
}

export function matmul_i32(
  out: usize,
  a: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  ta: i32,
  tb: i32,
  batch: i32,
  aStep: i32,
  bStep: i32,
): void {
  plain<i32>(out, a, b, m, n, k, ta, tb, batch, aStep, bStep);
}
