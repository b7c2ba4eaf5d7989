/**
 * The loops of the elementwise kernels. `op` is a constant at every call, so that the compiler leaves one branch of
 * each `if` chain and the loop has only the instructions of its op.
 *
 * An operand's step is 1 where it is an array, 0 where one number stands for all: that number is spread over a
 * 16-byte cell first, and the loop reads the cell again and again.
 */
import { CELLS_OFFSET, workspace } from "./memory";

/** The address to read from: the array, or a cell filled with its one number. */
@inline
export function operand<T>(at: usize, step: i32, cell: usize): usize {
  if (step != 0) return at;
  const to = workspace + CELLS_OFFSET + (cell << 4);
  v128.store(to, v128.splat<T>(load<T>(at)));
  return to;
}

export const NEG = 0;
export const ABS = 1;
export const SIGN = 2;
export const SQRT = 3;
export const RELU = 4;

@inline
function lanesOf<T>(op: i32, x: v128): v128 {
  if (op == NEG) return v128.neg<T>(x);
  if (op == ABS) return v128.abs<T>(x);
  if (isFloat<T>() && op == SQRT) return v128.sqrt<T>(x);
  // max(x, 0) is NaN for NaN, and 0 for −0
  if (op == RELU) return v128.max<T>(x, i64x2.splat(0));
  // sign: x itself where it is 0 or NaN
  const zero = i64x2.splat(0);
  const above = v128.gt<T>(x, zero);
  const below = v128.lt<T>(x, zero);
  return v128.bitselect(v128.splat<T>(<T>1), v128.bitselect(v128.splat<T>(<T>-1), x, below), above);
}

@inline
function unaryOf<T>(op: i32, x: T): T {
  if (op == NEG) return <T>-x;
  if (op == ABS) return isFloat<T>() ? abs<T>(x) : x < 0 ? <T>-x : x;
  if (isFloat<T>() && op == SQRT) return sqrt<T>(x);
  if (op == RELU) return max<T>(x, 0);
  return x > 0 ? 1 : x < 0 ? <T>-1 : x;
}

/** out = op a */
@inline
export function unary<T>(op: i32, out: usize, a: usize, n: i32): void {
  const lanes = 16 / sizeof<T>();
  const end = out + <usize>n * sizeof<T>();
  const whole = out + <usize>(n & ~(<i32>lanes - 1)) * sizeof<T>();
  while (out < whole) {
    v128.store(out, lanesOf<T>(op, v128.load(a)));
    out += 16;
    a += 16;
  }
  while (out < end) {
    store<T>(out, unaryOf<T>(op, load<T>(a)));
    out += sizeof<T>();
    a += sizeof<T>();
  }
}

export const ADD = 0;
export const SUB = 1;
export const MUL = 2;
export const DIV = 3;
export const MAX = 4;
export const MIN = 5;

@inline
function lanesOfTwo<T>(op: i32, x: v128, y: v128): v128 {
  if (op == ADD) return v128.add<T>(x, y);
  if (op == SUB) return v128.sub<T>(x, y);
  if (op == MUL) return v128.mul<T>(x, y);
  if (isFloat<T>() && op == DIV) return v128.div<T>(x, y);
  if (op == MAX) return v128.max<T>(x, y);
  return v128.min<T>(x, y);
}

@inline
function binaryOf<T>(op: i32, x: T, y: T): T {
  if (op == ADD) return <T>(x + y);
  if (op == SUB) return <T>(x - y);
  if (op == MUL) return <T>(x * y);
  if (op == DIV) return <T>(x / y);
  if (op == MAX) return max<T>(x, y);
  return min<T>(x, y);
}

/** out = a op b */
@inline
export function binary<T>(op: i32, out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  const lanes = 16 / sizeof<T>();
  const end = out + <usize>n * sizeof<T>();
  const whole = out + <usize>(n & ~(<i32>lanes - 1)) * sizeof<T>();
  a = operand<T>(a, da, 0);
  b = operand<T>(b, db, 1);
  const aStep = (<usize>da) << 4;
  const bStep = (<usize>db) << 4;
  while (out < whole) {
    v128.store(out, lanesOfTwo<T>(op, v128.load(a), v128.load(b)));
    out += 16;
    a += aStep;
    b += bStep;
  }
  while (out < end) {
    store<T>(out, binaryOf<T>(op, load<T>(a), load<T>(b)));
    out += sizeof<T>();
    a += <usize>da * sizeof<T>();
    b += <usize>db * sizeof<T>();
  }
}

export const EQ = 0;
export const NE = 1;
export const LT = 2;
export const LE = 3;
export const GT = 4;
export const GE = 5;

@inline
function lanesCompared<T>(op: i32, x: v128, y: v128): v128 {
  if (op == EQ) return v128.eq<T>(x, y);
  if (op == NE) return v128.ne<T>(x, y);
  if (op == LT) return v128.lt<T>(x, y);
  if (op == LE) return v128.le<T>(x, y);
  if (op == GT) return v128.gt<T>(x, y);
  return v128.ge<T>(x, y);
}

@inline
function compared<T>(op: i32, x: T, y: T): bool {
  if (op == EQ) return x == y;
  if (op == NE) return x != y;
  if (op == LT) return x < y;
  if (op == LE) return x <= y;
  if (op == GT) return x > y;
  return x >= y;
}

/** out = 1 where a op b, else 0; one byte per element */
@inline
export function compare<T>(op: i32, out: usize, a: usize, b: usize, n: i32, da: i32, db: i32): void {
  const lanes = <usize>(16 / sizeof<T>());
  const end = out + <usize>n;
  const whole = out + ((<usize>n) & ~(lanes - 1));
  a = operand<T>(a, da, 0);
  b = operand<T>(b, db, 1);
  const aStep = (<usize>da) << 4;
  const bStep = (<usize>db) << 4;
  while (out < whole) {
    const mask = lanesCompared<T>(op, v128.load(a), v128.load(b));
    if (sizeof<T>() == 4) {
      // the lowest byte of each lane
      const bytes = i8x16.shuffle(mask, mask, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
      store<i32>(out, i32x4.extract_lane(bytes, 0) & 0x01010101);
    } else {
      store<u8>(out, <u8>(i64x2.extract_lane(mask, 0) & 1));
      store<u8>(out, <u8>(i64x2.extract_lane(mask, 1) & 1), 1);
    }
    out += lanes;
    a += aStep;
    b += bStep;
  }
  while (out < end) {
    store<u8>(out, <u8>compared<T>(op, load<T>(a), load<T>(b)));
    out += 1;
    a += <usize>da * sizeof<T>();
    b += <usize>db * sizeof<T>();
  }
}

/** out = a where c ≠ 0, else b; c has one byte per element */
@inline
export function choose<T>(out: usize, c: usize, a: usize, b: usize, n: i32, dc: i32, da: i32, db: i32): void {
  const lanes = <usize>(16 / sizeof<T>());
  const end = out + <usize>n * sizeof<T>();
  const whole = out + <usize>(n & ~(<i32>lanes - 1)) * sizeof<T>();
  a = operand<T>(a, da, 0);
  b = operand<T>(b, db, 1);
  c = operand<u8>(c, dc, 2);
  const aStep = (<usize>da) << 4;
  const bStep = (<usize>db) << 4;
  const cStep = <usize>dc * lanes;
  while (out < whole) {
    let zero: v128;
    if (sizeof<T>() == 4) {
      const bytes = i32x4.splat(load<i32>(c));
      // byte i of the four into every byte of lane i
      const spread = i8x16.shuffle(bytes, bytes, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
      zero = i32x4.eq(spread, i64x2.splat(0));
    } else {
      zero = i64x2.eq(i64x2.replace_lane(i64x2.splat(load<u8>(c)), 1, load<u8>(c, 1)), i64x2.splat(0));
    }
    v128.store(out, v128.bitselect(v128.load(b), v128.load(a), zero));
    out += 16;
    a += aStep;
    b += bStep;
    c += cStep;
  }
  while (out < end) {
    store<T>(out, load<u8>(c) != 0 ? load<T>(a) : load<T>(b));
    out += sizeof<T>();
    a += <usize>da * sizeof<T>();
    b += <usize>db * sizeof<T>();
    c += <usize>dc;
  }
}

/** Two floating-point numbers side by side, as float64. */
@inline
export function pair<T>(at: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at);
}

@inline
export function storePair<T>(at: usize, x: v128): void {
  if (sizeof<T>() == 4) v128.store64_lane(at, f32x4.demote_f64x2_zero(x), 0);
  else v128.store(at, x);
}
