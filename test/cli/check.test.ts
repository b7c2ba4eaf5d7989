import { join } from "node:path";
import { tensor } from "chainrule";
import { saveSafetensors } from "chainrule/node";
import { describe, expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";
import { chainrule, filesIn, freshFolder } from "./process.ts";

describe("chainrule check", () => {
  it("shows a table with a line for each parameter, and leaves nothing behind", async () => {
    const cwd = freshFolder();
    const { code, stdout, stderr } = await chainrule("check --data circles --net 2-4-2 --activation tanh", {
      cwd,
    });
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "circles: 2-4-2 tanh, cross-entropy, seed 0",
      "5 training rows in float64; differences over ±1e-5",
      "",
      "parameter   shape   checked     error   kinks",
    ]);
    expect(lines[4]).toMatch(/^0\.weight {4}\[4,2\] +8 +\d\.\de-\d+ +0 {3}ok$/);
    expect(lines.slice(5).map((line) => line.split(" ")[0])).toEqual([
      "0.bias",
      "2.weight",
      "2.bias",
      "",
      "every",
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(filesIn(cwd)).toEqual([]);
  });

  it("--json writes start, parameters and done", async () => {
    const { code, stdout, events } = await chainrule("check --elements 7 --rows 3 --json");
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(events.length);
    expect(events[0]).toMatchObject({ event: "start", data: "digits", net: "64-64-10", rows: 3, seed: 0 });
    expect(events.slice(1, -1).map(({ name, shape, elements }) => ({ name, shape, elements }))).toEqual([
      { name: "0.weight", shape: [64, 64], elements: 4096 },
      { name: "0.bias", shape: [64], elements: 64 },
      { name: "2.weight", shape: [10, 64], elements: 640 },
      { name: "2.bias", shape: [10], elements: 10 },
    ]);
    for (const { checked, kinks, relativeError, ok } of events.slice(1, -1)) {
      expect((checked as number) + (kinks as number)).toBe(7);
      expect(relativeError).toBeLessThan(1e-4);
      expect(ok).toBe(true);
    }
    expect(events.at(-1)).toEqual({ event: "done", ok: true });
  });

  const flags = [
    ...["sigmoid", "relu", "elu", "softplus", "gelu", "identity"].map((name) => `--activation ${name}`),
    ...["mse", "half-mse", "hinge", "prob-hinge"].map((name) => `--loss ${name}`),
    "--loss hinge --margin 0.3",
    "--reduction sum",
    "--init zeros",
    "--init normal:0.5 --init-bias normal",
    "--net 4-3",
    "--net 4-5-6-3 --seed 3",
    "--scale none --test none",
  ];
  it("agrees for every activation and loss", async () => {
    const commands = [
      ...flags.map((flag) => `check --data iris ${flag}`),
      ...["mse", "half-mse", "l1", "huber"].map((loss) => `check --data bump --loss ${loss}`),
    ];
    const ended = await inTurn(commands.map((command) => ({ command })));
    const faults = ended.flatMap(({ code, stdout, stderr }, i) =>
      code === 0 && stdout.includes("every gradient agrees") ? [] : [`${commands[i]}: ${stdout}${stderr}`],
    );
    expect(faults).toEqual([]);
  });

  it("exits with 1 and names the parameter when a gradient is NaN", async () => {
    const cwd = freshFolder();
    const weight = tensor([[1, NaN]]); // prettier-ignore
    saveSafetensors(join(cwd, "w.safetensors"), [
      ["0.weight", weight.reshape([1, 2]).expand([2, 2])],
      ["0.bias", tensor([0, 0])],
    ]);
    const { code, stdout, stderr } = await chainrule(
      "check --data circles --net 2-2 --init-from w.safetensors",
      {
        cwd,
      },
    );
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("  at [0,0]: NaN here, NaN by differences");
    expect(stdout).toContain("2 of 2 gradients differ (relative error above 1e-5, not lost in rounding)");
    const again = await chainrule("check --data circles --net 2-2 --init-from w.safetensors --json", { cwd });
    expect(again.code).toBe(1);
    expect(again.events.at(-1)).toEqual({ event: "done", ok: false });
  });

  it.each([
    ["check --lr 1", "chainrule: check has no --lr; chainrule check --help lists what it has"],
    ["check --dtype float32", "chainrule: check has no --dtype; chainrule check --help lists what it has"],
    ["check --rows 0", "chainrule: --rows 0 must be a whole number from 1 to 2^53 − 1"],
    [
      "check --data iris --net 4-5",
      "chainrule: --net 4-5 does not fit iris, which has 4 inputs and 3 classes; try --net 4-3",
    ],
    ["check --data iris --noise 1", "chainrule: --noise applies to generated data, not to iris"],
  ])("%s: refused", async (command, message) => {
    const { code, stdout, stderr } = await chainrule(command);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.split("\n")[0]).toBe(message);
  });
});
