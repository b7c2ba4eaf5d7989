/**
 * Elementwise groups. Consecutive elementwise kernels of one shape become one instruction, which runs them block by block,
 * so that intermediate results stay in the first-level cache. packages/chainrule/kernels/groups.ts describes its words.
 */
import { bytesPer } from "../../../tensor/dtype.ts";
import { sameShape, sizeOf } from "../../../tensor/shape.ts";
import type { Shape } from "../../../tensor/shape.ts";
import type { Call, Slots, Writer } from "./call.ts";
import type { Point } from "./pointwise.ts";
import { signatureOf } from "../kernels/signatures.ts";
import { doubleWords } from "../kernels/tape.ts";

const ARRAY = 0;
const SLOT = 1;
const SCALAR = 2;
const ROW = 3;
const COLUMN = 4;
/** The number of blocks of scratch memory. */
const BLOCKS = 16;
/** From this many elements, times kernels, on, threads share a group. */
const WORTH_SHARING = 16_384;

/** How an operand fills a shape: whole, as one number, or repeated along rows or columns of a length. */
interface Lie {
  readonly place: typeof ARRAY | typeof SCALAR | typeof ROW | typeof COLUMN;
  readonly cols: number | null;
}

/** How an operand of shape x fills `shape`; null if it must be expanded in memory first. */
export function lieOf(x: Shape, shape: Shape): Lie | null {
  const size = sizeOf(x);
  if (size === sizeOf(shape)) return { place: ARRAY, cols: null };
  if (size === 1) return { place: SCALAR, cols: null };
  const lengths = [...new Array<number>(shape.length - x.length).fill(1), ...x];
  const same = lengths.map((length, axis) => length === shape[axis]);
  const one = lengths.map((length) => length === 1);
  for (let cut = 1; cut < shape.length; cut++) {
    const cols = sizeOf(shape.slice(cut));
    if (one.slice(0, cut).every(Boolean) && same.slice(cut).every(Boolean)) return { place: ROW, cols };
    if (same.slice(0, cut).every(Boolean) && one.slice(cut).every(Boolean)) return { place: COLUMN, cols };
  }
  return null;
}

export class Group {
  readonly shape: Shape;
  readonly points: Point[] = [];
  readonly reads = new Set<number>();
  readonly writes = new Set<number>();
  readonly #slots: Slots;
  #cols: number | null = null;

  constructor(shape: Shape, slots: Slots) {
    this.shape = shape;
    this.#slots = slots;
  }

  #lie(slot: number): Lie {
    return lieOf(this.#slots.all[slot].shape, this.shape) as Lie;
  }

  /** Whether the point can join: it has the group's shape and row length, and there are blocks for all results. */
  takes(point: Point): boolean {
    if (!sameShape(this.shape, this.#slots.all[point.output].shape)) return false;
    const cols = operandsOf(point).map((slot) => this.#lie(slot).cols);
    if (this.#cols !== null && cols.some((length) => length !== null && length !== this.#cols)) return false;
    return this.points.length < 40 && this.#blocksWith([...this.points, point]) !== null;
  }

  add(point: Point): void {
    for (const slot of operandsOf(point)) {
      const root = this.#slots.root(slot);
      if (!this.writes.has(root)) this.reads.add(root);
      this.#cols ??= this.#lie(slot).cols;
    }
    this.writes.add(point.output);
    this.points.push(point);
  }

  /** The block of each repeated operand and of each result that is not in memory; null if there are too few blocks. */
  #blocksWith(
    points: readonly Point[],
    inMemory: ReadonlySet<number> = new Set(),
  ): Map<string, number> | null {
    const last = new Map<string, number>();
    points.forEach((point, i) => {
      for (const slot of [point.output, ...operandsOf(point)]) last.set(String(this.#slots.root(slot)), i);
    });
    // a repeated operand keeps its block, since it is filled once, before the first block of elements
    const repeated = new Set<string>();
    for (const point of points)
      for (const slot of operandsOf(point))
        if (this.#lie(slot).place >= ROW) repeated.add(`${this.#slots.root(slot)}`);
    const blocks = new Map<string, number>();
    const free = Array.from({ length: BLOCKS }, (_, i) => BLOCKS - 1 - i);
    for (const key of repeated) {
      const block = free.pop();
      if (block === undefined) return null;
      blocks.set(`row ${key}`, block);
    }
    for (const [i, point] of points.entries()) {
      if (!inMemory.has(point.output)) {
        const block = free.pop();
        if (block === undefined) return null;
        blocks.set(String(point.output), block);
      }
      for (const slot of new Set([point.output, ...operandsOf(point).map((one) => this.#slots.root(one))])) {
        const block = blocks.get(String(slot));
        if (block !== undefined && last.get(String(slot)) === i && !repeated.has(String(slot)))
          free.push(block);
      }
    }
    return blocks;
  }

  /** The finished call. `needed` says which results are read outside of the group. */
  call(needed: (slot: number) => boolean): Call {
    const { shape, points } = this;
    const slots = this.#slots;
    const inMemory = new Set([...this.writes].filter(needed));
    const blocks = this.#blocksWith(points, inMemory) as Map<string, number>;
    const n = sizeOf(shape);
    const cols = this.#cols ?? n;
    const share = (n * points.length) / WORTH_SHARING;
    const place = (slot: number): number => {
      const root = slots.root(slot);
      return this.writes.has(root) && !inMemory.has(root) ? SLOT : this.#lie(slot).place;
    };
    const lies = points.flatMap((point) => operandsOf(point).map(place));
    const alone = points.length === 1 && share < 1 && lies.every((lie) => lie === ARRAY || lie === SCALAR);
    const encode = (writer: Writer): number[] =>
      points.flatMap((point) => {
        const operands = [point.output, point.a, point.b, point.c];
        let [places, sizes, rows] = [0, 0, 0];
        const addresses = operands.map((slot, i) => {
          if (slot === null) return 0;
          const lie = place(slot);
          places |= lie << (4 * i);
          sizes |= (31 - Math.clz32(bytesPer[slots.all[slot].dtype])) << (4 * i);
          const root = slots.root(slot);
          if (lie >= ROW) rows |= (blocks.get(`row ${root}`) as number) << (8 * i);
          return lie === SLOT ? (blocks.get(String(root)) as number) : writer.at(root);
        });
        const [p0 = 0, p1 = 0] = point.numbers;
        return [
          signatureOf(point.kernel).opcode, places, sizes, rows, ...addresses, ...doubleWords(p0), ...doubleWords(p1),
        ]; // prettier-ignore
      });
    return {
      kernel: alone ? points[0].kernel : "group",
      steps: [...new Set(points.map(({ step }) => step))],
      reads: [...this.reads],
      writes: [...inMemory],
      share: alone ? 0 : share,
      mayReplace: (read, written) => {
        const made = points.findIndex(({ output }) => output === written);
        return points.every((point, i) =>
          operandsOf(point).every(
            (slot) => slots.root(slot) !== read || (i <= made && place(slot) === ARRAY),
          ),
        );
      },
      write(writer) {
        const { tape } = writer;
        if (alone) {
          const [{ kernel, output, a, b, c, numbers }] = points;
          const at = (slot: number | null): number => (slot === null ? 0 : writer.at(slots.root(slot)));
          const step = (slot: number | null): number => (slot !== null && place(slot) === ARRAY ? 1 : 0);
          const [p0 = 0, p1 = 0] = numbers;
          const given = {
            out: at(output),
            a: at(a),
            b: at(b),
            c: at(c),
            n,
            da: step(a),
            db: step(b),
            dc: step(c),
            p0,
            p1,
          };
          tape.call(kernel, given as never);
        } else
          tape.call("group", {
            list: writer.words(encode(writer)),
            count: points.length,
            rows: n / cols,
            cols,
          });
      },
    };
  }
}

export function operandsOf({ a, b, c }: Point): number[] {
  return [a, b, c].filter((slot) => slot !== null);
}
