import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chainrule, freshFolder } from "./process.ts";

/** The completions of the last word. */
async function offered(words: readonly string[], cwd?: string): Promise<string[]> {
  const { code, stdout, stderr } = await chainrule(
    ["complete", "--", ...words],
    cwd === undefined ? {} : { cwd },
  );
  expect([code, stderr]).toEqual([0, ""]);
  return stdout
    .split("\n")
    .filter((line) => line.includes("\t"))
    .map((line) => line.split("\t")[0]);
}

describe("completion", () => {
  it("offers commands, flags and the names that flags take", async () => {
    expect(await offered([""])).toEqual(
      expect.arrayContaining(["train", "eval", "check", "data", "completion", "help"]),
    );
    expect(await offered([""])).not.toContain("complete");
    expect(await offered(["ch"])).toEqual(["check"]);
    expect(await offered(["train", "--init"])).toEqual(["--init", "--init-bias", "--init-from"]);
    expect(await offered(["train", "--quiet", "--optimizer", "adam"])).toEqual(["adam", "adamw", "adamax"]);
    expect(await offered(["check", "--data", "mo"])).toEqual(["moons"]);
    expect(await offered(["data", ""])).toEqual(["list", "info", "fetch", "help"]);
    expect(await offered(["data", "info", "mo"])).toEqual(["moons"]);
    expect(await offered(["data", "fetch", "fa"])).toEqual(["fashion"]);
    expect(await offered(["practical", "c"])).toEqual(["check"]);
    expect(await offered(["practical", "start", "four"])).toEqual(["four-levels"]);
    expect(await offered(["completion", ""])).toEqual(["bash", "zsh", "fish"]);
    expect(await offered(["train", "--lr", ""])).toEqual([]);
  });

  it("offers run folders, folders and files for flags that take them", async () => {
    const cwd = freshFolder();
    mkdirSync(join(cwd, "runs/a"), { recursive: true });
    mkdirSync(join(cwd, "runs/b"));
    writeFileSync(join(cwd, "runs/a/run.json"), "{}");
    expect(await offered(["eval", ""], cwd)).toEqual(["runs/a"]);
    expect(await offered(["eval", "runs/"], cwd)).toEqual(["runs/a"]);
    expect(await offered(["train", "--out", "runs/"], cwd)).toEqual(["runs/a", "runs/b"]);
    writeFileSync(join(cwd, "mine.csv"), "a,b\n1,2\n");
    expect(await offered(["train", "--data", "mi"], cwd)).toEqual(["mine.csv"]);
    expect(await offered(["predict", "runs/a", "mi"], cwd)).toEqual(["mine.csv"]);
    expect(await offered(["data", "info", "m"], cwd)).toEqual(["moons", "mnist", "mine.csv"]);
    expect(await offered(["train", "--init-from", "runs/a/"], cwd)).toEqual(["runs/a/run.json"]);
    expect(await offered(["eval", "nowhere/"], cwd)).toEqual([]);
  });

  it("writes a script for each shell, and refuses others", async () => {
    for (const [shell, sign] of [
      ["bash", "complete -F __chainrule_complete chainrule"],
      ["zsh", "#compdef chainrule"],
      ["fish", "complete -c chainrule"],
    ]) {
      const { code, stdout } = await chainrule(["completion", shell]);
      expect(code).toBe(0);
      expect(stdout).toContain(sign);
    }
    const { code, stderr } = await chainrule("completion fisch");
    expect(code).toBe(2);
    expect(stderr).toContain('completion: "fisch" must be one of bash, zsh, fish; did you mean "fish"?');
  });

  it("works in bash", async () => {
    const cwd = freshFolder();
    const { stdout: script } = await chainrule("completion bash");
    const bin = join(import.meta.dirname, "../../packages/cli/bin/chainrule.js");
    writeFileSync(join(cwd, "chainrule"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
    chmodSync(join(cwd, "chainrule"), 0o755);
    // A stand-in for functions of the package bash-completion, for a line of plain words.
    const words =
      "_get_comp_words_by_ref() { cur=ad prev=--optimizer words=(chainrule train --optimizer ad) cword=3; }";
    const { stdout } = spawnSync(
      "bash",
      ["-c", `${script}\n${words}\ncompopt() { :; }\n__chainrule_complete\necho "\${COMPREPLY[@]}"`],
      { encoding: "utf8", env: { ...process.env, PATH: `${cwd}:${process.env.PATH ?? ""}` } },
    );
    expect(stdout.trim()).toBe("adagrad adam adamw adamax");
  });
});

describe("--version", () => {
  it("prints the version, and with --verbose what it runs on", async () => {
    const plain = await chainrule("--version");
    expect(plain.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, stdout } = await chainrule("--version --verbose", {
      env: { XDG_CACHE_HOME: "/tmp/somewhere" },
    });
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/)[0])).toEqual([
      plain.stdout.trim(),
      "engine",
      "node",
      "v8",
      "machine",
      "cache",
      "",
    ]);
    expect(stdout).toContain(`node     ${process.versions.node}`);
    expect(stdout).toContain("cache    /tmp/somewhere/chainrule");
  });
});
