/**
 * What an editor shows about a name: TypeScript's language service is asked for every exported function and class, and for
 * every method of a class, in a program like a user's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { librarySource, root } from "./code.ts";

const { exports } = JSON.parse(readFileSync(join(root, "packages/chainrule/package.json"), "utf8"));
const entries = Object.keys(exports)
  .filter((path) => path !== "./package.json" && path !== "./bundle")
  .map((path) => `chainrule${path.slice(1)}`);

/** What the editor shows at a place: the signature, and the documentation. */
interface Hover {
  readonly signature: string;
  readonly documentation: string;
}

/** An editor's language service over one file of the checkout with this text, which does not exist on disk. */
class Editor {
  readonly #file: string = join(root, "test/hovered.ts");
  #text = "";
  #version = 0;
  readonly #service: ts.LanguageService;

  constructor() {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
    this.#service = ts.createLanguageService({
      getProjectVersion: () => String(this.#version),
      getScriptFileNames: () => [this.#file],
      getScriptVersion: (path) => (path === this.#file ? String(this.#version) : "0"),
      getScriptSnapshot: (path) => {
        const text = path === this.#file ? this.#text : ts.sys.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getCompilationSettings: () => options,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      directoryExists: ts.sys.directoryExists,
      realpath: ts.sys.realpath,
    });
  }

  /** Opens a text and returns its checker and its tree. */
  open(text: string): { checker: ts.TypeChecker; source: ts.SourceFile } {
    this.#text = text;
    this.#version += 1;
    const program = this.#service.getProgram()!;
    return { checker: program.getTypeChecker(), source: program.getSourceFile(this.#file)! };
  }

  /** What is shown for the last name of each line that ends in `.name;`. */
  hovers(): Map<string, Hover> {
    return new Map(
      [...this.#text.matchAll(/^(.*\.)(\w+);$/gm)].map((match) => {
        const info = this.#service.getQuickInfoAtPosition(this.#file, match.index + match[1].length);
        return [
          match[0].slice(0, -1),
          {
            signature: ts.displayPartsToString(info?.displayParts),
            documentation: ts.displayPartsToString(info?.documentation),
          },
        ];
      }),
    );
  }
}

/** Whether a symbol is declared in the library; a class may also inherit members of JavaScript's own. */
const isOurs = (symbol: ts.Symbol): boolean =>
  (symbol.declarations ?? []).some((one) => one.getSourceFile().fileName.startsWith(librarySource));

/** A line of code per exported function or class, and per public member that an exported class declares. */
function namesOf(editor: Editor): string[] {
  const imports = entries.map((entry, i) => `import * as m${i} from "${entry}";`).join("\n");
  const { checker, source } = editor.open(imports);
  const lines: string[] = [];
  const seen = new Set<ts.Symbol | ts.Declaration>();
  const isNew = (one: ts.Symbol | ts.Declaration): boolean => !seen.has(one) && seen.add(one) === seen;
  for (const statement of source.statements) {
    const clause = (statement as ts.ImportDeclaration).importClause!.namedBindings as ts.NamespaceImport;
    const module = checker.getAliasedSymbol(checker.getSymbolAtLocation(clause.name)!);
    for (const alias of checker.getExportsOfModule(module)) {
      const symbol = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
      if (!(symbol.flags & ts.SymbolFlags.Value) || !isNew(symbol)) continue;
      const name = `${clause.name.text}.${alias.name}`;
      const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0;
      if (isClass || checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0) lines.push(`${name};`);
      if (!isClass) continue;
      for (const member of checker.getDeclaredTypeOfSymbol(symbol).getProperties())
        if (isShown(checker, member) && isNew(member.declarations![0]))
          lines.push(`${name}.prototype.${member.name};`);
    }
  }
  return [imports, ...lines];
}

/** Methods and accessors of the library that a user can name; a field's name and type say what it is. */
function isShown(checker: ts.TypeChecker, member: ts.Symbol): boolean {
  if (!/^\w+$/.test(member.name) || !isOurs(member)) return false;
  if (checker.getTypeOfSymbol(member).getCallSignatures().length > 0) return true;
  return (member.flags & ts.SymbolFlags.Accessor) !== 0;
}

describe("hover texts", () => {
  let hovers: Map<string, Hover>;
  const editor = new Editor();
  beforeAll(() => {
    editor.open(namesOf(editor).join("\n"));
    hovers = editor.hovers();
  }, 120_000);

  it("C6: every exported function, class, method and accessor has documentation", () => {
    expect(hovers.size).toBeGreaterThan(500);
    const gaps = [...hovers].filter(([, { documentation }]) => documentation.length < 8);
    expect(gaps.map(([name]) => name)).toEqual([]);
  });

  it("C6: a method shows the documentation and the parameter names of its op", () => {
    const shown = (name: string) => hovers.get(`m0.Tensor.prototype.${name}`)!;
    expect(shown("exp")).toEqual({
      signature: "(property) exp: () => m0.Tensor",
      documentation: "eˣ; derivative eˣ",
    });
    expect(shown("matmul").signature).toMatch(/\(other: .*, flags\?: /);
    expect(shown("matmul").documentation).toMatch(
      /The matrix product[^]*\[\.\., m, k\] × \[\.\., k,\s+n\] → \[\.\., m, n\]/,
    );
    expect(shown("gather").signature).toMatch(/\(index: .*, axis: number\)/);
    expect(hovers.get("m0.concat")!.documentation).toContain("axis");
    expect(hovers.get("m0.where")!.documentation).toContain("gradient");
  });

  it("finds a function without documentation", () => {
    editor.open(
      `namespace a { export const f = (): number => 1;\n/** One. */ export const g = f; }\na.f;\na.g;`,
    );
    const [f, g] = [...editor.hovers().values()];
    expect(f.documentation).toBe("");
    expect(g.documentation).toBe("One.");
  });
});
