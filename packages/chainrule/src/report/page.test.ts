import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { all, named, parseXml, textOf, withClass } from "../../../../test/xml.ts";
import type { XmlElement } from "../../../../test/xml.ts";
import { contrast } from "../plots/theme.ts";
import { line, scatter } from "../plots/index.ts";
import { sharedStyle, withoutStyle } from "../plots/embed.ts";
import {
  barFigure,
  code,
  columns,
  confusionFigure,
  facts,
  folded,
  formula,
  heatMapFigure,
  html,
  imageGridFigure,
  keyMetrics,
  lineFigure,
  list,
  note,
  page,
  prose,
  scatterFigure,
  steps,
  subsection,
  table,
} from "./index.ts";
import type { Html } from "./index.ts";
import { pageStyle } from "./style.ts";

const parsed = (text: string): XmlElement => parseXml(text.replace(/^<!doctype html>/, ""));
const fragment = (block: Html): XmlElement => parseXml(`<div>${block.markup}</div>`);
const rowsOf = (node: XmlElement): string[][] =>
  named(node, "tr").map((row) =>
    all(row, (one) => one.name === "th" || one.name === "td").map((cell) => textOf(cell)),
  );

/** A page with a block of every kind, all of whose texts are the given one. */
function everyBlock(text: string): string {
  const [x, y] = [{ label: text }, { label: text }];
  const grid = { from: 0, to: 1, count: 2 };
  const name = text || "series";
  return page({
    title: text,
    kicker: text,
    lead: [text, text],
    head: [keyMetrics([{ name: text, value: text, detail: text }])],
    footer: text,
    sections: [
      { title: text, blocks: [prose(text, html`<em>${text}</em>`), list([text]), steps([text]), note(text)] },
      { title: text, blocks: [facts([[text, text]]), code(text, text), folded(text, prose(text))] },
      { title: text, blocks: [table({ caption: text, columns: [text], rows: [[text], [null], [1]] })] },
      {
        title: text,
        blocks: [
          subsection(text, note(text, "warning")),
          columns(
            lineFigure({ title: text, x, y, series: [{ name, y: [1, 2] }] }, { caption: text }),
            scatterFigure({
              title: text,
              x,
              y,
              sets: [{ name, x: [1], y: [2], classes: [0] }],
              classNames: [text],
            }),
            heatMapFigure({
              title: text,
              x,
              y,
              values: [1, 2, 3, 4],
              columns: grid,
              rows: grid,
              valueLabel: text,
            }),
            imageGridFigure({ title: text, images: [{ values: [1], caption: text }], size: [1, 1] }),
            barFigure({ title: text, value: x, labels: [text], series: [{ name, values: [1] }] }),
            confusionFigure({ title: text, counts: [[1]], classNames: [text] }),
            formula("<math><mi>x</mi></math>"),
          ),
        ],
      },
    ],
  });
}

const shape = (node: XmlElement): string =>
  all(node)
    .map((one) => `${one.name} ${one.attributes.class ?? ""}`)
    .join("\n");

describe("a page", () => {
  const text = everyBlock("Words");
  const document = parsed(text);

  test("asks for nothing and runs nothing", () => {
    expect(all(document, (one) => ["script", "iframe", "object", "embed", "img"].includes(one.name))).toEqual(
      [],
    );
    const attributes = all(document).flatMap((one) => Object.entries(one.attributes));
    expect(attributes.filter(([name]) => name === "style" || name.startsWith("on"))).toEqual([]);
    const addresses = attributes
      .filter(([name]) => name === "href" || name === "src")
      .map(([, value]) => value);
    expect(addresses.filter((one) => !one.startsWith("#") && one !== "data:,")).toEqual([]);
    expect(text).not.toMatch(/url\(|@import/);
  });

  test("has one style sheet, which its policy names by hash, and no other source", () => {
    const styles = named(document, "style");
    expect(styles).toHaveLength(1);
    const sheet = /<style>([^<]*)<\/style>/.exec(text)![1];
    const hash = createHash("sha256").update(sheet).digest("base64");
    const [policy] = all(document, (one) => one.attributes["http-equiv"] === "Content-Security-Policy");
    expect(policy.attributes.content).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
  });

  test("has landmarks, one h1, headings without a gap, and names that lead somewhere", () => {
    expect(named(document, "main")).toHaveLength(1);
    expect(named(document, "h1").map(textOf)).toEqual(["Words"]);
    const levels = all(document, (one) => /^h[1-6]$/.test(one.name)).map((one) => Number(one.name[1]));
    levels.forEach((level, i) => expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1));
    const ids = all(document).flatMap(({ attributes }) =>
      attributes.id === undefined ? [] : [attributes.id],
    );
    expect(new Set(ids).size).toBe(ids.length);
    const targets = all(document).flatMap(({ attributes }) => [
      ...(attributes.href?.startsWith("#") ? [attributes.href.slice(1)] : []),
      ...(attributes["aria-labelledby"] === undefined ? [] : [attributes["aria-labelledby"]]),
    ]);
    // the skip link, four sections in the contents and their four headings
    expect(targets).toHaveLength(9);
    expect(ids).toEqual(expect.arrayContaining(targets));
  });

  test("says what a reader of three sections needs no contents for", () => {
    const sections = ["a", "b", "c"].map((title) => ({ title, blocks: [] }));
    expect(page({ title: "t", sections })).not.toContain("<nav");
    expect(page({ title: "t", sections, contents: true })).toContain('<a href="#b">b</a>');
  });

  test("gives sections of one title different anchors, and refuses one id twice", () => {
    const ids = (sections: { title: string; id?: string }[]) =>
      named(
        parsed(page({ title: "t", sections: sections.map((one) => ({ ...one, blocks: [] })) })),
        "section",
      ).map((one) => one.attributes.id);
    expect(ids([{ title: "Loss" }, { title: "loss!" }, { title: "±" }])).toEqual([
      "loss",
      "loss-2",
      "section-3",
    ]);
    expect(() =>
      ids([
        { title: "a", id: "x" },
        { title: "b", id: "x" },
      ]),
    ).toThrow(/two sections have the anchor "x"/);
    expect(() => page({ title: "t", sections: [], language: 'en" onload="' })).toThrow(/language/);
  });

  test("whatever the texts, they stay texts", () => {
    const plain = shape(document);
    const hostile = ["</style><script>alert(1)</script>", `" onclick="x`, "<!--", "&amp;", "a&b<c>'d'"];
    for (const one of hostile) expect(shape(parsed(everyBlock(one)))).toBe(plain);
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20, unit: "binary" }), (one) => {
        const document = parsed(everyBlock(one));
        expect(named(document, "script")).toEqual([]);
        expect(named(document, "h1")).toHaveLength(1);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe("figures in a page", () => {
  const options = { title: "t", x: { label: "epoch" }, y: { label: "loss" } };

  test("have no style of their own, and the page's sheet colours them as theirs did", () => {
    const own = [
      line({ ...options, series: [{ name: "a", y: [1, 2] }] }),
      scatter({ ...options, sets: [{ name: "b", x: [1], y: [2] }] }),
    ];
    const shared = sharedStyle(own.map(withoutStyle).join(""));
    for (const svg of own) {
      expect(withoutStyle(svg)).not.toMatch(/<style| style=/);
      const sheet = /<style>([^<]*)<\/style>/.exec(svg)![1];
      expect(shared).toContain(sheet);
    }
    const image = imageGridFigure({ title: "t", images: [{ values: [0, 1] }], size: [1, 2] }).markup;
    expect(sharedStyle(image)).toMatch(/\.cr-grey-0\{fill:#000000\}/);
  });

  test("curves of one x are columns of one table", () => {
    const series = [
      { name: "train", y: [3, 2], low: [2, 1], high: [4, 3] },
      { name: "test", y: [5, NaN] },
    ];
    const node = fragment(lineFigure({ ...options, series }, { caption: "It falls." }));
    expect(rowsOf(node)).toEqual([
      ["epoch", "train", "train, low", "train, high", "test"],
      ["0", "3", "2", "4", "5"],
      ["1", "2", "1", "3", "NaN"],
    ]);
    expect(textOf(named(node, "figcaption")[0])).toContain("It falls.");
    expect(textOf(named(node, "summary")[0])).toBe("Data table: t");
  });

  test("curves of different x share the places they have, and are rows where one comes by an x twice", () => {
    const b = { name: "b", x: [2, 4], y: [5, 6] };
    expect(
      rowsOf(fragment(lineFigure({ ...options, series: [{ name: "a", x: [1, 2], y: [3, 2] }, b] }))),
    ).toEqual([
      ["epoch", "a", "b"],
      ["1", "3", ""],
      ["2", "2", "5"],
      ["4", "", "6"],
    ]);
    expect(
      rowsOf(fragment(lineFigure({ ...options, series: [{ name: "a", x: [1, 1], y: [3, 2] }, b] }))),
    ).toEqual([
      ["series", "epoch", "loss"],
      ["a", "1", "3"],
      ["a", "1", "2"],
      ["b", "2", "5"],
      ["b", "4", "6"],
    ]);
  });

  test("points tell set and class", () => {
    const sets = [{ name: "train", x: [1, 2], y: [3, 4], classes: [1, 0] }];
    expect(rowsOf(fragment(scatterFigure({ ...options, sets, classNames: ["in", "out"] })))).toEqual([
      ["set", "class", "epoch", "loss"],
      ["train", "out", "1", "3"],
      ["train", "in", "2", "4"],
    ]);
  });

  test("a heat map's table goes downwards as the picture does, at eleven places at most", () => {
    const two = { from: 0, to: 1, count: 2 };
    const small = heatMapFigure({
      ...options,
      values: [1, 2, 3, 4],
      columns: two,
      rows: two,
      valueLabel: "P",
    });
    expect(rowsOf(fragment(small))).toEqual([
      ["loss \\ epoch", "0", "1"],
      ["1", "3", "4"],
      ["0", "1", "2"],
    ]);
    const many = { from: 0, to: 60, count: 61 };
    const values = Float32Array.from({ length: 61 * 61 }, (_, i) => i % 61);
    const rows = rowsOf(
      fragment(heatMapFigure({ ...options, values, columns: many, rows: many, valueLabel: "P" })),
    );
    expect(rows.length).toBe(12);
    expect(rows[1]).toEqual(["60", "0", "6", "12", "18", "24", "30", "36", "42", "48", "54", "60"]);
  });

  test("images tell their captions and values, or what their maker says", () => {
    const images = [{ values: [0, 1], caption: "7 as 1", wrong: true }, { values: [2, 4] }];
    const grid = { title: "t", images, size: [1, 2] } as const;
    expect(rowsOf(fragment(imageGridFigure(grid)))).toEqual([
      ["image", "caption", "smallest value", "mean", "largest value"],
      ["1", "7 as 1 (wrong)", "0", "0.5", "1"],
      ["2", "", "2", "3", "4"],
    ]);
    const data = { caption: "units", columns: ["unit"], rows: [["1"]] };
    expect(rowsOf(fragment(imageGridFigure(grid, { data })))).toEqual([["unit"], ["1"]]);
  });

  test("bars and confusion matrices tell their numbers", () => {
    const series = [{ name: "test", values: [0.5, 0.25], errors: [0.1, 0.2] }];
    const bars = barFigure({ title: "t", value: { label: "accuracy" }, labels: ["SGD", "Adam"], series });
    expect(rowsOf(fragment(bars)).slice(1)).toEqual([
      ["SGD", "0.5", "0.1"],
      ["Adam", "0.25", "0.2"],
    ]);
    const counts = [
      [8, 2],
      [1, 9],
    ];
    expect(rowsOf(fragment(confusionFigure({ title: "t", counts, classNames: ["a", "b"] })))).toEqual([
      ["true class", "a", "b"],
      ["a", "8", "2"],
      ["b", "1", "9"],
    ]);
  });

  test("long tables leave rows out, and say so", () => {
    const node = fragment(
      lineFigure({ ...options, series: [{ name: "a", y: Array.from({ length: 1000 }, (_, i) => i) }] }),
    );
    const rows = rowsOf(node);
    expect(rows.slice(0, 3).concat(rows.slice(-1))).toEqual([
      ["epoch", "a"],
      ["0", "0"],
      ["6", "6"],
      ["999", "999"],
    ]);
    expect(textOf(named(node, "caption")[0]).trim()).toBe("t (168 of 1000 rows: every 6th and the last)");
  });
});

describe("tables", () => {
  test("take exponents, spreads, intervals and units for numbers, and give them true minus signs", () => {
    const rows = [
      ["a", "5.5e-16", "0.9 ± 0.02", "-0.1 … 0.05", "96.1 %", "3 of 4"],
      ["b", "-1", "1 ± 0", "", "2 s", "1-2"],
    ];
    const node = fragment(table({ caption: "c", columns: ["run", "p", "q", "r", "s", "t"], rows }));
    const cells = withClass(node, "number").map(textOf);
    expect([cells.slice(0, 4), cells.slice(4, 8), cells.slice(8)]).toEqual([
      ["p", "q", "r", "s"],
      ["5.5e-16", "0.9 ± 0.02", "−0.1 … 0.05", "96.1 %"],
      ["−1", "1 ± 0", "", "2 s"],
    ]);
  });

  test("put numbers to the right, columns with words to the left", () => {
    const rows = [
      ["SGD", 0.1, "falls", null],
      ["Adam", 0.25, 3, 12345678],
    ];
    const node = fragment(table({ caption: "c", columns: ["rule", "loss", "remark", "count"], rows }));
    expect(withClass(node, "number").map(textOf)).toEqual([
      "loss",
      "count",
      "0.1",
      "",
      "0.25",
      "1.23457×10⁷",
    ]);
    expect(all(node, (one) => one.attributes.scope === "row").map(textOf)).toEqual(["SGD", "Adam"]);
  });

  test("refuse rows of another length", () => {
    expect(() => table({ caption: "c", columns: ["a"], rows: [[1, 2]] })).toThrow(
      /row 0 of "c" has 2 cells for 1 columns/,
    );
  });
});

test("formulas are MathML, inside a line or on a line of their own", () => {
  const x = "<math><mi>x</mi></math>";
  expect(formula(x, { inline: true }).markup).toBe(x);
  const [block] = named(parseXml(formula(x).markup), "div");
  expect(block.attributes).toMatchObject({ class: "formula", tabindex: "0" });
  expect(named(block, "mi").map(textOf)).toEqual(["x"]);
  for (const wrong of ["x^2", "<mi>x</mi>", "<math>x"])
    expect(() => formula(wrong)).toThrow(/formula: takes MathML, <math>…<\/math>, got/);
  expect(() => formula(x, { inlne: true } as object)).toThrow(/formula: .*inlne.*inline/);
});

test.each(["light", "dark"] as const)("%s: texts of the page stand out from what is behind them", (theme) => {
  const rules = [...pageStyle.matchAll(/:root\{([^}]*)\}/g)].map(([, rule]) =>
    Object.fromEntries(rule.split(";").map((pair) => pair.slice(2).split(":"))),
  );
  const colours = rules[theme === "light" ? 0 : 1];
  for (const behind of [colours.paper, colours.panel, colours.warning])
    for (const text of [colours.ink, colours.muted, colours.accent])
      if (!(behind === colours.warning && text !== colours.ink))
        expect(contrast(text, behind)).toBeGreaterThanOrEqual(4.5);
});

describe("the pages of a site, and scripts", () => {
  const options = { title: "T", sections: [{ title: "S", blocks: [prose("Words.")] }] };

  test("links lead to the other pages, and the page's own is marked", () => {
    const pages = [{ title: "Start", href: "index.html" }, { title: "T" }];
    const [nav] = withClass(parsed(page({ ...options, pages })), "site");
    expect(named(nav, "a").map((one) => [one.attributes.href, textOf(one)])).toEqual([
      ["index.html", "Start"],
    ]);
    expect(named(nav, "span").map((one) => one.attributes["aria-current"])).toEqual(["page"]);
  });

  test("the policy names each script by its hash, and there is no script-src without one", () => {
    const scripts = ['document.title = "a";', "const b = 1 > 0;"];
    const text = page({ ...options, scripts });
    const hashes = scripts.map((one) => `'sha256-${createHash("sha256").update(one).digest("base64")}'`);
    const policy = text.match(/Content-Security-Policy" content="([^"]*)"/)![1].replaceAll("&#39;", "'");
    expect(policy).toContain(`script-src ${hashes.join(" ")}; `);
    for (const one of scripts) expect(text).toContain(`<script>${one}</script>`);
    expect(page(options)).not.toContain("script");
  });

  test.each(["a</script>b", "a<!--b", "<SCRIPT>"])("%s is refused as a script", (script) => {
    expect(() => page({ ...options, scripts: [script] })).toThrow(/must not contain/);
  });
});

test("a table that is wider than the page shows shadows at the sides that hide more, and is smaller on a phone", () => {
  const scroll = /\.scroll\{[^}]*background:([^}]*)\}/.exec(pageStyle)![1];
  expect([scroll.match(/ local/g), scroll.match(/ scroll/g)].map((found) => found?.length)).toEqual([2, 2]);
  expect(/@media \(max-width:30rem\)\{.*?\}\}/.exec(pageStyle)![0]).toContain("table{font-size:.85rem}");
});

test("a word in a table stays whole where the column is narrow", () => {
  const { markup } = table({
    caption: "Runs",
    columns: ["run", "net", "note"],
    rows: [["a-1", "2-16-2", "two words"]],
  });
  expect(markup).toContain(
    '<th scope="row" class="whole">a-1</th><td class="whole">2-16-2</td><td>two words</td>',
  );
  expect(page({ title: "t", sections: [] })).toContain(".whole{white-space:nowrap}");
});
