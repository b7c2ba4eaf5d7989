import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOnly, librarySource, sourcesBelow } from "./code.ts";
import { checkedProgram, checks, examplesOf } from "./examples.ts";
import { SnippetFolder } from "./snippets.ts";

const sources = sourcesBelow(librarySource);
const examples = sources.flatMap(({ path, text }) =>
  examplesOf(text).map(({ line, code }) => ({
    name: `${path}:${line}`,
    path,
    file: `${path.replace(/\W/g, "-")}-${line}.ts`,
    code,
  })),
);

/** The declared exports of each file: name → whether it is a value. */
const exported = new Map(
  sources.map(({ path, text }) => [
    path,
    new Map(
      [...codeOnly(text).matchAll(/^export (?:declare )?(?:async )?(abstract class|\w+)\*? ([\w$]+)/gm)].map(
        ([, kind, name]) => [name, kind !== "type" && kind !== "interface"],
      ),
    ),
  ]),
);

/**
 * Imports for the library's names in an example: names of its own file first, then names that only one file exports.
 */
function importsFor(path: string, code: string): string {
  const bare = codeOnly(code);
  // Names of properties, after a dot or before a colon, are not imported.
  const names = new Set([...bare.matchAll(/(?<![.\w$])[A-Za-z_$][\w$]*(?![\w$]|:)/g)].map(([name]) => name));
  const declared =
    /\b(?:const|let|function|class)\s+(?:\{([^}]*)\}|\[([^\]]*)\]|([\w$]+))|\bimport\b([^;"]*)/g;
  for (const match of bare.matchAll(declared)) {
    for (const [name] of match
      .slice(1)
      .join(" ")
      .matchAll(/[\w$]+/g))
      names.delete(name);
  }
  const lines = [...names].flatMap((name) => {
    const own = exported.get(path)!.has(name) ? [path] : [];
    const homes =
      own.length > 0 ? own : [...exported].filter(([, all]) => all.has(name)).map(([home]) => home);
    if (homes.length !== 1) return [];
    const type = exported.get(homes[0])!.get(name) ? "" : "type ";
    return [`import { ${type}${name} } from ${JSON.stringify(join(librarySource, homes[0]))};\n`];
  });
  return `import "chainrule";\nimport { check, checkThrows } from "./checks.ts";\n${lines.join("")}`;
}

const runner = `
const results: Record<string, string> = {};
const print = console.log;
console.log = () => {};
for (const file of process.argv[2].split(",")) {
  try {
    await import("./" + file);
    results[file] = "";
  } catch (error) {
    results[file] = String(error);
  }
}
print(JSON.stringify(results));
`;

let folder: SnippetFolder;
let typeErrors: Map<string, string[]>;
let results: Record<string, string>;

async function runAll(into: SnippetFolder, files: readonly string[]): Promise<Record<string, string>> {
  into.write("checks.ts", checks);
  into.write("runner.ts", runner.replace("process.argv[2]", JSON.stringify(files.join(","))));
  const { code, stdout, stderr } = await into.run("runner.ts");
  if (code !== 0) throw new Error(`the examples ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  folder = new SnippetFolder();
  for (const { path, file, code } of examples)
    folder.write(file, importsFor(path, code) + checkedProgram(code));
  results = await runAll(
    folder,
    examples.map(({ file }) => file),
  );
  typeErrors = await folder.typeErrors();
});
afterAll(() => folder.remove());

test.each(examples)("the example at $name states its real results", ({ file }) => {
  expect(typeErrors.get(file) ?? []).toEqual([]);
  expect(results[file]).toBe("");
});

describe("reading examples", () => {
  test("finds them in docstrings, line by line", () => {
    const text = `/** One.\n * @example add(1, 2); // 3\n */\n/**\n * @throws no\n * @example\n * const x = f({\n *   a: 1,\n * });\n *\n * x; // 2\n * @returns x\n */\n// @example no\n`;
    expect(examplesOf(text)).toEqual([
      { line: 2, code: "add(1, 2); // 3" },
      { line: 6, code: "const x = f({\n  a: 1,\n});\n\nx; // 2" },
    ]);
  });

  test("turns statements with a comment into checks", () => {
    const code = `const a = 1; // one\nf(\n  a,\n).g; // [ 2 ]\nx\n  .y("//") // 3\nconsole.log(a, 2); // 1 2\nh(); // throws ShapeError: no\nf("// 1");`;
    expect(checkedProgram(code)).toBe(
      `const a = 1; // one\ncheck([f(\n  a,\n).g], "[ 2 ]");\ncheck([x\n  .y("//")], "3");\ncheck([a, 2], "1 2");\n` +
        `await checkThrows(async () => (h()), "throws ShapeError: no");\nf("// 1");`,
    );
  });

  test("a wrong statement fails, and a right one passes", async () => {
    const planted = new SnippetFolder();
    const wrong = [
      "1 + 1; // 3",
      "1 / 3; // ≈ 0.334",
      `"a"; // b`,
      "[1]; // [ 1, 2 ]",
      "null!; // throws TypeError",
    ];
    const right = ["1 + 1; // 2", "1 / 3; // ≈ 0.333", `"a"; // a`, `"a"; // "a"`, "[1, 2]; // [1, 2]"];
    right.push(
      "void 0; // done",
      "new Float64Array(2); // Float64Array [0, 0]",
      "(null as any).x; // throws TypeError: null",
    );
    const program = (code: string) =>
      `import { check, checkThrows } from "./checks.ts";\n${checkedProgram(code)}`;
    wrong.forEach((code, i) => planted.write(`wrong-${i}.ts`, program(code)));
    right.forEach((code, i) => planted.write(`right-${i}.ts`, program(code)));
    const files = [...wrong.keys()]
      .map((i) => `wrong-${i}.ts`)
      .concat([...right.keys()].map((i) => `right-${i}.ts`));
    const outcome = await runAll(planted, files);
    for (const file of files) {
      if (file.startsWith("right")) expect(outcome[file], file).toBe("");
      else expect(outcome[file], file).toMatch(/states/);
    }
    planted.remove();
  });
});
