/** Every mark of every practical's page is filled, and every function fills a mark. */
import { readFileSync } from "node:fs";
import { html, prose } from "chainrule/report";
import { describe, expect, test } from "vitest";
import { practicalNames } from "../practicals.ts";
import { checkMarks, filled, markdown } from "./page.ts";
import type { Fills } from "./page.ts";

const folder = (name: string): URL => new URL(`../${name}/`, import.meta.url);

describe.each(practicalNames)("%s", (name) => {
  test("every mark has a function, and every function a mark", async () => {
    const { figures } = (await import(`../${name}/figures.ts`)) as { figures: Fills<unknown> };
    expect(() =>
      checkMarks(readFileSync(new URL("page.md", folder(name)), "utf8"), Object.keys(figures)),
    ).not.toThrow();
  });

  test.each(["README.md", "questions.md"])("the mathematics of %s can be typeset", (file) => {
    const { markup } = markdown(readFileSync(new URL(file, folder(name)), "utf8"));
    expect(markup.replace(/<annotation[^]*?<\/annotation>|<code>[^]*?<\/code>/g, "")).not.toContain("$");
  });
});

describe("marks", () => {
  const fills: Fills<{ readonly n: number }> = {
    n: ({ n }) => n,
    large: ({ n }) => n > 10,
    curve: (_, { caption }) => html`<figure>\n<svg></svg><figcaption>${caption}</figcaption></figure>`,
    ends: () => prose("A table."),
    slider: () => ({ html: prose("A slider."), script: "run()" }),
  };
  const source =
    "{{picture curve}}\n\n## One\n\nText of $n$ = {{n}}.\n\n{{figure curve}} For *{{n}}*.\n\n{{table ends}}\n{{table slider}}\n\n## Two\n\n{{if large}}Many.{{else}}Few.{{end}}\n";
  const page = (n: number) => filled(source, fills, { n });

  test("numbers, captions and conditions are filled in", () => {
    const [one, two] = page(3).sections;
    expect([one.title, two.title]).toEqual(["One", "Two"]);
    const markup = one.blocks.map((block) => block.markup).join("");
    expect(markup).toMatch(/<p>Text of <math.*<\/math> = 3\.<\/p>/);
    expect(markup).toContain("<figcaption>For <em>3</em>.</figcaption>");
    expect(two.blocks[0].markup.trim()).toBe("<p>Few.</p>");
    expect(page(11).sections[1].blocks[0].markup.trim()).toBe("<p>Many.</p>");
  });

  test("a single figure stands beside the text above it, blocks of consecutive lines beside each other", () => {
    const [beside, row] = page(3).sections[0].blocks;
    expect(beside.markup).toMatch(/^<div class="columns"><div><p>Text of [^]*<\/div>\n<div><figure>/);
    expect(row.markup).toMatch(/^<div class="columns"><div><p>A table\.<\/p><\/div>\n<div><p>A slider\./);
  });

  test("scripts and the picture come with the page", () => {
    expect(page(3)).toMatchObject({ scripts: ["run()"], picture: { markup: "<svg></svg>" } });
  });

  test.each([
    ["{{figure missing}}", /\{\{figure missing\}\} has no function/],
    [
      "{{missing}} or {{if gone}}{{end}}",
      /\{\{missing\}\} has no function; \{\{gone\}\} has no function|gone.*missing/,
    ],
    ["{{if large}}Many.", /\{\{if large\}\} cannot be read/],
    ["{{end}}", /\{\{end\}\} cannot be read/],
    ["{{figures curve}}", /\{\{figures curve\}\} cannot be read/],
  ])("%s is refused", (fault, message) => {
    expect(() => checkMarks(source + fault, Object.keys(fills))).toThrow(message);
  });

  test("a function without a mark, and a mark of the wrong kind, are refused", () => {
    expect(() => checkMarks(source, [...Object.keys(fills), "unused"])).toThrow(/nothing shows unused/);
    const wrong = (text: string) => () => filled(`${source}\n${text}\n`, fills, { n: 1 });
    expect(wrong("{{large}}")).toThrow(/large is neither a text nor a number/);
    expect(wrong("{{if n}}a{{end}}")).toThrow(/n is not a condition/);
    expect(wrong("{{table n}}")).toThrow(/n is not a figure or table/);
    expect(() => filled("## One\n", fills, { n: 1 })).toThrow(/\{\{picture name\}\} is missing/);
    expect(wrong("$\\frac{1}$")).toThrow(/formula: KaTeX parse error/);
  });
});
