/** The end of a float32 product: adds the bias, applies the activation, and stores the edge of a tile. */
import { sigmoid4, tanh4 } from "./math/lanes";

/** bias and activation of `rows` × 8 results */
export function finish(c: usize, step: usize, rows: i32, bias: usize, activation: i32): void {
  const zero = i64x2.splat(0);
  const left = bias ? v128.load(bias) : zero;
  const right = bias ? v128.load(bias, 16) : zero;
  for (let row = 0; row < rows; row++, c += step)
    for (let half: usize = 0; half < 32; half += 16) {
      let y = v128.load(c + half);
      // without a bias nothing is added, since −0 + 0 would be 0
      if (bias) y = f32x4.add(y, half ? right : left);
      if (activation == 1) y = f32x4.max(y, zero);
      else if (activation == 2) y = sigmoid4(y);
      else if (activation == 3) y = tanh4(y);
      v128.store(c + half, y);
    }
}

/** Copies the `rows` × `columns` results of a tile at the edge, from or to a whole tile. */
export function moveEdge(to: usize, toStep: usize, from: usize, fromStep: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++, to += toStep, from += fromStep)
    for (let column = 0; column < columns; column++)
      store<f32>(to + ((<usize>column) << 2), load<f32>(from + ((<usize>column) << 2)));
}
