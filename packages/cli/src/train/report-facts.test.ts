/** The settings on a run's page are all of them. */
import { tensor } from "chainrule";
import { Dataset } from "chainrule/data";
import { describeMachine } from "chainrule/node";
import { describe, expect, it, test } from "vitest";
import { specOf, storedSettings } from "chainrule/runs";
import type { RunSettings } from "chainrule/runs";
import type { LoadedParts } from "./data.ts";
import { factsOf } from "./report-facts.ts";
import type { RunAbout } from "./report-facts.ts";

const rows = new Dataset(
  tensor([
    [1, 2],
    [3, 4],
  ]),
  tensor([0, 1], { dtype: "int32" }),
  { classNames: ["a", "b"] },
);
const none = new Int32Array();
const parts: LoadedParts = {
  train: rows,
  validation: rows,
  test: rows,
  rows: { train: none, validation: none, test: none },
  ownTest: false,
  scaling: { kind: "none", offset: [0], scale: [1] },
  plan: null,
  notes: [],
  checksum: "abc",
};
/** A setting that is new in the table needs no line here. */
const settings = {
  data: "circles",
  samples: 200,
  noise: null,
  test: 0.2,
  validation: 0.1,
  scale: "none",
  dtype: "float32",
  seed: 0,
  target: null,
  features: null,
  drop: [],
  missing: "refuse",
  task: "classification",
  net: [2, 3, 2],
  activation: "relu",
  loss: "cross-entropy",
  margin: 1,
  reduction: "mean",
  optimizer: "adam",
  lr: 0.1,
  momentum: 0,
  beta: 0.9,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  schedule: null,
  clip: null,
  batch: 32,
  shuffle: true,
  dropLast: false,
  epochs: 3,
  init: { name: "default" },
  initBias: "zeros",
  testAt: "epoch",
  evalTrain: true,
} as unknown as RunSettings;
const about: RunAbout = {
  started: "2026-01-01T00:00:00.000Z",
  initFrom: null,
  device: "wasm",
  build: "relaxed",
  threads: 2,
  data: { sha256: "abc" },
  versions: { chainrule: "0", node: "24" },
  machine: describeMachine(),
};
const shown = (changed: Partial<RunSettings>, other: Partial<RunAbout> = {}): Record<string, string> =>
  Object.fromEntries(
    factsOf(specOf({ ...settings, ...changed }), parts, { ...about, ...other }).flatMap(
      (group) => group.facts,
    ),
  );

/** Another value of each setting, and what the setting needs to have an effect. */
const changes: Partial<Record<keyof RunSettings, [to: Partial<RunSettings>, where?: Partial<RunSettings>]>> =
  {
    data: [{ data: "moons" }],
    samples: [{ samples: 50 }],
    noise: [{ noise: 0.3 }],
    test: [{ test: 0.3 }],
    validation: [{ validation: { last: 2 } }],
    scale: [{ scale: "standard" }],
    dtype: [{ dtype: "float64" }],
    seed: [{ seed: 1 }],
    target: [{ target: "z" }, { data: "rows.csv" }],
    features: [{ features: ["u", "v"] }, { data: "rows.csv" }],
    drop: [{ drop: ["id"] }, { data: "rows.csv" }],
    missing: [{ missing: "mean" }, { data: "rows.csv" }],
    task: [{ task: "regression" }],
    net: [{ net: [2, 4, 2] }],
    activation: [{ activation: "tanh" }],
    loss: [{ loss: "mse" }],
    margin: [{ margin: 0.5 }, { loss: "hinge" }],
    reduction: [{ reduction: "sum" }],
    optimizer: [{ optimizer: "adamax" }],
    lr: [{ lr: 0.2 }],
    momentum: [{ momentum: 0.5 }, { optimizer: "sgd" }],
    beta: [{ beta: 0.5 }, { optimizer: "momentum-ewa" }],
    betas: [{ betas: [0.8, 0.999] }],
    eps: [{ eps: 1e-6 }],
    weightDecay: [{ weightDecay: 0.01 }],
    schedule: [{ schedule: { name: "cosine" } }],
    clip: [{ clip: { name: "norm", limit: 1 } }],
    batch: [{ batch: "full" }],
    shuffle: [{ shuffle: false }],
    dropLast: [{ dropLast: true }],
    epochs: [{ epochs: 4 }],
    init: [{ init: { name: "zeros" } }],
    initBias: [{ initBias: "normal" }, { init: { name: "normal", deviation: 1 } }],
    testAt: [{ testAt: "end" }],
    evalTrain: [{ evalTrain: false }],
  };

describe("the facts of a run", () => {
  const names = Object.keys(storedSettings) as (keyof RunSettings)[];
  test.each(names)("tell its setting %s", (name) => {
    const [to, where = {}] = changes[name] ?? [{ [name]: "another value" } as Partial<RunSettings>];
    expect(shown({ ...where, ...to })).not.toEqual(shown(where));
  });

  it("tell where its weights came from, and what it was computed by", () => {
    expect(shown({})["initial weights"]).toBe("as PyTorch's Linear");
    expect(shown({}, { initFrom: "w/model.safetensors" })["initial weights"]).toBe(
      "those of w/model.safetensors",
    );
    expect(shown({}, { build: "strict" }).kernels).toBe("strict, without fused multiply-add");
    expect(shown({}, { threads: 1 }).threads).toBe("1");
  });

  it("say of what a share is one", () => {
    const { "validation rows": validation, "test rows": held } = shown({});
    expect(validation).toBe("2 (0.1 of the rows that are not for testing)");
    expect(held).toBe("2 (0.2 of all rows)");
  });
});
