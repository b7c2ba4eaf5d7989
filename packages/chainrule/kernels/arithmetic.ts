/** Ops of several inputs, element by element; see src/ops/arithmetic.ts. da, db, dc are 1 for an array, 0 for one number. */
import { ADD, binary, choose, compare, DIV, EQ, GE, GT, LE, LT, MAX, MIN, MUL, NE, SUB } from "./lanes";
import { pow } from "./math/pow";

export function add_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f32>(ADD, out, a, b, n, da, db);
}
export function sub_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f32>(SUB, out, a, b, n, da, db);
}
export function mul_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f32>(MUL, out, a, b, n, da, db);
}
export function div_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f32>(DIV, out, a, b, n, da, db);
}
export function maximum_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f32>(MAX, out, a, b, n, da, db);
}
export function minimum_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f32>(MIN, out, a, b, n, da, db);
}
export function eq_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f32>(EQ, out, a, b, n, da, db);
}
export function ne_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f32>(NE, out, a, b, n, da, db);
}
export function lt_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f32>(LT, out, a, b, n, da, db);
}
export function le_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f32>(LE, out, a, b, n, da, db);
}
export function gt_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f32>(GT, out, a, b, n, da, db);
}
export function ge_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f32>(GE, out, a, b, n, da, db);
}
export function add_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f64>(ADD, out, a, b, n, da, db);
}
export function sub_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f64>(SUB, out, a, b, n, da, db);
}
export function mul_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f64>(MUL, out, a, b, n, da, db);
}
export function div_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f64>(DIV, out, a, b, n, da, db);
}
export function maximum_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f64>(MAX, out, a, b, n, da, db);
}
export function minimum_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<f64>(MIN, out, a, b, n, da, db);
}
export function eq_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f64>(EQ, out, a, b, n, da, db);
}
export function ne_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f64>(NE, out, a, b, n, da, db);
}
export function lt_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f64>(LT, out, a, b, n, da, db);
}
export function le_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f64>(LE, out, a, b, n, da, db);
}
export function gt_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f64>(GT, out, a, b, n, da, db);
}
export function ge_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<f64>(GE, out, a, b, n, da, db);
}
export function add_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<i32>(ADD, out, a, b, n, da, db);
}
export function sub_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<i32>(SUB, out, a, b, n, da, db);
}
export function mul_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<i32>(MUL, out, a, b, n, da, db);
}
export function maximum_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<i32>(MAX, out, a, b, n, da, db);
}
export function minimum_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  binary<i32>(MIN, out, a, b, n, da, db);
}
export function eq_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<i32>(EQ, out, a, b, n, da, db);
}
export function ne_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<i32>(NE, out, a, b, n, da, db);
}
export function lt_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<i32>(LT, out, a, b, n, da, db);
}
export function le_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<i32>(LE, out, a, b, n, da, db);
}
export function gt_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<i32>(GT, out, a, b, n, da, db);
}
export function ge_i32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  compare<i32>(GE, out, a, b, n, da, db);
}

/** c has one byte per element; 32 and 64 are the bits of an element of any type. */
export function where_32(out: usize, c: usize, a: usize, b: usize, n: i32, dc: i32, da: i32, db: i32): void {
  choose<i32>(out, c, a, b, n, dc, da, db);
}
export function where_64(out: usize, c: usize, a: usize, b: usize, n: i32, dc: i32, da: i32, db: i32): void {
  choose<i64>(out, c, a, b, n, dc, da, db);
}

@inline
function powers<T>(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  for (let i = 0; i < n; i++) {
    store<T>(out, <T>pow(<f64>load<T>(a), <f64>load<T>(b)));
    out += sizeof<T>();
    a += <usize>da * sizeof<T>();
    b += <usize>db * sizeof<T>();
  }
}
export function pow_f32(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  powers<f32>(out, a, b, n, da, db);
}
export function pow_f64(out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  powers<f64>(out, a, b, n, da, db);
}
