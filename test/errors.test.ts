import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorCodes } from "../packages/chainrule/src/tensor/errors.ts";
import { root } from "./code.ts";

const page = readFileSync(join(root, "docs/errors.md"), "utf8");
const sections = page.split(/^## /m).slice(1);
const codes = sections.map(
  (section) => /^`([^`]+)`$/m.exec(section.split("\n")[0])?.[1] ?? section.split("\n")[0],
);

test("docs/errors.md has one section for each error code, and no other", () => {
  expect([...codes].sort()).toEqual(Object.keys(errorCodes).sort());
});

test.each(Object.entries(errorCodes))(
  "the section of %s opens with the code's sentence and says more",
  (code, sentence) => {
    const [, ...lines] = sections[codes.indexOf(code)].split("\n");
    const text = lines.join(" ").trim();
    expect(text.slice(0, sentence.length)).toBe(sentence);
    expect(text.length).toBeGreaterThan(sentence.length + 40);
  },
);
