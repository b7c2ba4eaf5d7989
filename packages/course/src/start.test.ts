/** Making a folder to work in. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { skeletonOf } from "./practical/files.ts";
import { startPractical } from "./start.ts";

const folder = mkdtempSync(join(tmpdir(), "chainrule-course-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("practical start", () => {
  test("the folder stands alone, without the solution", async () => {
    const to = join(folder, "started");
    const pack = (into: string): void => {
      for (const name of ["chainrule", "chainrule-course", "chainrule-cli"])
        writeFileSync(join(into, `${name}-0.1.0.tgz`), "");
    };
    const files = await startPractical("four-levels", to, { pack });
    expect(files).toEqual([
      ".gitignore",
      "DATA.md",
      "README.md",
      "four-levels.ts",
      "package.json",
      "packages",
      "tsconfig.json",
    ]);
    expect(readFileSync(join(to, "four-levels.ts"), "utf8")).toBe(skeletonOf("four-levels"));
    const { dependencies, engines } = JSON.parse(readFileSync(join(to, "package.json"), "utf8"));
    expect(engines).toEqual({ node: ">=22.18" });
    expect(readFileSync(join(to, "DATA.md"), "utf8")).toMatch(/^Node 22\.18 or newer/m);
    expect(dependencies).toEqual({
      chainrule: "file:packages/chainrule-0.1.0.tgz",
      "chainrule-cli": "file:packages/chainrule-cli-0.1.0.tgz",
      "chainrule-course": "file:packages/chainrule-course-0.1.0.tgz",
    });
  });

  test("a folder that holds something is left alone, and a failure leaves nothing", async () => {
    const to = join(folder, "taken");
    mkdirSync(to);
    writeFileSync(join(to, "mine.txt"), "");
    await expect(startPractical("four-levels", to, { pack: () => {} })).rejects.toThrow(/not empty/);
    expect(readdirSync(to)).toEqual(["mine.txt"]);
    const fails = (): void => {
      throw new Error("no room");
    };
    const other = join(folder, "other");
    await expect(startPractical("four-levels", other, { pack: fails })).rejects.toThrow("no room");
    expect(readdirSync(folder)).not.toContain("other");
  });
});
