/** What all optimizers have in common: options, groups and state dicts. */
import { describe, expect, it, test } from "vitest";
import { DTypeError, Parameter, ShapeError, StateDictError, ValueError, ones, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { Linear, Sequential, Tanh } from "../nn/index.ts";
import { Adagrad, Adam, AdamW, Adamax, MomentumEWA, Optimizer, RMSprop, SGD } from "./index.ts";

/** A state dict with its numbers, for comparison. */
function saved(optimizer: Optimizer) {
  const { tensors, ...plain } = optimizer.stateDict();
  return {
    ...plain,
    tensors: Object.fromEntries(Object.entries(tensors).map(([key, t]) => [key, t.data])),
  };
}

describe("options", () => {
  const w = (): Parameter[] => [new Parameter(tensor([1]))];
  test.each<[string, () => unknown]>([
    ["Adam: lr must be a finite number, 0 or more, not -1", () => new Adam(w(), { lr: -1 })],
    ["SGD: lr must be a finite number, 0 or more, not NaN", () => new SGD(w(), { lr: NaN })],
    [
      "Adam: betas must be two numbers, each from 0 up to, not including, 1",
      () => new Adam(w(), { betas: [0.9, 1] }),
    ],
    ["Adagrad: eps must be", () => new Adagrad(w(), { eps: -1e-8 })],
    ["RMSprop: alpha must be", () => new RMSprop(w(), { alpha: 1 })],
    ["MomentumEWA: beta must be", () => new MomentumEWA(w(), { beta: -0.1 })],
    ["AdamW: weightDecay must be", () => new AdamW(w(), { weightDecay: Infinity })],
    ["AdamW: amsgrad must be true or false", () => new AdamW(w(), { amsgrad: 1 as unknown as boolean })],
    ["SGD: dampening must be a number from 0 to 1", () => new SGD(w(), { momentum: 0.9, dampening: 2 })],
    ["SGD: nesterov needs a momentum", () => new SGD(w(), { nesterov: true })],
    ["SGD: nesterov needs", () => new SGD(w(), { nesterov: true, momentum: 0.9, dampening: 0.1 })],
    ["SGD: nesterov needs", () => new SGD([{ params: w(), nesterov: true }])],
    [
      'Adam: there is no option "learningRate"; the options are lr, betas, eps, epsInside, amsgrad, weightDecay',
      () => new Adam(w(), { learningRate: 0.1 } as object),
    ],
    ["Adamax: was given no parameters", () => new Adamax([])],
    [
      "SGD: takes parameters, such as module.parameters(), or groups of them",
      () => new SGD({} as unknown as Parameter[]),
    ],
    [
      "SGD: item 0 of the parameters is not a Parameter",
      () => new SGD([tensor([1])] as unknown as Parameter[]),
    ],
    [
      "SGD: parameter bias was given twice",
      () => {
        const twice = new Parameter(tensor([1]), { name: "bias" });
        return new SGD([{ params: [twice] }, { params: [twice], lr: 1 }]);
      },
    ],
  ])("%s", (message, make) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });

  it("takes any iterable, and options that are undefined as not given", () => {
    function* weights(): Iterable<Parameter> {
      yield* w();
    }
    const optimizer = new SGD(weights(), { lr: undefined, momentum: 0.5 });
    expect(optimizer.paramGroups[0].lr).toBe(1e-3);
    expect(optimizer.paramGroups[0].params).toHaveLength(1);
    expect(optimizer.paramGroups[0].settings).toEqual({
      momentum: 0.5,
      dampening: 0,
      nesterov: false,
      weightDecay: 0,
    });
  });

  it("gives a group what the group does not say itself", () => {
    const optimizer = new Adam(
      [
        { params: w(), lr: 1 },
        { params: w(), betas: [0.5, 0.5] },
      ],
      { lr: 2, eps: 1 },
    );
    expect(optimizer.paramGroups.map(({ lr, settings }) => [lr, settings.betas[0], settings.eps])).toEqual([
      [1, 0.9, 1],
      [2, 0.5, 1],
    ]);
  });

  it("checks a rate that is set", () => {
    const optimizer = new SGD(w());
    expect(() => (optimizer.paramGroups[0].lr = -1)).toThrow("SGD: lr must be");
    optimizer.paramGroups[0].lr = 0.25;
    expect(optimizer.paramGroups[0].rate.item()).toBe(0.25);
  });

  it("zeroGrad forgets gradients", () => {
    const [one] = w();
    one.grad = tensor([1]);
    new SGD([one]).zeroGrad();
    expect(one.grad).toBeNull();
  });
});

describe("gradients that were set by hand", () => {
  it("are refused in another shape or type, and then nothing changes", () => {
    const [first, w] = [tensor([1]), tensor([1, 2])].map(
      (value, i) => new Parameter(value, { name: `w${i}` }),
    );
    const optimizer = new SGD([first, w], { lr: 1 });
    first.grad = tensor([5]);
    w.grad = ones([3, 2]);
    expect(() => optimizer.step()).toThrow(ShapeError);
    expect(() => optimizer.step()).toThrow(
      "SGD: the gradient of w1 is [3,2], the parameter [2]; sum over the batch?",
    );
    w.grad = tensor(1);
    expect(() => optimizer.step()).toThrow("the gradient of w1 is [], the parameter [2]");
    w.grad = ones([2], { dtype: "float64" });
    expect(() => optimizer.step()).toThrow(DTypeError);
    expect(() => optimizer.step()).toThrow(
      'SGD: the gradient of w1 is float64, the parameter float32; convert it with .to("float32")',
    );
    expect([first.toArray(), w.toArray()]).toEqual([[1], [1, 2]]);
    w.grad = null;
    optimizer.step();
    expect(first.toArray()).toEqual([-4]);
  });
});

describe("an optimizer from outside the library", () => {
  class SignSGD extends Optimizer<{ readonly sharpness: number }, never> {
    constructor(w: Parameter[], options: { readonly sharpness?: number } = {}) {
      super("SignSGD", w, { lr: 0.5, sharpness: 4 }, options);
    }
    protected override cells(): never[] {
      return [];
    }
    protected override update(
      w: Parameter,
      g: Tensor,
      a: Tensor,
      _cells: object,
      { sharpness }: { readonly sharpness: number },
    ): void {
      w.assign(w.sub(g.mul(sharpness).tanh().mul(a)));
    }
  }

  it("may have options of its own, which are saved with the others", () => {
    const w = new Parameter(tensor([0]));
    const optimizer = new SignSGD([w], { sharpness: 1000 });
    w.grad = tensor([3]);
    optimizer.step();
    expect(w.item()).toBe(-0.5);
    expect(optimizer.stateDict().groups[0].settings).toEqual({ sharpness: 1000 });
    expect(() => new SignSGD([w]).loadStateDict(optimizer.stateDict())).toThrow(
      "sharpness of group 0 is 4 here, 1000 in the state",
    );
    expect(() => new SignSGD([w], { lr: -1 } as object)).toThrow("SignSGD: lr must be");
  });
});

describe("state dicts", () => {
  const weights = (): Parameter[] => [
    new Parameter(tensor([1, 2]), { name: "0.weight" }),
    new Parameter(tensor([3]), { name: "0.bias" }),
  ];
  const adam = (): Adam => new Adam(weights(), { lr: 0.1 });

  it("are plain data, named by number and cell", () => {
    const { tensors, ...plain } = adam().stateDict();
    expect(plain).toEqual({
      optimizer: "Adam",
      groups: [
        {
          params: ["0.weight", "0.bias"],
          lr: 0.1,
          settings: { betas: [0.9, 0.999], eps: 1e-8, epsInside: false, amsgrad: false, weightDecay: 0 },
        },
      ],
    });
    expect(Object.keys(tensors)).toEqual(["0.V", "0.S", "0.t", "1.V", "1.S", "1.t"]);
  });

  it("stay as they are when training goes on", () => {
    const parameters = weights();
    const optimizer = new Adam(parameters);
    const saved = optimizer.stateDict();
    parameters[0].grad = tensor([1, 1]);
    optimizer.step();
    expect(saved.tensors["0.V"].toArray()).toEqual([0, 0]);
    expect(optimizer.stateDict().tensors["0.V"].toArray()).not.toEqual([0, 0]);
  });

  const good = adam().stateDict();
  const [group] = good.groups;
  test.each<[string, typeof good]>([
    ["the state is that of AdamW", { ...good, optimizer: "AdamW" }],
    ["parameter groups: 1 here, 2 in the state", { ...good, groups: [group, group] }],
    [
      "parameters of group 0: 2 here, 1 in the state",
      { ...good, groups: [{ ...group, params: ["0.weight"] }] },
    ],
    [
      "parameter 1 of group 0 is 0.bias here, 2.bias in the state",
      { ...good, groups: [{ ...group, params: ["0.weight", "2.bias"] }] },
    ],
    [
      "eps of group 0 is 1e-8 here, 0.1 in the state",
      { ...good, groups: [{ ...group, settings: { ...group.settings, eps: 0.1 } }] },
    ],
    ["no place for the tensor 7.V", { ...good, tensors: { ...good.tensors, "7.V": tensor([1]) } }],
    [
      "the tensor 1.S is missing",
      { ...good, tensors: Object.fromEntries(Object.entries(good.tensors).filter(([key]) => key !== "1.S")) },
    ],
    [
      "0.V is [2] float32 here, [3] float32 in the state",
      { ...good, tensors: { ...good.tensors, "0.V": tensor([1, 2, 3]) } },
    ],
    [
      "0.V is [2] float32 here, [2] float64 in the state",
      { ...good, tensors: { ...good.tensors, "0.V": tensor([1, 2], { dtype: "float64" }) } },
    ],
  ])("are refused, and nothing changes: %s", (message, dict) => {
    const optimizer = adam();
    const before = saved(optimizer);
    const load = (): void => optimizer.loadStateDict(dict);
    expect(load).toThrow(StateDictError);
    expect(load).toThrow(`Adam.loadStateDict: ${message}`);
    expect(saved(optimizer)).toEqual(before);
  });

  it("fit again when the network was wrapped in another, before or after saving", () => {
    const net = new Sequential(new Linear(2, 2), new Tanh());
    const early = new Adam(net.parameters());
    const before = early.stateDict();
    const whole = new Sequential(new Tanh(), net);
    expect([...whole.parameters()][0].name).toBe("1.0.weight");
    const late = new Adam(whole.parameters());
    expect(early.stateDict().groups, "names are those of its making").toEqual(before.groups);
    for (const [to, from] of [
      [early, before],
      [early, late.stateDict()],
      [late, before],
    ] as const)
      expect(() => to.loadStateDict(from)).not.toThrow();
    const other = new Adam(new Sequential(new Tanh(), new Linear(2, 2)).parameters());
    expect(() => other.loadStateDict(before)).toThrow(
      "parameter 0 of group 0 is 1.weight here, 0.weight in the state",
    );
  });

  it("refuse a rate that is not a number", () => {
    const optimizer = adam();
    expect(() => optimizer.loadStateDict({ ...good, groups: [{ ...group, lr: NaN }] })).toThrow(
      "Adam: lr must be",
    );
  });
});
