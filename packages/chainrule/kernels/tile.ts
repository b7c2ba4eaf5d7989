/** The inner loop of a float32 product: 6 × 8 results in twelve registers, two of B and one of A beside them. */

/** a · b + c: fused where the machine has it (relaxed SIMD), else rounded twice. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(c, f32x4.mul(a, b));
}

/** c [6][8], rows `step` bytes apart, = (first ? 0 : c) + Σₚ a[p][6] ⊗ b[p][8] */
export function tile(c: usize, step: usize, a: usize, b: usize, depth: i32, first: bool): void {
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
  const end = a + <usize>depth * 24;
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
  const most = a + <usize>(depth & ~3) * 24;
  while (a < most) {
    {
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
    }
    {
      const b0 = v128.load(b, 32);
      const b1 = v128.load(b, 48);
      const a0 = v128.load32_splat(a, 24);
      c00 = madd(a0, b0, c00);
      c01 = madd(a0, b1, c01);
      const a1 = v128.load32_splat(a, 28);
      c10 = madd(a1, b0, c10);
      c11 = madd(a1, b1, c11);
      const a2 = v128.load32_splat(a, 32);
      c20 = madd(a2, b0, c20);
      c21 = madd(a2, b1, c21);
      const a3 = v128.load32_splat(a, 36);
      c30 = madd(a3, b0, c30);
      c31 = madd(a3, b1, c31);
      const a4 = v128.load32_splat(a, 40);
      c40 = madd(a4, b0, c40);
      c41 = madd(a4, b1, c41);
      const a5 = v128.load32_splat(a, 44);
      c50 = madd(a5, b0, c50);
      c51 = madd(a5, b1, c51);
    }
    {
      const b0 = v128.load(b, 64);
      const b1 = v128.load(b, 80);
      const a0 = v128.load32_splat(a, 48);
      c00 = madd(a0, b0, c00);
      c01 = madd(a0, b1, c01);
      const a1 = v128.load32_splat(a, 52);
      c10 = madd(a1, b0, c10);
      c11 = madd(a1, b1, c11);
      const a2 = v128.load32_splat(a, 56);
      c20 = madd(a2, b0, c20);
      c21 = madd(a2, b1, c21);
      const a3 = v128.load32_splat(a, 60);
      c30 = madd(a3, b0, c30);
      c31 = madd(a3, b1, c31);
      const a4 = v128.load32_splat(a, 64);
      c40 = madd(a4, b0, c40);
      c41 = madd(a4, b1, c41);
      const a5 = v128.load32_splat(a, 68);
      c50 = madd(a5, b0, c50);
      c51 = madd(a5, b1, c51);
    }
    {
      const b0 = v128.load(b, 96);
      const b1 = v128.load(b, 112);
      const a0 = v128.load32_splat(a, 72);
      c00 = madd(a0, b0, c00);
      c01 = madd(a0, b1, c01);
      const a1 = v128.load32_splat(a, 76);
      c10 = madd(a1, b0, c10);
      c11 = madd(a1, b1, c11);
      const a2 = v128.load32_splat(a, 80);
      c20 = madd(a2, b0, c20);
      c21 = madd(a2, b1, c21);
      const a3 = v128.load32_splat(a, 84);
      c30 = madd(a3, b0, c30);
      c31 = madd(a3, b1, c31);
      const a4 = v128.load32_splat(a, 88);
      c40 = madd(a4, b0, c40);
      c41 = madd(a4, b1, c41);
      const a5 = v128.load32_splat(a, 92);
      c50 = madd(a5, b0, c50);
      c51 = madd(a5, b1, c51);
    }
    a += 96;
    b += 128;
  }
  while (a < end) {
    {
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
    }
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
