/**
 * Runs the commands in the pages of docs/ that show output, like a reader. The `sh` blocks of a page run one after
 * another in one folder that has the checkout's examples/. A `text` block right after one is its output. In it a line
 * of "…" stands for lines left out, seconds are not compared, and numbers are compared to three digits.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./code.ts";
import { readPage } from "./markdown.ts";
import type { Block } from "./markdown.ts";

interface Command {
  readonly line: number;
  readonly code: string;
  readonly output: string | null;
}

/** The `sh` blocks of a page, each with the `text` block right after it. */
function commandsOf(text: string): Command[] {
  const { blocks } = readPage(text);
  const lines = text.split("\n");
  return blocks.flatMap(({ line, language, code }, i): Command[] => {
    if (language !== "sh") return [];
    const next: Block | undefined = blocks[i + 1];
    const end = line + code.split("\n").length;
    const follows = next?.language === "text" && lines.slice(end, next.line - 1).every((one) => one === "");
    return [{ line, code, output: follows ? next.code : null }];
  });
}

/** A folder where `npx chainrule` is this checkout's command line. */
function workplace(): { folder: string; run(code: string): { status: number | null; printed: string } } {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-walkthrough-"));
  symlinkSync(join(root, "examples"), join(folder, "examples"));
  const shim = join(folder, "npx");
  const bin = join(root, "packages/cli/bin/chainrule.js");
  writeFileSync(shim, `#!/bin/sh\nshift\nexec "${process.execPath}" "${bin}" "$@"\n`);
  chmodSync(shim, 0o755);
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env.PATH}`,
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
  };
  return {
    folder,
    run(code) {
      const { status, stdout } = spawnSync("sh", ["-c", `exec 2>&1\n${code}`], {
        cwd: folder,
        env,
        encoding: "utf8",
      });
      return { status, printed: stdout };
    },
  };
}

/** Lines without the seconds and the padding after them. */
const compared = (text: string): string[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/\d+(\.\d+)? (m?s)\b/g, "… $2").trimEnd());

/** Equal but for the fourth digit of numbers: processors without fused multiply-add round otherwise. */
function sameLine(stated: string, printed: string): boolean {
  const number = /\d+(\.\d+)?(e[-+]?\d+)?/g;
  if (stated.replace(number, "#") !== printed.replace(number, "#")) return false;
  const numbers = (line: string): number[] => (line.match(number) ?? []).map(Number);
  const others = numbers(printed);
  return numbers(stated).every((one, i) => Math.abs(one - others[i]) <= 1e-3 * one);
}

/** Whether the printed lines match the stated ones; "…" alone in a line stands for any lines. */
function sameLines([first, ...rest]: string[], printed: string[]): boolean {
  if (first === undefined) return printed.length === 0;
  if (first.trim() === "…" && sameLines(rest, printed)) return true;
  if (printed.length === 0) return false;
  if (first.trim() === "…") return sameLines([first, ...rest], printed.slice(1));
  return sameLine(first, printed[0]) && sameLines(rest, printed.slice(1));
}

const prints = (stated: string, printed: string): boolean => sameLines(compared(stated), compared(printed));

const pages = globSync("docs/**/*.md", { cwd: root })
  .sort()
  .map((page) => ({ page, commands: commandsOf(readFileSync(join(root, page), "utf8")) }))
  .filter(({ commands }) => commands.some(({ output }) => output !== null));

/** Pages about the published data sets need them. */
const needsData = new Set(["docs/datasets.md"]);

for (const { page, commands } of pages) {
  const missing = needsData.has(page) && !process.env.CHAINRULE_DATA;
  const title = `the commands of ${page} print what it says${missing ? " (skipped: CHAINRULE_DATA is not set)" : ""}`;
  test.skipIf(missing)(title, () => {
    const { folder, run } = workplace();
    try {
      for (const { line, code, output } of commands) {
        const { printed } = run(code);
        if (output !== null && !prints(output, printed))
          expect(compared(printed).join("\n"), `${page}:${line}`).toBe(compared(output).join("\n"));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("the printed output is compared, except seconds and lines left out", () => {
  expect(prints("a 1.0 s\n…\nz\n", "a 2.5 s\nb\nc\nz\n")).toBe(true);
  expect(prints("a\n…\nz\n", "a\nz\n")).toBe(true);
  expect(prints("a\nz\n", "a\nb\nz\n")).toBe(false);
  expect(prints("loss 0.5\n", "loss 0.6\n")).toBe(false);
  expect(prints("loss 0.50001\n", "loss 0.5\n")).toBe(true);
  expect(prints("loss 0.5\n", "cost 0.5\n")).toBe(false);
  expect(prints("a.c\n", "abc\n")).toBe(false);
});
