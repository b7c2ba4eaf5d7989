/** The declarations that are published, in a user's project that checks them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishedPackageJson } from "../scripts/pack.ts";
import { root } from "./code.ts";

const library = join(root, "packages/chainrule");
const published = publishedPackageJson(JSON.parse(readFileSync(join(library, "package.json"), "utf8")));
const entries = Object.keys(published.exports!).filter((path) => path !== "./package.json");

/** What the compiler prints, without colours. */
function tsc(cwd: string, ...args: string[]): string {
  return spawnSync(join(root, "node_modules/.bin/tsc"), [...args, "--pretty", "false"], {
    cwd,
    encoding: "utf8",
  }).stdout;
}

describe("the published declarations", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "chainrule-types-"));
    const installed = join(folder, "node_modules/chainrule");
    mkdirSync(installed, { recursive: true });
    tsc(root, "-p", "packages/chainrule/tsconfig.build.json", "--outDir", join(installed, "dist"));
    writeFileSync(join(installed, "package.json"), JSON.stringify(published));
    for (const name of Object.keys(published.dependencies!)) {
      const link = join(folder, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", name), link);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The errors of a program in a project without types of Node, which checks the declarations of packages, too. */
  function errorsOf(program: string, lib: string): string {
    writeFileSync(join(folder, "program.ts"), program);
    const resolution = ["--module", "esnext", "--moduleResolution", "bundler", "--types", ""];
    const options = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--lib",
      lib,
      ...resolution,
    ];
    return tsc(folder, ...options, "program.ts");
  }

  const imports = entries
    .map((path, i) => `import * as m${i} from "chainrule${path.slice(1)}";\nconsole.log(m${i});`)
    .join("\n");

  it.each(["es2022,dom", "esnext,dom"])("C6: pass without skipLibCheck under lib %s", (lib) => {
    expect(errorsOf(imports, lib)).toBe("");
  });

  it("a wrong program has an error", () => {
    const program = `import { tensor } from "chainrule";\nconst x: string = tensor(1);\nconsole.log(x);`;
    expect(errorsOf(program, "es2022,dom")).toMatch(/TS2322/);
  });
});
