import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chainrule, freshFolder } from "./process.ts";

const run = (cwd: string, name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(cwd, name, "run.json"), "utf8")) as Record<string, unknown>;
const metrics = (cwd: string, name: string): string =>
  readFileSync(join(cwd, name, "metrics.jsonl"), "utf8").replaceAll(/"seconds":[\d.e-]+/g, "");

describe("the device", () => {
  const train = "train --data circles --samples 40 --net 2-6-2 --batch 7 --epochs 2 --quiet";

  it("is WebAssembly, with the same bytes for any number of threads and from run to run", async () => {
    const cwd = freshFolder();
    for (const [name, flags] of [
      ["a", ""],
      ["b", "--device wasm"],
      ["c", "--threads 2"],
      ["d", "--threads 4"],
    ])
      // prettier-ignore
      expect(await chainrule(`${train} --out ${name} ${flags}`, { cwd })).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["b", "c", "d"]) {
      expect(metrics(cwd, name)).toBe(metrics(cwd, "a"));
      expect(readFileSync(join(cwd, name, "model.safetensors"))).toEqual(
        readFileSync(join(cwd, "a", "model.safetensors")),
      );
    }
    expect(run(cwd, "a")).toMatchObject({ device: "wasm", threads: 1 });
    expect(run(cwd, "d")).toMatchObject({ device: "wasm", threads: 4 });
  });

  it("is the reference or strict by flag; the metrics of both are close", async () => {
    const cwd = freshFolder();
    await chainrule(`${train} --out slow --device reference`, { cwd });
    await chainrule(`${train} --out strict --strict`, { cwd });
    expect(run(cwd, "slow")).toMatchObject({ device: "reference" });
    expect(run(cwd, "strict")).toMatchObject({ device: "wasm", build: "strict" });
    const loss = (name: string): number => (run(cwd, name).results as { trainLoss: number }).trainLoss;
    expect(loss("strict")).toBeCloseTo(loss("slow"), 5);
  });

  it.each([
    ["--device reference --threads 2", "--threads does nothing with --device reference, which has one"],
    ["--device reference --strict", "--strict does nothing with --device reference, which is strict"],
    ["--threads 0", /--threads 0 must be a whole number from 1 to 16/],
    ["--device gpu", "--device gpu must be one of auto, wasm, reference"],
  ])("refuses %s", async (flags, message) => {
    const { code, stderr } = await chainrule(`train --data circles ${flags}`);
    expect(code).toBe(2);
    if (typeof message === "string") expect(stderr).toContain(message);
    else expect(stderr).toMatch(message);
  });
});

describe("chainrule program", () => {
  it("prints a step and an evaluation within 80 columns", async () => {
    const { code, stdout, stderr } = await chainrule(
      "program --data circles --net 2-10-2 --activation tanh --batch 10",
    );
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines[2]).toBe("program 1: ([10,2], int32 [10])");
    expect(stdout).toMatch(
      / {3}1 {2}matmul_f32 +600 FLOP, 600 B\n +2 × \[10,2\] \[10\] → \[10,10\]\n {6}= matmul · add · tanh\n/,
    );
    expect(lines[3]).toMatch(/^ {6}\d+ state cells, \d+ of them assigned; arena [\d.]+ k?B$/);
    expect(stdout).toMatch(/\nAn evaluation\n/);
  });

  it("prints no kernels for the reference", async () => {
    const { code, stderr } = await chainrule("program --data circles --device reference");
    expect([code, stderr]).toEqual([2, "chainrule: --device reference compiles nothing; leave it out\n"]);
  });
});
