import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./code.ts";
import { anchorsOf, linksOf, readPage, type Block } from "./markdown.ts";
import { SnippetFolder } from "./snippets.ts";

/** Pages whose TypeScript blocks are run. A block is a whole program. */
const readmes = globSync("packages/*/README.md", { cwd: root }).sort();
const programPages = [
  "README.md",
  "ARCHITECTURE.md",
  ...readmes,
  ...globSync("docs/**/*.md", { cwd: root }).sort(),
];
const pages = [...programPages, "CONTRIBUTING.md", "CHANGELOG.md"];

/** The faults of a block's tags. */
function tagFault({ language, info }: Block): string | undefined {
  if (["typescript", "js", "javascript", "tsx", "mts"].includes(language)) {
    return "programs are tagged ts, so that they are run";
  }
  if (language !== "ts" || info === "") return undefined;
  const [tag, ...reason] = info.split(/\s+/);
  if (tag !== "no-run") return `unknown tag ${tag}; there is only "no-run"`;
  return reason.length < 2 ? "no-run needs a reason after it" : undefined;
}

/** The broken links of a page; links to other sites are not checked. */
function brokenLinks(page: string, text: string): string[] {
  return linksOf(readPage(text).prose).flatMap(({ target, line }) => {
    if (/^[a-z]+:/i.test(target)) return [];
    const [path, anchor] = target.split("#");
    const file = path === "" ? page : join(dirname(page), decodeURIComponent(path));
    const absolute = join(root, file);
    if (path !== "" && !existsSync(absolute)) return [`${page}:${line}: ${target}: no such file`];
    if (anchor === undefined) return [];
    if (!file.endsWith(".md") || statSync(absolute).isDirectory())
      return [`${page}:${line}: ${target}: no page`];
    const own = path === "" ? text : readFileSync(absolute, "utf8");
    return anchorsOf(readPage(own).prose).has(anchor) ? [] : [`${page}:${line}: ${target}: no such heading`];
  });
}

const existing = pages.filter((page) => existsSync(join(root, page)));
const texts = new Map(existing.map((page) => [page, readFileSync(join(root, page), "utf8")]));
const programs = programPages.flatMap((page) =>
  readPage(texts.get(page) ?? "")
    .blocks.filter((block) => block.language === "ts")
    .map((block, i) => ({
      name: `${page}:${block.line}`,
      file: `${page.replace(/\W/g, "-")}-${i}.ts`,
      block,
    })),
);

let folder: SnippetFolder;
let typeErrors: Map<string, string[]>;
beforeAll(async () => {
  folder = new SnippetFolder();
  for (const { file, block } of programs) folder.write(file, block.code);
  typeErrors = programs.length > 0 ? await folder.typeErrors() : new Map();
});
afterAll(() => folder.remove());

test.each(existing)("%s has correct tags and no broken links", (page) => {
  const text = texts.get(page)!;
  const faults = readPage(text).blocks.flatMap((block) => {
    const fault = tagFault(block);
    return fault === undefined ? [] : [`${page}:${block.line}: ${fault}`];
  });
  expect([...faults, ...brokenLinks(page, text)]).toEqual([]);
});

test("C8: each published package has a README for those who installed it", () => {
  expect(readmes).toHaveLength(3);
  for (const page of readmes) {
    const { name } = JSON.parse(readFileSync(join(root, dirname(page), "package.json"), "utf8"));
    const { blocks, prose } = readPage(texts.get(page)!);
    expect(blocks[0].code, page).toMatch(new RegExp(`^npm install .*\\b${name}\\b`));
    expect(texts.get(page)).not.toMatch(/npm (ci|start|test)\b/);
    // the registry shows the page without the checkout's files
    expect(linksOf(prose).filter(({ target }) => !/^[a-z]+:/i.test(target))).toEqual([]);
  }
});

describe("the programs of the pages", () => {
  test.each(programs)("$name type-checks", ({ file }) => {
    expect(typeErrors.get(file) ?? []).toEqual([]);
  });

  const runnable = programs.filter(({ block }) => block.info === "");
  test.each(runnable)("$name runs and prints what the page says", async ({ file, block }) => {
    const { code, stdout, stderr } = await folder.run(file);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    if (block.output !== undefined) expect(stdout.trimEnd()).toBe(block.output.trimEnd());
  });

  test("a wrong program fails: by its types, by its error, by its output", async () => {
    const planted = new SnippetFolder();
    planted.write("types.ts", `const n: number = "one";\nconsole.log(n);\n`);
    planted.write("ending.ts", `throw new Error("no");\n`);
    planted.write("right.ts", `console.log(1);\n`);
    const errors = await planted.typeErrors();
    expect([...errors.keys()]).toEqual(["types.ts"]);
    expect((await planted.run("ending.ts")).code).toBe(1);
    expect(await planted.run("right.ts")).toEqual({ code: 0, stdout: "1\n", stderr: "" });
    planted.remove();
  });
});

describe("reading a page", () => {
  const fence = "```";

  test("finds blocks, their tags and the output that follows", () => {
    const text = `# A\n\n${fence}ts\na;\n\nb;\n${fence}\n\n${fence}text\n1\n${fence}\nwords\n${fence}text\n2\n${fence}\n1. c\n\n   ${fence}ts no-run it asks the network\n   d;\n   ${fence}\n`;
    expect(readPage(text).blocks).toEqual([
      { line: 3, language: "ts", info: "", code: "a;\n\nb;\n", output: "1\n" },
      { line: 9, language: "text", info: "", code: "1\n" },
      { line: 13, language: "text", info: "", code: "2\n" },
      { line: 18, language: "ts", info: "no-run it asks the network", code: "d;\n" },
    ]);
    expect(() => readPage(`${fence}ts\na;`)).toThrow("line 1");
  });

  test.each([
    ["ts", "no-run"],
    ["ts", "no-run later"],
    ["ts", "skip it is slow"],
    ["typescript", ""],
    ["js", ""],
  ])("refuses a block tagged %s %s", (language, info) => {
    expect(tagFault({ language, info, line: 1, code: "" })).toBeDefined();
  });

  test("finds broken links", () => {
    const text = `# A b\n[1](#a-b) [2](#c) [3](LICENSE) [4](no.md) ![5](no.png) [6](https://example.org/no)\n\`[7](no)\`\n[8]: no.md\n`;
    expect(brokenLinks("README.md", text)).toEqual([
      "README.md:2: #c: no such heading",
      "README.md:2: no.md: no such file",
      "README.md:2: no.png: no such file",
      "README.md:4: no.md: no such file",
    ]);
  });

  test("names anchors like GitHub", () => {
    const anchors = anchorsOf(
      "# What is `chainrule`?\n## The one idea\n### The one idea\n## ½ & [link](x.md)\n",
    );
    expect([...anchors]).toEqual(["what-is-chainrule", "the-one-idea", "the-one-idea-1", "½--link"]);
  });
});
