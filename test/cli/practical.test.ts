import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../code.ts";
import { chainrule, filesIn, freshFolder } from "./process.ts";

const solution = join(root, "packages/course/src/four-levels/solution.ts");

describe("chainrule practical", () => {
  it("list names the practicals with their points", async () => {
    const { code, stdout } = await chainrule("practical list");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^four-levels {2}Four levels, 20 points$/m);
    const { events } = await chainrule("practical list --json");
    expect(events[0]).toMatchObject({ name: "four-levels", points: 20, functions: { backward: 5 } });
  });

  it("check exits 0 with all points and 1 below, and reports the mistakes", async () => {
    const cwd = freshFolder();
    mkdirSync(join(cwd, "four-levels"));
    const file = join(cwd, "four-levels", "four-levels.ts");
    copyFileSync(solution, file);
    const best = await chainrule("practical check four-levels", { cwd });
    expect([best.code, best.stderr]).toEqual([0, ""]);
    expect(best.stdout).toMatch(/^four-levels: four-levels\/four-levels.ts\n[^]*\n20 of 20 points\n$/);
    // mistake 1: the derivative of tanh is forgotten
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(".mul(h.mul(h).neg().add(1))", ""));
    const wrong = await chainrule("practical check four-levels four-levels --json", { cwd });
    expect(wrong.code).toBe(1);
    expect(wrong.events).toMatchObject([{ event: "check", earned: 15, points: 20 }]);
  });

  it("refuses unknown names, missing files and contradicting arguments, and writes no file", async () => {
    const cwd = freshFolder();
    const stderr = async (command: string): Promise<string> => {
      const ended = await chainrule(`practical ${command}`, { cwd });
      expect([ended.code, ended.stdout]).toEqual([2, ""]);
      return ended.stderr;
    };
    expect(await stderr("start fourlevels")).toBe(
      'chainrule: there is no practical "fourlevels"; did you mean "four-levels"?\n',
    );
    expect(await stderr("check nothing")).toMatch(
      /^chainrule: there is no practical "nothing"; there are .*four-levels/,
    );
    expect(await stderr("check four-levels")).toMatch(
      /there is no four-levels.ts nor four-levels\/four-levels.ts/,
    );
    expect(await stderr("check four-levels .")).toMatch(/\. is a folder without four-levels.ts/);
    writeFileSync(join(cwd, "answers.md"), "");
    expect(await stderr("check four-levels answers.md")).toMatch(
      /answers\.md is not a program; name the file with the functions, such as four-levels\.ts/,
    );
    rmSync(join(cwd, "answers.md"));
    expect(await stderr("report")).toMatch(/name one practical, or give --all/);
    expect(await stderr("report four-levels --all")).toMatch(/name one practical, or give --all/);
    expect(filesIn(cwd)).toEqual([]);
  });

  it("start writes a folder with the packages of the checkout, and check finds it", async () => {
    const cwd = freshFolder();
    const { code, stdout, stderr } = await chainrule("practical start four-levels --to mine", { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/npm run check/);
    const { dependencies } = JSON.parse(readFileSync(join(cwd, "mine/package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies)).toEqual(["chainrule", "chainrule-cli", "chainrule-course"]);
    for (const tarball of Object.values(dependencies))
      expect(existsSync(join(cwd, "mine", tarball.replace("file:", "")))).toBe(true);
    const again = await chainrule("practical start four-levels --to mine", { cwd });
    expect([again.code, again.stderr]).toEqual([
      2,
      "chainrule: the folder mine is there and not empty; name another one with --to, or remove it first\n",
    ]);
    const first = await chainrule("practical check four-levels mine", { cwd });
    expect(first.code).toBe(1);
    expect(first.stdout).toMatch(/not written yet\. initParams[^]*0 of 20 points\n$/);
  });
});
