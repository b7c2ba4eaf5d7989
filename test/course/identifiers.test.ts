import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../code.ts";
import { identifiers, later, laterParts, prose } from "./identifiers.ts";

/** The identifiers in a text such as "LH-2, E-10 … E-13: …"; a range with … names every identifier in it. */
function named(text: string): string[] {
  return [...text.matchAll(/\b(R|TP|AN|LH|VU|PP|D|F|E)-(\d+)(?:\s*…\s*\1-(\d+))?\b/g)].flatMap(
    ([, key, from, to = from]) =>
      Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${key}-${Number(from) + i}`),
  );
}

/** The strings of a program, without comments; the names of tests are among them. */
function strings(code: string): string {
  const plain = code.replace(/^\s*(\/\*\*?[\s\S]*?\*\/|\/\/.*$)/gm, "");
  return [...plain.matchAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g)]
    .map(([one]) => one)
    .join("\n");
}

const own = "test/course/identifiers.test.ts";
const tests = globSync(["packages/*/src/**/*.test.ts", "test/**/*.test.ts"], { cwd: root }).filter(
  (path) => path.replaceAll("\\", "/") !== own,
);
const tested = new Set(tests.flatMap((path) => named(strings(readFileSync(join(root, path), "utf8")))));

test("every identifier is named by a test, explained on a page, or listed as later", () => {
  const known = new Set([...tested, ...Object.keys(prose), ...later]);
  expect(identifiers.filter((one) => !known.has(one))).toEqual([]);
});

test("every listed identifier exists, and is in one list only", () => {
  const listed = [...Object.keys(prose), ...later];
  expect(listed.filter((one) => !identifiers.includes(one))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

test("only requirements that may come later are listed as later", () => {
  expect(later).toEqual(["AN-1", "TP-19", "F-6", "F-16", "LH-4"]);
  expect(Object.keys(laterParts)).toEqual(["PP-2", "PP-6"]);
  expect(Object.keys(laterParts).filter((one) => !tested.has(one))).toEqual([]);
});

test.each(Object.entries(prose))("%s is explained in %s", (identifier, page) => {
  expect(named(readFileSync(join(root, page), "utf8"))).toContain(identifier);
});

describe("reading", () => {
  test("ranges and lists of identifiers are found in strings, and not in comments", () => {
    const code = ["// E-1", 'test("E-2, E-4 … E-6: it", f);', "/** E-7 */", "test(`LH-1`, f)"].join("\n");
    expect(named(strings(code))).toEqual(["E-2", "E-4", "E-5", "E-6", "LH-1"]);
  });
  test("UTF-8 and PP-22 are not identifiers of the course", () => {
    expect(named("UTF-8, APP-2")).toEqual([]);
    expect(identifiers).not.toContain("PP-22");
  });
});
