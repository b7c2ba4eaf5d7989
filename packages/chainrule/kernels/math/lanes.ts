/**
 * Transcendentals of four float32 at a time, with the bits of the reference: its float64 result rounded once.
 *
 * exp runs the reference's own operations on pairs of doubles. sigmoid and tanh run shorter ones, whose relative error
 * e is below 2⁻⁴⁷, and round y(1 − e) and y(1 + e) to float32: where both give the same number, so does what lies
 * between, the reference's result among it. Where they differ (about one four in 500,000) the reference's lines run
 * one by one (Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded last bit", 1991).
 */
import { exp2Lanes } from "./exp";
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

/** Beyond ±200 the result is 0 or infinity in float32 all the same. */
@inline
function limited(x: v128): v128 {
  return f64x2.max(f64x2.min(x, f64x2.splat(200)), f64x2.splat(-200));
}

@inline
export function exp4(x: v128): v128 {
  return joined(exp2Lanes(limited(low(x))), exp2Lanes(limited(high(x))));
}

const BELOW: f64 = 1 - 7.105427357601002e-15; // 1 − 2⁻⁴⁷
const ABOVE: f64 = 1 + 7.105427357601002e-15;

@inline
function rounded(a: v128, b: v128, factor: f64): v128 {
  const f = f64x2.splat(factor);
  return joined(f64x2.mul(a, f), f64x2.mul(b, f));
}

/** e/(1 + e) or 1/(1 + e) with e = e^−|x| */
@inline
function sigmoid2(x: v128): v128 {
  const one = f64x2.splat(1);
  const e = exp2Lanes(f64x2.max(f64x2.neg(f64x2.abs(x)), f64x2.splat(-200)));
  const top = v128.bitselect(e, one, f64x2.lt(x, i64x2.splat(0)));
  return f64x2.div(top, f64x2.add(one, e));
}

@inline
export function sigmoid4(x: v128): v128 {
  const a = sigmoid2(low(x));
  const b = sigmoid2(high(x));
  const y = rounded(a, b, BELOW);
  return i32x4.all_true(i32x4.eq(y, rounded(a, b, ABOVE))) ? y : sigmoid4Slow(x);
}

function sigmoid4Slow(x: v128): v128 {
  let y = f32x4.splat(<f32>sigmoid(<f64>f32x4.extract_lane(x, 0)));
  y = f32x4.replace_lane(y, 1, <f32>sigmoid(<f64>f32x4.extract_lane(x, 1)));
  y = f32x4.replace_lane(y, 2, <f32>sigmoid(<f64>f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(y, 3, <f32>sigmoid(<f64>f32x4.extract_lane(x, 3)));
}

/** of a = |x|: the reference's series below 1/8, (e − 1)/(e + 1) with e = e^2a above; e − 1 loses two bits at 1/8 */
@inline
function tanh2(a: v128): v128 {
  const one = f64x2.splat(1);
  const z = f64x2.mul(a, a);
  const zz = f64x2.mul(z, z);
  const p = f64x2.add(
    f64x2.add(
      f64x2.add(f64x2.splat(-0.3333333333333333), f64x2.mul(z, f64x2.splat(0.13333333333328656))),
      f64x2.mul(
        zz,
        f64x2.add(f64x2.splat(-0.053968253933311915), f64x2.mul(z, f64x2.splat(0.02186947898568453))),
      ),
    ),
    f64x2.mul(
      f64x2.mul(zz, zz),
      f64x2.add(f64x2.splat(-0.008862054607931822), f64x2.mul(z, f64x2.splat(0.003524688347618352))),
    ),
  );
  const series = f64x2.add(a, f64x2.mul(a, f64x2.mul(z, p)));
  const e = exp2Lanes(f64x2.min(f64x2.add(a, a), f64x2.splat(44)));
  const ratio = f64x2.div(f64x2.sub(e, one), f64x2.add(e, one));
  return v128.bitselect(series, ratio, f64x2.lt(a, f64x2.splat(0.125)));
}

@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const positive = v128.xor(x, sign);
  const a = tanh2(low(positive));
  const b = tanh2(high(positive));
  const y = rounded(a, b, BELOW);
  return i32x4.all_true(i32x4.eq(y, rounded(a, b, ABOVE))) ? v128.or(y, sign) : tanh4Slow(x);
}

function tanh4Slow(x: v128): v128 {
  let y = f32x4.splat(<f32>tanh(<f64>f32x4.extract_lane(x, 0)));
  y = f32x4.replace_lane(y, 1, <f32>tanh(<f64>f32x4.extract_lane(x, 1)));
  y = f32x4.replace_lane(y, 2, <f32>tanh(<f64>f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(y, 3, <f32>tanh(<f64>f32x4.extract_lane(x, 3)));
}
