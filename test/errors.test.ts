import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ErrorCode } from "../packages/chainrule/src/tensor/errors.ts";
import { root } from "./code.ts";

/** The sentence that heads the section of each code. The type requires every code. */
const sentences: Record<ErrorCode, string> = {
  "shape-mismatch": "Two shapes do not fit together.",
  "bad-shape": "A shape is not a list of whole numbers ≥ 0, or does not hold the given number of values.",
  "bad-axis": "An axis is out of range, or named twice.",
  "bad-index": "An index lies outside the axis it selects from.",
  "bad-dtype": "An operation does not take numbers of this type.",
  "bad-value": "An argument is outside what the function accepts.",
  "no-gradient": "A gradient was requested that does not exist.",
  "gradient-mismatch": "gradcheck found a gradient that differs from finite differences.",
  "no-evaluator": "An operation was called before an evaluator was installed.",
  "no-values": "A value was read while a step was being traced.",
  "not-repeatable": "A step does different work on different calls, so it cannot be compiled.",
  "no-compile": "A step cannot be compiled, or a compiled step was called in a way that it does not support.",
  disposed: "Something was used after it was disposed of, or disposed of while it ran.",
  "state-mismatch": "A state cell was assigned a value of another shape or type.",
  "bad-state-dict": "A state dict does not fit the module or optimizer that loads it.",
  "bad-file": "A file is not what its format says.",
  "file-access": "A file or folder could not be read or written.",
  "run-store": "A run store belongs to another plan, is in use, or is not a run store.",
  "missing-data": "A data set was not found and could not be downloaded.",
  "bad-equation": "A text of equations cannot be read, or its shapes cannot fit.",
  diverged: "The loss became NaN or infinite during training.",
};

const page = readFileSync(join(root, "docs/errors.md"), "utf8");
const sections = page.split(/^## /m).slice(1);
const codes = sections.map(
  (section) => /^`([^`]+)`$/m.exec(section.split("\n")[0])?.[1] ?? section.split("\n")[0],
);

test("docs/errors.md has one section for each error code, and no other", () => {
  expect([...codes].sort()).toEqual(Object.keys(sentences).sort());
});

test.each(Object.entries(sentences))(
  "the section of %s opens with the code's sentence and says more",
  (code, sentence) => {
    const [, ...lines] = sections[codes.indexOf(code)].split("\n");
    const text = lines.join(" ").trim();
    expect(text.slice(0, sentence.length)).toBe(sentence);
    expect(text.length).toBeGreaterThan(sentence.length + 40);
  },
);
