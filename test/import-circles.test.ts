/** Circular imports, including imports of types: the files of a circle can only be understood together. */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, root, sourcesBelow } from "./code.ts";
import type { Source } from "./code.ts";

const subpaths: Record<string, { "chainrule-source": Record<string, string> }> = JSON.parse(
  readFileSync(join(root, "packages/chainrule/package.json"), "utf8"),
).imports;

/**
 * The files that a file imports, as paths from the same folder. A `#` name leads to one file for Node and one for
 * pages.
 */
function targetsOf({ path, text }: Source): string[] {
  return importsOf(text).flatMap(({ from }) => {
    if (from.startsWith(".")) return posix.join(posix.dirname(path), from);
    const files = Object.values(subpaths[from]?.["chainrule-source"] ?? {});
    return files.map((file) => posix.relative("src", file));
  });
}

/** A graph: for each name the names to which it leads. */
type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

function arrowsOf(sources: readonly Source[], nameOf: (path: string) => string = (path) => path): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const source of sources) {
    const from = nameOf(source.path);
    const to = arrows.get(from) ?? new Set();
    arrows.set(from, to);
    for (const target of targetsOf(source)) if (nameOf(target) !== from) to.add(nameOf(target));
  }
  return arrows;
}

/** A circle for each edge that closes one, as the names along it. */
function circlesOf(arrows: Arrows): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) circles.push([...path.slice(start), name].join(" → "));
    if (start >= 0 || done.has(name)) return;
    for (const next of arrows.get(name) ?? []) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of arrows.keys()) visit(name, []);
  return circles;
}

const device = "devices/wasm/";
const sources = sourcesBelow(join(root, "packages/chainrule/src")).filter(({ path }) =>
  path.startsWith(device),
);

describe("the WebAssembly device", () => {
  test("its files have no circular imports", () => {
    expect(circlesOf(arrowsOf(sources))).toEqual([]);
  });

  /** The rooms from the lowest up; the files beside them are the top. */
  const rooms = ["memory", "worker", "kernels", "lower", "plan"];
  const roomOf = (path: string): string => {
    const parts = path.startsWith(device) ? path.slice(device.length).split("/") : ["outside"];
    return parts.length > 1 ? parts[0] : path.startsWith(device) ? "top" : "outside";
  };

  test("a room imports from the rooms below it", () => {
    const order = ["outside", ...rooms, "top"];
    const arrows = arrowsOf(sources, roomOf);
    expect([...arrows.keys()].toSorted()).toEqual([...rooms, "top"].toSorted());
    const upwards = [...arrows].flatMap(([from, targets]) =>
      [...targets].filter((to) => order.indexOf(to) >= order.indexOf(from)).map((to) => `${from} → ${to}`),
    );
    expect(upwards).toEqual([]);
  });

  test("every import leads to a file", () => {
    const missing = sources.flatMap((source) =>
      targetsOf(source).filter((target) => !existsSync(join(root, "packages/chainrule/src", target))),
    );
    expect(missing).toEqual([]);
  });
});

test.each(["packages/cli/src", "packages/chainrule/src/runs"])(
  "%s: its files import in no circle",
  (folder) => {
    const found = sourcesBelow(join(root, folder));
    expect(found.length).toBeGreaterThan(10);
    expect(circlesOf(arrowsOf(found))).toEqual([]);
  },
);

describe("finds a planted circle", () => {
  const files = (texts: Record<string, string>): Source[] =>
    Object.entries(texts).map(([path, text]) => ({ path, text }));

  test("of values, of types, and through a third file", () => {
    const two = files({ "a.ts": `import { b } from "./b.ts";`, "b.ts": `import type { A } from "./a.ts";` });
    expect(circlesOf(arrowsOf(two))).toEqual(["a.ts → b.ts → a.ts"]);
    const three = files({
      "x/a.ts": `export * from "../y/b.ts";`,
      "y/b.ts": `import type { C } from "./c.ts";`,
      "y/c.ts": `const a = await import("../x/a.ts");`,
    });
    expect(circlesOf(arrowsOf(three))).toEqual(["x/a.ts → y/b.ts → y/c.ts → x/a.ts"]);
    expect(circlesOf(arrowsOf(three, (path) => path.split("/")[0]))).toEqual(["x → y → x"]);
  });

  test("through a name of package.json", () => {
    const [target] = Object.values(subpaths["#inflate"]["chainrule-source"]);
    const path = target.replace("./src/", "");
    const two = files({
      "a.ts": `import { inflate } from "#inflate";`,
      [path]: `import "${posix.relative(posix.dirname(path), "a.ts")}";`,
    });
    expect(circlesOf(arrowsOf(two))).toEqual([`a.ts → ${path} → a.ts`]);
  });

  test("and two ways to one file are not a circle", () => {
    const diamond = files({
      "a.ts": `import "./b.ts"; import "./c.ts";`,
      "b.ts": `import "./d.ts";`,
      "c.ts": `import "./d.ts";`,
      "d.ts": "",
    });
    expect(circlesOf(arrowsOf(diamond))).toEqual([]);
  });
});
