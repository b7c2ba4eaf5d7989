/** Known pitfalls of compiled steps in other libraries. Here each is refused, or gives the right result. */
import { describe, expect, test } from "vitest";
import {
  compile,
  composite,
  defineOp,
  Generator,
  GraphError,
  noGrad,
  Parameter,
  rand,
  reference,
  ShapeError,
  snapshot,
  state,
  tensor,
  ValueError,
} from "chainrule";
import type { Binary, Tensor, Unary } from "chainrule";
import { BatchNorm1d, Dropout, Linear, Sequential, Tanh } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";
import { crossEntropy, embedding, softmax, squaredError } from "chainrule/functions";
import type { WasmDevice } from "chainrule/wasm";
import { devices } from "./devices.ts";

const f64 = (data: number | number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

/** An op without a kernel on any device; it throws for inputs above 2. */
const atMostTwo: Unary = defineOp({
  name: "atMostTwo",
  kind: "elementwise",
  arity: 1,
  shape: ([x]) => x,
  kernel: (out, [x]) => {
    out.set(x);
    if (x.some((value) => value > 2)) throw new RangeError("too much");
  },
  vjp: null,
  tex: ([x]) => x,
  tests: { examples: [] },
});

/** a + b for inputs of one shape. */
const pairwise: Binary = defineOp({
  name: "pairwise",
  kind: "elementwise",
  arity: 2,
  shape: ([a]) => a,
  kernel: (out, [a, b]) => out.forEach((_, i) => (out[i] = a[i] + b[i])),
  vjp: null,
  tex: ([a]) => a,
  tests: { examples: [] },
});

/** A composite with an op that has no fast kernel for bool. */
const firstOf = composite("first", ({ x, i }: { x: Tensor; i: Tensor }) => x.gather(i.reshape([-1, 1]), 1), {
  tex: ({ x }) => x,
});

describe.each(Object.keys(devices))("on the %s device", async (name) => {
  const device = await devices[name]();
  const on = <Inputs extends readonly Tensor[], R extends Tensor | Tensor[] | Record<string, Tensor>>(
    step: (...inputs: Inputs) => R,
    verify = false,
  ) => compile(step, { device, verify });

  test("reading a value while tracing is refused, and changes no state", () => {
    const w = new Parameter(f64([2]));
    const step = on((x: Tensor) => {
      const y = x.mul(w).sum();
      y.backward();
      w.assign(w.mul(2));
      return y.item() > 0 ? y : y.neg();
    });
    expect(() => step(f64([1]))).toThrow(/is being traced and has no values yet; return it from the step/);
    expect([w.grad, w.toArray()]).toEqual([null, [2]]);
    expect(tensor([1]).add(1).toArray(), "the eager evaluator is back").toEqual([2]);
  });

  test("Math.random inside a step is refused", () => {
    const step = on((x: Tensor) => x.mul(Math.random()).sum());
    expect(() => step(f64([1]))).toThrow(
      /^compile: the step is another program the second time: operation 1, mul, takes the number 0\.\d+, then the number 0\.\d+\./,
    );
    expect(() => step(f64([1]))).toThrow(GraphError);
    const drawn = on((x: Tensor) => x.add(rand([2], { dtype: "float64" })));
    expect(() => drawn(f64([1, 2]))).toThrow(/operation 1, add, takes 2 numbers, then 2 numbers/);
  });

  test("a closed-over number that changes within the step is refused; one that changes between calls, by verify", () => {
    let calls = 0;
    expect(() => on((x: Tensor) => x.mul(++calls))(f64([1]))).toThrow(
      /takes the number 1, then the number 2/,
    );
    let rate = 1;
    const careless = on((x: Tensor) => x.mul(rate));
    const careful = on((x: Tensor) => x.mul(rate), true);
    expect([careless(f64([3])).toArray(), careful(f64([3])).toArray()]).toEqual([[3], [3]]);
    rate = 2;
    expect(careless(f64([3])).toArray(), "the number is part of the program").toEqual([3]);
    expect(() => careful(f64([3]))).toThrow(
      /another program now: operation 1, mul, takes the number 1, then/,
    );
    const cell = state(f64(1));
    const right = on((x: Tensor) => x.mul(cell));
    right(f64([3]));
    cell.assign(f64(2));
    expect(right(f64([3])).toArray(), "as a cell it may move").toEqual([6]);
  });

  test("a different number of operations, other attributes and other cells are refused", () => {
    let odd = false;
    expect(() =>
      on((x: Tensor) => {
        odd = !odd;
        return odd ? x.exp().neg() : x.exp();
      })(f64([1])),
    ).toThrow(/it has 2 operations, then 1/);
    expect(() =>
      on((x: Tensor) => {
        odd = !odd;
        return x.sum(odd ? 0 : 1);
      })(f64([[1, 2]])),
    ).toThrow(/operation 1, sum, has .*"axes":\[[01]\].*then/);
    expect(() => on((x: Tensor) => state(f64(1)).mul(x))(f64([1]))).toThrow(/other state cells/);
  });

  test("a captured tensor is a constant: verify finds a new one between calls", () => {
    let captured = f64([1, 2]);
    const step = on((x: Tensor) => x.mul(captured));
    const careful = on((x: Tensor) => x.mul(captured), true);
    step(f64([1, 1]));
    careful(f64([1, 1]));
    captured = f64([5, 5]);
    expect(step(f64([1, 1])).toArray()).toEqual([1, 2]);
    expect(() => careful(f64([1, 1]))).toThrow(/takes 2 numbers, then 2 numbers/);
  });

  test("another shape or type is compiled once as a separate program", () => {
    const step = on((x: Tensor) => x.sum());
    const results = [[1, 2], [1, 2, 3], [1, 2]].map((data) => step(f64(data)).item()); // prettier-ignore
    expect([...results, step(tensor([1, 2])).dtype]).toEqual([3, 6, 3, "float32"]);
    expect(step.programs.length).toBe(3);
  });

  test("recheck reads a closed-over number again, and compiles only if it changed", () => {
    let factor = 2;
    let traced = 0;
    let fails = false;
    const step = on((x: Tensor) => {
      if (fails) throw new Error("not now");
      traced++;
      return x.mul(factor);
    });
    const now = (): unknown => step(f64([1])).toArray();
    expect(now()).toEqual([2]);
    factor = 3;
    expect([now(), step.programs.length], "part of the program").toEqual([[2], 1]);
    step.recheck();
    expect([now(), now(), step.programs.length]).toEqual([[3], [3], 1]);
    const before = traced;
    step.recheck();
    expect([now(), now(), traced - before], "looked at once").toEqual([[3], [3], 1]);
    step.recheck();
    fails = true;
    for (let i = 0; i < 2; i++) expect(now, "in doubt until it could be traced").toThrow("not now");
    fails = false;
    expect(now()).toEqual([3]);
  });

  test("recheck also compiles changes that verify would refuse, and updates returned numbers", () => {
    let factor = 2;
    const step = compile((x: Tensor) => x.mul(factor), { device, verify: true });
    expect(step(f64([1])).toArray()).toEqual([2]);
    factor = 3;
    expect(() => step(f64([1]))).toThrow(/takes the number 2, then the number 3/);
    step.recheck();
    expect([step(f64([1])), step(f64([1]))].map((y) => y.toArray())).toEqual([[3], [3]]);
    step.dispose();

    const returning = on((x: Tensor) => ({ y: x.neg(), factor: tensor(factor), of: tensor([factor]) }));
    expect(returning(f64([1])).factor.item()).toBe(3);
    factor = 4;
    returning.recheck();
    expect(returning(f64([1])).of.toArray()).toEqual([4]);
    const drawn = on((x: Tensor) => [x.neg(), tensor(Math.random())]);
    expect(() => drawn(f64([1]))).toThrow(/result 2 is the number 0\.\d+, then the number 0\.\d+/);
  });

  test("recheck notices a changed type of a constant and a changed branch", () => {
    let two = tensor([2]);
    const typed = on((x: Tensor) => x.mul(two));
    expect(typed(tensor([1])).dtype).toBe("float32");
    two = f64([2]);
    typed.recheck();
    expect(typed(tensor([1])).dtype).toBe("float64");

    const net = new Dropout(0.5);
    let asks = false;
    const step = on((x: Tensor) => x.mul(asks && !net.training ? 10 : 1));
    expect(step(f64([1])).toArray()).toEqual([1]);
    asks = true;
    step.recheck();
    expect(step(f64([1])).toArray()).toEqual([1]);
    net.eval();
    expect(step(f64([1])).toArray()).toEqual([10]);
  });

  test("something that is not a device is refused", () => {
    for (const none of [Promise.resolve(device), "wasm", {}])
      expect(() => compile((x: Tensor) => x, { device: none as never })).toThrow(
        "compile: `device` is not a device; `await wasm()` makes one",
      );
  });

  test("train and eval mode have separate programs", () => {
    const net = new Sequential(new Linear(3, 40, { dtype: "float64" }), new Dropout(0.5));
    const forward = on((x: Tensor) => noGrad(() => net.forward(x)));
    const x = f64([[1, 2, 3]]);
    const evaluated = net.eval().forward(x).toArray();
    net.train();
    const trained = [forward(x).toArray(), forward(x).toArray()];
    net.eval();
    expect(forward(x).toArray()).toEqual(evaluated);
    net.train();
    trained.push(forward(x).toArray());
    expect(new Set(trained.map(String)).size, "dropout draws anew").toBeGreaterThan(1);
    expect(trained).not.toContainEqual(evaluated);
    expect(forward.programs.length).toBe(2);
  });

  test("a layer that is frozen between calls stays unchanged", () => {
    const w = new Parameter(f64([1]));
    const optimizer = new SGD([w], { lr: 0.5 });
    const b = new Parameter(f64([0]));
    const step = on((x: Tensor) => {
      optimizer.zeroGrad();
      const y = x.mul(w).add(b).sum();
      y.backward();
      optimizer.step();
      return y;
    });
    step(f64([2]));
    expect(w.toArray()).toEqual([0]);
    w.requiresGrad = false;
    step(f64([2]));
    expect(w.toArray()).toEqual([0]);
  });

  test("aliases keep their values: inputs, old versions, swapped cells", () => {
    const [a, b] = [state(f64([1])), state(f64([2]))];
    const step = on((x: Tensor) => {
      const old = a.read();
      a.assign(b.read());
      b.assign(old.add(0).detach());
      a.assign(a.mul(10));
      return { x, same: x.reshape([1]), old, now: a.read(), other: b.read() };
    });
    const x = f64([7]);
    const first = step(x);
    const shown = (result: Record<string, Tensor>) => Object.values(result).map((t) => t.toArray());
    expect(shown(first)).toEqual([[7], [7], [1], [20], [1]]);
    expect(shown(step(f64([8])))).toEqual([[8], [8], [20], [10], [20]]);
    expect(shown(first), "results of an earlier call stay").toEqual([[7], [7], [1], [20], [1]]);
    expect([a.toArray(), b.toArray(), x.toArray()]).toEqual([[10], [20], [7]]);
  });

  test("a cell assigned by hand between two calls is seen", () => {
    const count = state(f64(0));
    const step = on((x: Tensor) => {
      count.assign(count.add(x));
      return count.mul(1);
    });
    const seen = [step(f64(1)).item()];
    count.assign(f64(10));
    seen.push(step(f64(1)).item(), count.item());
    noGrad(() => count.assign(count.mul(2)));
    seen.push(step(f64(1)).item());
    expect(seen).toEqual([1, 11, 11, 23]);
  });

  test("p.grad of a compiled step says: return it from the step", () => {
    const w = new Parameter(f64([1, 2]), { name: "w" });
    const step = on((x: Tensor) => {
      w.grad = null;
      const y = w.mul(x).sum();
      y.backward();
      return { y, g: w.grad as unknown as Tensor };
    });
    const { g } = step(f64([3, 4]));
    expect(g.toArray()).toEqual([3, 4]);
    expect(w.grad).not.toBeNull();
    expect(() => w.grad?.toArray()).toThrow(
      "the gradient of w was a temporary of a compiled step; return it from the step and read it there",
    );
    w.grad = null;
    w.mul(w).sum().backward();
    expect(w.grad, "an eager gradient afterwards").toMatchObject({ shape: [2] });
    step(f64([3, 4]));
    expect(() => w.grad?.toArray()).toThrow(/return it from the step/);
  });

  test("gradients that are never cleared add up over the calls, like eagerly", () => {
    const make = (wrap: (step: (x: Tensor) => Tensor) => (x: Tensor) => Tensor) => {
      const w = new Parameter(f64([1, 2]), { name: "w" });
      const step = wrap((x) => {
        const y = w.mul(x).mul(w).sum();
        y.backward();
        return y;
      });
      const seen: unknown[] = [];
      for (const x of [1, 2, 3]) {
        step(f64([x, x]));
        seen.push(w.grad?.toArray());
      }
      w.grad = null;
      step(f64([1, 1]));
      seen.push((w.grad as unknown as Tensor).toArray());
      w.grad = f64([100, 100]);
      step(f64([1, 1]));
      seen.push(w.grad.toArray());
      return seen;
    };
    expect(make(on)).toEqual(make((step) => step));
  });

  test("zeroGrad works at the end of the step and at its start", () => {
    const make = (wrap: (step: (x: Tensor) => Tensor) => (x: Tensor) => Tensor) => {
      const w = new Parameter(f64([1, 2]));
      const optimizer = new SGD([w], { lr: 0.1, momentum: 0.9 });
      const step = wrap((x) => {
        const y = w.mul(x).mul(w).sum();
        y.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return y;
      });
      const values = [step(f64([1, 1])), step(f64([1, 1]))].map((y) => y.item());
      return [...values, w.toArray(), w.grad];
    };
    expect(make(on)).toEqual(make((step) => step));
  });

  test("an exception inside a step changes no state, and the step works afterwards", () => {
    const w = new Parameter(f64([1]));
    let broken = true;
    const step = on((x: Tensor) => {
      w.assign(w.add(x));
      if (broken) throw new RangeError("not now");
      return w.mul(1);
    });
    expect(() => step(f64([1]))).toThrow(new RangeError("not now"));
    expect(w.toArray()).toEqual([1]);
    broken = false;
    expect(step(f64([1])).toArray()).toEqual([2]);
    expect(() => step(f64([[1, 2]]))).toThrow(GraphError);
    expect(step(f64([1])).toArray()).toEqual([3]);
  });

  test("a bad label in a run leaves the net and its optimizer in the state of the step before", () => {
    const make = () => {
      const generator = new Generator(1);
      const net = new Sequential(
        new Linear(3, 8, { generator }),
        new BatchNorm1d(8),
        new Dropout(0.3, { generator }),
        new Linear(8, 2, { generator }),
      );
      const optimizer = new Adam(net.parameters());
      const step = on((x: Tensor, y: Tensor) => {
        const loss = crossEntropy(net.forward(x), y);
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return loss;
      });
      return { step, cells: () => step.cells.map(({ name, data }) => [name, data] as const) };
    };
    const x = tensor([[1, 2, 3], [3, 1, 2], [0, 1, 0], [2, 2, 1]]); // prettier-ignore
    const wrong = tensor(Int32Array.of(0, 1, 1, 2));
    const batches = [[0, 1], [2, 1], [2, 3], [0, 2]].map((rows) => Int32Array.from(rows)); // prettier-ignore
    const [good, bad] = [make(), make()];
    const refusal = /index 2 is out of range 0 … 1/;
    good.step.run([x, wrong], batches.slice(0, 2));
    expect(() => bad.step.run([x, wrong], batches)).toThrow(refusal);
    expect(bad.cells(), "in the third step of a run").toEqual(good.cells());
    expect(() => bad.step(x, wrong)).toThrow(refusal);
    bad.step.run([x, wrong], batches.slice(0, 2));
    good.step.run([x, wrong], batches.slice(0, 2));
    expect(bad.cells(), "and goes on from there").toEqual(good.cells());
  });

  describe("a user's op whose kernel", () => {
    let hook = (): void => {};
    const doubled = defineOp({
      name: "doubled",
      kind: "elementwise",
      arity: 1,
      shape: ([x]) => x,
      kernel: (out, [x]) => {
        hook();
        for (let i = 0; i < out.length; i++) out[i] = 2 * x[i];
      },
      vjp: [(g) => g.mul(2)],
      tex: ([x]) => ({ text: `2 ${x.text}`, binds: 3 }),
      tests: { examples: [{ inputs: [[2]] }] },
    }) as Unary;
    const make = () => {
      const w = new Parameter(f64([1, 2]));
      const step = on((x: Tensor) => {
        w.assign(w.add(x));
        return doubled(w.mul(x)).sum();
      });
      step(f64([1, 1]));
      return { w, step };
    };

    test("runs another program meanwhile: is refused, or gives the right result", () => {
      const { w, step } = make();
      const other = on((x: Tensor) => x.mul(3).sum());
      other(f64([1]));
      hook = () => void other(f64([1]));
      const rows = [f64([1, 1, 2, 2])];
      const run = () => step.run(rows, [Int32Array.of(0, 1), Int32Array.of(2, 3)]).toArray();
      if (device.name === "reference")
        expect([run(), w.toArray()]).toEqual([[14, 44], [5, 6]]); // prettier-ignore
      else expect(run).toThrow("the device is running a program; an op's kernel cannot use it");
      hook = () => {};
      expect(other(f64([2])).item()).toBe(6);
    });

    test("disposes of the step or the device that runs it: is refused, and later steps work", () => {
      const { w, step } = make();
      hook = () => step.dispose();
      expect(() => step(f64([1, 1]))).toThrow("the compiled step is running; dispose of it afterwards");
      hook = () => (device as Partial<WasmDevice>).dispose?.();
      if (device.name !== "reference")
        expect(() => step(f64([1, 1]))).toThrow("the device is running a program; dispose of it afterwards");
      hook = () => {};
      expect([step(f64([1, 1])).item(), w.toArray()]).toEqual([14, [3, 4]]);
    });
  });

  test("two programs share their cells", () => {
    const w = new Parameter(f64([1]));
    const grow = on((x: Tensor) => (w.assign(w.mul(x)), w.mul(1)));
    const shrink = on((x: Tensor) => (w.assign(w.div(x)), w.mul(1)));
    const seen = [grow(f64([6])), shrink(f64([2])), grow(f64([5])), shrink(f64([3]))].map((y) => y.toArray());
    expect(seen).toEqual([[6], [3], [15], [5]]);
    grow.dispose();
    expect(shrink(f64([5])).toArray()).toEqual([1]);
    expect(w.toArray()).toEqual([1]);
    const elsewhere = compile((x: Tensor) => (w.assign(w.add(x)), w.mul(1)), { device: reference });
    expect([elsewhere(f64([3])), shrink(f64([2])), elsewhere(f64([1]))].map((y) => y.toArray())).toEqual([[4], [2], [3]]); // prettier-ignore
  });

  test("a compiled step inside another is traced like ordinary code; its run() is refused", () => {
    const inner = on((x: Tensor) => x.mul(x));
    const outer = on((x: Tensor) => inner(x).add(inner(x)));
    expect(outer(f64([3])).toArray()).toEqual([18]);
    expect(inner.programs).toEqual([]);
    const wrong = on((x: Tensor) => (inner.run([x], [Int32Array.of(0)]), x));
    expect(() => wrong(f64([3]))).toThrow(/can call a compiled step, not run\(\) it/);
  });

  test("a step may be disposed of twice; a call after that is refused, and so is disposing during its own trace", () => {
    const w = new Parameter(f64([1]));
    const step = on((x: Tensor) => (w.assign(w.add(x)), w.mul(1)));
    step(f64([1]));
    step.dispose();
    step[Symbol.dispose]();
    expect(() => step(f64([1]))).toThrow("this compiled step was disposed of; compile it again");
    expect(w.toArray(), "cells keep their values").toEqual([2]);
    const disposes: { step?: Disposable } = {};
    const suicidal = on((x: Tensor) => (disposes.step?.[Symbol.dispose](), x.mul(1)));
    disposes.step = suicidal;
    expect(() => suicidal(f64([1]))).toThrow(/is running; dispose of it afterwards/);
  });

  test("inputs and outputs that are not tensors are refused", async () => {
    const step = on((x: Tensor) => x.mul(2));
    expect(() => step(3 as unknown as Tensor)).toThrow(/argument 1 of a compiled step is 3, not a tensor/);
    const wrong = (result: unknown) => () => compile(() => result as Tensor, { device })();
    expect(wrong(3)).toThrow(/not 3$/);
    expect(wrong({ a: f64(1), b: 2 })).toThrow(/not one with 2 at "b"/);
    expect(wrong(Promise.resolve(f64(1)))).toThrow(/the step is async/);
    expect(wrong(null)).toThrow(ValueError);
    expect(compile(() => {}, { device })()).toBeUndefined();
  });

  test("a compiled training run equals the eager one, step by step and in one call", () => {
    const x = tensor(
      Array.from({ length: 20 }, (_, i) => [Math.fround(i / 7 - 1), Math.fround((i % 5) / 5)]),
    );
    const y = x.slice([null, [0, 1]]).mul(x.slice([null, [1, 2]]));
    const make = (seed: number) => {
      const net = new Sequential(new Linear(2, 5), new Tanh(), new Linear(5, 1));
      let next = seed;
      for (const w of net.parameters()) w.assign(tensor(Float32Array.from({ length: w.size }, () => (next = (next * 16807) % 2147483647) / 2147483647 - 0.5), { shape: w.shape })); // prettier-ignore
      const optimizer = new SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
      return {
        net,
        step: (inputs: Tensor, targets: Tensor) => {
          const loss = squaredError(net.forward(inputs), targets);
          optimizer.zeroGrad();
          loss.backward();
          optimizer.step();
          return { loss };
        },
      };
    };
    const batches = Array.from({ length: 6 }, (_, i) =>
      Int32Array.from({ length: i === 5 ? 3 : 8 }, (_, k) => (i * 7 + k * 3) % 20),
    );
    const rows = (t: Tensor, indices: Int32Array): Tensor => t.indexSelect(tensor(indices), 0);
    const [eager, single, many] = [make(3), make(3), make(3)];
    const expected = batches.map((batch) => eager.step(rows(x, batch), rows(y, batch)).loss.item());
    const compiled = compile(single.step, { device });
    const close = (values: ArrayLike<number>): void =>
      Array.from(values).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
    close(batches.map((batch) => compiled(rows(x, batch), rows(y, batch)).loss.item()));
    const { loss } = compile(many.step, { device }).run([x, y], batches);
    expect(loss.shape).toEqual([6]);
    close(loss.data);
    expect([...many.net.parameters()].map((w) => w.data)).toEqual(
      [...single.net.parameters()].map((w) => w.data),
    );
  });

  test("run: bad indices, unequal data and results that cannot be stacked are refused before any step runs", () => {
    const w = new Parameter(f64([1]));
    const step = on((x: Tensor) => (w.assign(w.add(1)), x.mul(w)));
    const x = f64([[1], [2], [3]]);
    const rows = (...indices: number[]): Int32Array => Int32Array.from(indices);
    expect(() => step.run([x], [])).toThrow("run: needs at least one batch of row indices");
    expect(() => step.run([x], [rows(0, 3)])).toThrow("run: index 3 is out of range 0 … 2");
    expect(() => step.run([x], [[0] as unknown as Int32Array])).toThrow(/batches are Int32Arrays/);
    expect(() => step.run([x, f64([1])], [rows(0)])).toThrow(ShapeError);
    expect(() => step.run([x], [rows(0, 1), rows(2)])).toThrow(
      /result 1 is \[2,1\] for one batch and \[1,1\]/,
    );
    expect(w.toArray()).toEqual([1]);
    expect(step.run([x], [rows(0, 1), rows(2, 2)]).toArray()).toEqual([[[2], [4]], [[9], [9]]]); // prettier-ignore
  });

  describe("a step that fails after others of a run", () => {
    const rows = (...indices: number[]): Int32Array[] => indices.map((index) => Int32Array.of(index));
    const data = tensor([0, 1, 3], { dtype: "int32" });

    test.each<[string, (x: Tensor) => Tensor, RegExp]>([
      ["in an op of one's own", (x) => atMostTwo(x), /^too much$/],
      ["by an index", (x) => f64([1, 1, 1]).indexSelect(x, 0), /index 3 is out of range 0 … 2/],
    ])("%s: cells are what the others made them, and the next step goes on from there", (_, f, message) => {
      const w = new Parameter(f64([0]));
      const step = on((x: Tensor) => (w.assign(w.add(f(x).sum())), w.mul(1)));
      expect(() => step.run([data], rows(1, 1, 2, 1))).toThrow(message);
      expect(w.toArray()).toEqual([2]);
      expect(step.run([data], rows(1, 1)).toArray()).toEqual([[3], [4]]);
      expect(() => step(tensor([3], { dtype: "int32" }))).toThrow(message);
      expect([w.toArray(), step(tensor([1], { dtype: "int32" })).toArray()]).toEqual([[4], [5]]);
    });

    test("only the first failure is reported, once", () => {
      const int32 = (i: number): Tensor => tensor([i], { dtype: "int32" });
      const at = (i: Tensor): Tensor => f64([1, 1, 1]).indexSelect(i, 0);
      const right = on((i: Tensor) => at(i).sum());
      const early = on((i: Tensor) => at(atMostTwo(i)).sum());
      const late = on((i: Tensor) => atMostTwo(at(i).add(i)).sum());
      for (const [step, message] of [
        [early, "too much"],
        [late, "index 3"],
        [early, "too much"],
      ] as const) {
        expect(() => step(int32(3))).toThrow(message);
        expect(right(int32(2)).item()).toBe(1);
      }
    });
  });

  const bad = tensor([3], { dtype: "int32" });
  const good = tensor([2], { dtype: "int32" });
  const three = f64([[1, 2, 3]]);
  test.each<[string, (i: Tensor) => Tensor]>([
    ["an op of one's own", (i) => atMostTwo(i)],
    ["gather", (i) => three.gather(i.reshape([1, 1]), 1)],
    ["scatterAdd", (i) => f64([[1]]).scatterAdd(i.reshape([1, 1]), 1, [1, 3])],
    ["indexSelect", (i) => three.indexSelect(i, 1)],
    ["indexAdd", (i) => f64([1]).indexAdd(i, 0, 3)],
    ["oneHot", (i) => i.oneHot(3)],
    ["crossEntropy", (i) => crossEntropy(three, i)],
    ["the gradient of crossEntropy", (i) => softmax(three).sub(i.oneHot(3, "float64")).mul(2)],
  ])("a step that fails in %s changes no cell, and says why as on every device", (_, f) => {
    const messageOf = (call: () => unknown): string => {
      try {
        call();
      } catch (error) {
        return String(error);
      }
      return "nothing is thrown";
    };
    expect(messageOf(() => on(f)(bad))).toBe(messageOf(() => compile(f, { device: reference })(bad)));
    const w = state(f64([1, 2]));
    const whole = f(good);
    const made = state(whole.mul(0));
    const step = on((i: Tensor) => {
      w.assign(w.mul(2));
      const total = w.sum();
      made.assign(f(i));
      return total;
    });
    const values = () => [w, made].map((cell) => cell.toArray());
    const before = values();
    expect(() => step(bad)).toThrow(/too much|out of range/);
    expect(values()).toEqual(before);
    step(good);
    const after = values();
    expect(after).not.toEqual(before);
    expect(made.toArray()).toEqual(whole.toArray());
    expect(() => step(bad)).toThrow(/too much|out of range/);
    expect(values()).toEqual(after);
  });

  test("a user's op that does not broadcast receives its inputs unchanged", () => {
    const f = (a: Tensor, b: Tensor): Tensor => pairwise(a, b.expand([2, 2]));
    const inputs = [f64([[1, 2], [3, 4]]), f64([10])] as const; // prettier-ignore
    expect(on(f)(...inputs).toArray()).toEqual(f(...inputs).toArray());
  });

  test("a snapshot of cells comes back also when the programs are gone, or others have come", () => {
    const w = new Parameter(f64([1, 2]));
    const grow = () => on((x: Tensor) => (w.assign(w.add(x)), w.mul(1)));
    const first = grow();
    first(f64([1]));
    const before = snapshot([w]);
    first(f64([1]));
    first.dispose();
    before.restore();
    expect(w.toArray()).toEqual([2, 3]);
    // what takes the room that w had, and w at another place
    using other = on((x: Tensor) => x.mul(f64([7, 7])));
    const sevens = () => other(f64([1, 1])).toArray();
    expect(sevens()).toEqual([7, 7]);
    using second = grow();
    expect(second(f64([5])).toArray()).toEqual([7, 8]);
    before.restore();
    expect(second(f64([5])).toArray()).toEqual([7, 8]);
    expect(sevens()).toEqual([7, 7]);
  });

  test("the error of an index out of range names the composites around it", () => {
    const labels = tensor([1, 2, 3], { dtype: "int32" });
    const logits = rand([3, 3], { dtype: "float64" });
    expect(() => on((x: Tensor, t: Tensor) => crossEntropy(x, t))(logits, labels)).toThrow(
      /^crossEntropy: gather: index 3 is out of range 0 … 2 for \[3,3\]$/,
    );
    const table = rand([5, 2], { dtype: "float64" });
    expect(() => on((i: Tensor) => embedding(i, table))(tensor([4, 5], { dtype: "int32" }))).toThrow(
      /^embedding: indexSelect: index 5 is out of range 0 … 4 for \[5,2\]$/,
    );
    const picked = rand([3, 3]).to("bool");
    expect(() => on((i: Tensor) => firstOf({ x: picked, i }))(labels)).toThrow(
      /^first: gather: index 3 is out of range 0 … 2 for \[3,3\]$/,
    );
  });
});
