/** Traced steps of small networks, which the tests of drawings and the pages that were looked at share. */
import { Generator, Parameter, gradients, named, randn, tensor, traceProgram } from "chainrule";
import type { Program, Tensor } from "chainrule";
import { binaryCrossEntropyWithLogits, crossEntropy, linear, mseLoss, softmax } from "chainrule/functions";
import { BatchNorm1d, Dropout, LayerNorm, Linear, ReLU, Sequential } from "chainrule/nn";
import { Adam, SGD } from "chainrule/optim";

/** A traced step with what its values need. */
export interface Traced {
  readonly program: Program;
  readonly inputs: readonly Tensor[];
  readonly cells: { readonly [name: string]: Tensor };
}

const generator = new Generator(1);
const parameter = (...shape: number[]): Parameter => new Parameter(randn(shape, { generator }));

function traced(
  step: (...inputs: Tensor[]) => readonly Tensor[],
  inputs: { readonly [name: string]: Tensor },
  cells: { readonly [name: string]: Tensor },
): Traced {
  const program = traceProgram(step, Object.values(inputs), { names: { ...inputs, ...cells } });
  return { program, inputs: Object.values(inputs), cells };
}

/** The network 2-10-2 of the first practical; with `sgd`, its whole step. */
export function tanhNetwork({ hidden = 10, rows = 4, sgd = false } = {}): Traced {
  const cells = {
    W_h: parameter(hidden, 2),
    b_h: parameter(hidden),
    W_y: parameter(2, hidden),
    b_y: parameter(2),
  };
  const { W_h, b_h, W_y, b_y } = cells;
  const optimizer = new SGD(Object.values(cells), { lr: 0.1 });
  const y = tensor(
    Array.from({ length: rows }, (_, i) => i % 2),
    { dtype: "int32" },
  );
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    const h = named(named(linear(x, W_h, b_h), "h̃").tanh(), "h");
    const scores = named(linear(h, W_y, b_y), "ỹ");
    const p = named(softmax(scores), "ŷ");
    const loss = named(crossEntropy(scores, y), "L");
    if (!sgd) return [p, loss, ...gradients(loss, [W_h, b_h, W_y, b_y])];
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return [p, loss];
  };
  return traced(step, { x: randn([rows, 2], { generator }), y }, cells);
}

/** A network of `depth` layers of five sigmoid units. */
export function deepNetwork(depth = 4): Traced {
  const sizes = [3, ...Array.from({ length: depth - 1 }, () => 5), 2];
  const cells: Record<string, Parameter> = {};
  for (let l = 1; l <= depth; l++) {
    cells[`W^[${l}]`] = parameter(sizes[l], sizes[l - 1]);
    cells[`b^[${l}]`] = parameter(sizes[l]);
  }
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    let a = x;
    let z = x;
    for (let l = 1; l <= depth; l++) {
      z = named(linear(a, cells[`W^[${l}]`], cells[`b^[${l}]`]), `z^[${l}]`);
      if (l < depth) a = named(z.sigmoid(), `a^[${l}]`);
    }
    const loss = named(crossEntropy(z, y), "L");
    return [loss, ...gradients(loss, Object.values(cells))];
  };
  const y = tensor([0, 1, 1, 0], { dtype: "int32" });
  return traced(step, { x: randn([4, 3], { generator }), y }, cells);
}

export function linearRegression(): Traced {
  const cells = { w: parameter(1, 2), b: parameter(1) };
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    const z = named(linear(x, cells.w, cells.b), "z");
    const loss = named(mseLoss(z, y), "L");
    return [loss, ...gradients(loss, [cells.w, cells.b])];
  };
  return traced(step, { x: randn([5, 2], { generator }), y: randn([5, 1], { generator }) }, cells);
}

export function logisticRegression(): Traced {
  const cells = { w: parameter(1, 3), b: parameter(1) };
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    const z = named(linear(x, cells.w, cells.b), "z");
    const p = named(z.sigmoid(), "p");
    const loss = named(binaryCrossEntropyWithLogits(z, y), "L");
    return [p, loss, ...gradients(loss, [cells.w, cells.b])];
  };
  const y = tensor([[0], [1], [1], [0]]);
  return traced(step, { x: randn([4, 3], { generator }), y }, cells);
}

/** Two residual layers, h + W relu(h): the gradients at x and h have two contributions each. */
export function residualNetwork(): Traced {
  const cells = { W_0: parameter(3, 3), W_1: parameter(3, 3), W_2: parameter(3, 3) };
  const { W_0, W_1, W_2 } = cells;
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    const a = named(linear(x, W_0), "a");
    const h = named(a.add(linear(a.relu(), W_1)), "h");
    const o = named(h.add(linear(h.relu(), W_2)), "o");
    const loss = named(mseLoss(o, y), "L");
    return [loss, ...gradients(loss, [W_0, W_1, W_2])];
  };
  return traced(step, { x: randn([4, 3], { generator }), y: randn([4, 3], { generator }) }, cells);
}

/** One attention head over five places, with a linear layer after it. */
export function attentionBlock(): Traced {
  const cells = { W_q: parameter(4, 4), W_k: parameter(4, 4), W_v: parameter(4, 4), W_o: parameter(4, 4) };
  const { W_q, W_k, W_v, W_o } = cells;
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    const [q, k, v] = [named(linear(x, W_q), "Q"), named(linear(x, W_k), "K"), named(linear(x, W_v), "V")];
    const s = named(q.matmul(k, { transposeB: true }).div(2), "S");
    const a = named(softmax(s), "A");
    const o = named(linear(a.matmul(v), W_o), "o");
    const loss = named(mseLoss(named(x.add(o), "r"), y), "L");
    return [loss, ...gradients(loss, [W_q, W_k, W_v, W_o])];
  };
  return traced(step, { x: randn([5, 4], { generator }), y: randn([5, 4], { generator }) }, cells);
}

/** Modules with state (batch norm), random numbers (dropout) and an optimizer with moments. */
export function moduleNetwork(): Traced {
  const net = new Sequential(
    new Linear(3, 4, { generator }),
    new BatchNorm1d(4),
    new ReLU(),
    new Dropout(0.2, { generator }),
    new Linear(4, 4, { generator }),
    new LayerNorm(4),
    new Linear(4, 2, { generator }),
  );
  const optimizer = new Adam(net.parameters(), { lr: 0.01, weightDecay: 0.1 });
  const step = (x: Tensor, y: Tensor): readonly Tensor[] => {
    const loss = named(crossEntropy(net.forward(x), y), "L");
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return [loss];
  };
  const y = tensor([0, 1, 1, 0], { dtype: "int32" });
  return traced(step, { x: randn([4, 3], { generator }), y }, Object.fromEntries(net.namedParameters()));
}

/** An autoencoder whose weights are used twice, with a penalty on them. */
export function tiedNetwork(): Traced {
  const cells = { W: parameter(3, 4), b: parameter(3), c: parameter(4) };
  const { W, b, c } = cells;
  const step = (x: Tensor): readonly Tensor[] => {
    const h = named(linear(x, W, b).sigmoid(), "h");
    const out = named(h.matmul(W).add(c), "x̂");
    const loss = named(mseLoss(out, x).add(W.mul(W).sum().mul(0.01)), "L");
    return [loss, ...gradients(loss, [W, b, c])];
  };
  return traced(step, { x: randn([5, 4], { generator }) }, cells);
}

/** The gradient of a gradient. */
export function secondDerivative(): Traced {
  const cells = { w: parameter(3) };
  const step = (x: Tensor): readonly Tensor[] => {
    const loss = named(cells.w.mul(x).tanh().sum(), "L");
    const [g] = gradients(loss, [cells.w], { createGraph: true });
    return [loss, ...gradients(named(g.mul(g).sum(), "G"), [cells.w])];
  };
  return traced(step, { x: randn([3], { generator }) }, cells);
}
