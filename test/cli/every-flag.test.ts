/** Tests the flags that no other test gives to the real process. Checks that some test uses each flag. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeTables } from "./own-files.ts";
import { chainrule, freshFolder } from "./process.ts";

const quick = "train --data circles --samples 40 --epochs 2 --json";

describe("train", () => {
  it("--device: the reference works on every machine", async () => {
    const { code, events } = await chainrule(`${quick} --device reference`);
    expect([code, events.at(-1)?.event]).toEqual([0, "done"]);
    const wrong = await chainrule(`${quick} --device gpu`);
    expect(wrong.code).toBe(2);
  });

  it("--strict and --threads: the same metrics for any number of threads", async () => {
    const figures = async (flags: string): Promise<unknown> => {
      const { code, events } = await chainrule(`${quick} ${flags}`);
      expect(code, flags).toBe(0);
      return events.at(-1)?.testLoss;
    };
    expect(await figures("--strict --threads 2")).toBe(await figures("--strict"));
    expect(await figures("--threads 2")).toBe(await figures("--threads 1"));
    for (const flag of ["--strict", "--threads 2"])
      expect((await chainrule(`${quick} --device reference ${flag}`)).code).toBe(2);
  });

  it("--eval-train: training metrics over all rows, epoch 0 included", async () => {
    const many = "train --data blobs --samples 10500 --epochs 1 --net 2-3 --batch 5000 --json";
    const plain = await chainrule(many);
    expect(plain.events[1].trainLoss).toBeUndefined();
    expect(plain.events[2].trainLoss).toBeTypeOf("number");
    const full = await chainrule(`${many} --eval-train`);
    expect(full.events[1].trainLoss).toBeTypeOf("number");
    expect(full.events[2].trainLoss).not.toBe(plain.events[2].trainLoss);
    expect(full.events[2].testLoss).toBe(plain.events[2].testLoss);
  });

  it("--test-at end: the test set is evaluated once", async () => {
    const { events } = await chainrule(`${quick} --test-at end`);
    const seen = events.filter(({ event }) => event === "epoch").map((event) => "testLoss" in event);
    expect(seen).toEqual([false, false, true]);
  });

  it("--quiet: the last line only; --verbose: the stack of an error", async () => {
    const cwd = freshFolder();
    const { stdout } = await chainrule(`${quick.replace("--json", "--quiet")} --out r`, { cwd });
    expect(stdout).toMatch(/^train loss .* {3}test loss .* {3}r\n$/);
    const { stderr } = await chainrule(`${quick} --verbose --out r`, { cwd });
    expect(stderr).toMatch(/^chainrule: --out: .*\nError: [^]*\n {4}at /);
    const plain = await chainrule(`${quick} --out r`, { cwd });
    expect(plain.stderr).not.toContain("    at ");
  });
});

describe("check", () => {
  it("takes train's flags of data, network and loss", async () => {
    const cwd = freshFolder();
    writeTables(cwd);
    for (const flags of [
      "--data circles --samples 30 --noise 0.3 --seed 4 --validation 5 --scale minmax",
      "--data flowers.csv --target kind --features width,height --task classification --missing drop --test last:5",
      "--data flowers.csv --drop id,colour --loss hinge --margin 0.2 --reduction sum --init normal:0.4 --init-bias normal",
    ]) {
      const { code, stdout, stderr } = await chainrule(`check ${flags}`, { cwd });
      expect([code, stderr], flags).toEqual([0, ""]);
      expect(stdout, flags).toContain("every gradient agrees");
    }
  });
});

describe("--data-dir", () => {
  it("is searched first by every command that reads data", async () => {
    const cwd = freshFolder();
    writeTables(cwd);
    await chainrule("train --data flowers.csv --epochs 0 --out r --quiet", { cwd });
    writeFileSync(join(cwd, "plain"), "");
    const named = "--data-dir plain is a file, not a folder";
    for (const command of [
      "train --data wine",
      "check --data wine",
      "eval r --data wine",
      "predict r --rows test --data wine",
      "data info wine",
      "data list",
    ]) {
      const { code, stderr } = await chainrule(`${command} --data-dir plain`, { cwd });
      expect([code, stderr], command).toEqual([2, `chainrule: ${named}\n`]);
    }
  });
});

describe("--help", () => {
  const commands = ["", "train", "eval", "predict", "check", "data", "data list", "data info", "data fetch", "completion"]; // prettier-ignore
  it("shows an example of every command, in 80 columns", async () => {
    for (const command of commands) {
      const { code, stdout, stderr } = await chainrule(`${command} --help`);
      expect([code, stderr], command).toEqual([0, ""]);
      expect(stdout, command).toMatch(new RegExp(`\\nExamples?:\\n(  .*\\n)*  .*chainrule ${command}`));
      expect(Math.max(...stdout.split("\n").map(({ length }) => length)), command).toBeLessThanOrEqual(80);
    }
  });

  it("names only flags that some test uses", async () => {
    const folder = import.meta.dirname;
    const tests = readdirSync(folder)
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const untested: string[] = [];
    for (const command of commands.slice(1)) {
      const { stdout } = await chainrule(`${command} --help`);
      for (const [, flag] of stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm))
        if (flag !== "--help" && !new RegExp(`${flag}[ "'\`]`).test(tests))
          untested.push(`${command} ${flag}`);
    }
    expect(untested).toEqual([]);
  });
});
