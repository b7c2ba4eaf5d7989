import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, librarySource, root, sourcesBelow, type Import, type Source } from "./code.ts";

/** A file imports from rooms of lower rank or from its own room; rooms of the same rank do not import each other. */
const ranks: Record<string, number> = {
  tensor: 0,
  ops: 1,
  statistics: 1,
  devices: 2,
  graph: 3,
  functional: 4,
  wasm: 4,
  functions: 4,
  conventions: 4,
  formats: 4,
  nn: 5,
  optim: 5,
  data: 5,
  tex: 5,
  plots: 5,
  drawing: 6,
  equations: 6,
  train: 6,
  runs: 7,
  experiments: 7,
  worksheets: 7,
  report: 7,
  grade: 8,
  explain: 8,
  node: 9,
  // The entry `chainrule`, src/index.ts: it exports the core, and no room imports it.
  "": 10,
  // The entries that train a network, bundled into one file.
  bundle: 11,
};

/** The few packages that rooms at the edge use; the core imports none. */
const roomPackages: Record<string, string[]> = {
  formats: ["fflate"],
  // Checks the files of a run; it loads in 4 ms, other libraries in 40.
  runs: ["valibot"],
  data: ["csv-parse"],
  // SHA-256 for the ids of runs, the same in Node and in a page without a secure context.
  experiments: ["@noble/hashes"],
  plots: ["d3-contour", "d3-scale", "d3-scale-chromatic", "d3-shape"],
  // The hash of a page's style sheet, which its security policy names.
  report: ["@noble/hashes"],
};

/** The build bundles what a room uses of these packages; they do not come with the published package. */
const bundled = /^d3-/;

const cliPackages = [
  "chainrule",
  "chainrule-course",
  "commander",
  "@commander-js/extra-typings",
  "cli-progress",
  // The loss as a curve of characters.
  "asciichart",
  // The nearest known name for a mistyped value; commander does so for options and commands only.
  "fastest-levenshtein",
  // Pixels from SVG, and the font for them.
  "@resvg/resvg-js",
  "dejavu-fonts-ttf",
  // The completion of words in bash, zsh and fish.
  "@bomb.sh/tab",
];

/** What the practicals import besides the library and Node. */
const coursePackages = [
  "chainrule",
  // LaTeX to MathML.
  "katex",
  // The tasks and answers are Markdown, and the pages HTML.
  "marked",
];

/** The package's own `#` imports: the source for each condition. */
const subpaths: Record<string, Record<string, Record<string, string>>> = JSON.parse(
  readFileSync(join(root, "packages/chainrule/package.json"), "utf8"),
).imports;

const roomOf = (path: string) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "");
const packageOf = (specifier: string) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0];

/** The faults in the imports of one library file, a line each. */
function libraryFaults({ path, text }: Source): string[] {
  const room = roomOf(path);
  if (!(room in ranks)) return [`${path}: the room ${room}/ has no rank`];
  return importsOf(text).flatMap((one) => {
    if (one.from.startsWith("#")) return subpathFaults(path, one);
    const fault = one.from.startsWith(".") ? relativeFault(path, one) : packageFault(path, one.from);
    return fault === undefined ? [] : [`${path}:${one.line}: ${one.from}: ${fault}`];
  });
}

function relativeFault(path: string, { from, typeOnly }: Import): string | undefined {
  if (!from.endsWith(".ts")) return "an import of a file ends in .ts";
  const target = posix.join(posix.dirname(path), from);
  if (target.startsWith("..")) return "leads out of src";
  const [room, other] = [roomOf(path), roomOf(target)];
  if (!(other in ranks)) return `the room ${other}/ has no rank`;
  if (other === room || ranks[other] < ranks[room]) return undefined;
  // Tensors carry the records and methods of ops; their imports are of types only.
  if (room === "tensor" && other === "ops" && typeOnly) return undefined;
  return `${room}/ (${ranks[room]}) does not see ${other}/ (${ranks[other]})`;
}

/** "#name" is a file of the package that differs between Node and pages; its own room counts. */
function subpathFaults(path: string, { from, line }: Import): string[] {
  const targets = subpaths[from]?.["chainrule-source"];
  if (targets === undefined) return [`${path}:${line}: ${from}: package.json has no such import`];
  const faults = Object.values(targets).flatMap((target) => {
    const relative = posix.relative(posix.dirname(path), target.replace("./src/", ""));
    const fault = relativeFault(path, { from: relative, line, typeOnly: false });
    return fault === undefined ? [] : [`${path}:${line}: ${from}: ${fault}`];
  });
  return faults.slice(0, 1);
}

function packageFault(path: string, from: string): string | undefined {
  if (from.startsWith("node:")) {
    const allowed = roomOf(path) === "node" || path.endsWith(".node.ts");
    return allowed ? undefined : "node: imports live in node/ and in *.node.ts";
  }
  const allowed = roomPackages[roomOf(path)] ?? [];
  return allowed.includes(packageOf(from)) ? undefined : `${roomOf(path)}/ imports no such package`;
}

/** The faults in the imports of one file of the command line or of the course. */
function edgeFaults(where: string, packages: readonly string[], { path, text }: Source): string[] {
  return importsOf(text).flatMap(({ from, line }) => {
    const inside = from.startsWith(".") && !posix.join(posix.dirname(path), from).startsWith("..");
    if (inside && from.endsWith(".ts")) return [];
    if (from.startsWith("node:") || (!from.startsWith(".") && packages.includes(packageOf(from)))) return [];
    return [`${where}/${path}:${line}: ${from}: ${where}/ imports no such thing`];
  });
}

const cliFaults = (source: Source): string[] => edgeFaults("cli", cliPackages, source);

test("the library's imports keep to the ranks, the rooms for node: and the list of packages", () => {
  const sources = sourcesBelow(librarySource);
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.flatMap(libraryFaults)).toEqual([]);
});

test("the command line's imports keep to its list", () => {
  expect(sourcesBelow(join(root, "packages/cli/src")).flatMap(cliFaults)).toEqual([]);
});

test("the course's imports keep to its list", () => {
  const sources = sourcesBelow(join(root, "packages/course/src"));
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.flatMap((source) => edgeFaults("course", coursePackages, source))).toEqual([]);
});

describe("package.json and the rooms agree", () => {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const library = read("packages/chainrule/package.json");
  const entries = Object.entries<Record<string, string>>(library.exports).filter(
    ([name]) => !name.endsWith(".json"),
  );

  test("the packages of the lists are the dependencies", () => {
    const used = [...new Set(Object.values(roomPackages).flat())].sort();
    expect(Object.keys(library.dependencies)).toEqual(used.filter((name) => !bundled.test(name)));
    expect(Object.keys(library.devDependencies)).toEqual(used.filter((name) => bundled.test(name)));
    expect(Object.keys(read("packages/cli/package.json").dependencies).sort()).toEqual(
      [...cliPackages].sort(),
    );
    expect(Object.keys(read("packages/course/package.json").dependencies).sort()).toEqual(
      [...coursePackages].sort(),
    );
  });

  test.each(entries)("%s names its source and its build alike, sources first", (name, targets) => {
    const path = name === "." ? "index" : `${name.slice(2)}/index`;
    expect(Object.entries(targets)).toEqual([
      ["chainrule-source", `./src/${path}.ts`],
      ["types", `./dist/${path}.d.ts`],
      ["default", `./dist/${path}.js`],
    ]);
  });

  test.each(entries)("%s exists and installs the eager evaluator", (_name, targets) => {
    const path = targets["chainrule-source"].replace("./src/", "");
    expect(existsSync(join(librarySource, path)), `${path} is missing`).toBe(true);
    const imports = importsOf(readFileSync(join(librarySource, path), "utf8"));
    const files = imports
      .filter((one) => !one.typeOnly)
      .map((one) => posix.join(posix.dirname(path), one.from));
    expect(files).toContain("graph/eager.ts");
  });

  test("the version is the same everywhere", () => {
    const { version, dependencies } = read("packages/cli/package.json");
    const course = read("packages/course/package.json");
    expect([library.version, course.version]).toEqual([version, version]);
    expect([dependencies.chainrule, dependencies["chainrule-course"]]).toEqual([version, version]);
    expect(course.dependencies.chainrule).toBe(version);
  });
});

describe("finds a planted fault", () => {
  const library = (path: string, text: string) => libraryFaults({ path, text });

  test.each([
    ["upwards", "ops/a.ts", `import { grad } from "../graph/grad.ts";`],
    ["a room of the same rank", "nn/a.ts", `import { Adam } from "../optim/adam.ts";`],
    ["upwards, of a type", "graph/a.ts", `import type { Module } from "../nn/module.ts";`],
    ["a value from tensor/ to ops/", "tensor/a.ts", `import { add } from "../ops/add.ts";`],
    ["a type beside a value", "tensor/a.ts", `import { type Op } from "../ops/define.ts";`],
    ["a re-export", "functions/a.ts", `export * from "../train/train.ts";`],
    ["a dynamic import", "data/a.ts", `const { train } = await import("../train/train.ts");`],
    ["the entry", "train/a.ts", `import { tensor } from "../index.ts";`],
    ["the package itself", "train/a.ts", `import { tensor } from "chainrule";`],
    ["a room without a rank", "utils/a.ts", `export const a = 1;`],
    ["a target without a rank", "train/a.ts", `import { a } from "../helpers/a.ts";`],
    ["out of src", "node/a.ts", `import json from "../../package.json";`],
    ["a missing ending", "nn/a.ts", `import { a } from "./b";`],
    ["node: in a pure room", "data/a.ts", `import { readFileSync } from "node:fs";`],
    ["a package in the core", "graph/a.ts", `import { gunzipSync } from "fflate";`],
    ["a package in the entry", "index.ts", `import { gunzipSync } from "fflate";`],
    ["an import that package.json lacks", "devices/a.ts", `import { a } from "#nothing";`],
    [
      "an import of the package from a lower room",
      "ops/a.ts",
      `import { startWorker } from "#start-worker";`,
    ],
    ["an unprefixed builtin", "node/a.ts", `import fs from "fs";`],
  ])("%s", (_what, path, text) => {
    expect(library(path, `// a comment\n${text}`)).toHaveLength(1);
  });

  test.each([
    ["another package", `import chalk from "chalk";`],
    ["into the library by path", `import { tensor } from "../../chainrule/src/index.ts";`],
  ])("the command line: %s", (_what, text) => {
    expect(cliFaults({ path: "main.ts", text })).toHaveLength(1);
  });

  test("accepts allowed imports", () => {
    expect(library("tensor/a.ts", `import type { Op } from "../ops/define.ts";`)).toEqual([]);
    expect(library("formats/npz.ts", `import { zipSync } from "fflate";`)).toEqual([]);
    expect(library("node/a.ts", `import fs from "node:fs"; import { a } from "../train/a.ts";`)).toEqual([]);
    expect(library("devices/clock.node.ts", `import os from "node:os";`)).toEqual([]);
    expect(library("ops/a.ts", `// import "../graph/a.ts"\nimport "./b.ts";`)).toEqual([]);
    expect(
      cliFaults({ path: "commands/a.ts", text: `import { tensor } from "chainrule/nn"; import "../b.ts";` }),
    ).toEqual([]);
  });
});
