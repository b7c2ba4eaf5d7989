/**
 * The inner loop of a float32 product: 6 × 8 results in registers while k runs, two of B and one of A beside them.
 *
 * The engine unrolls the loop over k. If the loop is unrolled by hand four times, the engine loads the operands of all four
 * before it uses the first, runs out of registers, and keeps sums in memory: 48 GFLOP/s in place of 58.8, of 59 possible.
 * Without fused multiply-add, 6 × 8 needs one register more than x86-64 has, so the tile is two of 3 × 8: 46 GFLOP/s in
 * place of 29.
 */

/** a · b + c: rounded once if the machine has fused multiply-add (relaxed SIMD), else twice. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/** c [6][8], rows `step` bytes apart, = (first ? 0 : c) + Σₚ a[p][6] ⊗ b[p][8] */
@inline
export function tile(c: usize, step: usize, a: usize, b: usize, depth: i32, first: bool): void {
  if (ASC_FEATURE_RELAXED_SIMD) sixRows(c, step, a, b, depth, first);
  else {
    threeRows(c, step, a, b, depth, first);
    threeRows(c + 3 * step, step, a + 12, b, depth, first);
  }
}

function sixRows(c: usize, step: usize, a: usize, b: usize, depth: i32, first: bool): void {
  let c00 = i64x2.splat(0);
  let c01 = i64x2.splat(0);
  let c10 = i64x2.splat(0);
  let c11 = i64x2.splat(0);
  let c20 = i64x2.splat(0);
  let c21 = i64x2.splat(0);
  let c30 = i64x2.splat(0);
  let c31 = i64x2.splat(0);
  let c40 = i64x2.splat(0);
  let c41 = i64x2.splat(0);
  let c50 = i64x2.splat(0);
  let c51 = i64x2.splat(0);
  if (!first) {
    let from = c;
    c00 = v128.load(from);
    c01 = v128.load(from, 16);
    from += step;
    c10 = v128.load(from);
    c11 = v128.load(from, 16);
    from += step;
    c20 = v128.load(from);
    c21 = v128.load(from, 16);
    from += step;
    c30 = v128.load(from);
    c31 = v128.load(from, 16);
    from += step;
    c40 = v128.load(from);
    c41 = v128.load(from, 16);
    from += step;
    c50 = v128.load(from);
    c51 = v128.load(from, 16);
  }
  const end = a + <usize>depth * 24;
  while (a < end) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a, 0);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = madd(a3, b0, c30);
    c31 = madd(a3, b1, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = madd(a4, b0, c40);
    c41 = madd(a4, b1, c41);
    const a5 = v128.load32_splat(a, 20);
    c50 = madd(a5, b0, c50);
    c51 = madd(a5, b1, c51);
    a += 24;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += step;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += step;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += step;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += step;
  v128.store(c, c40);
  v128.store(c, c41, 16);
  c += step;
  v128.store(c, c50);
  v128.store(c, c51, 16);
}

/** Three rows of the tile. */
function threeRows(c: usize, step: usize, a: usize, b: usize, depth: i32, first: bool): void {
  let c00 = i64x2.splat(0);
  let c01 = i64x2.splat(0);
  let c10 = i64x2.splat(0);
  let c11 = i64x2.splat(0);
  let c20 = i64x2.splat(0);
  let c21 = i64x2.splat(0);
  if (!first) {
    let from = c;
    c00 = v128.load(from);
    c01 = v128.load(from, 16);
    from += step;
    c10 = v128.load(from);
    c11 = v128.load(from, 16);
    from += step;
    c20 = v128.load(from);
    c21 = v128.load(from, 16);
  }
  const end = a + <usize>depth * 24;
  while (a < end) {
    const b0 = v128.load(b, 0);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a, 0);
    c00 = madd(a0, b0, c00);
    c01 = madd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = madd(a1, b0, c10);
    c11 = madd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = madd(a2, b0, c20);
    c21 = madd(a2, b1, c21);
    a += 24;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += step;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += step;
  v128.store(c, c20);
  v128.store(c, c21, 16);
}
