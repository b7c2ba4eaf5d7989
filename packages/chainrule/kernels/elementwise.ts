/** Ops of one input, element by element; see src/ops/elementwise.ts. float32 results are computed in float64 and rounded once. */
import { ABS, NEG, RELU, SIGN, SQRT, unary } from "./lanes";
import * as erfs from "./math/erf";
import * as exps from "./math/exp";
import * as hyperbolics from "./math/hyperbolic";
import * as logs from "./math/log";
import * as trigs from "./math/trig";
import { elu4, exp4, expm14, log1p4, log4, sigmoid4, softplus4, tanh4 } from "./math/lanes";

export function neg_f32(out: usize, a: usize, n: i32): void {
  unary<f32>(NEG, out, a, n);
}
export function abs_f32(out: usize, a: usize, n: i32): void {
  unary<f32>(ABS, out, a, n);
}
export function sign_f32(out: usize, a: usize, n: i32): void {
  unary<f32>(SIGN, out, a, n);
}
export function relu_f32(out: usize, a: usize, n: i32): void {
  unary<f32>(RELU, out, a, n);
}
export function sqrt_f32(out: usize, a: usize, n: i32): void {
  unary<f32>(SQRT, out, a, n);
}
export function neg_f64(out: usize, a: usize, n: i32): void {
  unary<f64>(NEG, out, a, n);
}
export function abs_f64(out: usize, a: usize, n: i32): void {
  unary<f64>(ABS, out, a, n);
}
export function sign_f64(out: usize, a: usize, n: i32): void {
  unary<f64>(SIGN, out, a, n);
}
export function relu_f64(out: usize, a: usize, n: i32): void {
  unary<f64>(RELU, out, a, n);
}
export function sqrt_f64(out: usize, a: usize, n: i32): void {
  unary<f64>(SQRT, out, a, n);
}
export function neg_i32(out: usize, a: usize, n: i32): void {
  unary<i32>(NEG, out, a, n);
}
export function abs_i32(out: usize, a: usize, n: i32): void {
  unary<i32>(ABS, out, a, n);
}
export function sign_i32(out: usize, a: usize, n: i32): void {
  unary<i32>(SIGN, out, a, n);
}
export function relu_i32(out: usize, a: usize, n: i32): void {
  unary<i32>(RELU, out, a, n);
}

const EXP = 0;
const EXPM1 = 1;
const LOG = 2;
const LOG1P = 3;
const SIN = 4;
const COS = 5;
const TANH = 6;
const SIGMOID = 7;
const ERF = 8;
const ELU = 9;
const SOFTPLUS = 10;
const CLAMP = 11;

@inline
function one(op: i32, x: f64, p0: f64, p1: f64): f64 {
  if (op == EXP) return exps.exp(x);
  if (op == EXPM1) return exps.expm1(x);
  if (op == LOG) return logs.log(x);
  if (op == LOG1P) return logs.log1p(x);
  if (op == SIN) return trigs.sin(x);
  if (op == COS) return trigs.cos(x);
  if (op == TANH) return hyperbolics.tanh(x);
  if (op == SIGMOID) return hyperbolics.sigmoid(x);
  if (op == ERF) return erfs.erf(x);
  if (op == ELU) return x > 0 ? x : p0 * exps.expm1(x);
  if (op == SOFTPLUS) return p0 * x > 40 ? x : hyperbolics.softplus(p0 * x) / p0;
  return x < p0 ? p0 : x > p1 ? p1 : x;
}

/** One element after the other, each in float64. */
@inline
function map<T>(op: i32, out: usize, a: usize, n: i32, p0: f64, p1: f64): void {
  const end = out + <usize>n * sizeof<T>();
  while (out < end) {
    store<T>(out, <T>one(op, <f64>load<T>(a), p0, p1));
    out += sizeof<T>();
    a += sizeof<T>();
  }
}

@inline
function four(op: i32, x: v128, p0: f64): v128 {
  if (op == EXP) return exp4(x);
  if (op == EXPM1) return expm14(x);
  if (op == LOG) return log4(x);
  if (op == LOG1P) return log1p4(x);
  if (op == TANH) return tanh4(x);
  if (op == ELU) return elu4(x, p0);
  if (op == SOFTPLUS) return softplus4(x, p0);
  return sigmoid4(x);
}

/** Four float32 at a time, then the rest one by one. */
@inline
function mapLanes(op: i32, out: usize, a: usize, n: i32, p0: f64): void {
  const whole = n & ~3;
  const end = out + ((<usize>whole) << 2);
  while (out < end) {
    v128.store(out, four(op, v128.load(a), p0));
    out += 16;
    a += 16;
  }
  map<f32>(op, out, a, n - whole, p0, 0);
}

export function exp_f32(out: usize, a: usize, n: i32): void {
  mapLanes(EXP, out, a, n, 0);
}
export function expm1_f32(out: usize, a: usize, n: i32): void {
  mapLanes(EXPM1, out, a, n, 0);
}
export function log_f32(out: usize, a: usize, n: i32): void {
  mapLanes(LOG, out, a, n, 0);
}
export function log1p_f32(out: usize, a: usize, n: i32): void {
  mapLanes(LOG1P, out, a, n, 0);
}
export function sin_f32(out: usize, a: usize, n: i32): void {
  map<f32>(SIN, out, a, n, 0, 0);
}
export function cos_f32(out: usize, a: usize, n: i32): void {
  map<f32>(COS, out, a, n, 0, 0);
}
export function tanh_f32(out: usize, a: usize, n: i32): void {
  mapLanes(TANH, out, a, n, 0);
}
export function sigmoid_f32(out: usize, a: usize, n: i32): void {
  mapLanes(SIGMOID, out, a, n, 0);
}
export function erf_f32(out: usize, a: usize, n: i32): void {
  map<f32>(ERF, out, a, n, 0, 0);
}
/** p0: α */
export function elu_f32(out: usize, a: usize, n: i32, p0: f64): void {
  mapLanes(ELU, out, a, n, p0);
}
/** p0: β */
export function softplus_f32(out: usize, a: usize, n: i32, p0: f64): void {
  mapLanes(SOFTPLUS, out, a, n, p0);
}
/** p0, p1: the limits */
export function clamp_f32(out: usize, a: usize, n: i32, p0: f64, p1: f64): void {
  map<f32>(CLAMP, out, a, n, p0, p1);
}
export function exp_f64(out: usize, a: usize, n: i32): void {
  const whole = n & ~1;
  const end = out + ((<usize>whole) << 3);
  while (out < end) {
    const x = v128.load(a);
    // NaN is not in the range
    const inside = f64x2.le(f64x2.abs(x), f64x2.splat(708));
    if (i64x2.all_true(inside)) v128.store(out, exps.exp2Lanes(x));
    else map<f64>(EXP, out, a, 2, 0, 0);
    out += 16;
    a += 16;
  }
  map<f64>(EXP, out, a, n - whole, 0, 0);
}
export function expm1_f64(out: usize, a: usize, n: i32): void {
  map<f64>(EXPM1, out, a, n, 0, 0);
}
export function log_f64(out: usize, a: usize, n: i32): void {
  map<f64>(LOG, out, a, n, 0, 0);
}
export function log1p_f64(out: usize, a: usize, n: i32): void {
  map<f64>(LOG1P, out, a, n, 0, 0);
}
export function sin_f64(out: usize, a: usize, n: i32): void {
  map<f64>(SIN, out, a, n, 0, 0);
}
export function cos_f64(out: usize, a: usize, n: i32): void {
  map<f64>(COS, out, a, n, 0, 0);
}
export function tanh_f64(out: usize, a: usize, n: i32): void {
  map<f64>(TANH, out, a, n, 0, 0);
}
export function sigmoid_f64(out: usize, a: usize, n: i32): void {
  map<f64>(SIGMOID, out, a, n, 0, 0);
}
export function erf_f64(out: usize, a: usize, n: i32): void {
  map<f64>(ERF, out, a, n, 0, 0);
}
/** p0: α */
export function elu_f64(out: usize, a: usize, n: i32, p0: f64): void {
  map<f64>(ELU, out, a, n, p0, 0);
}
/** p0: β */
export function softplus_f64(out: usize, a: usize, n: i32, p0: f64): void {
  map<f64>(SOFTPLUS, out, a, n, p0, 0);
}
/** p0, p1: the limits */
export function clamp_f64(out: usize, a: usize, n: i32, p0: f64, p1: f64): void {
  map<f64>(CLAMP, out, a, n, p0, p1);
}
export function clamp_i32(out: usize, a: usize, n: i32, p0: f64, p1: f64): void {
  map<i32>(CLAMP, out, a, n, p0, p1);
}
