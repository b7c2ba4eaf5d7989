/**
 * Transcendental functions of four float32 at a time, with the same bits as the reference, which rounds a float64 once.
 *
 * These functions use fewer operations than the reference. Their relative error e is below 2⁻⁴⁷ (2⁻⁴⁵ where digits cancel).
 * They round y(1 − e) and y(1 + e) to float32. If both give the same number, the reference's result, which lies between
 * them, gives it too. If they differ (about once in 500,000 groups of four), the reference's operations run one by one (Ziv,
 * "Fast evaluation of elementary mathematical functions with correctly rounded last bit", 1991). So a fused multiply-add can
 * be used, although not every machine has one.
 *
 * Measured in ns an element on one core. exp, sigmoid, tanh: with the reference's table, two at a time, 4.7, 5.5, 7.7; with
 * a polynomial of degree 10, 5.6, 5.8, 8.1; with its constants read from memory, as here, 3.1, 3.5, 4.2.
 * log, softplus, expm1: with the reference's operations one by one 12.1, 28.2, 10.8; as here 3.4, 8.3, 4.4.
 */
import { exp, expm1 } from "./exp";
import { sigmoid, softplus, tanh } from "./hyperbolic";
import { log, log1p } from "./log";

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

/** Constants in memory: loading one takes one instruction; engines compile a splat of a number to three, at every use. */
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
  0.9999999999999929,
  1.000000000000007,
  0.9999999999999858,
  1.0000000000000142,
  2.0,
  0.4,
  0.6666666666666666,
  0.2222222222222222,
  0.2857142857142857,
  0.15384615384615385,
  0.18181818181818182,
  0.11764705882352941,
  0.13333333333333333,
  0.10526315789473684,
  0.6931471805599453,
  0.041666666666666664,
  0.16666666666666666,
  0.001388888888892417,
  0.008333333333357288,
  2.480158642824695e-5,
  0.00019841269075368176,
  2.7564851556484527e-7,
  2.756515539990753e-6,
  0.5,
  0.9999999999999716,
  1.0000000000000284,
  -0.0, // the sign bit
]);
@inline
function constant(offset: usize): v128 {
  return v128.load64_splat(CONSTANTS + offset);
}

/**
 * eˣ for |x| ≤ 200, with a relative error below 2⁻⁵⁰. x = n·ln 2 + r, and eʳ is a polynomial whose error on
 * |r| ≤ ln 2/2 is 2⁻⁵¹·⁶ (Remez). Adding 1.5·2⁵² puts n into the low bits, from where it goes into the exponent.
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

/** For |x| > 200 the float32 result is 0 or infinity, as it is for ±200. */
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
const LOG = 3;
const LOG1P = 4;
const SOFTPLUS = 5;
const EXPM1 = 6;
const ELU = 7;

/** The reference's function, for one number after the other. */
function slowly(op: i32, x: v128, p0: f64): v128 {
  let y = x;
  y = f32x4.replace_lane(y, 0, one(op, f32x4.extract_lane(x, 0), p0));
  y = f32x4.replace_lane(y, 1, one(op, f32x4.extract_lane(x, 1), p0));
  y = f32x4.replace_lane(y, 2, one(op, f32x4.extract_lane(x, 2), p0));
  return f32x4.replace_lane(y, 3, one(op, f32x4.extract_lane(x, 3), p0));
}
function one(op: i32, x: f64, p0: f64): f32 {
  if (op == EXP) return <f32>exp(x);
  if (op == SIGMOID) return <f32>sigmoid(x);
  if (op == TANH) return <f32>tanh(x);
  if (op == LOG) return <f32>log(x);
  if (op == LOG1P) return <f32>log1p(x);
  if (op == SOFTPLUS) return <f32>(p0 * x > 40 ? x : softplus(p0 * x) / p0);
  return <f32>(op == ELU && x > 0 ? x : op == ELU ? p0 * expm1(x) : expm1(x));
}

@inline
export function exp4(x: v128): v128 {
  const a = expNear(limited(low(x)));
  const b = expNear(limited(high(x)));
  const y = rounded(a, b, constant(200));
  return same(y, rounded(a, b, constant(208))) ? y : slowly(EXP, x, 0);
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
  return same(y, rounded(a, b, constant(208))) ? y : slowly(SIGMOID, x, 0);
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
  return same(y, rounded(a, b, constant(224))) ? v128.or(y, sign) : slowly(TANH, x, 0);
}

/**
 * ln u for normal u > 0, or ln(1 + x) where u is 1 + x rounded: u = 2ᵏ m with 0.707 ≤ m < 1.414,
 * f = m − 1 (x itself where k = 0), s = f/(2 + f), and ln(1 + f) = 2s + s (2/3 s² + 2/5 s⁴ + … + 2/19 s¹⁸).
 */
@inline
function logNear(u: v128, x: v128): v128 {
  // the high words as two integers
  const high = i8x16.shuffle(u, u, 4, 5, 6, 7, 12, 13, 14, 15, 4, 5, 6, 7, 12, 13, 14, 15);
  const k = i32x4.shr_s(i32x4.sub(high, i32x4.splat(0x3fe6a09e)), 20);
  const wide = i64x2.extend_low_i32x4_s(k);
  const m = i64x2.sub(u, i64x2.shl(wide, 52));
  const f = v128.bitselect(x, f64x2.sub(m, constant(40)), i64x2.eq(wide, i64x2.splat(0)));
  const s = f64x2.div(f, f64x2.add(f, constant(232)));
  const z = f64x2.mul(s, s);
  const z2 = f64x2.mul(z, z);
  const z4 = f64x2.mul(z2, z2);
  const p12 = madd(constant(240), z, constant(248));
  const p34 = madd(constant(256), z, constant(264));
  const p56 = madd(constant(272), z, constant(280));
  const p78 = madd(constant(288), z, constant(296));
  const upper = madd(madd(constant(304), z4, madd(p78, z2, p56)), z4, madd(p34, z2, p12));
  const sum = madd(s, f64x2.mul(z, upper), f64x2.add(s, s));
  return madd(f64x2.convert_low_i32x4_s(k), constant(312), sum);
}

@inline
function settled(op: i32, x: v128, a: v128, b: v128, p0: f64): v128 {
  const y = rounded(a, b, constant(200));
  return same(y, rounded(a, b, constant(208))) ? y : slowly(op, x, p0);
}

/** Whether all four numbers lie between `low` and infinity. NaN does not. */
@inline
function above(x: v128, low: v128): bool {
  return i32x4.all_true(v128.and(f32x4.gt(x, low), f32x4.lt(x, f32x4.splat(Infinity))));
}

@inline
export function log4(x: v128): v128 {
  if (!above(x, i64x2.splat(0))) return slowly(LOG, x, 0);
  const a = low(x);
  const b = high(x);
  return settled(LOG, x, logNear(a, f64x2.sub(a, constant(40))), logNear(b, f64x2.sub(b, constant(40))), 0);
}

@inline
export function log1p4(x: v128): v128 {
  if (!above(x, f32x4.splat(-1))) return slowly(LOG1P, x, 0);
  const a = low(x);
  const b = high(x);
  return settled(LOG1P, x, logNear(f64x2.add(a, constant(40)), a), logNear(f64x2.add(b, constant(40)), b), 0);
}

/** ln(1 + e^t)/β = (max(t, 0) + ln(1 + e^−|t|))/β with t = βx */
@inline
function softplus2(x: v128, beta: v128): v128 {
  const t = f64x2.mul(x, beta);
  const e = expNear(f64x2.max(f64x2.neg(f64x2.abs(t)), constant(128)));
  const l = logNear(f64x2.add(e, constant(40)), e);
  return f64x2.div(f64x2.add(f64x2.max(t, i64x2.splat(0)), l), beta);
}

@inline
export function softplus4(x: v128, beta: f64): v128 {
  const b = f64x2.splat(beta);
  return settled(SOFTPLUS, x, softplus2(low(x), b), softplus2(high(x), b), beta);
}

/** eˣ − 1: the reference's series below 1/8; e − 1 loses three bits at 1/8, so Ziv's test is wider by as many. */
@inline
function expm1Near(x: v128): v128 {
  const x2 = f64x2.mul(x, x);
  const p01 = madd(x, constant(320), constant(328));
  const p23 = madd(x, constant(336), constant(344));
  const p45 = madd(x, constant(352), constant(360));
  const p67 = madd(x, constant(368), constant(376));
  const p = madd(f64x2.mul(x2, x2), madd(x2, p67, p45), madd(x2, p23, p01));
  const series = madd(x2, madd(x, p, constant(384)), x);
  const ratio = f64x2.sub(expNear(limited(x)), constant(40));
  const y = v128.bitselect(series, ratio, f64x2.lt(f64x2.abs(x), constant(192)));
  // −0 stays −0
  return v128.or(y, v128.and(x, constant(408)));
}

@inline
export function expm14(x: v128): v128 {
  const a = expm1Near(low(x));
  const b = expm1Near(high(x));
  const y = rounded(a, b, constant(392));
  return same(y, rounded(a, b, constant(400))) ? y : slowly(EXPM1, x, 0);
}

/** x where x > 0, else α(eˣ − 1) */
@inline
export function elu4(x: v128, alpha: f64): v128 {
  const f = f64x2.splat(alpha);
  const a = f64x2.mul(expm1Near(low(x)), f);
  const b = f64x2.mul(expm1Near(high(x)), f);
  const y = rounded(a, b, constant(392));
  if (!same(y, rounded(a, b, constant(400)))) return slowly(ELU, x, alpha);
  return v128.bitselect(x, y, f32x4.gt(x, i64x2.splat(0)));
}
