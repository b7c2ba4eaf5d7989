import { spawn, spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const realBin = join(root, "packages/cli/bin/chainrule.js");
const pinned = join(root, "node_modules/node/bin/node");
const old = oldNode();

/** A Node before 22.13, if this machine has one. */
function oldNode(): string | undefined {
  const candidates = ["/usr/bin/node", "/usr/local/bin/node"];
  return candidates.find((path) => {
    if (!existsSync(path)) return false;
    const [major, minor] = run(path, ["--version"]).stdout.slice(1).split(".").map(Number);
    return major < 22 || (major === 22 && minor < 13);
  });
}

function run(node: string, args: string[], env: NodeJS.ProcessEnv = process.env): SpawnSyncReturns<string> {
  // The timeout is a guard against hanging.
  return spawnSync(node, args, { encoding: "utf8", env, timeout: 100_000 });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "chainrule-bin-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A small checkout: the real bin, a library with two conditions, and the given main. */
function smallCheckout(name: string, main: string): string {
  const place = join(folder, name);
  const bin = join(place, "packages/cli/bin/chainrule.js");
  write(join(place, "packages/cli/package.json"), `{ "type": "module" }`);
  write(join(place, "packages/cli/src/main.ts"), main);
  mkdirSync(dirname(bin));
  copyFileSync(realBin, bin);
  const exports = { ".": { "chainrule-source": "./src/index.ts", default: "./dist/index.js" } };
  write(join(place, "packages/chainrule/package.json"), JSON.stringify({ type: "module", exports }));
  write(join(place, "packages/chainrule/src/index.ts"), `export const from: string = "sources";`);
  write(join(place, "packages/chainrule/dist/index.js"), `export const from = "dist";`);
  mkdirSync(join(place, "node_modules"));
  symlinkSync("../packages/chainrule", join(place, "node_modules/chainrule"));
  symlinkSync(join(root, "node_modules/node"), join(place, "node_modules/node"));
  return bin;
}

/** Prints which file ran, then ends with the exit code in its arguments. */
const report = `
import { from } from "chainrule";
const seen = { node: process.version, pid: process.pid, from, args: process.argv.slice(2) };
console.log(JSON.stringify(seen));
process.exitCode = Number(process.argv[2]);
`;

/** Prints the signals that it receives; the timer keeps it alive, and is a guard against hanging. */
const wait = `
let count: number = 0;
const timer = setTimeout(() => process.exit(9), 100_000);
process.on("SIGINT", () => { count += 1; console.log("SIGINT " + count); });
process.on("SIGTERM", () => { console.log("SIGTERM"); clearTimeout(timer); process.exit(7); });
console.log("ready");
`;

test("the checkout's own bin runs on the pinned Node and prints nothing on stderr", () => {
  const result = run(pinned, [realBin, "--version"]);
  expect(result.stderr).toBe("");
  expect(result.stdout).toMatch(/\d+\.\d+\.\d+/);
  expect(result.status).toBe(0);
});

test("on a good Node the sources run in the same process", async () => {
  const bin = smallCheckout("good", report);
  const child = spawn(pinned, [bin, "3", "b"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  child.stdout.on("data", (data: Buffer) => lines.push(data.toString()));
  const code = await new Promise((resolve) => child.on("close", resolve));
  const seen = JSON.parse(lines.join(""));
  expect(seen).toEqual({ node: "v24.21.0", pid: child.pid, from: "sources", args: ["3", "b"] });
  expect(code).toBe(3);
});

test("a checkout that is not installed asks for npm ci", () => {
  const bin = smallCheckout("uninstalled", report);
  rmSync(join(folder, "uninstalled/node_modules"), { recursive: true });
  const result = run(pinned, [bin]);
  expect(result.stderr).toMatch(/^chainrule: the checkout at .* is not installed yet; run npm ci there\n$/);
  expect(result.status).toBe(1);
});

test("outside the checkout the built main runs", () => {
  const place = join(folder, "published");
  write(join(place, "package.json"), `{ "type": "module" }`);
  write(join(place, "dist/main.js"), `console.log("built", process.argv[2]);`);
  mkdirSync(join(place, "bin"));
  copyFileSync(realBin, join(place, "bin/chainrule.js"));
  const result = run(pinned, [join(place, "bin/chainrule.js"), "x"]);
  expect(result.stdout).toBe("built x\n");
  expect(result.status).toBe(0);
});

const reason = "no Node older than 22.13 in /usr/bin or /usr/local/bin to try it with";
describe.skipIf(old === undefined)(
  `on an old Node${old === undefined ? ` (skipped: ${reason})` : ""}`,
  () => {
    test("the checkout starts the pinned Node, and passes on arguments and exit code", () => {
      const bin = smallCheckout("old", report);
      const result = run(old!, [bin, "4", "--net", "2-10-2"]);
      expect(result.stderr).toBe("");
      expect(JSON.parse(result.stdout)).toMatchObject({
        node: "v24.21.0",
        from: "sources",
        args: ["4", "--net", "2-10-2"],
      });
      expect(result.status).toBe(4);
    });

    test("the real bin prints the same as on the pinned Node", () => {
      expect(run(old!, [realBin, "--version"]).stdout).toBe(run(pinned, [realBin, "--version"]).stdout);
    });

    test("a published bin says in one line which Node it needs", () => {
      const place = join(folder, "published-old");
      write(join(place, "package.json"), `{ "type": "module" }`);
      mkdirSync(join(place, "bin"));
      copyFileSync(realBin, join(place, "bin/chainrule.js"));
      const result = run(old!, [join(place, "bin/chainrule.js")]);
      expect(result.stderr).toMatch(/^chainrule: needs Node 22\.13 or newer and this is v[\d.]+; .*\n$/);
      expect(result.stdout).toBe("");
      expect(result.status).toBe(1);
    });

    test("SIGINT reaches the child once and SIGTERM ends both with the child's exit code", async () => {
      const bin = smallCheckout("signals", wait);
      const child = spawn(old!, [bin], { stdio: ["ignore", "pipe", "pipe"] });
      const closed = new Promise((resolve) => child.on("close", resolve));
      let out = "";
      const saw = (text: string) =>
        new Promise<void>((resolve) => {
          const look = () => {
            if (!out.includes(text)) return;
            child.stdout.off("data", look);
            resolve();
          };
          child.stdout.on("data", look);
          look();
        });
      child.stdout.on("data", (data: Buffer) => (out += data.toString()));
      await saw("ready");
      child.kill("SIGINT");
      await saw("SIGINT 1");
      child.kill("SIGTERM");
      expect(await closed).toBe(7);
      expect(out).toBe("ready\nSIGINT 1\nSIGTERM\n");
    });

    test("a child that dies of a signal makes the parent die of it", async () => {
      const bin = smallCheckout("killed", `process.kill(process.pid, "SIGKILL");`);
      expect(run(old!, [bin]).signal).toBe("SIGKILL");
    });
  },
);
