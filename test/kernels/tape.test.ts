/** Tests the tape interpreter, and that its bits do not depend on the number of threads. */
import { expect, test } from "vitest";
import type { Values } from "chainrule";
import { signatures, type KernelName } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import { Tape as Written } from "../../packages/chainrule/src/devices/wasm/kernels/tape.ts";
import { encodeGroup } from "./group-list.ts";
import { drawn } from "./numbers.ts";
import { Scratchpad } from "./scratchpad.ts";

const TOGETHER = 1;
const BARRIER = 2;

class Tape {
  readonly words: number[] = [];
  add(name: KernelName, flags: number, ...args: number[]): void {
    const { opcode, parameters } = signatures.get(name)!;
    expect(args).toHaveLength(parameters.length);
    const values = parameters.flatMap(({ words }, i) => (words === 1 ? [args[i]] : twoWords(args[i])));
    this.words.push(opcode, (2 + values.length) | (flags << 16), ...values);
  }
  /** Runs the tape, and returns its address. */
  run(pad: Scratchpad, first: number, count: number): number {
    const at = pad.put(Int32Array.from(this.words));
    pad.instance.run(at, at + 4 * this.words.length, first, count);
    return at;
  }
}

function twoWords(x: number): number[] {
  return [...new Int32Array(Float64Array.of(x).buffer)];
}

/** Runs three steps of a small net on gathered rows; returns all memory after them. */
function train(pad: Scratchpad, [batch, inputs, hidden, classes]: number[]): Values[] {
  const rows = 3 * batch;
  const put = (length: number, seed: number) => pad.put(drawn("float32", length, 0.5, seed));
  const room = (length: number) => pad.reserve(4 * length);
  const [data, w1, b1, w2] = [
    put(rows * inputs, 1),
    put(hidden * inputs, 2),
    put(hidden, 3),
    put(classes * hidden, 4),
  ];
  const labels = pad.put(Int32Array.from({ length: rows }, (_, i) => i % classes));
  const order = pad.put(Int32Array.from({ length: rows }, (_, i) => (i * 7) % rows));
  const [x, y, h, o, losses, kept] = [batch * inputs, batch, batch * hidden, batch * classes, batch, 3].map(
    room,
  );
  const [loss, share, go, gh, gw1, gb1, gw2] = [
    1,
    1,
    batch * classes,
    batch * hidden,
    hidden * inputs,
    hidden,
    classes * hidden,
  ].map(room);
  const rate = pad.put(Float32Array.of(0.1));
  const tape = new Tape();
  const both = TOGETHER | BARRIER;
  tape.add("gatherRows", both, x, data, order, batch, 4 * inputs, rows);
  tape.add("gatherRows", TOGETHER, y, labels, order, batch, 4, rows);
  tape.add("fill_f32", 0, share, 1, 1 / batch);
  tape.add("matmul_f32", both, h, x, w1, batch, hidden, inputs, 0, 1, b1, 2, 1, 0, 0);
  tape.add("matmul_f32", both, o, h, w2, batch, classes, hidden, 0, 1, 0, 0, 1, 0, 0);
  tape.add("crossEntropy_f32", both, losses, o, y, batch, classes);
  tape.add("mean_f32", BARRIER, loss, losses, 1, batch, 1);
  tape.add("keep", 0, kept, loss, 4);
  tape.add("crossEntropyGrad_f32", TOGETHER, go, o, y, share, batch, classes, 0);
  tape.add("matmul_f32", both, gw2, go, h, classes, hidden, batch, 1, 0, 0, 0, 1, 0, 0);
  tape.add("matmul_f32", TOGETHER, gh, go, w2, batch, hidden, classes, 0, 0, 0, 0, 1, 0, 0);
  tape.add("sum_f32", both, gb1, gh, 1, batch, hidden);
  tape.add("matmul_f32", TOGETHER, gw1, gh, x, hidden, inputs, batch, 1, 0, 0, 0, 1, 0, 0);
  const flags = [both, TOGETHER, TOGETHER];
  const updated: [number, number, number][] = [
    [w1, gw1, hidden * inputs],
    [w2, gw2, classes * hidden],
    [b1, gb1, hidden],
  ];
  updated.forEach(([w, g, length], i) => {
    const f = (place: "array" | "slot" | "scalar", at: number) => ({ place, at, bytes: 4 as const });
    const list = encodeGroup([
      { kernel: "mul_f32", out: f("slot", 0), a: f("array", g), b: f("scalar", rate) },
      { kernel: "sub_f32", out: f("array", w), a: f("array", w), b: f("slot", 0) },
    ]);
    const at = pad.reserve(list.length);
    new Uint8Array(pad.instance.memory.buffer, at, list.length).set(list);
    tape.add("group", flags[i], at, 2, 1, length);
  });
  tape.run(pad, 0, 3);
  return [pad.get(kept, "float32", 3), ...updated.map(([w, , length]) => pad.get(w, "float32", length))];
}

test.each([[[10, 2, 10, 2]], [[32, 64, 32, 10]], [[37, 131, 67, 11]]])(
  "three steps of a net %o: the losses fall, and 1, 2, 4 threads and both kinds of memory give the same bits",
  async (sizes) => {
    for (const strict of [false, true]) {
      const results: Values[][] = [];
      for (const threads of [1, 2, 4]) {
        const pad = await Scratchpad.of({ threads, strict });
        results.push(train(pad, sizes));
        pad.instance.dispose();
      }
      const [[losses]] = results;
      expect(losses.every((loss) => Number.isFinite(loss))).toBe(true);
      expect(losses[2]).toBeLessThan(losses[0]);
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    }
  },
);

test.each([1, 2])(
  "a host call that throws ends the run at once, with %i threads, and the next run works",
  async (threads) => {
    const pad = await Scratchpad.of({ threads });
    const calls: [number, number][] = [];
    let fails = true;
    pad.instance.setHost((id, step) => {
      calls.push([id, step]);
      if (fails && step === 6) throw new RangeError("a planted fault");
    });
    const tape = new Tape();
    const kept = pad.reserve(40);
    tape.add("host", 0, 42);
    tape.add("keep", BARRIER, kept, pad.put(Float32Array.of(1)), 4);
    expect(() => tape.run(pad, 5, 3)).toThrow(new RangeError("a planted fault"));
    expect(calls).toEqual([
      [42, 5],
      [42, 6],
    ]);
    expect([...pad.get(kept + 20, "float32", 3)]).toEqual([1, NaN, NaN]);
    fails = false;
    tape.run(pad, 6, 2);
    expect([...pad.get(kept + 20, "float32", 3)]).toEqual([1, 1, 1]);
    pad.instance.dispose();
  },
);

test.each([1, 2])(
  "an index out of range ends the run and tells its instruction, with %i threads",
  async (threads) => {
    const pad = await Scratchpad.of({ threads });
    const tape = new Tape();
    const [out, kept] = [pad.reserve(64), pad.reserve(16)];
    const index = pad.put(Int32Array.of(0, 1, 2, 9));
    tape.add("fill_f32", 0, out, 1, 0);
    tape.add("gatherRows", TOGETHER | BARRIER, out, pad.put(drawn("float32", 12)), index, 4, 12, 4);
    tape.add("keep", BARRIER, kept, out, 4);
    const at = tape.run(pad, 0, 2);
    // the instruction after the first one, which has 4 words of arguments: address, count and a float64
    expect(pad.instance.takeFault()).toEqual({ index: 9, length: 4, instruction: at + 4 * (2 + 4) });
    expect([...pad.get(kept, "float32", 2)]).toEqual([NaN, NaN]);
    pad.instance.dispose();
  },
);

test("a call that lacks an argument is refused", () => {
  expect(() => new Written().call("copy", { out: 64, x: 128 } as never)).toThrow(
    "copy is called without bytes",
  );
});
