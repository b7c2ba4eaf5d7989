import { expect, test } from "vitest";
import { latexFormula } from "./formula.ts";

test("formulas are MathML, and LaTeX that cannot be read is refused", () => {
  const { markup } = latexFormula("\\frac{1}{2}", { inline: true });
  expect(markup).toMatch(/^<math (?!.*display)[^]*<mfrac>[^]*<\/math>$/);
  expect(latexFormula("x").markup).toMatch(/^<div class="formula"[^>]*><math [^>]*display="block"/);
  expect(() => latexFormula("\\frac{1}")).toThrow(/formula: KaTeX parse error/);
  // a formula must not bring a link or a style
  expect(() => latexFormula("\\href{https://example.org}{x}")).toThrow(/\\href may not stand in a page/);
});
