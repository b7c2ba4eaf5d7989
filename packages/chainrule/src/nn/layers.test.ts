import { describe, expect, test } from "vitest";
import batchNormFile from "../../../../test/fixtures/networks/batch_norm.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import { gelu, layerNorm, leakyRelu, logSoftmax, silu, softmax } from "../functions/index.ts";
import {
  Generator,
  ShapeError,
  ValueError,
  gradients,
  manualSeed,
  ones,
  randn,
  tensor,
  zeros,
} from "../index.ts";
import type { Tensor, TensorData } from "../index.ts";
import * as nn from "./index.ts";

const { BatchNorm1d, Dropout, Embedding, Flatten, LayerNorm, Linear, Sequential } = nn;
const float64 = (data: unknown): Tensor => tensor(data as TensorData, { dtype: "float64" });

describe("Linear", () => {
  test("draws weights and biases from U(±1/√in), the weight first, from the given generator", () => {
    const layer = new Linear(100, 200, { dtype: "float64", generator: new Generator(3) });
    const drawn = new Generator(3).fillUniform(new Float64Array(100 * 200 + 200), -0.1, 0.1);
    expect([...layer.weight.data, ...layer.bias!.data]).toEqual([...drawn]);
    const moments = (t: Tensor): number[] => [t.mean().item(), t.variance().item() * 300];
    // standard errors: mean 0.0004, variance 0.6 %
    const [mean, variance] = moments(layer.weight);
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });

  test("repeats with the shared generator's seed", () => {
    manualSeed(5);
    const first = new Linear(3, 2);
    manualSeed(5);
    expect(new Linear(3, 2).weight.data).toEqual(first.weight.data);
    expect(first.weight.dtype).toBe("float32");
  });

  test("keeps leading axes, and works without bias", () => {
    const layer = new Linear(3, 2, { bias: false });
    expect(layer.bias).toBeNull();
    expect(layer.parameterCount()).toBe(6);
    expect(layer.forward(zeros([4, 5, 3])).toArray()).toEqual(zeros([4, 5, 2]).toArray());
    expect(layer.forward(zeros([3])).shape).toEqual([2]);
  });
});

const layers = { ...nn } as unknown as Record<string, new () => nn.Module>;
test.each<[string, (x: Tensor) => Tensor, string]>([
  ["ReLU", (x) => x.relu(), "ReLU()"],
  ["Tanh", (x) => x.tanh(), "Tanh()"],
  ["Sigmoid", (x) => x.sigmoid(), "Sigmoid()"],
  ["GELU", gelu, "GELU()"],
  ["SiLU", silu, "SiLU()"],
  ["ELU", (x) => x.elu(1), "ELU(alpha=1)"],
  ["Softplus", (x) => x.softplus(1), "Softplus(beta=1)"],
  ["LeakyReLU", (x) => leakyRelu(x, 0.01), "LeakyReLU(slope=0.01)"],
  ["Softmax", (x) => softmax(x, -1), "Softmax(axis=-1)"],
  ["LogSoftmax", (x) => logSoftmax(x, -1), "LogSoftmax(axis=-1)"],
  ["Identity", (x) => x, "Identity()"],
])("%s applies its function", (name, f, printed) => {
  const x = randn([3, 4], { generator: new Generator(0) });
  const layer = new layers[name]();
  expect(layer.forward(x).data).toEqual(f(x).data);
  expect(String(layer)).toBe(printed);
});

test("activations take their constants", () => {
  const x = tensor([-1, 2]);
  expect(new nn.ELU(0.5).forward(x).data).toEqual(x.elu(0.5).data);
  expect(new nn.Softplus(3).forward(x).data).toEqual(x.softplus(3).data);
  expect(new nn.LeakyReLU(0.5).forward(x).toArray()).toEqual([-0.5, 2]);
  expect(new nn.Softmax(0).forward(zeros([2, 1])).toArray()).toEqual([[0.5], [0.5]]);
});

describe("Dropout", () => {
  const x = ones([2000]);
  test("in training drops a fraction p and keeps the mean; masks differ from pass to pass and layer to layer", () => {
    const generator = new Generator(1);
    const [layer, other] = [new Dropout(0.3, { generator }), new Dropout(0.3, { generator })];
    const [first, second] = [layer.forward(x), layer.forward(x)];
    const dropped = [...first.data].filter((value) => value === 0).length;
    // standard error 0.01
    expect(Math.abs(dropped / 2000 - 0.3)).toBeLessThan(0.05);
    expect(new Set(first.data)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    expect(second.data).not.toEqual(first.data);
    expect(other.forward(x).data).not.toEqual(first.data);
    expect(layer.random.data[2]).toBe(2);
  });

  test("repeats from the same seed, and from a saved random state", () => {
    const made = (): nn.Module => new Dropout(0.5, { generator: new Generator(4) });
    const [a, b] = [made(), made()] as InstanceType<typeof Dropout>[];
    expect(a.forward(x).data).toEqual(b.forward(x).data);
    const saved = a.random.detach();
    const next = a.forward(x);
    a.random.assign(saved);
    expect(a.forward(x).data).toEqual(next.data);
  });

  test("in evaluation, or with p = 0, passes its input and draws nothing", () => {
    for (const layer of [new Dropout(0.5).eval(), new Dropout(0)]) {
      expect(layer.forward(x)).toBe(x);
      expect(layer.random.data[2]).toBe(0);
    }
  });

  test("refuses a p outside of 0 … 1", () => {
    for (const p of [-0.1, 1.1, NaN]) expect(() => new Dropout(p)).toThrow(ValueError);
  });
});

describe("BatchNorm1d, PyTorch's numbers", () => {
  const close = within({ abs: 1e-12, rel: 1e-10 });
  test.each(batchNormFile.cases)("$name", ({ features, options, before, steps, evaluation }) => {
    const layer = new BatchNorm1d(features, { ...options, dtype: "float64" });
    layer.loadStateDict(
      Object.fromEntries(
        Object.entries(before).map(([name, value]) => [
          name,
          name === "num_batches_tracked" ? tensor(value, { dtype: "int32" }) : float64(value),
        ]),
      ),
    );
    for (const step of steps) {
      const x = tensor(step.input, { dtype: "float64", requiresGrad: true });
      const y = layer.forward(x);
      close(y, step.output, "output");
      const wanted = [x, ...layer.parameters()];
      const found = gradients(y, wanted, { upstream: float64(step.upstream) });
      Object.values(step.grads).forEach((expected, i) => close(found[i], expected, `gradient ${i}`));
      expect(Object.keys(step.grads)).toHaveLength(wanted.length);
      const state = layer.stateDict();
      expect([...state.keys()]).toEqual(Object.keys(step.state));
      for (const [name, expected] of Object.entries(step.state)) close(state.get(name)!, expected, name);
    }
    close(layer.eval().forward(float64(evaluation.input)), evaluation.output, "evaluation");
  });

  test("evaluation leaves the running statistics alone", () => {
    const layer = new BatchNorm1d(2);
    layer.forward(randn([4, 2]));
    const statistics = (): unknown[] => [...layer.namedBuffers()].map(([, cell]) => cell.toArray());
    const before = statistics();
    layer.eval().forward(randn([4, 2]));
    expect(statistics()).toEqual(before);
    expect(layer.forward(randn([1, 2])).shape, "one example can be evaluated").toEqual([1, 2]);
  });
});

describe("LayerNorm, Embedding, Flatten", () => {
  test("LayerNorm starts with scale 1 and shift 0, each of which may be left out", () => {
    const x = randn([3, 4]);
    for (const layer of [
      new LayerNorm(4),
      new LayerNorm([4], { bias: false }),
      new LayerNorm(4, { affine: false }),
    ])
      expect(layer.forward(x).data).toEqual(layerNorm(x, [4]).data);
    expect(new LayerNorm([3, 4]).parameterCount()).toBe(24);
    expect(new LayerNorm(4, { bias: false }).parameterCount()).toBe(4);
    expect(String(new LayerNorm(4, { bias: false }))).toBe("LayerNorm([4], eps=0.00001, bias=false)");
    expect(new LayerNorm(4, { affine: false }).parameterCount()).toBe(0);
  });

  test("Embedding adds the gradients of a row's uses", () => {
    const layer = new Embedding(3, 2);
    const y = layer.forward(tensor([[2, 0, 2]], { dtype: "int32" }));
    expect(y.shape).toEqual([1, 3, 2]);
    expect(gradients(y.sum(), [layer.weight])[0].toArray()).toEqual([
      [1, 1],
      [0, 0],
      [2, 2],
    ]);
  });

  test("Flatten joins the axes that it is told to", () => {
    const x = zeros([2, 3, 4, 5]);
    expect(new Flatten().forward(x).shape).toEqual([2, 60]);
    expect(new Flatten(0).forward(x).shape).toEqual([120]);
    expect(new Flatten(1, 2).forward(x).shape).toEqual([2, 12, 5]);
    expect(new Flatten(-2, -1).forward(x).shape).toEqual([2, 3, 20]);
    expect(new Flatten(1, 1).forward(x).shape).toEqual([2, 3, 4, 5]);
    expect(String(new Flatten(1, 2))).toBe("Flatten(1, 2)");
  });
});

describe("what does not fit is refused, naming the layer and its place", () => {
  const net = new Sequential(
    new Linear(784, 300),
    new BatchNorm1d(300),
    new LayerNorm(300),
    new Linear(300, 10),
  );
  test.each<[string, new (...args: never[]) => Error, () => unknown]>([
    [
      "Linear(784, 300): input has 64 features ([100,64]) in layer 0",
      ShapeError,
      () => net.forward(zeros([100, 64])),
    ],
    [
      "Linear(784, 300): input has 28 features ([5,28,28]) in layer 0; put a Flatten before it",
      ShapeError,
      () => net.forward(zeros([5, 28, 28])),
    ],
    ["Linear(2, 1): input has no features ([])", ShapeError, () => new Linear(2, 1).forward(zeros([]))],
    [
      "BatchNorm1d(300, eps=0.00001, momentum=0.1): input is [4,10] in layer 1; it takes [N,300] or [N,300,L]",
      ShapeError,
      () => net.layers[1].forward(zeros([4, 10])),
    ],
    [
      "one number per feature in [1,3] has no variance for training; use larger batches",
      ShapeError,
      () => new BatchNorm1d(3).forward(zeros([1, 3])),
    ],
    [
      "LayerNorm([300], eps=0.00001): input [4,10] does not end in [300] in layer 2",
      ShapeError,
      () => net.layers[2].forward(zeros([4, 10])),
    ],
    [
      "Flatten: axis 2 comes after axis 1 in [2,3,4]",
      ShapeError,
      () => new Flatten(2, 1).forward(zeros([2, 3, 4])),
    ],
    ["Linear: the number of inputs must be a whole number ≥ 1, not 0", ValueError, () => new Linear(0, 1)],
    [
      "Linear: the number of outputs must be a whole number ≥ 1, not 1.5",
      ValueError,
      () => new Linear(1, 1.5),
    ],
  ])("%s", (message, kind, call) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });
});
