/** The pages of the course, built as CI builds them: every figure that the courses ask for, no missing number. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeSite } from "./site.ts";

const folder = mkdtempSync(join(tmpdir(), "chainrule-site-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = ["four-levels", "regression", "l-layer"];
const pages: Record<string, string> = {};
beforeAll(async () => {
  const environment = { CHAINRULE_DATA: "/nowhere", XDG_CACHE_HOME: "/nowhere" };
  for (const path of await writeSite(names, { quick: true, out: folder, environment }))
    pages[basename(path)] = readFileSync(path, "utf8");
});

/** The titles of the figures of a page. */
const figures = (page: string): string[] =>
  [...page.matchAll(/<svg[^>]*>\s*<title[^>]*>([^<]*)</g)].map(([, title]) => title);

test("a page for each practical and one that leads to them, without what is on no disk here", () => {
  expect(Object.keys(pages).sort()).toEqual([
    "four-levels.html",
    "index.html",
    "l-layer.html",
    "regression.html",
  ]);
  for (const [file, page] of Object.entries(pages)) {
    const links = [...page.matchAll(/href="([^"#:]+\.html)"/g)].map(([, href]) => href);
    expect(
      links.filter((href) => !(href in pages)),
      file,
    ).toEqual([]);
    expect(page, file).toContain("width=device-width");
  }
});

test("data that are missing are said, and no number is missing", () => {
  expect(pages["four-levels.html"]).toMatch(/MNIST was not found here/);
  expect(pages["l-layer.html"]).toMatch(/MNIST was not found here/);
  expect(pages["regression.html"]).toMatch(/photoz\.csv\.gz was not found/);
  for (const [file, page] of Object.entries(pages))
    expect(
      page.replace(/<code>[^<]*<\/code>/g, "").match(/\bNaN\b|\bundefined\b|\[object/g),
      file,
    ).toBeNull();
});

describe("figures", () => {
  test.each([
    ["F-1, TP-15: the data as a scatter plot, training and test points", "four-levels", /^The circles$/, 1],
    [
      "F-2, E-10: the decision grid with epoch, loss and accuracy",
      "four-levels",
      /^Epoch \d+: train 0\.\d{4}, \d+\.\d %; test 0\.\d{4}, \d+\.\d %$/,
      2,
    ],
    ["F-3, F-5, AN-2, TP-17: the loss of each of the four levels", "four-levels", /^\([abcd]\) .*: loss$/, 4],
    ["F-3, F-5, AN-2, TP-17: the accuracy of each", "four-levels", /^\([abcd]\) .*: accuracy$/, 4],
    ["F-4, TP-18: the loss for several batch sizes", "four-levels", /^Loss by batch size/, 1],
    ["F-4, TP-18: and with several rates", "four-levels", /^Training loss after \d+ epochs$/, 1],
    [
      "AN-3: one change at a time, over seeds",
      "four-levels",
      /^Test loss, mean and deviation over the seeds$/,
      1,
    ],
    ["F-15: measured and predicted redshift", "regression", /^Measured and predicted redshift$/, 1],
    ["F-13: the sigmoid and its flat parts", "l-layer", /^(The sigmoid|Its derivative against \|z\|)$/, 2],
    ["F-14, LH-10: digits with what the network says", "l-layer", /^The first twelve test images/, 1],
    ["F-14: the confusion matrix", "l-layer", /^Test images by class$/, 1],
  ])("%s", (_what, name, title, count) => {
    expect(figures(pages[`${name}.html`]).filter((one) => title.test(one))).toHaveLength(count);
  });

  test("F-15, LH-3: the axes run from −0.1 to 1.1, with the diagonal and one RMS to either side", () => {
    const figure = pages["regression.html"]
      .split("<figure>")
      .find((one) => one.includes("Measured and predicted"))!;
    expect(figure).toMatch(/y = x ± 0\.\d+/);
    expect(figure).toContain('stroke-dasharray="1.5 3"');
    expect(figure).toContain('stroke-dasharray="5 3"');
  });
});

describe("what the pages say", () => {
  test("AN-3, E-11 … E-13: which change makes the published difference", () => {
    const page = pages["four-levels.html"];
    const [, first, second] =
      /What makes the published difference: &quot;(.*?)&quot;.*?&quot;(.*?)&quot;/.exec(page)!;
    expect([first, second].sort()).toEqual(["gradient: sum, not mean", "momentum 0.9"]);
    expect(page).toMatch(/The level changes it by nothing/);
  });

  test("AN-4: the answers to all 17 questions", () => {
    const answered = [...pages["four-levels.html"].matchAll(/<strong>(\d+)\. /g)].map(([, n]) => Number(n));
    expect(answered).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  });

  test("E-26: the printed digits come out of the slip", () => {
    expect(pages["l-layer.html"]).toMatch(
      /<td>0\.6931397896985225<\/td><td>0\.6931397896985225<\/td><td>0\.693154955226802/,
    );
  });
});
