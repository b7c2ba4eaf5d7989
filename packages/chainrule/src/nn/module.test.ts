import { describe, expect, test } from "vitest";
import {
  Generator,
  Parameter,
  StateDictError,
  ValueError,
  compile,
  gradients,
  noGrad,
  ones,
  state,
  tensor,
  zeros,
} from "../index.ts";
import type { StateCell, Tensor } from "../index.ts";
import { BatchNorm1d, Dropout, Linear, Module, ReLU, Sequential, Tanh } from "./index.ts";

/** A module with everything a walk can meet. */
class Zoo extends Module {
  readonly scale = new Parameter(ones([2]), { name: "scale" });
  readonly seen: StateCell = state(zeros([]), { name: "count of my own" });
  readonly blocks: Module[] = [
    new Linear(2, 2),
    new Tanh(),
    new Sequential(new Linear(2, 2, { bias: false })),
  ];
  readonly heads = { left: new Linear(2, 1), right: new Linear(2, 1) };
  readonly plain = zeros([3]);
  readonly nothing = null;
  readonly options = { deep: { numbers: [1, 2, 3] } };
  readonly generator = new Generator(1);
  forward(x: Tensor): Tensor {
    return this.heads.left.forward(x.mul(this.scale));
  }
}

const paths = [
  "scale",
  "blocks.0.weight",
  "blocks.0.bias",
  "blocks.2.0.weight",
  "heads.left.weight",
  "heads.left.bias",
  "heads.right.weight",
  "heads.right.bias",
];

describe("walking fields", () => {
  test("finds parameters in fields, arrays, plain objects and modules below, with dotted paths", () => {
    const zoo = new Zoo();
    expect([...zoo.namedParameters()].map(([path]) => path)).toEqual(paths);
    expect([...zoo.namedBuffers()].map(([path]) => path)).toEqual(["seen"]);
    expect([...zoo.namedModules()].map(([path]) => path)).toEqual([
      "",
      "blocks.0",
      "blocks.1",
      "blocks.2",
      "blocks.2.0",
      "heads.left",
      "heads.right",
    ]);
    expect(zoo.parameterCount()).toBe(2 + 6 + 4 + 3 + 3);
    expect([...zoo.parameters()].every((p) => p instanceof Parameter)).toBe(true);
  });

  test("names cells by their longest path, and leaves names of the user's own", () => {
    const zoo = new Zoo();
    const parameters = [...zoo.parameters()];
    expect(parameters.map(({ name }) => name)).toEqual(paths);
    expect(zoo.seen.name).toBe("count of my own");
    zoo.heads.left.parameterCount();
    expect(zoo.heads.left.weight.name, "a walk from below does not shorten it").toBe("heads.left.weight");
  });

  test("a layer used twice is one for the optimizer and two for the state dict, as in PyTorch", () => {
    const layer = new Linear(2, 2);
    const net = new Sequential(layer, new ReLU(), layer);
    expect([...net.parameters()]).toHaveLength(2);
    expect(net.parameterCount()).toBe(6);
    expect([...net.namedModules()]).toHaveLength(3);
    expect([...net.stateDict().keys()]).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
  });

  test("a module that holds itself ends", () => {
    class Ring extends Module {
      readonly child = new Linear(1, 1);
      self: Module = this;
      readonly ring = { back: this as Module };
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect([...new Ring().namedParameters()].map(([path]) => path)).toEqual(["child.weight", "child.bias"]);
    expect(new Ring().train().training).toBe(true);
  });

  test("a list or object that holds itself, or what holds it, ends", () => {
    interface Knot {
      readonly layer: Module;
      self?: Knot;
      readonly list: unknown[];
    }
    class Knotted extends Module {
      readonly knot: Knot = { layer: new Linear(1, 1), list: [] };
      readonly again = [this.knot.layer];
      constructor() {
        super();
        this.knot.self = this.knot;
        this.knot.list.push(this.knot, this.knot.list, this);
      }
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect([...new Knotted().stateDict().keys()]).toEqual([
      "knot.layer.weight",
      "knot.layer.bias",
      "again.0.weight",
      "again.0.bias",
    ]);
  });

  test("Maps and Sets are looked into: by key, or by place", () => {
    class Keyed extends Module {
      readonly heads = new Map<unknown, unknown>([
        ["left", new Linear(1, 1)],
        [7, new Linear(1, 1, { bias: false })],
        [Symbol("s"), new Linear(1, 1, { bias: false })],
        ["numbers", [1, 2]],
      ]);
      readonly extra = new Set([new Tanh(), new Linear(1, 1, { bias: false })]);
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect([...new Keyed().namedParameters()].map(([path]) => path)).toEqual([
      "heads.left.weight",
      "heads.left.bias",
      "heads.7.weight",
      "heads.2.weight",
      "extra.1.weight",
    ]);
  });

  test("switching modes and printing rename nothing", () => {
    class Outer extends Module {
      readonly inner = new Sequential(new Linear(1, 1));
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const outer = new Outer();
    const [weight] = [...outer.inner.parameters()];
    expect(String(outer.train().eval())).toContain("Linear(1, 1)");
    expect(weight.name).toBe("0.weight");
    expect([...outer.parameters()][0].name).toBe("inner.0.weight");
  });

  test("a parameter that comes later is found too", () => {
    class Late extends Module {
      extra: Parameter | null = null;
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const late = new Late();
    expect(late.parameterCount()).toBe(0);
    late.extra = new Parameter(zeros([4]));
    expect([...late.namedParameters()].map(([path]) => path)).toEqual(["extra"]);
    expect(late.extra.name).toBe("extra");
  });
});

describe("modes and gradients", () => {
  test("train and eval reach every module below, and return the module", () => {
    const zoo = new Zoo();
    const modes = (): boolean[] => [...zoo.namedModules()].map(([, module]) => module.training);
    expect(new Set(modes())).toEqual(new Set([true]));
    expect(zoo.eval()).toBe(zoo);
    expect(new Set(modes())).toEqual(new Set([false]));
    zoo.blocks[2].train();
    expect(modes()).toEqual([false, false, false, true, true, false, false]);
    zoo.train();
    expect(new Set(modes())).toEqual(new Set([true]));
  });

  test("gradients accumulate until zeroGrad", () => {
    const net = new Sequential(new Linear(2, 1));
    const x = ones([1, 2]);
    for (let i = 0; i < 2; i++) net.forward(x).sum().backward();
    const [weight, bias] = [...net.parameters()];
    expect([weight.grad!.toArray(), bias.grad!.toArray()]).toEqual([[[2, 2]], [2]]);
    net.zeroGrad();
    expect([weight.grad, bias.grad]).toEqual([null, null]);
  });
});

describe("state dicts", () => {
  const numbers = (dict: Map<string, Tensor>): unknown[] => [...dict].map(([path, t]) => [path, t.toArray()]);
  const made = (seed: number): Sequential => {
    const generator = new Generator(seed);
    return new Sequential(
      new Linear(3, 4, { generator }),
      new BatchNorm1d(4),
      new Dropout(0.5, { generator }),
      new Linear(4, 2, { generator }),
    );
  };

  test("carry a network over whole: outputs, running statistics, names as PyTorch's", () => {
    const [from, to] = [made(1), made(2)];
    from.forward(tensor([[1, 2, 3], [4, 5, 7]])); // prettier-ignore
    const dict = from.stateDict();
    expect([...dict.keys()]).toEqual([
      "0.weight",
      "0.bias",
      "1.weight",
      "1.bias",
      "1.running_mean",
      "1.running_var",
      "1.num_batches_tracked",
      "3.weight",
      "3.bias",
    ]);
    expect(to.loadStateDict(dict)).toEqual({ missing: [], unexpected: [] });
    const x = tensor([[0.5, -1, 2]]);
    expect(to.eval().forward(x).data).toEqual(from.eval().forward(x).data);
    expect(numbers(to.stateDict())).toEqual(numbers(dict));
  });

  test("hold the values of their moment", () => {
    const net = new Sequential(new Linear(1, 1));
    const [weight] = [...net.parameters()];
    const before = net.stateDict().get("0.weight")!;
    const value = before.item();
    noGrad(() => weight.assign(weight.add(1)));
    expect(before.item()).toBe(value);
    expect(before.requiresGrad).toBe(false);
    net.loadStateDict({ "0.weight": before, "0.bias": zeros([1]) });
    expect(weight.item()).toBe(value);
    expect(weight.requiresGrad, "and it can still be trained").toBe(true);
    expect(gradients(net.forward(ones([1, 1])), [weight])[0].toArray()).toEqual([[1]]);
  });

  test("are copies: writing into a parameter's array does not reach them, nor the other way round", () => {
    const layer = new Linear(1, 1);
    layer.loadStateDict({ weight: tensor([[1]]), bias: tensor([2]) });
    const dict = layer.stateDict();
    layer.weight.data[0] = 99;
    dict.get("bias")!.data[0] = 99;
    expect([dict.get("weight")!.item(), layer.bias!.item()]).toEqual([1, 2]);
  });

  test("are read from a Map, a plain object or pairs, and converted to the cells' types", () => {
    const layer = new Linear(1, 1);
    const pairs: [string, Tensor][] = [
      ["weight", tensor([[2]], { dtype: "float64" })],
      ["bias", tensor([3], { dtype: "int32" })],
    ];
    for (const dict of [new Map(pairs), Object.fromEntries(pairs), pairs]) {
      layer.loadStateDict({ weight: zeros([1, 1]), bias: zeros([1]) });
      layer.loadStateDict(dict);
      expect([layer.weight.item(), layer.bias!.item(), layer.weight.dtype, layer.bias!.dtype]).toEqual([
        2,
        3,
        "float32",
        "float32",
      ]);
    }
  });

  test("that do not fit are refused with all that is wrong, and nothing changes", () => {
    const net = made(1);
    const before = net.stateDict();
    const dict = new Map(before);
    dict.delete("0.bias");
    dict.set("fc.weight", zeros([1]));
    expect(() => net.loadStateDict(dict)).toThrow(StateDictError);
    expect(() => net.loadStateDict(dict)).toThrow(
      "Sequential.loadStateDict: 1 missing (0.bias); 1 unexpected (fc.weight); { strict: false } loads what fits",
    );
    dict.set("0.weight", zeros([3, 4]));
    dict.set("3.bias", zeros([2, 1]));
    const shapes =
      "2 of another shape (0.weight [4,3] here and [3,4] there, 3.bias [2] here and [2,1] there)";
    expect(() => net.loadStateDict(dict)).toThrow(`${shapes}; 1 missing (0.bias); 1 unexpected (fc.weight)`);
    expect(() => net.loadStateDict(dict, { strict: false }), "shapes are never forgiven").toThrow(shapes);
    expect(numbers(net.stateDict())).toEqual(numbers(before));
    expect(() => net.loadStateDict({})).toThrow(
      "9 missing (0.weight, 0.bias, 1.weight, 1.bias, 1.running_mean, and 4 more)",
    );
  });

  test("with strict off load what fits and say what did not", () => {
    const net = new Sequential(new Linear(1, 1));
    const report = net.loadStateDict({ "0.bias": tensor([7]), other: zeros([1]) }, { strict: false });
    expect(report).toEqual({ missing: ["0.weight"], unexpected: ["other"] });
    expect(net.stateDict().get("0.bias")!.toArray()).toEqual([7]);
  });

  test("leave out the random state of dropout, which is a buffer all the same", () => {
    const net = made(1);
    expect([...net.namedBuffers()].map(([path]) => path)).toContain("2.random");
    expect([...net.stateDict().keys()]).not.toContain("2.random");
    expect(() => net.loadStateDict(net.stateDict())).not.toThrow();
  });
});

describe("printing", () => {
  test("is an indented list of modules", () => {
    expect(String(new Zoo())).toBe(
      `Zoo(
  (blocks.0): Linear(2, 2)
  (blocks.1): Tanh()
  (blocks.2): Sequential(
    (0): Linear(2, 2, bias=false)
  )
  (heads.left): Linear(2, 1)
  (heads.right): Linear(2, 1)
)`,
    );
  });

  test("each layer prints its options", () => {
    expect(String(new Sequential(new BatchNorm1d(3, { affine: false }), new Dropout(0.2)))).toBe(
      "Sequential(\n  (0): BatchNorm1d(3, eps=0.00001, momentum=0.1, affine=false)\n  (1): Dropout(p=0.2)\n)",
    );
    expect(String(new Sequential())).toBe("Sequential()");
  });
});

test("Sequential refuses what is not a module", () => {
  const relu = (x: Tensor): Tensor => x.relu();
  expect(() => new Sequential(new Linear(1, 1), relu as unknown as Module)).toThrow(ValueError);
  expect(() => new Sequential(new Linear(1, 1), relu as unknown as Module)).toThrow(
    "Sequential: argument 1 is not a module; an activation is new Tanh()",
  );
  expect(() => new Sequential([new Tanh()] as never)).toThrow(
    "Sequential: argument 0 is not a module; spread the array: new Sequential(...layers)",
  );
});

test("a module may return several tensors; it can be a part, and be compiled", () => {
  class Cell extends Module<{ readonly y: Tensor; readonly h: Tensor }> {
    readonly hidden = new Linear(2, 3, { generator: new Generator(1) });
    readonly out = new Linear(3, 1, { generator: new Generator(2) });
    forward(x: Tensor): { readonly y: Tensor; readonly h: Tensor } {
      const h = this.hidden.forward(x).tanh();
      return { y: this.out.forward(h), h };
    }
  }
  class Twice extends Module {
    readonly cell = new Cell();
    forward(x: Tensor): Tensor {
      const { y, h } = this.cell.forward(x);
      return y.add(h.sum());
    }
  }
  const net = new Twice();
  expect([...net.stateDict().keys()].slice(0, 2)).toEqual(["cell.hidden.weight", "cell.hidden.bias"]);
  net.eval();
  expect(net.cell.training).toBe(false);
  const x = ones([1, 2]);
  const { y, h } = compile((input: Tensor) => net.cell.forward(input))(x);
  expect([y.shape, h.shape]).toEqual([[1, 1], [1, 3]]); // prettier-ignore
  expect(net.forward(x).item()).toBeCloseTo(y.item() + h.sum().item(), 6);
});
