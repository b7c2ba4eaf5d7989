import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tensor } from "../tensor/create.ts";
import { FormatError } from "../tensor/errors.ts";
import { FileError } from "./errors.ts";
import {
  LineWriter,
  createFolder,
  createNumberedFolder,
  loadSafetensors,
  readBytes,
  readLines,
  saveSafetensors,
  writeFileAtomic,
} from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainrule-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const library = new URL("./index.ts", import.meta.url).href;
const text = (path: string): string => readFileSync(path, "utf8");
const unix = process.platform !== "win32";

/** Runs a program that imports this room and prints a dot after each write. Kills it after `writes` dots. */
async function killed(program: string, writes: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      // process.stdout would queue bytes that the pipe does not accept at once until the next turn, which never comes.
      `import * as node from ${JSON.stringify(library)};
       import { writeSync } from "node:fs";
       const dot = () => writeSync(1, ".");
       ${program}`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "close");
  let written = 0;
  child.stdout.on("data", (dots: Buffer) => {
    written += dots.length;
    if (written >= writes) child.kill("SIGKILL");
  });
  await ended;
}

describe("writeFileAtomic", () => {
  test("writes bytes and text, replaces an existing file, and leaves no other file", () => {
    const path = join(folder, "a.txt");
    writeFileAtomic(path, "grün");
    expect(text(path)).toBe("grün");
    writeFileAtomic(path, new Uint8Array([104, 105]));
    expect(text(path)).toBe("hi");
    writeFileAtomic(path, "");
    expect(readBytes(path)).toEqual(new Uint8Array(0));
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  test.runIf(unix)("keeps the permissions of the old file, and symbolic links", () => {
    const path = join(folder, "a.txt");
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    symlinkSync("a.txt", join(folder, "link"));
    writeFileAtomic(join(folder, "link"), "new");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(text(path)).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test("the error names a missing folder, a file in place of a folder, and a folder in place of a file", () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "sub"));
    const failing: [string, RegExp][] = [
      ["no/such/file", /^cannot write .*file: the folder .*no\/such does not exist \(ENOENT\)$/],
      ["file/a", /: \S*\/file is a file, not a folder \(ENOTDIR\)$/],
      ["file/a/b", /: \S*\/file is a file, not a folder \(ENOTDIR\)$/],
      ["sub", /: it is a folder \(EISDIR\)$/],
      ["x".repeat(300), /: the name is too long \(ENAMETOOLONG\)$/],
    ];
    for (const [name, message] of failing) {
      const path = join(folder, name);
      let error: unknown;
      try {
        writeFileAtomic(path, "content");
      } catch (thrown) {
        error = thrown;
      }
      expect(error, name).toBeInstanceOf(FileError);
      expect((error as FileError).message).toMatch(message);
      expect((error as FileError).path).toBe(path);
      expect((error as FileError).code).toBe("file-access");
    }
    expect(readdirSync(folder).sort()).toEqual(["file", "sub"]);
    expect(readdirSync(join(folder, "sub"))).toEqual([]);
  });

  test.runIf(unix)("on a full disk the old file stays whole, and no temporary file is left", () => {
    // A limit on the size of files simulates the full disk: in both cases writing stops in the middle.
    const path = join(folder, "a.bin");
    writeFileAtomic(path, "old");
    const program =
      `import { writeFileAtomic } from ${JSON.stringify(library)};` +
      `try { writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(4e6)); } catch (error) { console.log(error.code, error.message); }`;
    const { stdout } = spawnSync(
      "sh",
      ["-c", 'ulimit -f 512 && exec "$@"', "sh", process.execPath, "--input-type=module", "-e", program],
      { encoding: "utf8" },
    );
    expect(stdout).toMatch(/^file-access cannot write .*a\.bin: .*\(EFBIG\)/);
    expect(text(path)).toBe("old");
    expect(readdirSync(folder)).toEqual(["a.bin"]);
  });

  test.runIf(unix)("after a kill at any moment, the file is whole and one of those written", async () => {
    const path = join(folder, "a.bin");
    const program =
      `for (let i = 0; ; i = (i + 1) % 256) {` +
      ` node.writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(2 ** 21).fill(i)); dot(); }`;
    for (let round = 0; round < 4; round++) {
      await killed(program, 1 + 5 * round);
      const bytes = readBytes(path);
      expect(bytes.length).toBe(2 ** 21);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
    }
  });
});

test("reading a missing file is an error that names it", () => {
  expect(() => readBytes(join(folder, "a"))).toThrowError(
    /^cannot read .*\/a: there is no such file \(ENOENT\)$/,
  );
  expect(() => readBytes(join(folder, "a", "b"))).toThrowError(
    /: the folder \S*\/a does not exist \(ENOENT\)$/,
  );
  expect(() => readBytes(folder)).toThrowError(/: it is a folder \(EISDIR\)$/);
});

describe("JSON lines", () => {
  test("are appended after existing lines", () => {
    const path = join(folder, "m.jsonl");
    const first = new LineWriter(path);
    first.write({ event: "start", text: "zwei\nZeilen" });
    first.write({ event: "epoch", epoch: 1 });
    // Each line is in the file before the writer is closed.
    expect(readLines(path)).toHaveLength(2);
    first.close();
    first.close();
    const second = new LineWriter(path);
    second.write({ event: "epoch", epoch: 2 });
    second.sync();
    second.close();
    expect(readLines(path)).toEqual([
      { event: "start", text: "zwei\nZeilen" },
      { event: "epoch", epoch: 1 },
      { event: "epoch", epoch: 2 },
    ]);
    expect(() => first.write({})).toThrowError(/m\.jsonl: it is closed/);
  });

  test("start an empty file with `fresh`", () => {
    const path = join(folder, "m.jsonl");
    writeFileSync(path, '{"a":1}\n');
    const writer = new LineWriter(path, { fresh: true });
    writer.write({ a: 2 });
    writer.close();
    expect(readLines(path)).toEqual([{ a: 2 }]);
  });

  test.each([0, 10, 70_000, 200_000])("a torn line after %i bytes of lines is cut off", (length) => {
    const path = join(folder, "m.jsonl");
    const whole = length === 0 ? "" : `${JSON.stringify("x".repeat(length - 3))}\n`;
    for (const torn of ["", '{"torn":', "y".repeat(150_000)]) {
      writeFileSync(path, whole + torn);
      expect(readLines(path)).toHaveLength(length === 0 ? 0 : 1);
      const writer = new LineWriter(path);
      writer.write(1);
      writer.close();
      expect(text(path)).toBe(`${whole}1\n`);
    }
  });

  test.runIf(unix)("after a kill at any moment, all lines but the last are whole", async () => {
    const path = join(folder, "m.jsonl");
    const program =
      `const writer = new node.LineWriter(${JSON.stringify(path)}, { fresh: true });` +
      ` for (let i = 0; ; i++) { writer.write({ step: i, text: "x".repeat(i % 3000) }); dot(); }`;
    for (let round = 0; round < 2; round++) {
      const writes = 100 + 900 * round;
      await killed(program, writes);
      const lines = readLines(path) as { step: number; text: string }[];
      expect(lines.length).toBeGreaterThanOrEqual(writes);
      lines.forEach(({ step, text: filler }, i) => {
        if (step !== i || filler.length !== i % 3000) throw new Error(`line ${i} is ${step}`);
      });
    }
  });

  test("the error names the line that is not JSON, and the path that cannot be opened", () => {
    const path = join(folder, "m.jsonl");
    writeFileSync(path, '{"a":1}\nnonsense\n{"a":2}\n');
    expect(() => readLines(path)).toThrowError(FormatError);
    expect(() => readLines(path)).toThrowError(/m\.jsonl: line 2: expected JSON, found "nonsense"/);
    expect(() => new LineWriter(join(folder, "no", "m.jsonl"))).toThrowError(/no does not exist \(ENOENT\)/);
    expect(() => new LineWriter(folder)).toThrowError(/it is a folder \(EISDIR\)/);
  });
});

describe("createFolder", () => {
  test("makes the parent folders, and removes all of them again", () => {
    const made = createFolder(join(folder, "a", "b", "c"));
    writeFileSync(join(made.path, "x"), "");
    made.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("leaves files that others have added in the meantime", () => {
    const made = createFolder(join(folder, "runs", "one"));
    mkdirSync(join(folder, "runs", "two"));
    made.discard();
    expect(readdirSync(join(folder, "runs"))).toEqual(["two"]);
  });

  test("keeps the folder after keep()", () => {
    createFolder(join(folder, "a")).keep();
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("uses an existing empty folder, and leaves it empty", () => {
    mkdirSync(join(folder, "a"));
    const made = createFolder(join(folder, "a"));
    writeFileSync(join(made.path, "x"), "");
    made.discard();
    expect(readdirSync(join(folder, "a"))).toEqual([]);
  });

  test("refuses a folder that is not empty, unless it may be replaced", () => {
    const path = join(folder, "a");
    mkdirSync(path);
    writeFileSync(join(path, "thesis.txt"), "");
    expect(() => createFolder(path)).toThrowError(/a is there and not empty; choose another one/);
    expect(() => createFolder(path, { replaceHolding: ["run.json"] })).toThrowError(
      /a is not replaced: it holds no run\.json, so it is something else/,
    );
    writeFileSync(join(path, "run.json"), "old");
    const replaced = createFolder(path, { replaceHolding: ["run.json"] });
    expect(readdirSync(path)).toEqual([]);
    writeFileSync(join(path, "run.json"), "new");
    replaced.discard();
    expect(text(join(path, "run.json"))).toBe("old");
    expect(readdirSync(folder)).toEqual(["a"]);
    const kept = createFolder(path, { replaceHolding: ["run.json"] });
    writeFileSync(join(path, "run.json"), "new");
    kept.keep();
    expect(readdirSync(path)).toEqual(["run.json"]);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("ignores the temporary files of a killed writer", () => {
    const path = join(folder, "a");
    mkdirSync(path);
    writeFileSync(join(path, ".chainrule-0123456789ab.tmp"), "half");
    createFolder(path).keep();
    expect(readdirSync(path)).toEqual([]);
  });

  test("the error names the file that is in the way", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => createFolder(join(folder, "file"))).toThrowError(/file: there is a file of that name/);
    expect(() => createFolder(join(folder, "file", "a"))).toThrowError(
      /^cannot make the folder .*: \S*\/file is a file, not a folder/,
    );
    expect(existsSync(join(folder, "file"))).toBe(true);
  });

  test("counts up from the highest number", () => {
    const parent = join(folder, "runs");
    const names = (): string[] => readdirSync(parent).sort();
    createNumberedFolder(parent, "digits").keep();
    mkdirSync(join(parent, "digits-9"));
    mkdirSync(join(parent, "digits-x"));
    mkdirSync(join(parent, "iris-30"));
    expect(createNumberedFolder(parent, "digits").path).toBe(join(parent, "digits-10"));
    expect(names()).toEqual(["digits-1", "digits-10", "digits-9", "digits-x", "iris-30"]);
    writeFileSync(join(folder, "file"), "");
    expect(() => createNumberedFolder(join(folder, "file"), "a")).toThrowError(
      /file is a file, not a folder/,
    );
  });

  test("removes a numbered folder together with the parent folder that was made for it", () => {
    const made = createNumberedFolder(join(folder, "runs"), "digits");
    made.discard();
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(join(folder, "runs"));
    createNumberedFolder(join(folder, "runs"), "digits").discard();
    expect(readdirSync(folder)).toEqual(["runs"]);
  });
});

describe("safetensors files", () => {
  test("are the same after writing and reading, and a flipped bit is found", () => {
    const path = join(folder, "model.safetensors");
    saveSafetensors(path, [["w", tensor([1, 2])]], { made: "today" });
    const { tensors, metadata } = loadSafetensors(path, { checksums: true });
    expect(tensors.get("w")?.toArray()).toEqual([1, 2]);
    expect(metadata).toEqual({ made: "today" });
    const bytes = readBytes(path);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(path, bytes);
    expect(() => loadSafetensors(path)).toThrowError(
      /model\.safetensors: at byte \d+: tensor "w": expected the checksum/,
    );
    saveSafetensors(path, [["w", tensor([1, 2])]], {}, { checksums: false });
    expect(() => loadSafetensors(path, { checksums: true })).toThrowError(/found none/);
    expect(() => loadSafetensors(join(folder, "no"))).toThrowError(FileError);
  });
});
