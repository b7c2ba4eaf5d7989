import { describe, expect, it } from "vitest";
import { concat, defineOp, gradcheck, ops, Parameter, rand, tensor, where } from "../index.ts";
import type { Tensor, Unary, Vjp } from "../index.ts";

const f64 = (data: number | number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

/** An op with the values of another and a gradient rule as given. */
function planted(of: Unary, vjp: Vjp<undefined>): Unary {
  return defineOp({ ...of, tests: { examples: [] }, name: `planted ${of.name}`, vjp: [vjp] });
}

describe("gradcheck", () => {
  it("passes a right gradient and reports what it saw", () => {
    const f = (w: Tensor, x: Tensor): Tensor => w.matmul(x).tanh();
    const w = f64([[0.5, -1, 2]]);
    const x = f64([[1, 0.5], [-1, 2], [0.25, 3]]); // prettier-ignore
    const report = gradcheck(f, [w, x], { names: ["w", "x"] });
    expect(report.ok).toBe(true);
    expect(
      report.entries.map(({ name, shape, ok, kinks, checked }) => ({ name, shape, ok, kinks, checked })),
    ).toEqual([
      { name: "w", shape: [1, 3], ok: true, kinks: 0, checked: 3 },
      { name: "x", shape: [3, 2], ok: true, kinks: 0, checked: 6 },
    ]);
    for (const { relativeError } of report.entries) expect(relativeError).toBeLessThan(1e-7);
  });

  it("says where a gradient differs most and by how much", () => {
    // only where x > 2: one element of six
    const wrong = planted(ops.exp, (g, y, [x]) => where(x.gt(2), g.mul(y).mul(1.5), g.mul(y)));
    const x = f64([[0, 1, -1], [0.5, 3, 2]]); // prettier-ignore
    const f = (x: Tensor): Tensor => wrong(x).sum();
    const [entry] = gradcheck(f, [x], { throws: false }).entries;
    expect(entry).toMatchObject({ name: "input 0", ok: false, index: [1, 1], kinks: 0, checked: 6 });
    expect(entry.analytic).toBeCloseTo(1.5 * Math.E ** 3, 10);
    expect(entry.numeric).toBeCloseTo(Math.E ** 3, 6);
    expect(entry.relativeError).toBeCloseTo(0.2, 6);
    expect(() => gradcheck(f, [x], { names: ["weight"] })).toThrow(
      /^gradcheck: the gradient of weight \[2,3\] differs most at \[1,1\]: 30\.12\d+ here, 20\.08\d+ by finite differences \(relative error 2\.0e-1, allowed 1e-5\)$/,
    );
  });

  it("names a wrong element also where a negligible one has the larger relative error", () => {
    const scale = f64([1e-11, 1, 1]);
    const wrong = planted(ops.neg, (g) => g.mul(f64([-2, -1, -1.1])));
    const [entry] = gradcheck((x) => wrong(x).mul(scale).sum(), [f64([1, 2, 3])], { throws: false }).entries;
    expect(entry).toMatchObject({ ok: false, index: [2] });
  });

  it("finds NaN to be the worst, wherever it is", () => {
    const wrong = planted(ops.neg, (g) => g.mul(f64([-2, NaN, -3])));
    const [entry] = gradcheck((x) => wrong(x).sum(), [f64([1, 2, 3])], { throws: false }).entries;
    expect(entry).toMatchObject({ ok: false, index: [1], analytic: NaN, relativeError: Infinity });
  });

  it("flags a lost path, also when nothing is left of the graph", () => {
    expect(() => gradcheck((x) => x.mul(x.detach()).sum(), [f64([1, 2])])).toThrow(/differs most at/);
    expect(() => gradcheck((x) => x.detach().mul(3).sum(), [f64([1, 2])])).toThrow(
      /: 0 here, 3\.0|: 0 here, 2\.9/,
    );
    expect(gradcheck((x) => x.sign().add(x.mul(0).detach()), [f64([1, -2])]).ok).toBe(true);
  });

  it.each<[string, (x: Tensor) => Tensor, Tensor]>([
    ["relu at 0", (x) => x.relu(), f64([0, -0, 0])],
    ["relu at 0 on a curve", (x) => x.relu().mul(50).add(x.mul(x).mul(300)), f64([0, 0])],
    ["a shallow kink", (x) => x.relu().mul(1e-3).add(x), f64([0, 0])],
    ["a tie of max", (x) => x.max(), f64([2, 2, 2])],
    ["both ends of clamp", (x) => x.clamp(-1, 1), f64([-1, 1])],
  ])("leaves %s unjudged, as a kink", (_, f, x) => {
    expect(gradcheck(f, [x]).entries[0]).toMatchObject({ ok: true, kinks: x.size, checked: 0 });
  });

  it.each<[string, (x: Tensor) => Tensor, Tensor]>([
    ["|x| at 0", (x) => x.abs().add(x.exp()), f64([0, 0])],
    ["a tie with another input", (x) => x.maximum(f64([1, 1])), f64([1, 1])],
    ["a sharp curve", (x) => x.mul(x).mul(1e6), f64([0, 1e-3])],
  ])("judges %s, where the gradient is the mean of both sides", (_, f, x) => {
    expect(gradcheck(f, [x]).entries[0]).toMatchObject({ ok: true, kinks: 0, checked: x.size });
  });

  it.each<[string, Vjp<undefined>]>([
    ["a lost factor", (g, _y, [x]) => g.mul(x.sign()).mul(0.5)],
    ["a flipped sign", (g, _y, [x]) => g.mul(x.sign()).neg()],
    ["nothing passed on", (g) => g.mul(0)],
    ["one side for both", (g) => g.mul(1)],
    ["a wrong left side", (g, _y, [x]) => where(x.lt(0), g.mul(-0.9), g.mul(x.sign()))],
    ["a wrong right side", (g, _y, [x]) => where(x.gt(0), g.mul(0.9), g.mul(x.sign()))],
    ["a value outside the slopes", (g, _y, [x]) => where(x.eq(0), g.mul(1.5), g.mul(x.sign()))],
    ["NaN at the kink", (g, _y, [x]) => g.mul(x.div(x.abs()))],
  ])("does not let %s hide behind a kink", (_, vjp) => {
    const wrong = planted(ops.abs, vjp);
    const report = gradcheck((x) => wrong(x).sum(), [f64([0, 0, 0])], { throws: false });
    expect(report).toMatchObject({ ok: false, entries: [{ kinks: 0 }] });
  });

  it("judges an element close to a kink", () => {
    const x = f64([4e-6, -4e-6, 9e-6, 1]);
    expect(gradcheck((x) => x.relu(), [x]).entries[0]).toMatchObject({ ok: true, kinks: 0, checked: 4 });
    const wrong = planted(ops.relu, (g, _y, [x]) => where(x.gt(0), g.mul(0.7), 0));
    expect(gradcheck((x) => wrong(x), [x], { throws: false }).ok).toBe(false);
  });

  it("takes inputs to float64 and leaves them as they were", () => {
    const x = tensor([0.1, 0.2, 0.3]);
    expect(gradcheck((x) => x.exp(), [x]).ok).toBe(true);
    expect(x).toMatchObject({ dtype: "float32", requiresGrad: false });
    expect(Array.from(x.data)).toEqual(Array.from(Float32Array.of(0.1, 0.2, 0.3)));
  });

  it("passes integer inputs through", () => {
    const index = tensor([2, 0], { dtype: "int32" });
    const report = gradcheck((x, index) => x.indexSelect(index, 0), [f64([1, 2, 3]), index]);
    expect(report.entries.map(({ name }) => name)).toEqual(["input 0"]);
    expect(() => gradcheck((index) => index.to("float64"), [index])).toThrow(
      "gradcheck: needs a floating-point input to differentiate by",
    );
  });

  it("weights the elements of a result, so that errors cannot cancel", () => {
    const wrong = planted(ops.neg, (g) => concat([g.slice([[1, 2]]), g.slice([[0, 1]])]).neg());
    expect(gradcheck((x) => wrong(x).sum(), [f64([1, 2])]).ok, "a sum hides the exchange").toBe(true);
    expect(gradcheck((x) => wrong(x), [f64([1, 2])], { throws: false }).ok).toBe(false);
  });

  it("takes nothing for an empty input", () => {
    expect(gradcheck((x, y) => x.sum().mul(y), [f64([]), f64(2)]).entries[0]).toMatchObject({
      ok: true,
      index: [],
      checked: 0,
    });
  });

  it("refuses a function that draws new numbers at each call", () => {
    expect(() => gradcheck((x) => x.mul(rand([2])), [f64([1, 2])])).toThrow(
      "gradcheck: the function gives another value at each call",
    );
    expect(gradcheck((x) => x.log().sum(), [f64([-1])], { throws: false }).ok, "NaN repeats").toBe(false);
  });

  it("obeys its tolerance and refuses a step of 0", () => {
    const wrong = planted(ops.neg, (g) => g.mul(-1.001));
    const check = (tolerance: number): boolean =>
      gradcheck((x) => wrong(x).sum(), [f64([1])], { tolerance, throws: false }).ok;
    expect([check(1e-4), check(1e-3)]).toEqual([false, true]);
    expect(() => gradcheck((x) => x, [f64(1)], { h: 0 })).toThrow(
      "gradcheck: h must be a finite number above 0, not 0",
    );
  });

  it("checks only some elements when asked, the same ones each time", () => {
    const wrongAt = (at: number): Unary =>
      planted(ops.neg, (g) => g.mul(f64(Array.from({ length: 50 }, (_, i) => (i === at ? -2 : -1)))));
    const x = rand([50], { dtype: "float64" });
    const look = (at: number, elements?: number) =>
      gradcheck((x) => wrongAt(at)(x).sum(), [x], { elements, throws: false }).entries[0];
    const found = Array.from({ length: 50 }, (_, at) => look(at, 7)).filter(({ ok }) => !ok);
    expect(found.map(({ checked }) => checked)).toEqual(Array(7).fill(7));
    expect(look(3)).toMatchObject({ ok: false, checked: 50 });
    expect(() => look(3, 0)).toThrow("gradcheck: elements must be a whole number ≥ 1, not 0");
  });

  it("checks a parameter that the function closes over, and leaves it as it was", () => {
    const w = new Parameter(f64([1, 2]));
    const wrong = planted(ops.exp, (g, y) => g.mul(y).mul(1.5));
    expect(gradcheck(() => w.exp().mul(3), [w]).entries[0]).toMatchObject({ ok: true, checked: 2 });
    expect(gradcheck((x, v) => x.mul(v).add(w), [f64([3, 4]), w]).entries).toHaveLength(2);
    expect(gradcheck(() => wrong(w).sum(), [w], { throws: false }).ok).toBe(false);
    expect([w.toArray(), w.grad, w.requiresGrad]).toEqual([[1, 2], null, true]);
  });

  it("refuses what it cannot check", () => {
    const x = f64([1, 2]);
    expect(() => gradcheck(() => x.exp(), [x])).toThrow(
      "gradcheck: f does not use input 0; take it as an argument",
    );
    const single = new Parameter(tensor([1]));
    expect(() => gradcheck(() => single.exp(), [single])).toThrow("gradcheck: f does not use input 0");
    expect(gradcheck((w) => w.exp(), [single]).ok).toBe(true);
  });
});
