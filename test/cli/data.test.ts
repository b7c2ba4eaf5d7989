import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeIdx } from "chainrule/formats";
import { describe, expect, it } from "vitest";
import { csv, flowerNames, flowers, writeTables } from "./own-files.ts";
import { chainrule, freshFolder } from "./process.ts";

const folder = process.env.CHAINRULE_DATA;
const here = folder !== undefined && existsSync(folder);

describe("chainrule data list", () => {
  it("lists the rows, inputs and target of each data set, as info reports them", async () => {
    const { code, stdout, events } = await chainrule("data list --json", { env: { CHAINRULE_DATA: folder } });
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(events.length);
    expect(events.map(({ name }) => name)).toEqual(expect.arrayContaining(["circles", "digits", "wine"]));
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(["data"]));
    const faults: string[] = [];
    for (const { name, kind, found: place, train, test, inputs, classes } of events) {
      if (place === null || (kind !== "generated" && kind !== "embedded" && kind !== "table")) continue;
      const { events: found } = await chainrule(`data info ${String(name)} --json`, {
        env: { CHAINRULE_DATA: folder },
      });
      const about = found[0] as { rows: number; test?: number; inputs?: number; classes?: []; columns?: [] };
      const same =
        about.rows === train &&
        about.test === test &&
        (about.columns ? about.columns.length - 1 : about.inputs) === inputs &&
        (about.columns !== undefined || about.classes?.length === classes);
      if (!same) faults.push(`${String(name)}: ${JSON.stringify(about).slice(0, 300)}`);
    }
    expect(faults).toEqual([]);
  });

  it("says where data are, and how to get missing data, within 80 columns", async () => {
    const cwd = freshFolder();
    const { code, stdout } = await chainrule("data list", { cwd, env: { XDG_CACHE_HOME: cwd } });
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("name              rows     test   inputs   predicts     where");
    expect(lines).toContain("mnist           60,000   10,000      784   10 classes   not here");
    expect(lines).toContain("chainrule data fetch mnist   downloads it");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect((await chainrule("data list --data-dir nowhere", { cwd })).code).toBe(2);
  });
});

describe("chainrule data info", () => {
  it("reports how a CSV file is read, and how train would use it", async () => {
    const cwd = freshFolder();
    const rows = flowers(30);
    rows[4][2] = "?";
    writeFileSync(join(cwd, "f.csv"), csv(flowerNames, rows, ";"));
    const { code, stdout, stderr } = await chainrule("data info f.csv", { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "f.csv: 30 rows, 5 columns; separator semicolon, names in the first line",
      "",
      "column   type     missing   values",
    ]);
    expect(lines[3]).toBe("id       number             0 … 29, mean 14.5");
    expect(lines[5]).toMatch(/^height {3}number {9}1 {3}0\.\d+ … 1\.\d+, mean \d/);
    expect(lines[7]).toBe("kind     text               aster ×10  daisy ×10  rose ×10");
    expect(lines.slice(9).join(" ").replaceAll(/ +/g, " ")).toBe(
      'train would refuse it: f.csv: line 6, column "height": the value is missing (the cell holds "?"); 1 row lacks it; say what to do with missing values (--missing drop or mean), or leave the column out (--drop)',
    );
    const { events } = await chainrule("data info f.csv --json", { cwd });
    expect(events[0]).toMatchObject({ event: "info", rows: 30, separator: ";", header: true });
    expect(events[0].columns).toMatchObject([
      { name: "id", type: "number", min: 0, max: 29 },
      {},
      {},
      {},
      {},
    ]);
  });

  it("reports the task and its reason, and the classes of a course file", async () => {
    const cwd = freshFolder();
    writeTables(cwd);
    const { stdout } = await chainrule("data info houses.csv", { cwd });
    expect(stdout).toContain("train would predict price: regression, since price holds 80 different whole");
    writeFileSync(join(cwd, "course.csv"), "4,2,no,yes\n1,2,0\n2,3,1\n3,4,0\n5,6,1\n");
    const course = await chainrule("data info course.csv", { cwd });
    expect(course.stdout).toContain("4 rows, 3 columns; separator comma, class names in the first line");
    expect(course.stdout).toContain("note: line 1 gives 4 rows, 2 features and the classes no, yes");
  });

  it("reports type, shape and range of IDX files, and the counts of labels", async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, "images.idx"), writeIdx([2, 2, 2], new Uint8Array([0, 1, 2, 3, 4, 5, 6, 255])));
    const packed = gzipSync(writeIdx([3], new Uint8Array([1, 0, 1])));
    writeFileSync(join(cwd, "labels.gz"), packed);
    const images = await chainrule("data info images.idx", { cwd });
    expect(images.stdout).toBe("images.idx: IDX, uint8 [2,2,2]\n2 images of 2×2, from 0 to 255, mean 34.5\n");
    const labels = await chainrule("data info labels.gz --json", { cwd });
    expect(labels.events[0]).toMatchObject({
      format: "IDX",
      shape: [3],
      values: [
        { value: 0, count: 1 },
        { value: 1, count: 2 },
      ],
    });
  });

  it("shows control characters of a file as escapes, on one line each", async () => {
    const cwd = freshFolder();
    const rows = ["1,x\u001b]0;t\u0007,a", '2,"y\nz",b', '3,"y\nz",a'];
    writeFileSync(join(cwd, "c.csv"), `n\u001b[31mm,"a\nb","ki\u001bnd"\n${rows.join("\n")}\n`);
    const info = await chainrule("data info c.csv", { cwd });
    const train = await chainrule("train --data c.csv --target n\u001b[31mm --epochs 1 --test none", { cwd });
    const named = await chainrule("train --data c.csv --epochs 1 --test none", { cwd });
    for (const { stdout } of [info, train, named]) expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    expect(info.stdout).toMatch(/^n\\u001b\[31mm +number/m);
    expect(info.stdout).toMatch(/^a\\nb +text +y\\nz ×2/m);
    expect(info.stdout).toContain("train would predict ki\\u001bnd: ");
    expect(named.stdout).toContain("target: ki\\u001bnd, the last column");
  });

  it("downloads nothing", async () => {
    const cwd = freshFolder();
    const { code, stderr } = await chainrule("data info mnist", { cwd, env: { XDG_CACHE_HOME: cwd } });
    expect([code, stderr]).toEqual([
      1,
      "chainrule: mnist is not on this machine; chainrule data fetch mnist downloads it\n",
    ]);
  });

  it("reports rows, classes and ranges of named sets", async () => {
    const { stdout } = await chainrule("data info digits");
    expect(stdout.split("\n").slice(0, 2)).toEqual([
      "digits: 1,797 rows, images of 8×8",
      "from 0 to 16, mean 4.884",
    ]);
    expect((await chainrule("data info bump")).stdout).toContain("predicts a number from ");
  });
});

describe("chainrule data fetch", () => {
  it("verifies downloaded files, and keeps no wrong one", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end("not MNIST");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`;
    const cwd = freshFolder();
    const { code, stdout, stderr } = await chainrule(`data fetch mnist --mirror ${url}`, {
      cwd,
      env: { XDG_CACHE_HOME: cwd },
    });
    server.close();
    expect([code, stdout]).toEqual([1, ""]);
    expect(asked[0]).toBe("/data/train-images-idx3-ubyte.gz");
    expect(stderr).toContain("MNIST is not on this machine.");
    const left = readdirSync(cwd, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  it.skipIf(!here)("finds the files on this machine", async () => {
    const { code, events } = await chainrule("data fetch mnist --json", { env: { CHAINRULE_DATA: folder } });
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ event: "fetch", name: "mnist", train: 60_000, test: 10_000 });
  });

  it.each([
    ["data fetch circles", "circles is not downloaded: it is drawn from the seed; mnist and fashion are"],
    ["data fetch mnits", 'data fetch: "mnits" must be one of mnist, fashion; did you mean "mnist"?'],
    ["data fetch mnis", 'data fetch: "mnis" must be one of mnist, fashion; did you mean "mnist"?'],
    ["data lst", "there is no command data lst"],
    ["help trian", "there is no command trian; did you mean train?"],
    ["data help fetc", "there is no command data fetc; did you mean fetch?"],
    ["", "a command is missing; they are listed above"],
    ["data", "a command is missing; they are listed above"],
  ])("%s: refused", async (command, message) => {
    const { code, stdout, stderr } = await chainrule(command);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`chainrule: ${message}`);
  });
});
