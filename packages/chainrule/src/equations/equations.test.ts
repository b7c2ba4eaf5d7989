/** Texts of equations: every accepted sentence has one meaning, every refused one an error with a place. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equationTexts } from "../../../../test/equation-texts.ts";
import { crossEntropy, hingeLoss, squaredError } from "../functions/index.ts";
import { Generator, noGrad, randn, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { Linear, Sequential, Sigmoid, Tanh } from "../nn/index.ts";
import { EquationError, EquationNetwork, networkOf, parse, print } from "./index.ts";
import type { Batch } from "./index.ts";

const examples = 4;

/** Random inputs and targets for a network. */
function batchFor({ network }: EquationNetwork, dtype: "float32" | "float64" = "float64"): Batch {
  const generator = new Generator(2);
  const draw = (shape: number[]): Tensor => randn([examples, ...shape], { generator, dtype });
  const inputs = network.inputs.map(({ name, shape: { rows, cols } }) => {
    return [name, draw(rows !== 1 && cols !== 1 ? [rows, cols] : [rows * cols])] as const;
  });
  const targets = network.targets.map(({ name, form, shape: { rows, cols } }) => {
    const classes = tensor([0, 1, 1, 0], { dtype: "int32" });
    return [name, form === "onehot" ? classes : draw([rows * cols]).sigmoid()] as const;
  });
  return Object.fromEntries([...inputs, ...targets]);
}

const float64Net = (text: string): EquationNetwork =>
  new EquationNetwork(text, { dtype: "float64", generator: new Generator(1) });

const refusal = (text: string): string => {
  try {
    networkOf(text);
  } catch (error) {
    if (error instanceof EquationError) return error.message;
    throw error;
  }
  return "accepted";
};

describe.each(Object.entries(equationTexts))("%s", (_name, text) => {
  test("is printed as a text that reads the same", () => {
    const printed = print(parse(text));
    expect(print(parse(printed))).toBe(printed);
    const [a, b] = [networkOf(text), networkOf(printed)];
    const facts = (network: typeof a) => [
      network.definitions.map(({ name, shape }) => [name, shape]),
      network.parameters.map(({ name, axes, fanIn }) => [name, axes, fanIn]),
      network.loss,
      network.prediction,
    ];
    expect(facts(b)).toEqual(facts(a));
  });

  test("has the gradients of its loss's difference quotients", () => {
    const net = float64Net(text);
    if (net.network.loss === null) return;
    const batch = batchFor(net);
    net.loss(batch).backward();
    for (const [, parameter] of net.namedParameters()) {
      const [values, gradient] = [parameter.data.slice(), parameter.grad!.data];
      const lossWith = (i: number, step: number): number => {
        const moved = Float64Array.from(values, (value, j) => (j === i ? value + step : value));
        parameter.assign(tensor(moved).reshape(parameter.shape));
        return noGrad(() => net.loss(batch).item());
      };
      values.forEach((_, i) => {
        expect(gradient[i]).toBeCloseTo((lossWith(i, 1e-5) - lossWith(i, -1e-5)) / 2e-5, 7);
      });
      lossWith(-1, 0);
    }
  });
});

describe("a text and a network of modules are one thing", () => {
  const same = (text: string, model: Sequential, loss: (output: Tensor, target: Tensor) => Tensor): void => {
    const net = new EquationNetwork(text, { generator: new Generator(5) });
    const [ours, theirs] = [[...net.parameters()], [...model.parameters()]];
    expect(ours.map(({ data }) => data)).toEqual(theirs.map(({ data }) => data));
    const batch = batchFor(net, "float32");
    const value = net.loss(batch);
    const expected = loss(model.forward(batch.x), batch.y);
    model.zeroGrad();
    value.backward();
    expected.backward();
    expect(value.item()).toBe(expected.item());
    expect(ours.map(({ grad }) => grad!.data)).toEqual(theirs.map(({ grad }) => grad!.data));
    expect(net.scores(batch.x).data).toEqual(model.forward(batch.x).data);
  };

  test("the network of the practical in four levels, to the bit", () => {
    const generator = new Generator(5);
    const model = new Sequential(
      new Linear(2, 4, { generator }),
      new Tanh(),
      new Linear(4, 2, { generator }),
    );
    same(equationTexts.tp, model, crossEntropy);
    same(equationTexts["tp in ASCII"], model, crossEntropy);
  });

  test("L layers, to the bit", () => {
    const generator = new Generator(5);
    const model = new Sequential(
      new Linear(5, 4, { generator }),
      new Sigmoid(),
      new Linear(4, 4, { generator }),
      new Sigmoid(),
      new Linear(4, 3, { generator }),
    );
    same(equationTexts["L layers"], model, crossEntropy);
  });

  test("linear regression with ½, to the bit", () => {
    const model = new Sequential(new Linear(3, 2, { generator: new Generator(5) }));
    same(equationTexts["linear regression"], model, (z, y) => squaredError(z, y, { half: true }));
  });

  test("softmax written out has the values of softmax", () => {
    const [written, called] = ["exp(z) / sum(exp(z))", "softmax(z)"].map((p) => {
      const net = float64Net(
        `input x: 2; target y: onehot 3; z = W x + b; ŷ = ${p}; loss = -sum(y * log(ŷ))`,
      );
      return net.loss(batchFor(net)).item();
    });
    expect(written).toBe(called);
    const huge = float64Net("input x: 2; size z: 3; z = 1000 (W x); ŷ = exp(z) / sum(exp(z))");
    expect(
      huge
        .forward(tensor([[900, -900]], { dtype: "float64" }))
        .sum()
        .item(),
    ).toBe(1);
  });

  test("the hinge of probabilities sums over all classes but one", () => {
    const net = float64Net(
      "input x: 4; target t: class c of 3; m = 1; o = W x + b; predict o; loss = sum_{j≠c} max(0, o_j − o[c] + m)",
    );
    const batch = batchFor(net);
    expect(net.loss(batch).item()).toBeCloseTo(hingeLoss(net.forward(batch.x), batch.t).item(), 14);
  });

  test("weight decay is added once, whatever the reduction", () => {
    const net = float64Net(equationTexts["weight decay"]);
    const batch = batchFor(net);
    const penalty =
      0.005 *
      [...net.stateDict()].reduce(
        (sum, [name, w]) => (name.startsWith("W") ? sum + w.mul(w).sum().item() : sum),
        0,
      );
    const [mean, sum] = [net.loss(batch).item(), net.loss(batch, { reduction: "sum" }).item()];
    expect(sum - penalty).toBeCloseTo(examples * (mean - penalty), 12);
    const half = float64Net(
      "input x: 2; target y: 2; z = W x; e = z − y; λ = 3; loss = ½ (‖e‖² + λ sum(W^2)); predict z",
    );
    const other = batchFor(half);
    const square = half.stateDict().get("W")!.pow(2).sum().item();
    expect(half.loss(other, { reduction: "sum" }).item() - 1.5 * square).toBeCloseTo(
      examples * (half.loss(other).item() - 1.5 * square),
      12,
    );
  });

  test("sizes can be set from outside", () => {
    const text = "size n_h = 4; input x: 2; size h: n_h; h = tanh(W x + b); predict h";
    expect(new EquationNetwork(text).stateDict().get("W")!.shape).toEqual([4, 2]);
    expect(new EquationNetwork(text, { sizes: { n_h: 20 } }).stateDict().get("W")!.shape).toEqual([20, 2]);
  });

  test("what stays free has a symbol to explain with, and is refused to train with", () => {
    const text =
      "input x; target y: onehot; h = tanh(W_h x + b_h); ŷ = softmax(W_y h + b_y); loss = -sum(y * log(ŷ))";
    expect([...networkOf(text, { free: true }).free.keys()]).toEqual(["n_x", "n_y", "n_h"]);
    expect(refusal(text)).toContain("the length of x follows from nothing; write size x: 4");
    expect(refusal("input x: 3; size z: 2; z = W_2 W_1 x")).toContain("W_2 is 2×?");
    expect(refusal("input x: 3; size z: 2; z = W_2 W_1 x")).toContain("give each product a name");
  });
});

describe("sentences that are accepted", () => {
  test.each([
    ["h̃ = W_hᵀ v", "h̃ = W_hᵀ v"],
    ["loss = 1/2 (y_out − y)^2", "loss = 1/2 (y_out - y)^2"],
    ["z = W x -b", "z = W x - b"],
    ["loss = -sum_i y_i log(p_i) + 0.1 sum(p^2)", "loss = -sum_i y[i] log(p[i]) + 0.1 sum(p^2)"],
    ["S = Q Kᵀ / sqrt(d)", "S = Q Kᵀ / sqrt(d)"],
    ["loss = ℓ + (λ/2) sum(W^2)", "loss = ℓ + (λ / 2) sum(W^2)"],
    ["L = -log(y[c])", "L = -log(y[c])"],
    ["function f; g = f'(s)' u", "function f\ng = f′(s)ᵀ u"],
    ["loss = sum_{j≠c} max(0, p_j − p[c] + m)", "loss = sum_{j≠c} max(0, p[j] - p[c] + m)"],
    ["a = x / 3 / 2", "a = x / 3 / 2"],
    ["a = A ⊙ 0.2 W_y ⊙ C", "a = A ⊙ 0.2 W_y ⊙ C"],
    ["a = x.T @ y", "a = xᵀ y"],
    ["W1 = W₁", "W_1 = W_1"],
    ["that = 1", "that = 1"],
    ["xbar = yhat", "x̄ = ŷ"],
    ["a = (x\n  + y)", "a = x + y"],
    ["a = |b − |c| d|", "a = abs(b - |c| d)"],
  ])("%s", (text, meaning) => {
    expect(print(parse(text))).toBe(`${meaning}\n`);
  });

  test("a sum of an index ends at plus", () => {
    const net = float64Net(
      "input x: 3; target y: 3; z = A x; predict z; param A: 3×3; loss = sum_i (z_i − y_i)^2 + sum(z)",
    );
    const batch = batchFor(net);
    const z = net.forward(batch.x);
    const expected = z.sub(batch.y).pow(2).sum(1).add(z.sum(1)).mean().item();
    expect(net.loss(batch).item()).toBeCloseTo(expected, 12);
  });
});

describe("sentences that are refused, each at its place", () => {
  test.each([
    [
      "input x: 2; h = W_hx + b_h",
      "line 1, column 17: W_hx is not defined; a product needs a space: did you mean W_h x?",
    ],
    ["x = y^(2)", "line 1, column 6: the power ^ is followed by a number or a name"],
    ["input A: 3×3, B: 3×3; C = A*B", "* between two matrices could mean two things; ⊙ or @?"],
    ["input x: 3; param A: 3×3; y = x'*A*x", "they fit only as a product: @"],
    ["input x: 2; z = (W x) ⊙ W @ x", "@ or · beside ⊙ needs parentheses"],
    ["input x: 2; z = W x + 3 b / W x", "the product to the right of / needs parentheses"],
    [
      "z = log p",
      "line 1, column 5: log is a function, and its argument stands in parentheses; write log(…)",
    ],
    ["input x: 3; z = x + xᵀ", "x is a column of 3 and xᵀ is a row of 3; transpose one of them"],
    ["input x: 3; target y: 1; param W: 5×3; z = W x; loss = sum((z − y)^2)", "a target never broadcasts"],
    [
      "input x: 3\nrepeat l = 1..2 { h = tanh(x) }",
      "line 2, column 19: inside of repeat only names with ^[l] are defined",
    ],
    [
      "input x: 2; h = softmx(x)",
      "softmx is neither a function nor a defined name; did you mean softmax(…)?",
    ],
    [
      "input x: 2; size h: 4; h = tanh(W_h x); loss = sum(h) + sum(Wh^2)",
      "Wh is not defined; did you mean W_h?",
    ],
    ["input X: 7×2; size H: 7×4; H = X W_hᵀ + b_h", "did you mean 𝟏 b_hᵀ?"],
    ["a = b; b = 1", "line 1, column 5: b is used before its line"],
    ["a = a + 1", "a is defined by itself"],
    ["a = 1; a = 2", "line 1, column 8: a is defined twice"],
    ["input x: 2; target y: 2; z = 2 x", "the target y is used by no loss"],
    ["input x: 2; target y: 2; loss = ‖x − y‖²; ℓ = sum(x)", "there are two losses"],
    [
      "input x: 2; param A: 3×4; z = A x",
      "in the product A x the inner lengths differ: A is 3×4 and x is a column of 2",
    ],
    ["input x: row 3; param A: 4×3; z = A x", "A xᵀ would fit"],
    ["input x: 2; target y: 2; W_i = x; loss = sum_i y_i W_i", "i is an index here and a subscript of W_i"],
    ["input x: 2; y = x[1]", "the index 1 is a number"],
    ["input x: 2; y = x[k]", "the index k is bound by no sum and names no class"],
    ["input x: 2; y = x′", "the prime ′ means a derivative"],
    ["x = А", "the letter А (U+0410) only looks like the Latin A; type A"],
    ["x = ο", "only looks like the Latin o"],
    ["\u2028", "the character (U+2028) does not belong to the language"],
    ["x = \u0007", "the character (U+0007) does not belong to the language"],
    ["x = ", "the expression is not finished"],
    ["x = (1 + 2", "the bracket needs )"],
    ["inptu x: 2", 'did you mean "input"?'],
    ["x[1] = 2", "a single entry cannot be defined"],
    ["x = 1 = 2", "a statement has one ="],
    ["sum = 2", "sum is a function and cannot be defined"],
    [`x = ${"(".repeat(300)}1`, "nested more than 200 deep"],
    ["a = 1\n".repeat(10_000), "the text has more than 2000 statements"],
    ["x".repeat(1_000_000), "the text has 1000000 characters; at most 100000 are read"],
    [`x = ${"1 + ".repeat(20_000)}1`, "the statement has more than 2000 parts"],
  ])("%.60s", (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test("the message shows the line with a mark under the place", () => {
    expect(refusal("input x: 2\nh̃ = softmx(x)")).toMatch(/\n {2}h̃ = softmx\(x\)\n {6}\^{6}$/);
  });
});

describe("random texts", () => {
  const pieces = Object.values(equationTexts).flatMap((text) =>
    text.match(/\s+|\p{L}\p{M}*|\d+|[^\s\p{L}\d]/gu)!,
  );

  test("end in a network or in an error with a place", () => {
    const words = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), {
      maxLength: 40,
    });
    const accepted = new Set<string>();
    fc.assert(
      fc.property(words, (parts) => {
        const result = refusal(parts.join(""));
        accepted.add(result === "accepted" ? result : "refused");
      }),
      { numRuns: 3_000 },
    );
    expect([...accepted].sort()).toEqual(["accepted", "refused"]);
  });

  test("that are one edit away from a network end in a network or in an error with a place", () => {
    const texts = Object.values(equationTexts);
    const edit = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.integer({ min: 0, max: 3 }),
      put: fc.oneof(fc.constantFrom(...pieces), fc.constant("")),
    });
    fc.assert(
      fc.property(edit, ({ text, at, cut, put }) => {
        const place = Math.floor(at * text.length);
        refusal(text.slice(0, place) + put + text.slice(place + cut));
      }),
      { numRuns: 3_000 },
    );
  });
});
