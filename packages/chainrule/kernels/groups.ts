/**
 * Elementwise groups: a short list of ops runs block by block over [rows, cols], so that intermediate results stay in the
 * first-level cache. An op is twelve words:
 *
 *     opcode, places, sizes, slots, out, a, b, c, p0 (two words), p1 (two words)
 *
 * `places` has four bits for each of out, a, b, c, from the lowest: where its elements are.
 *     0 ARRAY    at the address, one for each element
 *     1 SLOT     in a block of the workspace, the number of which stands for the address
 *     2 SCALAR   one number at the address
 *     3 ROW      one for each column, at the address
 *     4 COLUMN   one for each row, at the address
 * `sizes` has the logarithms of the elements' sizes in bytes, likewise, and `slots`, eight bits each, a slot for every
 * ROW and COLUMN, into which it is repeated to the length of a block.
 */
import { executeBlock } from "./dispatch";
import { shareFrom, shareTo, SLOT_BYTES, workspace } from "./memory";

const BLOCK: i32 = 512;
const WORDS: usize = 48;

const SLOT: u32 = 1;
const SCALAR: u32 = 2;
const ROW: u32 = 3;
const COLUMN: u32 = 4;

@inline
function slotAt(slot: i32): usize {
  return workspace + <usize>slot * SLOT_BYTES;
}

/** x[0 … columns − 1], repeated `rows` times */
function repeatRow(to: usize, x: usize, rows: i32, cols: i32, size: i32): void {
  const bytes = cols << size;
  for (let row = 0; row < rows; row++)
    for (let at = 0; at < bytes; at++, to++) store<u8>(to, load<u8>(x + <usize>at));
}

/** each of x[0 … rows − 1], repeated `cols` times */
function repeatColumn(to: usize, x: usize, rows: i32, cols: i32, size: i32): void {
  for (let row = 0; row < rows; row++) {
    if (size == 2) {
      const value = load<i32>(x + ((<usize>row) << 2));
      for (let i = 0; i < cols; i++, to += 4) store<i32>(to, value);
    } else if (size == 3) {
      const value = load<i64>(x + ((<usize>row) << 3));
      for (let i = 0; i < cols; i++, to += 8) store<i64>(to, value);
    } else {
      const value = load<u8>(x + <usize>row);
      for (let i = 0; i < cols; i++, to += 1) store<u8>(to, value);
    }
  }
}

/** Fills the slots of ROW operands, which are the same for all blocks. Returns whether there are ROWs or COLUMNs. */
function prepare(list: usize, end: usize, rows: i32, cols: i32, whole: bool): bool {
  let any = false;
  for (let op = list; op < end; op += WORDS) {
    const places = load<u32>(op, 4);
    // whether one of the digits is 3 or 4
    if (((places & 0x4444) | (places & (places >> 1) & 0x1111)) == 0) continue;
    any = true;
    for (let i: u32 = 1; i < 4; i++) {
      const place = (places >> (i << 2)) & 15;
      if (place == ROW && whole)
        repeatRow(
          slotAt((load<u32>(op, 12) >> (i << 3)) & 255),
          <usize>load<u32>(op + 16 + (i << 2)),
          rows,
          cols,
          (load<u32>(op, 8) >> (i << 2)) & 15,
        );
    }
  }
  return any;
}

/** The address of operand i, a ROW or a COLUMN, for a block of `height` rows or a piece of one row. */
function resolveFar(
  op: usize,
  i: u32,
  place: u32,
  row: i32,
  column: i32,
  height: i32,
  cols: i32,
  whole: bool,
): usize {
  const address = <usize>load<u32>(op + 16 + (i << 2));
  const size = (load<u32>(op, 8) >> (i << 2)) & 15;
  if (!whole) return address + ((<usize>(place == ROW ? column : row)) << size);
  const slot = slotAt((load<u32>(op, 12) >> (i << 3)) & 255);
  if (place == COLUMN) repeatColumn(slot, address + ((<usize>row) << size), height, cols, size);
  return slot;
}

@inline
function stepOf(place: u32, whole: bool): i32 {
  return place == SCALAR || (place == COLUMN && !whole) ? 0 : 1;
}

/** Runs the ops over `n` elements from (row, column) on: whole rows, or a piece of one row. */
function block(
  list: usize,
  end: usize,
  row: i32,
  column: i32,
  n: i32,
  height: i32,
  cols: i32,
  whole: bool,
): void {
  const first = <usize>(row * cols + column);
  for (let op = list; op < end; op += WORDS) {
    const places = load<u32>(op, 4);
    const sizes = load<u32>(op, 8);
    const out = places & 15;
    const at = <usize>load<u32>(op, 16);
    const to = out == SLOT ? slotAt(<i32>at) : at + (first << (sizes & 15));
    const a = (places >> 4) & 15;
    const b = (places >> 8) & 15;
    const c = places >> 12;
    let atA = <usize>load<u32>(op, 20);
    if (a == 0) atA += first << ((sizes >> 4) & 15);
    else if (a == SLOT) atA = slotAt(<i32>atA);
    else if (a != SCALAR) atA = resolveFar(op, 1, a, row, column, height, cols, whole);
    let atB = <usize>load<u32>(op, 24);
    if (b == 0) atB += first << ((sizes >> 8) & 15);
    else if (b == SLOT) atB = slotAt(<i32>atB);
    else if (b != SCALAR) atB = resolveFar(op, 2, b, row, column, height, cols, whole);
    let atC = <usize>load<u32>(op, 28);
    if (c == 0) atC += first << (sizes >> 12);
    else if (c == SLOT) atC = slotAt(<i32>atC);
    else if (c != SCALAR) atC = resolveFar(op, 3, c, row, column, height, cols, whole);
    executeBlock(
      load<u32>(op),
      to,
      atA,
      atB,
      atC,
      n,
      stepOf(a, whole),
      stepOf(b, whole),
      stepOf(c, whole),
      load<f64>(op, 32),
      load<f64>(op, 40),
    );
  }
}

/** Runs the `count` ops at `list` over [rows, cols]. */
export function group(list: usize, count: i32, rows: i32, cols: i32): void {
  const end = list + <usize>count * WORDS;
  if (rows == 0 || cols == 0) return;
  // blocks of several rows, or pieces of one row: for a piece, a ROW is read in place, and a COLUMN is one number
  const height = cols <= BLOCK ? min<i32>(rows, BLOCK / cols) : 1;
  const whole = height > 1;
  if (!prepare(list, end, height, cols, whole)) {
    // without ROWs and COLUMNs, all elements form one line
    const total = rows * cols;
    const last = shareTo((total + BLOCK - 1) / BLOCK);
    for (let i = shareFrom((total + BLOCK - 1) / BLOCK); i < last; i++)
      block(list, end, 0, i * BLOCK, min<i32>(BLOCK, total - i * BLOCK), 1, 0, true);
    return;
  }
  if (whole) {
    const blocks = (rows + height - 1) / height;
    const last = shareTo(blocks);
    for (let i = shareFrom(blocks); i < last; i++) {
      const here = min<i32>(height, rows - i * height);
      block(list, end, i * height, 0, here * cols, here, cols, true);
    }
    return;
  }
  const pieces = (cols + BLOCK - 1) / BLOCK;
  const last = shareTo(rows * pieces);
  for (let i = shareFrom(rows * pieces); i < last; i++) {
    const row = i / pieces;
    const column = (i - row * pieces) * BLOCK;
    block(list, end, row, column, min<i32>(BLOCK, cols - column), 1, cols, false);
  }
}
