/** An error on a terminal is as wide as it; a program that reads stderr gets one line. */
import { afterEach, expect, test, vi } from "vitest";
import { say } from "./failure.ts";

const message = "--net 3-2 does not fit iris, which has 4 inputs and 3 classes; try --net 4-3";
const { isTTY, columns } = process.stderr;
afterEach(() => {
  Object.assign(process.stderr, { isTTY, columns });
  vi.restoreAllMocks();
});

test.each([
  [
    true,
    50,
    ["chainrule: --net 3-2 does not fit iris, which has", "4 inputs and 3 classes; try --net 4-3", ""],
  ],
  [false, 50, [`chainrule: ${message}`, ""]],
  [true, 0, [`chainrule: ${message}`, ""]],
])("terminal %s, %i columns", (terminal, width, lines) => {
  Object.assign(process.stderr, { isTTY: terminal, columns: width });
  let text = "";
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  say(message);
  expect(text.split("\n")).toEqual(lines);
});
