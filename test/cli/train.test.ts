import { existsSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { parseSafetensors } from "chainrule/formats";
import { describe, expect, it } from "vitest";
import { inProcess } from "./in-process.ts";
import { inTurn } from "./in-turn.ts";
import { chainrule, filesIn, freshFolder } from "./process.ts";

const read = (...path: string[]): string => readFileSync(join(...path), "utf8");
const json = (...path: string[]): Record<string, unknown> =>
  JSON.parse(read(...path)) as Record<string, unknown>;
const quick = "train --data circles --samples 40 --epochs 2";

describe("chainrule train", () => {
  it("without flags trains on the digits to 96 % or more, and writes a run folder", async () => {
    const cwd = freshFolder();
    const { code, stdout, stderr } = await chainrule("train", { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("digits: 64-64-10 relu, 4,810 parameters, seed 0");
    const folder = join(cwd, "runs/digits-1");
    expect(filesIn(folder)).toEqual([
      "metrics.jsonl",
      "model.safetensors",
      "preprocess.json",
      "report.html",
      "run.json",
      "split.json",
    ]);
    expect(stdout).toMatch(/\nrun folder  runs\/digits-1\nreport      runs\/digits-1\/report\.html\n$/);
    const { results, status } = json(folder, "run.json") as {
      results: { testAccuracy: number };
      status: string;
    };
    expect(status).toBe("done");
    expect(results.testAccuracy).toBeGreaterThanOrEqual(0.96);
  });

  it("writes the same bytes for the same seed, except times, and other bytes for another seed", async () => {
    const cwd = freshFolder();
    const run = async (seed: number, out: string): Promise<[string, Buffer]> => {
      const { code } = await chainrule(`${quick} --seed ${seed} --out ${out} --quiet`, { cwd });
      expect(code).toBe(0);
      const metrics = read(cwd, out, "metrics.jsonl").replaceAll(/"seconds":[^,}]+/g, '"seconds":0');
      return [metrics, readFileSync(join(cwd, out, "model.safetensors"))];
    };
    const [[metrics, model], [again, sameModel], [other, otherModel]] = await Promise.all([
      run(1, "a"),
      run(1, "b"),
      run(2, "c"),
    ]);
    expect(again).toBe(metrics);
    expect(sameModel.equals(model)).toBe(true);
    expect(other).not.toBe(metrics);
    expect(otherModel.equals(model)).toBe(false);
  });

  it("--json writes start, epochs and done, one object a line, and no other line", async () => {
    const { code, stdout, stderr, events } = await chainrule(`${quick} --net 2-5-2 --seed 7 --json --out r`);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.trim().split("\n")).toHaveLength(events.length);
    expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "epoch", "epoch", "done"]);
    const [start, untrained] = events;
    expect(start).toMatchObject({
      data: "circles",
      net: "2-5-2",
      parameters: 27,
      seed: 7,
      train: 40,
      test: 40,
    });
    expect(start.settings).toMatchObject({ activation: "relu", lr: 0.003, optimizer: "adam", batch: 32 });
    expect(JSON.stringify(start)).not.toContain("/");
    expect(Object.keys(untrained)).toEqual([
      "event",
      "epoch",
      "trainLoss",
      "trainAccuracy",
      "testLoss",
      "testAccuracy",
      "seconds",
    ]);
    expect(events.at(-1)).toMatchObject({ epochs: 2, steps: 4, out: "r" });
    expect(events.at(-1)?.testAccuracy).toBe(events.at(-2)?.testAccuracy);
  });

  it("saves the model with PyTorch's names, the rows of each part, and the loss of every batch", async () => {
    const cwd = freshFolder();
    await chainrule(
      "train --data iris --net 4-6-5-3 --activation tanh --epochs 1 --validation 30 --out r --quiet",
      { cwd },
    );
    const { tensors } = parseSafetensors(readFileSync(join(cwd, "r/model.safetensors")));
    expect([...tensors.keys()].sort()).toEqual([
      "0.bias",
      "0.weight",
      "2.bias",
      "2.weight",
      "4.bias",
      "4.weight",
    ]);
    expect(tensors.get("0.weight")?.shape).toEqual([6, 4]);
    const split = json(cwd, "r/split.json") as Record<"train" | "validation" | "test", number[]>;
    const rows = [...split.train, ...split.validation, ...split.test].sort((a, b) => a - b);
    expect(rows).toEqual(Array.from({ length: 150 }, (_, row) => row));
    expect([split.validation.length, split.test.length]).toEqual([30, 30]);
    const lines = read(cwd, "r/metrics.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ event }) => event)).toEqual(["start", "epoch", "batch", "batch", "batch", "epoch"]);
    expect(Object.keys(lines[2])).toEqual(["event", "step", "loss"]);
    expect(json(cwd, "r/preprocess.json")).toMatchObject({
      scaling: { kind: "standard" },
      classNames: ["setosa", "versicolor", "virginica"],
    });
  });

  it("numbers its folders, and replaces a run only with --force", async () => {
    const cwd = freshFolder();
    await chainrule(`${quick} --quiet`, { cwd });
    await chainrule(`${quick} --quiet`, { cwd });
    expect(filesIn(join(cwd, "runs"))).toEqual(["circles-1", "circles-2"]);
    const refused = await chainrule(`${quick} --out runs/circles-1`, { cwd });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "is there and not empty; choose another one, or replace the run with --force",
    );
    const replaced = await chainrule(`${quick} --out runs/circles-1 --force --quiet --seed 5`, { cwd });
    expect(replaced.code).toBe(0);
    expect(json(cwd, "runs/circles-1/run.json").seed).toBe(5);
  });

  it("marks its folder as a run folder first, so that a killed run can be replaced", async () => {
    const cwd = freshFolder();
    const made: string[] = [];
    const watcher = watch(cwd, (_event, name) => void made.push(name!));
    const { code } = await inProcess([...quick.split(" "), "--out", cwd, "--quiet"]);
    await expect.poll(() => made).toContain("split.json");
    watcher.close();
    expect(code).toBe(0);
    expect(made.find((name) => !name.endsWith(".tmp"))).toBe("run.json");
  });

  it("starts with the weights of another run", async () => {
    const cwd = freshFolder();
    await chainrule(`${quick} --out a --quiet --seed 3`, { cwd });
    const { events } = await chainrule(
      `${quick} --out b --json --seed 3 --init-from a/model.safetensors --epochs 0`,
      { cwd },
    );
    const { results } = json(cwd, "a/run.json") as { results: { testLoss: number } };
    expect(events.at(-1)?.testLoss).toBe(results.testLoss);
    expect(
      readFileSync(join(cwd, "b/model.safetensors")).equals(readFileSync(join(cwd, "a/model.safetensors"))),
    ).toBe(true);
    const other = await chainrule(`${quick} --net 2-3-2 --out c --init-from a/model.safetensors`, { cwd });
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("0.weight [3,2] here and [16,2] there");
    expect(existsSync(join(cwd, "c"))).toBe(false);
  });

  it("fits numbers, and reports errors in place of accuracies", async () => {
    const { events } = await chainrule("train --data bump --epochs 40 --seed 1 --json");
    const done = events.at(-1) ?? {};
    expect(Object.keys(done)).toEqual([
      "event",
      "epochs",
      "steps",
      "trainLoss",
      "trainRmse",
      "testLoss",
      "testRmse",
      "testR2",
      "seconds",
      "out",
    ]);
    expect(done.testRmse).toBeLessThan(0.9);
  });

  // For every flag: the settings that it changes, and that the run differs.
  const settings: [flags: string, expected: object][] = [
    ["--noise 0.05", { noise: 0.05 }],
    ["--test 0.25", { test: 0.25 }],
    ["--test last:10", { test: { last: 10 } }],
    ["--test none", { test: "none" }],
    ["--validation 8", { validation: { count: 8 }, testAt: "end" }],
    ["--validation 0.2 --test-at epoch", { validation: 0.2, testAt: "epoch" }],
    ["--scale standard", { scale: "standard" }],
    ["--scale minmax", { scale: "minmax" }],
    ["--net 2-4-4-2", { net: [2, 4, 4, 2] }],
    ["--net 2-2", { net: [2, 2] }],
    ...["sigmoid", "tanh", "elu", "softplus", "gelu", "identity"].map((name): [string, object] => [
      `--activation ${name}`,
      { activation: name },
    ]),
    ...["mse", "half-mse", "hinge", "prob-hinge"].map((name): [string, object] => [
      `--loss ${name}`,
      { loss: name },
    ]),
    ["--loss hinge --margin 0.3", { margin: 0.3 }],
    ["--reduction sum", { reduction: "sum" }],
    ...["sgd", "momentum", "nesterov", "momentum-ewa", "rmsprop", "adagrad", "adamw", "adamax"].map(
      (name): [string, object] => [`--optimizer ${name}`, { optimizer: name }],
    ),
    ["--optimizer momentum --momentum 0.5", { momentum: 0.5 }],
    ["--optimizer rmsprop --beta 0.5", { beta: 0.5 }],
    ["--betas 0.5,0.9", { betas: [0.5, 0.9] }],
    ["--eps 0.1", { eps: 0.1 }],
    ["--weight-decay 0.1", { weightDecay: 0.1 }],
    ["--lr 0.01", { lr: 0.01 }],
    ["--schedule step:1:0.1", { schedule: { name: "step", epochs: 1, factor: 0.1 } }],
    ["--schedule exponential:0.5", { schedule: { name: "exponential", factor: 0.5 } }],
    ["--schedule cosine", { schedule: { name: "cosine" } }],
    ["--schedule warmup:2", { schedule: { name: "warmup", epochs: 2 } }],
    ["--schedule one-cycle:0.1", { schedule: { name: "one-cycle", peak: 0.1 }, lr: 0.1 }],
    ["--schedule plateau:1:0.5", { schedule: { name: "plateau", epochs: 1, factor: 0.5 } }],
    ["--clip norm:0.01", { clip: { name: "norm", limit: 0.01 } }],
    ["--clip value:0.001", { clip: { name: "value", limit: 0.001 } }],
    ["--batch 1", { batch: 1 }],
    ["--batch full", { batch: "full" }],
    ["--shuffle no", { shuffle: false }],
    ["--drop-last", { dropLast: true }],
    ["--init xavier", { init: { name: "xavier" }, initBias: "zeros" }],
    ["--init kaiming", { init: { name: "kaiming" } }],
    ["--init normal:0.3", { init: { name: "normal", deviation: 0.3 } }],
    ["--init normal:0.3 --init-bias normal", { initBias: "normal" }],
    ["--init zeros", { init: { name: "zeros" } }],
    ["--dtype float64", { dtype: "float64" }],
    ["--seed 9007199254740991", { seed: 9007199254740991 }],
    ["--epochs 5", { epochs: 5 }],
    ["--samples 33", { samples: 33 }],
  ];
  const figuresOf = (events: Record<string, unknown>[]): string =>
    JSON.stringify(events.slice(1).map(({ seconds: _seconds, out: _out, ...figures }) => figures));
  /**
   * These flags do not change a run of two epochs on these data: the rate changes too late, or the loss never stalls.
   */
  const unseen = ["--schedule plateau:1:0.5"];

  it("has every flag of the contract in the settings, and each changes the metrics", async () => {
    const base = "train --data circles --samples 40 --epochs 2 --json";
    const [plain, ...ended] = await inTurn(
      ["", ...settings.map(([flags]) => flags)].map((flags) => ({ command: `${base} ${flags}` })),
    );
    const faults = settings.flatMap(([flags, expected], i) => {
      const { code, stderr, events } = ended[i];
      if (code !== 0) return [`${flags}: exit ${code}: ${stderr}`];
      expect(events[0].settings, flags).toMatchObject(expected);
      const same = figuresOf(events) === figuresOf(plain.events);
      return same && !unseen.includes(flags) ? [`${flags}: changes nothing`] : [];
    });
    expect(faults).toEqual([]);
  });
});

describe("circles, 2-10-2 tanh, as in the practical", () => {
  it("ends between 0.83 and 0.93 on the mean of seeds 1 to 20", async () => {
    const base =
      "train --data circles --net 2-10-2 --activation tanh --optimizer sgd --lr 0.03 --batch 10 --init normal:0.3 --epochs 150 --json";
    const ended = await inTurn(
      Array.from({ length: 20 }, (_, i) => ({ command: `${base} --seed ${i + 1}` })),
    );
    const mean = ended.reduce((sum, { events }) => sum + (events.at(-1)?.testAccuracy as number), 0) / 20;
    expect(mean).toBeGreaterThan(0.83);
    expect(mean).toBeLessThan(0.93);
  });
});

describe("stopping", () => {
  it("goes on silently when the reader of its output closes", async () => {
    const cwd = freshFolder();
    const { code, stderr } = await chainrule(`${quick} --out r --epochs 30`, {
      cwd,
      watch: (stdout, _signal, leave) => {
        if (stdout.includes("epoch  2/30")) leave();
      },
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(json(cwd, "r/run.json").status).toBe("done");
  });

  it("finishes the batch on Ctrl-C, writes its results, and exits with 130", async () => {
    const cwd = freshFolder();
    const { code, events } = await chainrule("train --data spirals --epochs 100000 --json --out r", {
      cwd,
      watch: (stdout, signal) => {
        if (stdout.includes('"epoch":3,')) signal("SIGINT");
      },
    });
    expect(code).toBe(130);
    const done = events.at(-1) ?? {};
    expect(done).toMatchObject({ event: "done", stopped: true });
    const run = json(cwd, "r/run.json") as { status: string; results: { testLoss: number } };
    expect(run.status).toBe("stopped");
    expect(run.results.testLoss).toBe(done.testLoss);
    expect(parseSafetensors(readFileSync(join(cwd, "r/model.safetensors"))).tensors.size).toBe(6);
  });

  it("handles SIGTERM like Ctrl-C, and says that it is finishing", async () => {
    const cwd = freshFolder();
    const term = await chainrule("train --data spirals --epochs 100000 --out term", {
      cwd,
      watch: (stdout, signal) => {
        if (stdout.includes("epoch      2/100000")) signal("SIGTERM");
      },
    });
    expect(term.code).toBe(143);
    expect(term.stderr).toBe("finishing the batch; once more ends it at once\n");
    expect(json(cwd, "term/run.json").status).toBe("stopped");
  });

  it("exits with 1 when the loss is NaN, names the batch, and keeps the run folder", async () => {
    const cwd = freshFolder();
    const { code, stderr } = await chainrule(
      "train --data line --optimizer sgd --lr 1e6 --epochs 20 --out r --quiet",
      { cwd },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /the loss became (NaN|infinite) in epoch \d+, batch \d+; try an --lr below 1000000 or --scale standard or --clip norm:1; the run so far is in r\n/,
    );
    expect(json(cwd, "r/run.json").status).toBe("diverged");
    expect(filesIn(join(cwd, "r"))).toContain("model.safetensors");
  });
});
