/** Panels for the tile of a float32 product: numbers in the order in which the tile reads them. */

/** Row i of a transposed 4 × 4 block, from the pairs that `low` and `high` made. */
@inline
function lowPairs(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}
@inline
function highPairs(x: v128, y: v128): v128 {
  return i8x16.shuffle(x, y, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

/**
 * Rows i … i + rows − 1 of A, `depth` columns from column p0 on, as [depth][6]; missing rows repeat the last one. A is
 * stored [m, k], or [k, m] with ta.
 */
export function packRows(
  to: usize,
  a: usize,
  i: i32,
  rows: i32,
  p0: i32,
  depth: i32,
  m: i32,
  k: i32,
  ta: i32,
): void {
  if (ta) {
    const step = (<usize>m) << 2;
    let from = a + ((<usize>(p0 * m + i)) << 2);
    if (rows == 6)
      for (let p = 0; p < depth; p++) {
        v128.store(to, v128.load(from));
        store<i64>(to, load<i64>(from, 16), 16);
        to += 24;
        from += step;
      }
    else
      for (let p = 0; p < depth; p++) {
        for (let r = 0; r < 6; r++)
          store<f32>(to + ((<usize>r) << 2), load<f32>(from + ((<usize>min<i32>(r, rows - 1)) << 2)));
        to += 24;
        from += step;
      }
    return;
  }
  const step = (<usize>k) << 2;
  let r0 = a + ((<usize>(i * k + p0)) << 2);
  let r1 = rows > 1 ? r0 + step : r0;
  let r2 = rows > 2 ? r1 + step : r1;
  let r3 = rows > 3 ? r2 + step : r2;
  let r4 = rows > 4 ? r3 + step : r3;
  let r5 = rows > 5 ? r4 + step : r4;
  const end = r0 + ((<usize>(depth & ~3)) << 2);
  while (r0 < end) {
    const x0 = v128.load(r0);
    const x1 = v128.load(r1);
    const x2 = v128.load(r2);
    const x3 = v128.load(r3);
    const x4 = v128.load(r4);
    const x5 = v128.load(r5);
    const a01 = lowPairs(x0, x1);
    const b01 = highPairs(x0, x1);
    const a23 = lowPairs(x2, x3);
    const b23 = highPairs(x2, x3);
    const a45 = lowPairs(x4, x5);
    const b45 = highPairs(x4, x5);
    v128.store(to, i64x2.shuffle(a01, a23, 0, 2));
    v128.store64_lane(to, a45, 0, 16);
    v128.store(to, i64x2.shuffle(a01, a23, 1, 3), 24);
    v128.store64_lane(to, a45, 1, 40);
    v128.store(to, i64x2.shuffle(b01, b23, 0, 2), 48);
    v128.store64_lane(to, b45, 0, 64);
    v128.store(to, i64x2.shuffle(b01, b23, 1, 3), 72);
    v128.store64_lane(to, b45, 1, 88);
    to += 96;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    r4 += 16;
    r5 += 16;
  }
  for (let p = depth & ~3; p < depth; p++) {
    store<f32>(to, load<f32>(r0));
    store<f32>(to, load<f32>(r1), 4);
    store<f32>(to, load<f32>(r2), 8);
    store<f32>(to, load<f32>(r3), 12);
    store<f32>(to, load<f32>(r4), 16);
    store<f32>(to, load<f32>(r5), 20);
    to += 24;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
    r4 += 4;
    r5 += 4;
  }
}

/**
 * The panels from … to − 1 of eight columns of B, `depth` rows from row p0 on: panel after panel as [depth][8]; missing
 * columns repeat the last one. B is stored [k, n], or [n, k] with tb.
 */
export function packColumns(
  out: usize,
  b: usize,
  from: i32,
  to: i32,
  p0: i32,
  depth: i32,
  n: i32,
  k: i32,
  tb: i32,
): void {
  for (let panel = from; panel < to; panel++) {
    const j = panel << 3;
    const columns = min<i32>(8, n - j);
    if (tb) packTransposed(out, b + ((<usize>(j * k + p0)) << 2), columns, depth, (<usize>k) << 2);
    else packStraight(out, b + ((<usize>(p0 * n + j)) << 2), columns, depth, (<usize>n) << 2);
    out += (<usize>depth) << 5;
  }
}

function packStraight(to: usize, from: usize, columns: i32, depth: i32, step: usize): void {
  if (columns == 8) {
    for (let p = 0; p < depth; p++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 32;
      from += step;
    }
    return;
  }
  for (let p = 0; p < depth; p++) {
    for (let c = 0; c < 8; c++)
      store<f32>(to + ((<usize>c) << 2), load<f32>(from + ((<usize>min<i32>(c, columns - 1)) << 2)));
    to += 32;
    from += step;
  }
}

function packTransposed(to: usize, from: usize, columns: i32, depth: i32, step: usize): void {
  // four columns of the panel, then the other four
  for (let half: usize = 0; half < 2; half++) {
    const c = (<i32>half) << 2;
    const c0 = from + <usize>min<i32>(c, columns - 1) * step;
    const c1 = from + <usize>min<i32>(c + 1, columns - 1) * step - c0;
    const c2 = from + <usize>min<i32>(c + 2, columns - 1) * step - c0;
    const c3 = from + <usize>min<i32>(c + 3, columns - 1) * step - c0;
    let out = to + (half << 4);
    let x = c0;
    const end = x + ((<usize>(depth & ~3)) << 2);
    while (x < end) {
      const x0 = v128.load(x);
      const x1 = v128.load(x + c1);
      const x2 = v128.load(x + c2);
      const x3 = v128.load(x + c3);
      const a01 = lowPairs(x0, x1);
      const b01 = highPairs(x0, x1);
      const a23 = lowPairs(x2, x3);
      const b23 = highPairs(x2, x3);
      v128.store(out, i64x2.shuffle(a01, a23, 0, 2));
      v128.store(out, i64x2.shuffle(a01, a23, 1, 3), 32);
      v128.store(out, i64x2.shuffle(b01, b23, 0, 2), 64);
      v128.store(out, i64x2.shuffle(b01, b23, 1, 3), 96);
      out += 128;
      x += 16;
    }
    for (let p = depth & ~3; p < depth; p++) {
      store<f32>(out, load<f32>(x));
      store<f32>(out, load<f32>(x + c1), 4);
      store<f32>(out, load<f32>(x + c2), 8);
      store<f32>(out, load<f32>(x + c3), 12);
      out += 32;
      x += 4;
    }
  }
}
