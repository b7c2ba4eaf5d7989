/** The flags that say how a file is read: --header --na --text --dates --encoding --skip-lines. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadRun } from "chainrule/node";
import { chainrule, freshFolder } from "./process.ts";

const rows = Array.from({ length: 40 }, (_, i) => {
  const day = new Date(Date.UTC(2024, 0, 1 + 3 * i)).toISOString().slice(0, 10);
  return `${day};${i % 5 === 0 ? "NA" : "K\u00f6ln"};${i % 7 === 0 ? "-" : i};${100 + (i % 3)};${2 * i + 1}`;
});
const text = ["Export of Monday", "day;place;a;code;y", ...rows].join("\n");
const latin1 = (content: string): Buffer => Buffer.from(content, "latin1");
const reading = "--encoding windows-1252 --skip-lines 1 --header yes --na - --text code --dates day";

describe("how a file is read", () => {
  it("C2, C3, C4: is kept with the run, so that predict, eval and loadRun read new files the same way", async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, "rows.csv"), latin1(text));
    const command = `train --data rows.csv ${reading} --missing mean --epochs 2 --out run --quiet`;
    const { code, stderr } = await chainrule(command, { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    const { settings } = JSON.parse(readFileSync(join(cwd, "run/run.json"), "utf8")) as {
      settings: object;
    };
    expect(settings).toMatchObject({
      header: true,
      na: ["-"],
      text: ["code"],
      dates: ["day"],
      encoding: "windows-1252",
      skipLines: 1,
    });
    const { featureNames } = JSON.parse(readFileSync(join(cwd, "run/preprocess.json"), "utf8")) as {
      featureNames: string[];
    };
    expect(featureNames.filter((name) => !name.startsWith("day="))).toEqual([
      "day (days)",
      "place=K\u00f6ln",
      "place=NA",
      "a",
      "code=100",
      "code=101",
      "code=102",
    ]);
    expect((await chainrule("eval run", { cwd })).stdout).toContain("equal to the run's own metrics");
    const fresh = "Export of Tuesday\nday;place;a;code\n2025-01-31;NA;-;101\n2024-02-29;K\u00f6ln;3;102\n";
    writeFileSync(join(cwd, "new.csv"), latin1(fresh));
    const { stdout } = await chainrule("predict run new.csv", { cwd });
    const values = stdout
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[1]));
    expect(values).toHaveLength(2);
    const loaded = loadRun(join(cwd, "run"));
    const ofBytes = await loaded.predict(new Uint8Array(latin1(fresh)));
    const ofObjects = await loaded.predict([
      { day: "2025-01-31", place: "NA", a: null, code: "101" },
      { day: "2024-02-29", place: "K\u00f6ln", a: 3, code: "102" },
    ]);
    expect(ofBytes.map((one) => "value" in one && one.value)).toEqual(values);
    expect(ofObjects).toEqual(ofBytes);
    writeFileSync(join(cwd, "bad.csv"), latin1(fresh.replace("2025-01-31", "31.1.2025")));
    expect((await chainrule("predict run bad.csv", { cwd })).stderr).toContain(
      'bad.csv: line 3, column "day": expected a date of the form Y-M-D, found "31.1.2025"',
    );
  });

  it("C4: data info and check read by the same flags", async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, "rows.csv"), latin1(text));
    const info = await chainrule(`data info rows.csv ${reading} --json`, { cwd });
    expect(info.events[0]).toMatchObject({
      rows: 40,
      header: true,
      skippedLines: 1,
      encoding: "windows-1252",
      columns: [
        { name: "day", seen: { dates: { kind: "Y-M-D", count: 40, first: "2024-01-01" } } },
        { name: "place", type: "text", missing: { count: 0 } },
        { name: "a", type: "number", missing: { count: 6 } },
        { name: "code", type: "text" },
        { name: "y" },
      ],
    });
    const check = await chainrule(`check --data rows.csv ${reading} --missing drop --net 26-3-1`, { cwd });
    expect([check.code, check.stderr]).toEqual([0, ""]);
    const idle = await chainrule("data info circles --header no", { cwd });
    expect([idle.code, idle.stderr]).toEqual([
      2,
      "chainrule: --header applies to CSV files, not to circles\n",
    ]);
  });

  it("A2: --header no reads a line of names as a row", async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, "years.csv"), "town,2023,2024\nA,1,2\nB,5,6\n");
    const found = await chainrule("data info years.csv", { cwd });
    expect(found.stdout).toContain("names in the first line\nnote: line 1 is read as names");
    const { events } = await chainrule("data info years.csv --header no --json", { cwd });
    expect(events[0]).toMatchObject({ rows: 3, header: false });
  });

  it("A3: a column that is left out may hold numbers with marks", async () => {
    const cwd = freshFolder();
    const lines = Array.from({ length: 20 }, (_, i) => `${i},${i}%,${3 * i + 0.5}`);
    writeFileSync(join(cwd, "share.csv"), ["a,share,y", ...lines].join("\n"));
    const refused = await chainrule("train --data share.csv", { cwd });
    expect([refused.code, refused.stderr.includes('"0%" is a number with a percent sign')]).toEqual([
      1,
      true,
    ]);
    const left = await chainrule("train --data share.csv --drop share --epochs 1 --quiet", { cwd });
    expect([left.code, left.stderr]).toEqual([0, ""]);
  });

  it("C4: the advice about a comma in a column's name works when it is typed", async () => {
    const cwd = freshFolder();
    const lines = Array.from({ length: 20 }, (_, i) => `${i},${i * i},${3 * i + 0.5}`);
    writeFileSync(join(cwd, "price.csv"), ['a,"price, $",y', ...lines].join("\n"));
    const train = ["train", "--data", "price.csv", "--epochs", "0", "--quiet", "--drop"];
    const refused = await chainrule([...train, "price, $"], { cwd });
    expect(refused.stderr).toContain(`as --drop '"price, $"'`);
    expect((await chainrule([...train, '"price, $"'], { cwd })).code).toBe(0);
  });

  it("C4: a sweep reads by these flags", async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, "rows.csv"), latin1(text));
    const flags = `${reading} --missing mean --epochs 1 --lr 0.01,0.1 --seeds 1 --workers 1 --out s --json`;
    const { code, stderr } = await chainrule(`sweep --data rows.csv ${flags}`, { cwd });
    expect([code, stderr]).toEqual([0, ""]);
  });
});
