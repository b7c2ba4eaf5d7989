import { describe, expect, test } from "vitest";
import { codeOnly, importsOf } from "./code.ts";

describe("codeOnly", () => {
  const squeezed = (text: string) => codeOnly(text).replace(/ +/g, " ").trim();

  test("blanks comments, strings and regular expressions and keeps the rest", () => {
    expect(squeezed("a; // Math.exp(1)\nb")).toBe("a; \nb");
    expect(squeezed("a /* 2 ** 3\n */ b")).toBe("a \n b");
    expect(squeezed(`f("it's // no comment", 'a\\'b') + 1`)).toBe(`f(" ", ' ') + 1`);
    expect(squeezed("x = /[/\"]'/g; y")).toBe("x = g; y");
    expect(squeezed("a / b / c; // d")).toBe("a / b / c;");
    expect(squeezed("(a) / b // c")).toBe("(a) / b");
  });

  test("keeps the code inside a template, however deep", () => {
    expect(squeezed("`a ${Math.exp({ x: `}${y}` }.x)} // b` + c")).toBe(
      "` ${Math.exp({ x: ` ${y}` }.x)} ` + c",
    );
  });

  test("keeps length and lines", () => {
    const text = "/* a\n\n */ `b\n${c}` // d\n'e'";
    expect(codeOnly(text)).toHaveLength(text.length);
    expect(codeOnly(text).split("\n")).toHaveLength(text.split("\n").length);
  });
});

test("importsOf finds every kind of import", () => {
  const text = `
import "./a.ts";
import { b,
  type B } from "./b.ts";
import type { C } from './c.ts';
import * as d from "d";
import type, { e } from "./e.ts";
export * from "./f.ts";
export type { G } from "./g.ts";
// import "./no.ts";
const h = await import("./h.ts"), s = 'import "./no.ts"';
export const from = "x";
`;
  expect(importsOf(text)).toEqual([
    { from: "./a.ts", typeOnly: false, line: 2 },
    { from: "./b.ts", typeOnly: false, line: 3 },
    { from: "./c.ts", typeOnly: true, line: 5 },
    { from: "d", typeOnly: false, line: 6 },
    { from: "./e.ts", typeOnly: false, line: 7 },
    { from: "./f.ts", typeOnly: false, line: 8 },
    { from: "./g.ts", typeOnly: true, line: 9 },
    { from: "./h.ts", typeOnly: false, line: 11 },
  ]);
});
