/**
 * Transcendentals of four float32 at a time, with the bits of the reference: its float64 result rounded once.
 *
 * They run shorter operations than the reference, whose relative error e is below 2⁻⁴⁷ (2⁻⁴⁶ for tanh), and round
 * y(1 − e) and y(1 + e) to float32: where both give the same number, so does what lies between, the reference's result
 * among it. Where they differ (about one four in 500,000) the reference's lines run one by one (Ziv, "Fast evaluation
 * of elementary mathematical functions with correctly rounded last bit", 1991). So a fused multiply-add may serve,
 * though whether there is one differs between machines.
 *
 * Tried, ns an element on one core: the reference's table for exp, two at a time, exp 4.7, sigmoid 5.5, tanh 7.7; a
 * polynomial of degree 10 in place of the table 5.6, 5.8, 8.1; its constants read from memory, as here, 3.1, 3.5, 4.2.
 */
import { exp } from "./exp";
import { sigmoid, tanh } from "./hyperbolic";

@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}
@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1));
}
@inline
function joined(a: v128, b: v128): v128 {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}
@inline
function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_madd(a, b, c) : f64x2.add(c, f64x2.mul(a, b));
}

/** Constants are read from memory, one instruction each; engines make three of a splat of a number, at every use. */
const CONSTANTS: usize = memory.data<f64>([
  1.4426950408889634,
  6755399441055744,
  -7.371002565167799e-13,
  -0.6931471805592082,
  1.000000000000009,
  1,
  0.16666666666524038,
  0.5000000000000083,
  0.008333333395864206,
  0.04166666666559336,
  0.00019841157897077422,
  0.0013888889256254556,
  2.7645097772838384e-6,
  0.000024801115963179325,
  2.7779368794835046e-7,
  200,
  -200,
  0.13333333333328656,
  -0.3333333333333333,
  0.02186947898568453,
  -0.053968253933311915,
  0.003524688347618352,
  -0.008862054607931822,
  44,
  0.125,
  0.9999999999999929, // 1 − 2⁻⁴⁷
  1.000000000000007,
  0.9999999999999858, // 1 − 2⁻⁴⁶
  1.0000000000000142,
]);
@inline
function constant(offset: usize): v128 {
  return v128.load64_splat(CONSTANTS + offset);
}

/**
 * eˣ for |x| ≤ 200, with a relative error below 2⁻⁵⁰. x = n·ln 2 + r, and eʳ is a polynomial whose error on
 * |r| ≤ ln 2/2 is 2⁻⁵¹·⁶ (Remez). n stands in the low bits of the sum with 1.5·2⁵², and goes into the exponent.
 */
@inline
function expNear(x: v128): v128 {
  const shifted = madd(x, constant(0), constant(8));
  const n = f64x2.sub(shifted, constant(8));
  const r = madd(n, constant(16), madd(n, constant(24), x));
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const p01 = madd(constant(32), r, constant(40));
  const p23 = madd(constant(48), r, constant(56));
  const p45 = madd(constant(64), r, constant(72));
  const p67 = madd(constant(80), r, constant(88));
  const p89 = madd(constant(96), r, constant(104));
  const high = madd(madd(constant(112), r2, p89), r4, madd(p67, r2, p45));
  const p = madd(high, r4, madd(p23, r2, p01));
  return i64x2.add(p, i64x2.shl(shifted, 52));
}

/** Beyond ±200 the result is 0 or infinity in float32 all the same. */
@inline
function limited(x: v128): v128 {
  return f64x2.max(f64x2.min(x, constant(120)), constant(128));
}

@inline
function rounded(a: v128, b: v128, f: v128): v128 {
  return joined(f64x2.mul(a, f), f64x2.mul(b, f));
}

@inline
function same(x: v128, y: v128): bool {
  return i32x4.all_true(i32x4.eq(x, y));
}

const EXP = 0;
const SIGMOID = 1;
const TANH = 2;

/** The reference's lines, one after the other. */
function slowly(op: i32, x: v128): v128 {
  let y = x;
  y = f32x4.replace_lane(y, 0, one(op, f32x4.extract_lane(x, 0)));
  y = f32x4.replace_lane(y, 1, one(op, f32x4.extract_lane(x, 1)));
  y = f32x4.replace_lane(y, 2, one(op, f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(y, 3, one(op, f32x4.extract_lane(x, 3)));
}
function one(op: i32, x: f32): f32 {
  return <f32>(op == EXP ? exp(x) : op == SIGMOID ? sigmoid(x) : tanh(x));
}

@inline
export function exp4(x: v128): v128 {
  const a = expNear(limited(low(x)));
  const b = expNear(limited(high(x)));
  const y = rounded(a, b, constant(200));
  return same(y, rounded(a, b, constant(208))) ? y : slowly(EXP, x);
}

/** e/(1 + e) or 1/(1 + e) with e = e^−|x| */
@inline
function sigmoid2(x: v128): v128 {
  const e = expNear(f64x2.max(f64x2.neg(f64x2.abs(x)), constant(128)));
  const top = v128.bitselect(e, constant(40), f64x2.lt(x, i64x2.splat(0)));
  return f64x2.div(top, f64x2.add(constant(40), e));
}

@inline
export function sigmoid4(x: v128): v128 {
  const a = sigmoid2(low(x));
  const b = sigmoid2(high(x));
  const y = rounded(a, b, constant(200));
  return same(y, rounded(a, b, constant(208))) ? y : slowly(SIGMOID, x);
}

/**
 * tanh a for a ≥ 0: the reference's series below 1/8, and (e − 1)/(e + 1) with e = e^2a above; e − 1 loses two bits
 * at 1/8.
 */
@inline
function tanh2(a: v128): v128 {
  const z = f64x2.mul(a, a);
  const zz = f64x2.mul(z, z);
  const first = madd(z, constant(136), constant(144));
  const second = madd(z, constant(152), constant(160));
  const third = madd(z, constant(168), constant(176));
  const p = madd(f64x2.mul(zz, zz), third, madd(zz, second, first));
  const series = madd(a, f64x2.mul(z, p), a);
  const e = expNear(f64x2.min(f64x2.add(a, a), constant(184)));
  const ratio = f64x2.div(f64x2.sub(e, constant(40)), f64x2.add(e, constant(40)));
  return v128.bitselect(series, ratio, f64x2.lt(a, constant(192)));
}

@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const positive = v128.xor(x, sign);
  const a = tanh2(low(positive));
  const b = tanh2(high(positive));
  const y = rounded(a, b, constant(216));
  return same(y, rounded(a, b, constant(224))) ? v128.or(y, sign) : slowly(TANH, x);
}
