/**
 * `chainrule eval` repeats the run's own metrics. It refuses every damaged run folder and names the file and the field.
 */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tensor } from "chainrule";
import { saveSafetensors } from "chainrule/node";
import { describe, expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";
import { chainrule, filesIn, freshFolder } from "./process.ts";

type Json = Record<string, unknown>;
const json = (...path: string[]): Json => JSON.parse(readFileSync(join(...path), "utf8")) as Json;

describe("chainrule eval", () => {
  it.each([
    "train --epochs 1",
    "train --data circles --samples 700 --epochs 2 --activation gelu --loss prob-hinge --margin 0.3",
    "train --data iris --epochs 3 --dtype float64 --validation 0.1 --scale minmax",
    "train --data bump --epochs 2 --noise 0.2 --seed 4 --loss huber --scale standard",
    "train --data iris --test last:33 --epochs 0 --net 4-3",
  ])("repeats the figures of %s to the last digit", async (command) => {
    const cwd = freshFolder();
    const { events } = await chainrule(`${command} --out r --json`, { cwd });
    const { code, stderr, events: lines } = await chainrule("eval r --json", { cwd });
    expect([code, stderr, lines.length]).toEqual([0, "", 1]);
    const done = events.at(-1) ?? {};
    const figures = Object.entries(done).filter(([name]) => name.startsWith("test"));
    expect(figures.length).toBeGreaterThan(1);
    expect(lines[0]).toEqual({
      event: "eval",
      run: "r",
      data: events[0].data,
      rows: events[0].test,
      ...Object.fromEntries(figures),
      same: true,
    });
  });

  it("repeats the metrics of a stopped run, and says that it was stopped", async () => {
    const cwd = freshFolder();
    const { events } = await chainrule("train --data spirals --epochs 100000 --json --out r", {
      cwd,
      watch: (stdout, signal) => {
        if (stdout.includes('"epoch":2,')) signal("SIGINT");
      },
    });
    const { code, stdout } = await chainrule("eval r", { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(`stopped after ${String(events.at(-1)?.epochs)} epochs`);
    expect(stdout).toContain("equal to the run's own metrics, to the last digit");
  });

  it("reports that run.json holds other metrics", async () => {
    const cwd = freshFolder();
    await chainrule("train --data line --epochs 1 --out r --quiet", { cwd });
    const run = json(cwd, "r/run.json") as { results: { testLoss: number } };
    run.results.testLoss += 1e-9;
    writeFileSync(join(cwd, "r/run.json"), JSON.stringify(run));
    const { code, stdout } = await chainrule("eval r", { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("not the metrics in run.json");
  });

  it("evaluates on other data of the same form, scaled like the run's", async () => {
    const cwd = freshFolder();
    await chainrule("train --data circles --samples 50 --epochs 1 --out r --quiet", { cwd });
    const { events } = await chainrule("eval r --data moons --json", { cwd });
    expect(events[0]).toMatchObject({ data: "moons", rows: 50 });
    expect(events[0].same).toBeUndefined();
    const { stdout } = await chainrule("eval r --data moons", { cwd });
    expect(stdout).toContain("moons: 50 rows that are not the run's");
  });
});

/** A change to a good run folder `r`, with the exit code and the message of `eval r` after it. */
type Fault = [what: string, spoil: (cwd: string) => void, code: 1 | 2, message: string];

const edit =
  (file: string, change: (content: Json) => void) =>
  (cwd: string): void => {
    const content = json(cwd, "r", file);
    change(content);
    writeFileSync(join(cwd, "r", file), JSON.stringify(content));
  };
const setting = (name: string, value: unknown) =>
  edit("run.json", ({ settings }) => void ((settings as Json)[name] = value));
const write = (file: string, content: string) => (cwd: string) =>
  writeFileSync(join(cwd, "r", file), content);
const remove = (file: string) => (cwd: string) => rmSync(join(cwd, "r", file));
const model = (shapes: Record<string, number[]>) => (cwd: string) =>
  saveSafetensors(
    join(cwd, "r/model.safetensors"),
    Object.entries(shapes).map(([name, shape]) => [
      name,
      tensor(new Float32Array(shape.reduce((size, axis) => size * axis, 1)), { shape }),
    ]),
  );

const faults: Fault[] = [
  ["no folder", (cwd) => rmSync(join(cwd, "r"), { recursive: true }), 2, "there is no folder r"],
  [
    "no folder, and one of a near name",
    (cwd) => {
      cpSync(join(cwd, "r"), join(cwd, "rr"), { recursive: true });
      rmSync(join(cwd, "r"), { recursive: true });
    },
    2,
    'there is no folder r; did you mean "rr"?',
  ],
  [
    "a file",
    (cwd) => {
      rmSync(join(cwd, "r"), { recursive: true });
      writeFileSync(join(cwd, "r"), "");
    },
    2,
    "r is a file, and the folder of a run is wanted here",
  ],
  ["no run.json", remove("run.json"), 2, "r is not a run folder: it has no run.json"],
  [
    "the folder above",
    (cwd) => {
      cpSync(join(cwd, "r"), join(cwd, "runs/a"), { recursive: true });
      rmSync(join(cwd, "r"), { recursive: true });
      cpSync(join(cwd, "runs"), join(cwd, "r"), { recursive: true });
    },
    2,
    "r is not a run folder: it has no run.json; try r/a",
  ],
  ["not JSON", write("run.json", "{ status: done }"), 1, "r/run.json is not JSON: Expected property name or '}' in JSON at position 2 (line 1 column 3)"],
  ["cut JSON", write("run.json", '{"format":1,'), 1, "r/run.json is not JSON: Expected double-quoted property name in JSON at position 12 (line 1 column 13)"],
  ["an empty file", write("run.json", ""), 1, "r/run.json is not JSON: Unexpected end of JSON input"],
  ["a list", write("run.json", "[]"), 1, "r/run.json: format: it is missing"],
  ["null", write("run.json", "null"), 1, "r/run.json: the whole: expected Object, found null"],
  ["__proto__", write("run.json", '{"format":1,"settings":{"__proto__":{"net":[2,2]}}}'), 1, "r/run.json: __proto__: no field may have this name"],
  ["__proto__ in other letters", write("run.json", '{"format":1,"\\u005f_proto__":{"net":[2,2]}}'), 1, "r/run.json: __proto__: no field may have this name"],
  ["another format", edit("run.json", (run) => void (run.format = 2)), 1, "r/run.json: format: it is 2, and chainrule 0.1.0 reads 1; use the version that wrote it"],
  ["no settings", edit("run.json", (run) => delete run.settings), 1, "r/run.json: settings: it is missing"],
  ["no results", edit("run.json", (run) => delete run.results), 1, "r/run.json: results: it is missing"],
  ["a status of its own", edit("run.json", (run) => void (run.status = "paused")), 1, 'r/run.json: status: expected ("running" | "done" | "stopped" | "diverged"), found "paused"'],
  ["a run that goes on", edit("run.json", (run) => void (run.status = "running")), 1, 'r holds no model yet: the run goes on, or was killed before its end ("status": "running" in run.json)'],
  ["a run that diverged", edit("run.json", (run) => Object.assign(run, { status: "diverged", reason: "the loss became NaN" })), 1, "r diverged, and its model is of no use: the loss became NaN"],
  ["a setting of another type", setting("net", [2, "5", 2]), 1, 'r/run.json: settings.net[1]: expected number, found "5"'],
  ["a setting out of range", setting("net", [2, 0, 2]), 1, "r/run.json: settings.net[1]: expected >=1, found 0"],
  ["an unknown name of data", setting("data", "constructor"), 1, 'r/run.json: settings.data: "constructor" must be one of circles, moons, spirals, blobs, xor, ellipse, line, bump, digits, iris, mnist, fashion, photoz, wine, breast-cancer, unless data.file names a file'],
  ["a network that no memory holds", setting("net", [2, 9e9, 2]), 1, "r/model.safetensors: 0.weight: its shape is [5,2], and the network 2-9000000000-2 of run.json needs [9000000000,2]"],
  ["another seed: other data", setting("seed", 1), 1, "r: the numbers of circles are not those of the run: their sha256 is "],
  ["no model", remove("model.safetensors"), 1, "cannot read r/model.safetensors: there is no such file (ENOENT)"],
  ["a truncated model", (cwd) => truncateSync(join(cwd, "r/model.safetensors"), 300), 1, "r/model.safetensors: "],
  ["a model of another shape", model({ "0.weight": [5, 2], "0.bias": [5], "2.weight": [3, 5], "2.bias": [3] }), 1, "r/model.safetensors: 2.weight: its shape is [3,5], and the network 2-5-2 of run.json needs [2,5]"],
  ["a model without a tensor", model({ "0.weight": [5, 2], "0.bias": [5], "2.weight": [2, 5] }), 1, "r/model.safetensors: 2.bias: it is missing, and the network 2-5-2 of run.json has it"],
  ["a model with one more", model({ "0.weight": [5, 2], "0.bias": [5], "2.weight": [2, 5], "2.bias": [2], "4.bias": [2] }), 1, "r/model.safetensors: 4.bias: the network 2-5-2 of run.json has no such tensor"],
  ["a model of another type", setting("dtype", "float64"), 1, "r/model.safetensors: 0.weight: it is float32, and run.json says float64"],
  ["no preprocess.json", remove("preprocess.json"), 1, "cannot read r/preprocess.json: there is no such file (ENOENT)"],
  ["preprocess.json of another format", edit("preprocess.json", (pre) => void (pre.format = "1")), 1, 'r/preprocess.json: format: it is "1", and chainrule 0.1.0 reads 1; use the version that wrote it'],
  ["scaling by zero", edit("preprocess.json", (pre) => void (pre.scaling = { kind: "unit", offset: [0], scale: [0] })), 1, "r/preprocess.json: scaling.scale[0]: expected !0, found 0"],
  ["scaling of other features", edit("preprocess.json", (pre) => void (pre.scaling = { kind: "standard", offset: [0, 0, 0], scale: [1, 1, 1] })), 1, "r/preprocess.json: scaling.offset: there are 3 numbers, and the network in run.json has 2 inputs"],
  ["other class names", edit("preprocess.json", (pre) => void (pre.classNames = ["a"])), 1, "r/preprocess.json: classNames: there are 1, and the network in run.json has 2 outputs"],
  ["no split.json", remove("split.json"), 1, "cannot read r/split.json: there is no such file (ENOENT)"],
  ["a row that is not a number", edit("split.json", (split) => void (split.test = [0, -1])), 1, "r/split.json: test[1]: expected >=0, found -1"],
  ["a row that is not there", edit("split.json", (split) => void (split.test = [0, 20])), 1, "r/split.json: test: row 20 is not among the 20 rows of the data"],
  ["no test rows", edit("split.json", (split) => void (split.test = [])), 2, "r held back no test rows, so there is nothing to repeat; others are given with --data"],
]; // prettier-ignore

describe("eval of a damaged folder", () => {
  it("names the file and the field, and changes no file", async () => {
    const good = freshFolder();
    await chainrule("train --data circles --samples 20 --net 2-5-2 --epochs 1 --out r --quiet", {
      cwd: good,
    });
    const wrong: string[] = [];
    const tasks = faults.map(([, spoil]) => {
      const cwd = freshFolder();
      cpSync(join(good, "r"), join(cwd, "r"), { recursive: true });
      spoil(cwd);
      return { command: "eval r", cwd, before: filesIn(cwd).join() };
    });
    for (const [i, { code, stdout, stderr }] of (await inTurn(tasks)).entries()) {
      const [what, , expected, message] = faults[i];
      const { cwd, before } = tasks[i];
      const said = stderr.trimEnd().replaceAll(`${cwd}/`, "");
      const fits = message.endsWith(" ")
        ? said.startsWith(`chainrule: ${message}`)
        : said === `chainrule: ${message}`;
      if (!fits) wrong.push(`${what}: said ${stderr}`);
      if (code !== expected) wrong.push(`${what}: exit ${code}`);
      if (stdout !== "") wrong.push(`${what}: on stdout ${stdout}`);
      if (filesIn(cwd).join() !== before) wrong.push(`${what}: left ${filesIn(cwd).join()}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ["eval", 2, "chainrule: eval: <folder> is missing; chainrule eval --help has an example"],
    ["eval r --data digits", 2, "chainrule: --data digits does not fit r: it has 64 inputs and 10 classes, the run 2 inputs and 2 classes"],
    ["eval r --data bump", 2, "chainrule: --data bump does not fit r: it has 1 input and 1 output, the run 2 inputs and 2 classes"],
  ])("%s", async (command, expected, message) => {
    const cwd = freshFolder();
    await chainrule("train --data circles --samples 20 --epochs 1 --out r --quiet", { cwd });
    const { code, stderr } = await chainrule(command, { cwd });
    expect([code, stderr.trimEnd()]).toEqual([expected, message]);
  }); // prettier-ignore
});
