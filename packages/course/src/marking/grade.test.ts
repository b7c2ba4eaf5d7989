/** Grading a file, whatever the file does; each practical's solution, skeleton and documents. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { practicalNamed, practicalNames } from "../practicals.ts";
import { courseFile, pointsOf, skeletonOf } from "../practical/files.ts";
import { grade } from "./grade.ts";
import { tsconfig } from "../start.ts";
import { skeletonFrom } from "../practical/skeleton.ts";

const folder = mkdtempSync(join(tmpdir(), "chainrule-course-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (name: string, file: string): string =>
  new URL(`../${name}/${file}`, import.meta.url).pathname;

/** A folder with the skeletons of all practicals, and the library where Node and the compiler look for it. */
const skeletons = join(folder, "skeletons");
mkdirSync(skeletons);
writeFileSync(join(skeletons, "package.json"), '{ "type": "module" }');
symlinkSync(new URL("../../../../node_modules", import.meta.url).pathname, join(skeletons, "node_modules"));
for (const name of practicalNames) writeFileSync(join(skeletons, `${name}.ts`), skeletonOf(name));

/** The solution of four-levels with some text replaced, as a file. */
function changed(name: string, from: string, to: string): string {
  const text = readFileSync(source("four-levels", "solution.ts"), "utf8");
  expect(text.split(from)).toHaveLength(2);
  const path = join(folder, `${name}.ts`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return path;
}

// the tests of the limit move its clock by hand; in all others it must not matter how slow the machine is
const unlimited = 600_000;

const lost = async (file: string, limit = unlimited): Promise<Record<string, string | undefined>> => {
  const { functions } = await grade("four-levels", file, { limit });
  const failed = functions.filter(({ earned, points }) => earned < points);
  return Object.fromEntries(failed.map(({ name, checks }) => [name, checks.find(({ ok }) => !ok)?.found]));
};

describe.each(practicalNames)("%s", (name) => {
  test("the solution gets full marks, and the skeleton none and says what to write", async () => {
    const files = [source(name, "solution.ts"), join(skeletons, `${name}.ts`)];
    const [best, first] = await Promise.all(files.map((file) => grade(name, file, { limit: unlimited })));
    expect(best.functions.filter(({ earned, points }) => earned < points)).toEqual([]);
    expect(best.earned).toBe(best.points);
    expect(first.earned).toBe(0);
    for (const { name: of, checks } of first.functions)
      expect(checks[0].found, of).toMatch(new RegExp(`^not written yet. ${of}: `));
  });

  test("the skeleton as a program says what to write first, and no more", () => {
    const args = ["--conditions=chainrule-source", join(skeletons, `${name}.ts`)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    const [first] = Object.keys(pointsOf(name));
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^not written yet\\. ${first}: .*\\n$`));
  });

  test("points.json names the functions that are checked, and questions and task are there", async () => {
    const checks = await practicalNamed(name).checks();
    expect([...new Set(checks.map(({ of }) => of))]).toEqual(Object.keys(pointsOf(name)));
    for (const file of ["README.md", "questions.md"] as const)
      expect(courseFile(name, file)).toMatch(/^# \S/);
  });
});

test("the skeletons have no error of types", () => {
  const { compilerOptions, ...rest } = JSON.parse(tsconfig);
  const options = { ...compilerOptions, customConditions: ["chainrule-source"] };
  writeFileSync(join(skeletons, "tsconfig.json"), JSON.stringify({ ...rest, compilerOptions: options }));
  const { status, stdout } = spawnSync("npx", ["tsc", "-p", skeletons], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test("a mark that leads to no function is refused", () => {
  const text = courseFile("averages", "solution.ts");
  expect(() => skeletonFrom(text.replace("  // solution:", "    // solution:"))).toThrow(
    /a mark of the solution/,
  );
  expect(() => skeletonFrom(text.replace("  // solution:", "  // the solution:"))).toThrow(/a mark/);
});

describe("the time limit", () => {
  afterEach(() => void vi.useRealTimers());

  /** Stops the clock of the limit; it moves by `vi.advanceTimersByTime` alone. */
  const stopClock = (): void => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

  /** An endless loop that creates a file when it begins, and a promise for that file. */
  function loop(name: string): { code: string; begun: () => Promise<void> } {
    const path = join(folder, `${name}.begun`);
    return {
      code: `process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(path)}, ""); for (;;);\n`,
      begun: async () => {
        while (!existsSync(path)) await later(10);
        // one turn of the event loop reads the messages that the process sent before
        await later(10);
      },
    };
  }

  test("an endless loop costs its function alone", async () => {
    stopClock();
    const { code, begun } = loop("loop");
    const file = changed("loop", "const Dy = yhat.sub(Y)", `${code}  const Dy = yhat.sub(Y)`);
    const lostPoints = lost(file, 3000);
    await begun();
    vi.advanceTimersByTime(3000);
    expect(await lostPoints).toEqual({ backward: "it ran for more than 3 s: an endless loop?" });
  });

  test("an endless loop outside of the functions is not waited for", async () => {
    stopClock();
    const { code, begun } = loop("top");
    const file = join(folder, "top.ts");
    writeFileSync(file, code);
    const graded = grade("four-levels", file, { limit: 3000 });
    await begun();
    vi.advanceTimersByTime(3000);
    expect((await graded).failure).toBe(
      "it did not load within 3 s: an endless loop outside of the functions?",
    );
  });

  test("the limit does not count the time in which the process starts", async () => {
    stopClock();
    const graded = grade("four-levels", source("four-levels", "solution.ts"), { limit: 3000 });
    vi.advanceTimersByTime(60_000);
    const { failure, earned, points } = await graded;
    expect({ failure, earned }).toEqual({ failure: undefined, earned: points });
  });

  test("a process that never becomes ready is not waited for", async () => {
    stopClock();
    const graded = grade("four-levels", source("four-levels", "solution.ts"), { limit: 3000 });
    vi.advanceTimersByTime(300_000);
    expect((await graded).failure).toBe("the process that runs the file did not start within 300 s");
  });
});

describe("grading a file that misbehaves", () => {
  test("a crash costs its function alone", async () => {
    const file = changed("crash", "const step = (p", "process.exit(7);\n  const step = (p");
    expect(await lost(file)).toEqual({ sgd: "the process ended early, with exit code 7" });
  });

  test("an error says where in the file it arose", async () => {
    const name = changed("name", "const step = (p", "nowhere(eta);\n  const step = (p");
    expect(await lost(name)).toEqual({
      sgd: expect.stringMatching(/^name\.ts:\d+:3: ReferenceError: nowhere is not defined$/),
    });
    const shapes = changed("shapes", "const Dy = yhat.sub(Y)", "const Dy = yhat.transpose().sub(Y)");
    expect(await lost(shapes)).toEqual({
      backward: expect.stringMatching(/^shapes\.ts:\d+:31: sub: .*\[3,5\].*\[5,3\]/),
    });
  });

  test("a timer that is left running keeps nobody waiting", async () => {
    const file = changed("timer", "const step = (p", "setInterval(() => {}, 1000);\n  const step = (p");
    // if the process did not end by itself, this would wait for the limit, which is longer than the test's own
    expect(await lost(file)).toEqual({});
  });

  test("what cannot be loaded says why", async () => {
    const failureOf = async (name: string, text: string): Promise<string | undefined> => {
      const file = join(folder, `${name}.ts`);
      writeFileSync(file, text);
      return (await grade("four-levels", file, { limit: unlimited })).failure;
    };
    expect(await failureOf("slip", "const a: number = 1;\nexport const b =\n  a + ;\n")).toBe(
      "slip.ts:3:7: SyntaxError: Expression expected",
    );
    expect(await failureOf("kinds", "\nenum Kind { A }\n")).toMatch(/^kinds\.ts:2:1: SyntaxError: .*enum/);
    expect(await failureOf("twice", "const a: number = 1;\nconst b = 2, a = 3;\n")).toBe(
      "twice.ts:2:14: SyntaxError: Identifier 'a' has already been declared",
    );
    expect(await failureOf("nowhere", "const a: number = 1;\n\n  nowhere(a);\n")).toBe(
      "nowhere.ts:3:3: ReferenceError: nowhere is not defined",
    );
    expect(await failureOf("lacks", 'import { nothing } from "node:fs";\nnothing();\n')).toMatch(
      /^lacks\.ts:1:10: SyntaxError: .* 'nothing'/,
    );
  });

  test("a function that is missing, and one that returns nothing", async () => {
    const missing = changed("missing", "export function sgd(", "function sgd(");
    expect(await lost(missing)).toEqual({ sgd: "missing.ts exports no function sgd" });
    const nothing = changed("nothing", "return { X, htilde, h, ytilde, yhat };", "return { X } as Outputs;");
    expect(await lost(nothing)).toEqual({
      forward: "htilde is undefined (is a return missing?), not a tensor",
    });
  });
});
