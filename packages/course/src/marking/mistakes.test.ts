/** Mistakes that students made, planted in the solutions: each loses the points of its function and no other. */
import { expect, test } from "vitest";
import { mistakes } from "../../../../test/course/mistakes.ts";
import { lostBy } from "../../../../test/course/slips.ts";

test.each(mistakes)("$practical, $says", async (mistake) => {
  const { lost } = mistake;
  const found = await lostBy(mistake);
  expect(Object.keys(found)).toEqual(Object.keys(lost));
  for (const [name, says] of Object.entries(found)) expect(says).toMatch(lost[name]);
});
