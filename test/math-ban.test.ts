import { expect, test } from "vitest";
import { codeOnly, librarySource, lineOf, sourcesBelow } from "./code.ts";

/**
 * JavaScript engines differ in `Math.exp` and similar functions, so the numeric rooms use tensor/math. The other
 * members of `Math` are exact by the standard, or constants.
 */
const allowed = new Set(
  "abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2".split(
    " ",
  ),
);
const rooms = ["tensor", "ops", "devices", "graph", "functions", "nn", "optim", "data", "train"];

/** The uses of functions on which engines disagree, as `line: function`. */
function banned(text: string): string[] {
  const code = codeOnly(text);
  const members = [...code.matchAll(/\bMath\b\s*(?:\?\.|\.)?\s*([\w$]*)/g)].filter(
    (match) => !allowed.has(match[1]),
  );
  const powers = code.matchAll(/\*\*=?/g);
  return [...members, ...powers].map((match) => `${lineOf(text, match.index)}: ${match[0].trim()}`);
}

test("the numeric rooms use no Math function on which engines disagree", () => {
  const sources = sourcesBelow(librarySource).filter(({ path }) => rooms.includes(path.split("/")[0]));
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.flatMap(({ path, text }) => banned(text).map((fault) => `${path}:${fault}`))).toEqual([]);
});

test.each([
  ["Math.exp(x)"],
  ["x ** 2"],
  ["x **= 2"],
  ["Math.random()"],
  ["Math.hypot(a, b)"],
  ["Math . pow(a, b)"],
  ["Math?.log(x)"],
  ["Math\n  .tanh(x)"],
  [`Math["log"](x)`],
  ["const { sin } = Math;"],
  ["`${Math.cbrt(x)}`"],
])("%s is found", (text) => {
  expect(banned(`/** Math.exp is not */ let a;\n${text}`)).toHaveLength(1);
});

test("comments, strings and exact functions are allowed", () => {
  expect(banned(`/** 2 ** 3 */ Math.sqrt(x) * Math.PI; "Math.exp"; // Math.log`)).toEqual([]);
});
