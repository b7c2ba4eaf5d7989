/**
 * Training steps written by hand with the library, in the forms that people write. Run as a program with the folder of
 * a checkout, it prints for each step the kernels and the results as JSON: a fusion that is lost shows in the kernels.
 * Only types are imported, so that this one file runs on either checkout's library.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Tensor } from "chainrule";
import type * as Core from "chainrule";
import type * as Functions from "chainrule/functions";
import type * as Nn from "chainrule/nn";
import type * as Optim from "chainrule/optim";
import type * as Wasm from "chainrule/wasm";

type DType = "float32" | "float64";

interface Library {
  readonly core: typeof Core;
  readonly functions: typeof Functions;
  readonly nn: typeof Nn;
  readonly optim: typeof Optim;
  /** Standard normal numbers from one generator for each step. */
  draw(...shape: number[]): Tensor;
  readonly dtype: DType;
}

interface Form {
  readonly inputs: readonly Tensor[];
  step(...inputs: Tensor[]): Tensor[];
}

const classes = [2, 0, 1, 1, 0, 2, 2, 1];

/** Named cells that hold drawn weights. */
function cells({ core, draw }: Library, shapes: Record<string, number[]>) {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, core.state(draw(...shape), { name })]),
  );
}

const targets = ({ core }: Library): Tensor => core.tensor(classes, { dtype: "int32" });

/** A step of a module: loss, backward, update by an optimizer. */
function training(
  { optim }: Library,
  model: InstanceType<Library["nn"]["Module"]>,
  lossOf: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
): Form {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  return {
    inputs,
    step: (...given) => {
      optimizer.zeroGrad();
      const loss = lossOf(...given);
      loss.backward();
      optimizer.step();
      return [loss];
    },
  };
}

const forms: Readonly<Record<string, (library: Library) => Form>> = {
  "gradients by hand, with transpose()": (library) => {
    const { W1, b1, W2, b2 } = cells(library, { W1: [6, 4], b1: [6], W2: [3, 6], b2: [3] });
    return {
      inputs: [library.draw(8, 4), library.draw(8, 3)],
      step: (x, t) => {
        const h = x.matmul(W1.transpose()).add(b1).tanh();
        const y = h.matmul(W2.transpose()).add(b2);
        const dy = y.sub(t).div(8);
        const dh = dy.matmul(W2).mul(h.mul(h).neg().add(1));
        W2.assign(W2.sub(dy.transpose().matmul(h).mul(0.1)));
        b2.assign(b2.sub(dy.sum(0).mul(0.1)));
        W1.assign(W1.sub(dh.transpose().matmul(x).mul(0.1)));
        b1.assign(b1.sub(dh.sum(0).mul(0.1)));
        return [y.sub(t).pow(2).sum().div(16), y];
      },
    };
  },
  "gradients by hand, with transposeA and transposeB": (library) => {
    const { W1, b1, W2 } = cells(library, { W1: [4, 6], b1: [1, 6], W2: [3, 6] });
    return {
      inputs: [library.draw(8, 4), library.draw(8, 3)],
      step: (x, t) => {
        const h = x.matmul(W1).add(b1).sigmoid();
        const dy = h.matmul(W2, { transposeB: true }).sub(t).mul(0.25);
        const dh = dy.matmul(W2).mul(h.mul(h.neg().add(1)));
        W2.assign(W2.sub(dy.matmul(h, { transposeA: true })));
        W1.assign(W1.sub(x.matmul(dh, { transposeA: true })));
        b1.assign(b1.sub(dh.sum(0, true)));
        return [dy.abs().mean()];
      },
    };
  },
  "columns as examples": (library) => {
    const { W1, b1, W2, b2 } = cells(library, { W1: [5, 4], b1: [5, 1], W2: [3, 5], b2: [3, 1] });
    return {
      inputs: [library.draw(4, 8), library.draw(3, 8)],
      step: (X, T) => {
        const A = W1.matmul(X).add(b1).relu();
        const dZ = W2.matmul(A).add(b2).sub(T).div(8);
        const dA = W2.transpose().matmul(dZ).mul(A.gt(0).to(A.dtype));
        W2.assign(W2.sub(dZ.matmul(A.transpose()).mul(0.5)));
        b2.assign(b2.sub(dZ.sum(1, true).mul(0.5)));
        W1.assign(W1.sub(dA.matmul(X.transpose()).mul(0.5)));
        b1.assign(b1.sub(dA.sum(1, true).mul(0.5)));
        return [dZ.mul(dZ).sum()];
      },
    };
  },
  "softmax and cross-entropy by hand": (library) => {
    const { W, b } = cells(library, { W: [3, 4], b: [3] });
    return {
      inputs: [library.draw(8, 4), targets(library)],
      step: (x, t) => {
        const scores = x.matmul(W.transpose()).add(b);
        const e = scores.sub(scores.max(1, true)).exp();
        const p = e.div(e.sum(1, true));
        const onehot = t.oneHot(3, library.dtype);
        const d = p.sub(onehot).div(8);
        W.assign(W.sub(d.transpose().matmul(x)));
        b.assign(b.sub(d.sum(0)));
        return [p.log().mul(onehot).sum(1).neg().mean(), p];
      },
    };
  },
  "softmax without its maximum": (library) => ({
    inputs: [library.draw(8, 3), targets(library)],
    step: (scores, t) => {
      const e = scores.exp();
      const p = e.div(e.sum(1, true));
      return [
        p
          .gather(t.reshape([8, 1]), 1)
          .log()
          .neg()
          .mean(),
        p.sub(t.oneHot(3, library.dtype)).div(8),
      ];
    },
  }),
  "log-softmax and its rows picked by hand": (library) => ({
    inputs: [library.draw(8, 3), targets(library)],
    step: (scores, t) => {
      const z = scores.sub(scores.max(1, true));
      const logP = z.sub(z.logSumExp(1, true));
      return [
        logP
          .gather(t.reshape([8, 1]), 1)
          .neg()
          .mean(),
        library.functions.logSoftmax(scores),
      ];
    },
  }),
  "crossEntropy and backward": (library) => {
    const { core, functions, draw } = library;
    const W = new core.Parameter(draw(3, 4));
    return {
      inputs: [draw(8, 4), targets(library)],
      step: (x, t) => {
        W.grad = null;
        const loss = functions.crossEntropy(functions.linear(x, W), t);
        loss.backward();
        const g = W.grad as unknown as Tensor;
        core.noGrad(() => W.assign(W.sub(g.mul(0.1))));
        return [loss, g];
      },
    };
  },
  "layer norm by hand": (library) => {
    const { gamma, beta } = cells(library, { gamma: [6], beta: [6] });
    return {
      inputs: [library.draw(8, 6), library.draw(8, 6)],
      step: (x, g) => {
        const mean = (t: Tensor): Tensor => t.sum(1, true).div(6);
        const centred = x.sub(x.mean(1, true));
        const r = centred.mul(centred).mean(1, true).add(1e-5).sqrt().pow(-1);
        const z = centred.mul(r);
        const h = g.mul(gamma);
        const dx = h.sub(mean(h)).sub(z.mul(mean(h.mul(z)))).mul(r); // prettier-ignore
        gamma.assign(gamma.sub(g.mul(z).sum(0)));
        beta.assign(beta.sub(g.sum(0)));
        return [z.mul(gamma).add(beta), dx];
      },
    };
  },
  "layer norm of the library": (library) => {
    const { nn, functions, draw, dtype } = library;
    const model = new nn.Sequential(
      new nn.Linear(4, 6, { dtype }), new nn.LayerNorm(6, { dtype }), new nn.GELU(), new nn.Linear(6, 3, { dtype }),
    ); // prettier-ignore
    const inputs = [draw(8, 4), targets(library)];
    return training(library, model, (x, t) => functions.crossEntropy(model.forward(x), t), inputs);
  },
  "batch norm by hand": (library) => {
    const { gamma, beta, running } = cells(library, { gamma: [6], beta: [6], running: [6] });
    return {
      inputs: [library.draw(8, 6), library.draw(8, 6)],
      step: (x, g) => {
        const centred = x.sub(x.mean(0));
        const variance = centred.mul(centred).mean(0);
        const z = centred.div(variance.add(1e-5).sqrt());
        const sums = [g.sum(0), g.mul(z).sum(0)] as const;
        const dx = g.mul(8).sub(sums[0]).sub(z.mul(sums[1])).mul(gamma).div(variance.add(1e-5).sqrt().mul(8));
        running.assign(running.mul(0.9).add(x.mean(0).mul(0.1)));
        gamma.assign(gamma.sub(sums[1]));
        beta.assign(beta.sub(sums[0]));
        return [z.mul(gamma).add(beta), dx];
      },
    };
  },
  "batch norm of the library": (library) => {
    const { nn, functions, draw, dtype } = library;
    const model = new nn.Sequential(
      new nn.Linear(4, 6, { dtype }), new nn.BatchNorm1d(6, { dtype }), new nn.ReLU(), new nn.Linear(6, 3, { dtype }),
    ); // prettier-ignore
    const inputs = [draw(8, 4), targets(library)];
    return training(library, model, (x, t) => functions.crossEntropy(model.forward(x), t), inputs);
  },
  "embedding and mean of its rows": (library) => {
    const { nn, functions, core, dtype } = library;
    const model = new nn.Sequential(new nn.Embedding(7, 5, { dtype }), new nn.Linear(5, 3, { dtype }));
    const words = core.tensor(
      classes.map((c, i) => [c, (c + i) % 7, i % 7]),
      { dtype: "int32" },
    );
    const lossOf = (x: Tensor, t: Tensor): Tensor => functions.crossEntropy(model.forward(x).mean(1), t);
    return training(library, model, lossOf, [words, targets(library)]);
  },
  "attention with a mask": (library) => {
    const { Wq, Wk, Wv } = cells(library, { Wq: [6, 6], Wk: [6, 6], Wv: [6, 6] });
    for (const cell of [Wq, Wk, Wv]) cell.requiresGrad = true;
    const { core, functions, draw } = library;
    return {
      inputs: [draw(2, 5, 6), core.arange(5, { dtype: "int32" })],
      step: (x, places) => {
        const [q, k, v] = [Wq, Wk, Wv].map((W) => x.matmul(W));
        const later = places.reshape([1, 5]).gt(places.reshape([5, 1]));
        const scores = core.where(later, -1e9, q.matmul(k, { transposeB: true }).div(Math.sqrt(6)));
        const loss = functions.softmax(scores).matmul(v).pow(2).mean();
        return [loss, ...core.gradients(loss, [Wq, Wk, Wv])];
      },
    };
  },
  "momentum by hand": (library) => {
    const { w, m } = cells(library, { w: [6, 5], m: [6, 5] });
    return {
      inputs: [library.draw(6, 5)],
      step: (g) => {
        m.assign(m.mul(0.9).add(g));
        w.assign(w.sub(m.mul(0.01)));
        return [w.mul(w).sum()];
      },
    };
  },
  "adam by hand": (library) => {
    const { core, draw, dtype } = library;
    const { w, m, v } = cells(library, { w: [6, 5], m: [6, 5], v: [6, 5] });
    const t = core.state(core.zeros([], { dtype }), { name: "t" });
    v.assign(v.mul(v));
    return {
      inputs: [draw(6, 5)],
      step: (g) => {
        t.assign(t.add(1));
        m.assign(m.mul(0.9).add(g.mul(0.1)));
        v.assign(v.mul(0.999).add(g.mul(g).mul(0.001)));
        const correct = (moment: Tensor, b: number): Tensor => {
          const power = core.tensor(b, { dtype }).pow(t);
          return moment.div(core.tensor(1, { dtype }).sub(power));
        };
        w.assign(w.sub(correct(m, 0.9).mul(0.01).div(correct(v, 0.999).sqrt().add(1e-8))));
        return [w.abs().mean()];
      },
    };
  },
  "clipped gradients of a residual net": (library) => {
    const { nn, optim, functions, draw, dtype } = library;
    const [first, block, last] = [
      new nn.Linear(4, 6, { dtype }),
      new nn.Linear(6, 6, { dtype }),
      new nn.Linear(6, 3, { dtype }),
    ];
    const parameters = [first, block, last].flatMap((one) => [...one.parameters()]);
    const optimizer = new optim.AdamW(parameters, { lr: 0.01 });
    return {
      inputs: [draw(8, 4), draw(8, 3)],
      step: (x, y) => {
        optimizer.zeroGrad();
        const h = first.forward(x).relu();
        const loss = functions.mseLoss(last.forward(h.add(block.forward(h).softplus())), y);
        loss.backward();
        const norm = optim.clipGradNorm(parameters, 0.5);
        optimizer.step();
        return [loss, norm];
      },
    };
  },
  "reductions and pieces": (library) => ({
    inputs: [library.draw(3, 4, 5)],
    step: (x) => [
      x.sum([0, 2]),
      x.mean(1),
      x.variance(0),
      x.max(2),
      x.argmax(1),
      x.slice([1, 3]).flip(0),
      x.permute([2, 0, 1]).reshape([5, 12]).sum(1),
      library.core.concat([x, x.neg()], 1).cumsum(1),
    ],
  }),
};

/** The library of a checkout, found by the exports of its packages. */
async function libraryOf(checkout: string) {
  const find = createRequire(join(checkout, "package.json"));
  const load = async (name: string): Promise<unknown> => import(pathToFileURL(find.resolve(name)).href);
  return {
    core: (await load("chainrule")) as typeof Core,
    functions: (await load("chainrule/functions")) as typeof Functions,
    nn: (await load("chainrule/nn")) as typeof Nn,
    optim: (await load("chainrule/optim")) as typeof Optim,
    wasm: (await load("chainrule/wasm")) as typeof Wasm,
  };
}

const { wasm, ...library } = await libraryOf(process.argv[2]);
const printed: Record<string, { explain: string; values: string[] }> = {};
const device = await wasm.wasm();
for (const [name, form] of Object.entries(forms))
  for (const dtype of ["float32", "float64"] as const)
    for (const [on, chosen] of Object.entries({ wasm: device, reference: library.core.reference })) {
      library.core.manualSeed(1);
      const generator = new library.core.Generator(1);
      const draw = (...shape: number[]): Tensor => library.core.randn(shape, { dtype, generator });
      const { inputs, step } = form({ ...library, draw, dtype });
      using compiled = library.core.compile(step, { device: chosen });
      const results = [1, 2, 3].flatMap(() => compiled(...inputs));
      printed[`${name}, ${dtype}, ${on}`] = {
        explain: compiled.explain(),
        values: results.map((one) => `[${one.shape.join()}] ${Array.from(one.data).join(" ")}`),
      };
    }
process.stdout.write(JSON.stringify(printed));
