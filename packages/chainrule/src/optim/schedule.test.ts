import { describe, expect, it, test } from "vitest";
import torch from "../../../../test/fixtures/optim/torch.json" with { type: "json" };
import { Parameter, StateDictError, ValueError, reference, tensor } from "../index.ts";
import type { Tensor } from "../index.ts";
import { replay } from "../../../../test/replay.ts";
import { trace } from "../graph/trace.ts";
import {
  CosineAnnealingLR,
  ExponentialLR,
  OneCycleLR,
  RateSchedule,
  ReduceLROnPlateau,
  SGD,
  StepLR,
  WarmupLR,
  cosineFactor,
  exponentialFactor,
  oneCycleFactor,
  stepFactor,
  warmupFactor,
} from "./index.ts";
import type { Schedule } from "./index.ts";

const sgd = (...rates: number[]): SGD =>
  new SGD(rates.map((lr) => ({ params: [new Parameter(tensor([1]))], lr })));

/** The rates during each batch of so many epochs, driven as train() does. */
function drive(optimizer: SGD, schedule: Schedule, epochs: number, batches: number, losses?: number[]) {
  const rates: number[] = [];
  for (let epoch = 1, steps = 0; epoch <= epochs; epoch++) {
    for (let batch = 0; batch < batches; batch++) {
      schedule.beforeBatch(steps++, batches);
      rates.push(optimizer.paramGroups[0].lr);
    }
    schedule.afterEpoch(epoch, losses?.[epoch - 1] ?? 1);
  }
  return rates;
}

const { abs, rel } = torch.tolerance;
function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((x, i) =>
    expect(Math.abs(x - expected[i]), `${x} for ${expected[i]} at ${i}`).toBeLessThanOrEqual(
      abs + rel * Math.abs(expected[i]),
    ),
  );
}

describe("as PyTorch", () => {
  const classes = { StepLR, ExponentialLR, CosineAnnealingLR, OneCycleLR };

  test.each(Object.entries(torch.schedules))("%s", (name, { options, rates }) => {
    const optimizer = sgd(0.5);
    const Schedule = classes[name.split(",")[0] as keyof typeof classes] as new (
      optimizer: SGD,
      options: object,
    ) => Schedule;
    const schedule = new Schedule(optimizer, options);
    const perBatch = schedule.unit === "batch";
    const [epochs, batches] = perBatch ? [1, rates.length] : [rates.length, 1];
    expectClose(drive(optimizer, schedule, epochs, batches), rates);
  });

  test.each(torch.plateaus)("ReduceLROnPlateau $options", ({ options, rates }) => {
    const optimizer = sgd(0.5);
    const losses = torch.losses.map(Number);
    const schedule = new ReduceLROnPlateau(optimizer, options as object);
    expectClose(drive(optimizer, schedule, losses.length, 1, losses), rates);
  });
});

test("ReduceLROnPlateau leaves a rate that would move by no more than eps, as PyTorch does", () => {
  const lowered = (lr: number, options: object = {}): number => {
    const optimizer = sgd(lr);
    const schedule = new ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5, ...options });
    for (const epoch of [1, 2]) schedule.afterEpoch(epoch, 1);
    return optimizer.paramGroups[0].lr;
  };
  expect(lowered(4e-8)).toBe(2e-8);
  expect(lowered(2e-8)).toBe(2e-8);
  expect(lowered(2e-8, { eps: 0 })).toBe(1e-8);
  expect(() => lowered(1, { eps: -1 })).toThrow("eps");
});

describe("the curves", () => {
  it("are what their formulas say", () => {
    expect([0, 2, 3, 7].map((n) => stepFactor(n, 3, 0.5))).toEqual([1, 1, 0.5, 0.25]);
    expect([0, 1, 3].map((n) => exponentialFactor(n, 0.5))).toEqual([1, 0.5, 0.125]);
    expectClose(
      [0, 2, 4, 6, 8, 9].map((n) => cosineFactor(n, 8)),
      [1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0, 0],
    );
    expect([0, 1, 3, 4, 100].map((n) => warmupFactor(n, 4))).toEqual([0.25, 0.5, 1, 1, 1]);
  });

  it("one cycle peaks at pctStart and ends at the lowest rate, where it stays", () => {
    const shape = { pctStart: 0.25, divFactor: 10, finalDivFactor: 100 };
    const curve = Array.from({ length: 44 }, (_, n) => oneCycleFactor(n, 40, shape));
    expectClose([curve[0], curve[9], curve[39], curve[43]], [0.1, 1, 0.001, 0.001]);
    curve.slice(1, 40).forEach((rate, i) => expect(Math.sign(rate - curve[i])).toBe(i < 9 ? 1 : -1));
    expect(oneCycleFactor(0, 10, { pctStart: 0 })).toBeLessThanOrEqual(1);
    expectClose([oneCycleFactor(9, 10, { pctStart: 1 })], [1]);
    expectClose([oneCycleFactor(0, 1)], [4e-6]);
  });
});

describe("batches and epochs", () => {
  it("warm-up moves per batch, and counts its epochs in batches", () => {
    const optimizer = sgd(0.8);
    expectClose(
      drive(optimizer, new WarmupLR(optimizer, { epochs: 2 }), 3, 4),
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8],
    );
    const same = sgd(0.8);
    expectClose(drive(same, new WarmupLR(same, { steps: 2 }), 1, 3), [0.4, 0.8, 0.8]);
  });

  it("one cycle over epochs is one cycle over their batches, up to the group's own rate by default", () => {
    const [a, b] = [sgd(0.3), sgd(7)];
    const epochs = drive(a, new OneCycleLR(a, { epochs: 3 }), 3, 5);
    expect(epochs).toEqual(drive(b, new OneCycleLR(b, { steps: 15, maxLr: 0.3 }), 3, 5));
    expectClose([Math.max(...epochs)], [oneCycleFactor(4, 15) * 0.3]);
  });

  it("the others stay for an epoch", () => {
    const optimizer = sgd(1);
    const schedule = new ExponentialLR(optimizer, { gamma: 0.5 });
    expect(drive(optimizer, schedule, 3, 2)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it("the rate of the first epoch is set when the schedule is made", () => {
    const optimizer = sgd(1);
    const schedule = new RateSchedule(optimizer, "epoch", (base, epoch) => base * (epoch + 0.5));
    expect(drive(optimizer, schedule, 3, 1)).toEqual([0.5, 1.5, 2.5]);
  });

  it("every group moves from its own rate", () => {
    const optimizer = sgd(1, 0.1);
    new StepLR(optimizer, { stepSize: 1, gamma: 0.5 }).afterEpoch(1);
    expect(optimizer.paramGroups.map((group) => group.lr)).toEqual([0.5, 0.05]);
  });

  it("a traced step sees the rate move", () => {
    const w = new Parameter(tensor([0], { dtype: "float64" }));
    const optimizer = new SGD([w], { lr: 1 });
    const schedule = new RateSchedule(optimizer, "batch", (base, n) => base / (n + 1));
    const step = (): Tensor[] => {
      optimizer.zeroGrad();
      w.sum().backward();
      optimizer.step();
      return [];
    };
    const run = replay(trace(step, []), reference);
    for (let i = 0; i < 3; i++) {
      schedule.beforeBatch(i, 3);
      run();
    }
    expect(w.item()).toBe(-(1 + 1 / 2 + 1 / 3));
  });
});

describe("plateau", () => {
  it("lowers after patience and one more epoch without improvement, and not below minLr", () => {
    const optimizer = sgd(1);
    const schedule = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5, minLr: 0.4 });
    expect(drive(optimizer, schedule, 7, 1)).toEqual([1, 1, 1, 0.5, 0.5, 0.4, 0.4]);
  });

  it("never raises a rate that is below minLr already", () => {
    const optimizer = sgd(0.1);
    drive(optimizer, new ReduceLROnPlateau(optimizer, { patience: 0, minLr: 0.4 }), 5, 1);
    expect(optimizer.paramGroups[0].lr).toBe(0.1);
  });

  it("counts a loss that is NaN from the start as no improvement, and asks for a loss", () => {
    const optimizer = sgd(1);
    const schedule = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5 });
    drive(optimizer, schedule, 2, 1, [NaN, NaN]);
    expect(optimizer.paramGroups[0].lr).toBe(0.5);
    expect(() => schedule.afterEpoch(3)).toThrow(/watches a loss/);
  });
});

describe("a resumed schedule", () => {
  const makers: [string, (optimizer: SGD) => Schedule][] = [
    ["StepLR", (o) => new StepLR(o, { stepSize: 2 })],
    ["ExponentialLR", (o) => new ExponentialLR(o, { gamma: 0.9 })],
    ["CosineAnnealingLR", (o) => new CosineAnnealingLR(o, { tMax: 6 })],
    ["WarmupLR", (o) => new WarmupLR(o, { epochs: 5 })],
    ["OneCycleLR", (o) => new OneCycleLR(o, { epochs: 6 })],
    ["ReduceLROnPlateau", (o) => new ReduceLROnPlateau(o, { patience: 1, cooldown: 1 })],
    ["RateSchedule", (o) => new RateSchedule(o, "epoch", (base, n) => base / (n + 1))],
  ];

  test.each(makers)("%s goes on as if it had not stopped", (name, make) => {
    const loss = (epoch: number): number => (epoch < 3 ? 1 / epoch : 0.5);
    const epochsFrom = (optimizer: SGD, schedule: Schedule, first: number, last: number): number[] => {
      const rates: number[] = [];
      for (let epoch = first; epoch <= last; epoch++) {
        for (let batch = 0; batch < 2; batch++) {
          schedule.beforeBatch(2 * (epoch - 1) + batch, 2);
          rates.push(optimizer.paramGroups[0].lr);
        }
        schedule.afterEpoch(epoch, loss(epoch));
      }
      return rates;
    };
    const whole = sgd(0.5);
    const expected = epochsFrom(whole, make(whole), 1, 8);

    const before = sgd(0.5);
    const first = make(before);
    const rates = epochsFrom(before, first, 1, 4);
    const text = JSON.stringify([before.stateDict().groups, first.stateDict()]);
    const after = sgd(0.5);
    const [groups, state] = JSON.parse(text);
    after.loadStateDict({ optimizer: "SGD", groups, tensors: {} });
    // made after the rate was restored, which is no longer the one at the start
    const second = make(after);
    second.loadStateDict(state);
    rates.push(...epochsFrom(after, second, 5, 8));
    expect(rates).toEqual(expected);
    expect(state.schedule).toBe(name);
  });

  it("refuses the state of another", () => {
    const one = new StepLR(sgd(1), { stepSize: 2 });
    const other = new ExponentialLR(sgd(1), { gamma: 0.5 });
    expect(() => one.loadStateDict(other.stateDict())).toThrow(StateDictError);
    expect(() => one.loadStateDict(other.stateDict())).toThrow(/StepLR.*the state is that of ExponentialLR/);
    expect(() => one.loadStateDict(new StepLR(sgd(1, 2), { stepSize: 2 }).stateDict())).toThrow(
      /bases must be 1 rates/,
    );
    expect(() => new ReduceLROnPlateau(sgd(1)).loadStateDict(one.stateDict())).toThrow(StateDictError);
  });
});

test.each<[string, () => unknown]>([
  ["StepLR: stepSize must be a number, at least 1, not 0", () => new StepLR(sgd(1), { stepSize: 0 })],
  ["StepLR: gamma must be", () => new StepLR(sgd(1), { stepSize: 1, gamma: -1 })],
  ["ExponentialLR: gamma must be", () => new ExponentialLR(sgd(1), { gamma: NaN })],
  ["CosineAnnealingLR: tMax must be", () => new CosineAnnealingLR(sgd(1), { tMax: 0 })],
  ["CosineAnnealingLR: etaMin must be", () => new CosineAnnealingLR(sgd(1), { tMax: 1, etaMin: -1 })],
  ["WarmupLR: steps must be", () => new WarmupLR(sgd(1), { steps: 0 })],
  ["WarmupLR: epochs must be", () => new WarmupLR(sgd(1), { epochs: -1 })],
  [
    "OneCycleLR: pctStart must be a number, from 0 to 1",
    () => new OneCycleLR(sgd(1), { steps: 9, pctStart: 2 }),
  ],
  ["OneCycleLR: maxLr must be", () => new OneCycleLR(sgd(1), { steps: 9, maxLr: -2 })],
  ["OneCycleLR: divFactor must be", () => new OneCycleLR(sgd(1), { steps: 9, divFactor: 0 })],
  ["ReduceLROnPlateau: factor must be", () => new ReduceLROnPlateau(sgd(1), { factor: 1 })],
  ["ReduceLROnPlateau: patience must be", () => new ReduceLROnPlateau(sgd(1), { patience: -1 })],
  [
    'ReduceLROnPlateau: mode must be one of "min", "max", not "up"',
    () => new ReduceLROnPlateau(sgd(1), { mode: "up" as "min" }),
  ],
])("%s", (message, make) => {
  expect(make).toThrow(ValueError);
  expect(make).toThrow(message);
});
