import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { halfPi, polynomials, twoOverPi } from "../../scripts/math-tables.ts";

const folder = new URL("../../packages/chainrule/src/tensor/math/", import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => readFileSync(new URL(name, folder), "utf8"));
const literals = new Set(
  sources.flatMap((text) => (text.match(/\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? []).map(Number)),
);

test("the coefficients in the sources are those that the script derives", () => {
  for (const [name, { coefficients, error }] of Object.entries(polynomials())) {
    for (const c of coefficients) expect(literals, `${name}: ${c}`).toContain(Math.abs(c));
    expect(error, name).toBeLessThan(-56.5);
  }
});

test("so are the parts of π/2 and the digits of 2/π", () => {
  for (const part of halfPi(3)) expect(literals).toContain(part);
  const hexadecimal = twoOverPi(50)
    .map((digit) => digit.toString(16).padStart(6, "0"))
    .join("");
  expect(sources.join("").replaceAll(/" \+\s+"/g, "")).toContain(hexadecimal);
});
