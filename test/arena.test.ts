/** Tests the plan of a program's memory: overwriting all memory that no later call needs changes no bit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, concat, Generator, gradients, Parameter, records, state, tensor, where } from "chainrule";
import type { Device, DType, Tensor } from "chainrule";
import { crossEntropy, softmax, squaredError } from "chainrule/functions";
import { BatchNorm1d, Dropout, Embedding, Flatten, LayerNorm, Linear, ReLU, Sequential, Sigmoid, Tanh } from "chainrule/nn"; // prettier-ignore
import type { Module } from "chainrule/nn";
import { Adagrad, Adam, Adamax, AdamW, clipGradNorm, MomentumEWA, RMSprop, SGD } from "chainrule/optim";
import type { Optimizer } from "chainrule/optim";
import { plan } from "../packages/chainrule/src/devices/wasm/plan/plan.ts";
import { isFloat } from "../packages/chainrule/src/tensor/dtype.ts";
import { casesOf } from "./op-cases.ts";
import { drawCall, subjectOf } from "./op-checks.ts";
import { deviceFor, poisoned, roomy, tooEarly } from "./poison.ts";
import type { Planner } from "./poison.ts";

/** A step with its data and its cells, made anew for every plan. */
interface Subject {
  readonly step: (...inputs: Tensor[]) => Tensor[];
  readonly data: readonly Tensor[];
  readonly cells: readonly Tensor[];
  readonly rows: number;
}

const roomyPlan: Planner = (lowered) => roomy(plan(lowered), lowered);
const poisonedPlan: Planner = (lowered) => poisoned(plan(lowered), lowered);

const bytesOf = ({ data }: Tensor): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");

/** All bits of the outputs and cells of five steps, run one by one and in one call. */
function bitsOf({ step, data, cells, rows }: Subject, device: Device): string[] {
  using compiled = compile(step, { device });
  const size = data.length === 0 ? 0 : data[0].shape[0];
  const batch = (turn: number): Int32Array =>
    Int32Array.from({ length: rows }, (_, i) => (i * 3 + turn) % size);
  const single = [0, 1].map((turn) =>
    compiled(...data.map((x) => x.indexSelect(tensor(batch(turn)), 0))).map(bytesOf),
  );
  const many = compiled.run(data, [2, 3, 4].map(batch)).map(bytesOf);
  return [...single.flat(), ...many, ...cells.map(bytesOf)];
}

interface Net {
  readonly layers: (generator: Generator, dtype: DType) => Module[];
  readonly optimizer: (net: Module) => Optimizer;
  readonly dtype?: "float32" | "float64";
  readonly clip?: boolean;
  readonly regression?: boolean;
  readonly indices?: boolean;
}

function subjectFor({ layers, optimizer: make, dtype = "float32", clip, regression, indices }: Net): Subject {
  const generator = new Generator(3);
  const net = new Sequential(...layers(generator, dtype));
  const optimizer = make(net);
  const random = new Generator(4);
  const x = indices
    ? tensor(random.fillInteger(new Int32Array(60), 0, 9), { shape: [20, 3] })
    : tensor(random.fillNormal(new Float64Array(140)), { shape: [20, 7], dtype });
  const y = regression
    ? tensor(random.fillNormal(new Float64Array(60)), { shape: [20, 3], dtype })
    : tensor(random.fillInteger(new Int32Array(20), 0, 3));
  return {
    step: (inputs, targets) => {
      const outputs = net.forward(inputs);
      const loss = regression ? squaredError(outputs, targets) : crossEntropy(outputs, targets);
      optimizer.zeroGrad();
      loss.backward();
      if (clip) clipGradNorm(net.parameters(), 0.5);
      optimizer.step();
      return [loss, outputs];
    },
    data: [x, y],
    cells: [...net.parameters(), ...[...net.namedBuffers()].map(([, cell]) => cell)],
    rows: 6,
  };
}

const mlp = (...middle: (() => Module)[]) => (generator: Generator, dtype: DType): Module[] => [
  new Linear(7, 9, { generator, dtype }),
  ...middle.map((layer) => layer()),
  new Linear(9, 3, { generator, dtype }),
]; // prettier-ignore
const sgd = (net: Module): Optimizer => new SGD(net.parameters(), { lr: 0.1 });

const nets: Record<string, Net> = {
  "sigmoid, SGD": { layers: mlp(() => new Sigmoid()), optimizer: sgd },
  "relu, momentum": { layers: mlp(() => new ReLU()), optimizer: (net) => new SGD(net.parameters(), { lr: 0.1, momentum: 0.9, nesterov: true }) }, // prettier-ignore
  "tanh, Adam, clipped": { layers: mlp(() => new Tanh()), optimizer: (net) => new Adam(net.parameters()), clip: true }, // prettier-ignore
  "relu, AdamW with AMSGrad, float64": { layers: mlp(() => new ReLU()), optimizer: (net) => new AdamW(net.parameters(), { amsgrad: true }), dtype: "float64" }, // prettier-ignore
  "tanh, RMSprop, regression": { layers: mlp(() => new Tanh()), optimizer: (net) => new RMSprop(net.parameters()), regression: true }, // prettier-ignore
  "relu, Adagrad, regression, float64": { layers: mlp(() => new ReLU()), optimizer: (net) => new Adagrad(net.parameters()), regression: true, dtype: "float64" }, // prettier-ignore
  "layer norm, Adamax": { layers: mlp(() => new LayerNorm(9), () => new Tanh()), optimizer: (net) => new Adamax(net.parameters()) }, // prettier-ignore
  "batch norm and dropout, averaged momentum": { layers: (generator) => mlp(() => new BatchNorm1d(9), () => new ReLU(), () => new Dropout(0.4, { generator }))(generator, "float32"), optimizer: (net) => new MomentumEWA(net.parameters()) }, // prettier-ignore
  "embedding, Adam": { layers: (generator) => [new Embedding(9, 4, { generator }), new Flatten(), new Linear(12, 3, { generator })], optimizer: (net) => new Adam(net.parameters()), indices: true }, // prettier-ignore
};

/** The ops of a random program, for tensors of [6, 5] and similar shapes. */
const moves: Record<string, (x: Tensor, y: Tensor, w: Tensor) => Tensor> = {
  add: (x, y) => x.add(y),
  mul: (x, y) => x.mul(y).mul(0.5),
  max: (x, y) => x.maximum(y),
  where: (x, y) => where(x.gt(y), x, y.neg()),
  row: (x, y) => x.sub(y.mean(0)),
  column: (x, y) => x.add(y.max(1, true)),
  total: (x, y) => x.add(y.sum()),
  product: (x, _, w) => x.matmul(w).mul(0.3),
  folded: (x, y) => x.matmul(x.matmul(y, { transposeA: true })).mul(0.1),
  outer: (x, y) => x.matmul(y, { transposeB: true }).matmul(x).mul(0.1),
  tanh: (x) => x.tanh(),
  exp: (x) => x.clamp(-2, 2).exp(),
  softmax: (x) => softmax(x),
  cumsum: (x) => x.cumsum(0),
  flip: (x, y) => x.flip().add(y),
  turned: (x) => x.transpose().mul(2).transpose(),
  halves: (x, y) => concat([x.slice([[0, 3]]), y.slice([[3, 6]])]),
  padded: (x) => x.slice([[1, 5]]).pad([[1, 1], [0, 0]]), // prettier-ignore
  picked: (x, y) => x.indexSelect(y.argmax(1).clamp(0, 4), 0),
  view: (x) => x.reshape([30]).reshape([6, 5]),
};

interface Draft {
  readonly dtype: "float32" | "float64" | "int32";
  readonly steps: readonly (readonly [move: string, from: number, and: number])[];
  readonly kept: readonly number[];
  readonly assigned: readonly number[];
}
const drafts: fc.Arbitrary<Draft> = fc.record({
  dtype: fc.constantFrom("float32", "float64", "int32"),
  steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(moves)), fc.nat(30), fc.nat(30)), {
    minLength: 3,
    maxLength: 25,
  }),
  kept: fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }),
  assigned: fc.tuple(fc.nat(30), fc.nat(30)),
});

/** Makes a program from a draft: each op takes two of the tensors so far, and two cells are assigned results. */
function subjectOfDraft({ dtype, steps, kept, assigned }: Draft): Subject {
  const random = new Generator(11);
  const numbers = (rows: number, columns: number): Tensor =>
    tensor(random.fillInteger(new Float64Array(rows * columns), -3, 4), { shape: [rows, columns], dtype });
  const [a, b, w] = [state(numbers(6, 5)), state(numbers(6, 5)), state(numbers(5, 5))];
  return {
    step: (x) => {
      const pool: Tensor[] = [x, a.read(), b.read()];
      const pick = (i: number): Tensor => pool[i % pool.length];
      // Mostly the latest tensors, so that chains result.
      for (const [move, i, j] of steps)
        pool.push(moves[move](pool[Math.max(0, pool.length - 1 - (i % 4))], pick(j), w).to(dtype));
      a.assign(pick(assigned[0]));
      b.assign(pick(assigned[1]));
      w.assign(w.add(a.mean().clamp(-1, 1)).to(dtype));
      return kept.map(pick);
    },
    data: [numbers(9, 5)],
    cells: [a, b, w],
    rows: 6,
  };
}

describe.each([
  { threads: 1, strict: false },
  { threads: 2, strict: true },
])("rubbish where nobody looks changes no bit, $threads threads", async ({ threads, strict }) => {
  const on = await deviceFor(threads, strict);
  const requireSame = (make: () => Subject): void => {
    expect(bitsOf(make(), on(poisonedPlan))).toEqual(bitsOf(make(), on(roomyPlan)));
  };

  test.each(Object.entries(nets))("%s", (_, net) => requireSame(() => subjectFor(net)));

  test("random programs", () => {
    fc.assert(
      fc.property(drafts, (draft) => requireSame(() => subjectOfDraft(draft))),
      { numRuns: 150 },
    );
  });

  test("every op and its gradients, in every type", () => {
    for (const [, op] of records) {
      const subject = subjectOf(op);
      const cases = [...op.tests.examples, ...fc.sample(casesOf(op), { seed: 3, numRuns: 4 })];
      for (const [i, call] of cases.entries())
        for (const dtype of ["float32", "float64"] as const) {
          const inputs = drawCall(subject, call, i).map((x) => (isFloat(x.dtype) ? x.to(dtype) : x));
          const bits = (planner: Planner): string[] => {
            const leaves = inputs.map((x, k) => (isFloat(x.dtype) && subject.differentiable(k) ? new Parameter(x) : x)); // prettier-ignore
            const parameters = leaves.filter((x) => x instanceof Parameter);
            using compiled = compile(
              () => {
                const y = subject.call(leaves, call.args ?? []);
                return y.requiresGrad ? [y, ...gradients(y.mul(y).sum(), parameters)] : [y];
              },
              { device: on(planner) },
            );
            return compiled().map(bytesOf);
          };
          expect(bits(poisonedPlan), `${op.name} ${JSON.stringify(call)}`).toEqual(bits(roomyPlan));
        }
    }
  });
});

describe("a wrong plan is detected", async () => {
  const on = await deviceFor(1, false);
  /** The bits, or the thrown error, since an overwritten number may be an index. */
  const outcome = (subject: Subject, planner: Planner): string => {
    try {
      return bitsOf(subject, on(planner)).join();
    } catch (error) {
      return String(error);
    }
  };

  test.each(Object.entries(nets))("%s: a place reused one call too early", (_, net) => {
    const expected = outcome(subjectFor(net), roomyPlan);
    const outcomes: string[] = [];
    // The number of such plans is known once the step is planned.
    for (let i = 0, count = 1; i < count; i++) {
      const wrong: Planner = (lowered) => {
        const plans = [...tooEarly(plan(lowered), lowered)];
        count = plans.length;
        return poisoned(plans[i], lowered);
      };
      outcomes.push(outcome(subjectFor(net), wrong));
    }
    expect(outcomes.length).toBeGreaterThan(4);
    expect(outcomes.filter((bits) => bits === expected)).toEqual([]);
  });

  test("a cell's new value in the place of the old one, which is read afterwards", () => {
    const make = (): Subject => {
      const w = state(tensor([[1, 2], [3, 4]])); // prettier-ignore
      return {
        step: (x) => {
          const old = w.read();
          w.assign(old.add(1));
          return [x.matmul(old)];
        },
        data: [tensor([[1, 2], [3, 4], [5, 6]])], // prettier-ignore
        cells: [w],
        rows: 2,
      };
    };
    const wrong: Planner = (lowered) => {
      const right = plan(lowered);
      const copy = right.calls.findIndex(({ kernel }) => kernel === "copy");
      const [from] = right.calls[copy].reads;
      return {
        ...right,
        calls: right.calls.toSpliced(copy, 1),
        inCell: new Map([...right.inCell, [from, 0]]),
      };
    };
    expect(outcome(make(), poisonedPlan)).toBe(outcome(make(), roomyPlan));
    expect(outcome(make(), wrong)).not.toBe(outcome(make(), roomyPlan));
  });
});
