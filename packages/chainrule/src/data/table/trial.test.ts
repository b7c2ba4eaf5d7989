import { describe, expect, it } from "vitest";
import { applyPlan, describeTable, inputNames, planColumns, readTable, readTables } from "./index.ts";
import type { ReadTableOptions, Table } from "./index.ts";
import { markIn } from "./marks.ts";

const rows = (header: string, ...lines: string[]): string => `${[header, ...lines].join("\n")}\n`;
const names = (text: string, options: ReadTableOptions = {}): string[] =>
  readTable(text, options).columns.map(({ name }) => name);
const utf16 = (text: string, order: "le" | "be", mark = true): Uint8Array => {
  const units = Array.from(mark ? `\ufeff${text}` : text, (one) => one.charCodeAt(0));
  return Uint8Array.from(
    units.flatMap((unit) => (order === "le" ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])),
  );
};

async function streamed(bytes: Uint8Array, size: number, options: ReadTableOptions = {}): Promise<Table> {
  async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    await Promise.resolve();
  }
  const tables: Table[] = [];
  for await (const table of readTables(pieces(), options)) tables.push(table);
  expect(tables).toHaveLength(1);
  return tables[0];
}

describe("the trial's tables", () => {
  it.each([
    ["years", "region,2023,2024,2025\nnorth,1,2,3\nsouth,4,5,6\n", true],
    ["a run of whole numbers", "index,1,2,3,4,class\na,0.1,0.2,0.3,0.4,u\nb,1,2,3,4,v\n", true],
    ["a run that begins with 0", "0,1,2,3,class\n5,3,1,0.2,a\n4,3,1,0.2,b\n", true],
    ["a row of measures and a class", "5.1,3.5,1.4,0.2,setosa\n4.9,3,1.4,0.2,setosa\n6,3,4,1,other\n", false],
    ["years among years", "Ann,2001,3\nBob,2002,4\nCem,2003,4\n", false],
    ["a text that recurs", "red,2001,2002\nblue,1,2\nred,3,4\n", false],
  ])("A2: the first line holds names or not: %s", (_what, text, header) => {
    expect(readTable(text).header).toBe(header);
    expect(readTable(text, { header: !header }).header).toBe(!header);
  });

  it("A2: says that a line with numbers was read as names", () => {
    expect(readTable("region,2023,2024\nnorth,1,2\nsouth,4,5\n").notes).toEqual([
      "line 1 is read as names, though it holds numbers; header: false reads it as a row",
    ]);
  });

  it.each([
    ["1,234,567", "thousands"],
    ["1 234 567", "thousands"],
    ["1'234", "thousands"],
    ["1.234.567,5", "thousands"],
    ["12%", "percent"],
    ["-3.5 %", "percent"],
    ["$1,100", "currency"],
    ["-$5", "currency"],
    ["12,50 €", "currency"],
    ["USD 7", "currency"],
    ["$5k", "currency"],
    ["5k", "unit letter"],
    ["3.2M", "unit letter"],
    ["2bn", "unit letter"],
    ["(12)", "parentheses"],
    ["($1,200)", "parentheses"],
    ["12345678901234567890", "too many digits"],
    ["9007199254740991", undefined],
    ["5 km", undefined],
    ["A-12", undefined],
    ["12", undefined],
    ["1st", undefined],
  ])("A3: %s has the mark %s", (text, mark) => {
    expect(markIn(text)).toBe(mark);
  });

  it.each([
    ['"1,234,567"', '"1,234,567" is a number with separators of thousands'],
    ["12%", '"12%" is a number with a percent sign'],
    ['"$1,100"', '"$1,100" is a number with a currency'],
    ["5k", '"5k" is a number with a letter for its unit, such as k'],
    ["(12)", '"(12)" is a number in parentheses'],
  ])("A3: a column of %s is refused by its mark, as input and as target", (cell, problem) => {
    const asInput = readTable(rows("v,y", `${cell},1`, `${cell},2.5`, "7,3"), { name: "f" });
    const asTarget = readTable(rows("x,v", `1,${cell}`, `2,${cell}`, "3,7"), { name: "f" });
    for (const table of [asInput, asTarget])
      expect(() => planColumns(table)).toThrow(`f: line 2, column "v": ${problem}, as 2 cells of the column`);
    // A column that is left out, or meant as text, is not refused.
    expect(planColumns(asInput, { text: ["v"] }).features[0]).toMatchObject({ type: "text" });
    expect(planColumns(asTarget, { text: ["v"], task: "classification" }).task).toBe("classification");
  });

  it("A3: −5 with U+2212 is −5", () => {
    expect([...(readTable("a,b\n\u22125,1\n3,2\n").columns[0] as { values: Float64Array }).values]).toEqual([
      -5, 3,
    ]);
  });

  it("A8: ids of 20 digits stay apart, and are refused as an input by their digits", () => {
    const table = readTable(
      rows("id,y", ..."6789".split("").map((last, i) => `1234567890123456789${last},${i}.5`)),
    );
    expect(table.columns[0]).toMatchObject({ type: "text", categories: { length: 4 } });
    expect(() => planColumns(table)).toThrow("a whole number of more digits than a number holds");
  });

  it.each(["\u2028", "\u00a0\n", "\u3000\u2029\n\n", "\ufeff\u2028"])(
    "B6: a file that holds only spaces is empty: %j",
    (text) => {
      expect(() => readTable(text, { name: "x.csv" })).toThrow("x.csv: the file is empty");
    },
  );

  it("C2: the words that mean missing are the caller's", () => {
    const text = rows("country,v,y", "NA,-999,1", "DE,2,-", "FR,3,2");
    const { columns } = readTable(text, { na: ["-", "-999"] });
    expect(columns.map(({ missing }) => missing.count)).toEqual([0, 1, 1]);
    expect(columns[0]).toMatchObject({ categories: ["NA", "DE", "FR"] });
    expect(columns.map(({ type }) => type)).toEqual(["text", "number", "number"]);
    expect(readTable(rows("country,y", "NA,1", "DE,2")).columns[0].missing.count).toBe(1);
  });

  it("C3: dates are recognised, and read as days, month and weekday where asked", () => {
    const table = readTable(rows("day,y", "2024-02-28,1", "2024-03-01,2.5", "2024-02-29 12:00,4"), {
      types: [{ name: "day", type: "text" }],
    });
    expect(describeTable(table).columns[0].seen).toEqual({
      dates: { kind: "Y-M-D", count: 3, first: "2024-02-28" },
    });
    expect(planColumns(table).notes[0]).toContain("day holds dates");
    const plan = planColumns(table, { dates: ["day"] });
    expect(inputNames(plan)).toHaveLength(20);
    expect(inputNames(plan).slice(0, 3)).toEqual(["day (days)", "day=Jan", "day=Feb"]);
    const inputs = applyPlan(plan, table).inputs.toArray() as number[][];
    const ones = inputs.map(([days, ...parts]) => [
      days,
      ...parts.flatMap((one, i) => (one === 1 ? [inputNames(plan)[i + 1]] : [])),
    ]);
    expect(ones).toEqual([
      [0, "day=Feb", "day=Wed"],
      [2, "day=Mar", "day=Fri"],
      [1, "day=Feb", "day=Thu"],
    ]);
  });

  it.each([
    ["31.12.2023", "D.M.Y"],
    ["12/31/2023", "M/D/Y"],
    ["31/12/2023", "D/M/Y"],
    ["31-12-2023", "D-M-Y"],
    ["31 Dec 2023", "D Mon Y"],
    ["December 31, 2023", "Mon D, Y"],
    ["2023/12/31T23:59:59Z", "Y-M-D"],
  ])("C3: %s is a date of the form %s", (text, form) => {
    const quoted = `"${text}"`;
    const table = readTable(rows("d,y", `${quoted},1`, `${quoted},2.5`));
    expect(planColumns(table, { dates: ["d"] }).features).toEqual([
      { name: "d", type: "date", form, origin: Date.UTC(2023, 11, 31) / 86_400_000 },
    ]);
  });

  it.each(["2023-02-30", "31.13.2023", "12.5.8", "1-2-3"])("C3: %s is not a date", (text) => {
    const table = readTable(rows("d,y", `${text},1`, `${text}x,2.5`));
    expect(() => planColumns(table, { dates: ["d"] })).toThrow("is not a date");
  });

  it.each([
    ["one line", "Report\n", 1],
    ["lines padded by Excel", "Report,,\n,,\nMonday,,\n", 3],
    ["a blank line", "Report of May\n\n", 2],
  ])("C4: lines above the names are skipped: %s", (_what, above, count) => {
    const text = `${above}a,b,c\n1,2,3\n4,5,6\n`;
    const table = readTable(text);
    expect(table).toMatchObject({ skippedLines: count, header: true });
    expect([...table.lines]).toEqual([count + 2, count + 3]);
    expect(names(text, { skipLines: count })).toEqual(["a", "b", "c"]);
    expect(() => names(text, { skipLines: 0 })).toThrow();
  });

  it.each([
    ["a header without the name of the rows", "a,b\nr1,1,2\nr2,3,4\n"],
    ["a short first row", "1\n2,3,4\n5,6,7\n"],
  ])("C4: nothing is skipped where it is not evident: %s", (_what, text) => {
    expect(() => readTable(text)).toThrow("fields, expected");
  });

  it("C4: Excel's line sep=; names the separator", () => {
    const table = readTable("sep=;\r\na;b\r\n1;2\r\n");
    expect(table).toMatchObject({ separator: ";", rows: 1 });
    expect([...table.lines]).toEqual([3]);
  });

  it.each([
    ["UTF-16 with a mark, little end first", utf16("a,b\nü,1\nö,2\n", "le"), undefined],
    ["UTF-16 with a mark, big end first", utf16("a,b\nü,1\nö,2\n", "be"), undefined],
    ["UTF-16 without a mark", utf16("a,b\nü,1\nö,2\n", "le", false), "utf-16"],
    ["UTF-16 without a mark, big end first", utf16("a,b\nü,1\nö,2\n", "be", false), "utf-16"],
    ["windows-1252", Uint8Array.from("a,b\nü,1\nö,2\n", (one) => one.charCodeAt(0)), "windows-1252"],
  ] as const)("C4: reads %s, whole and in pieces", async (_what, bytes, encoding) => {
    const options = encoding === undefined ? {} : { encoding };
    const table = readTable(bytes, options);
    expect(table.columns[0]).toMatchObject({ name: "a", categories: ["ü", "ö"] });
    for (const size of [1, 5]) expect(await streamed(bytes, size, options)).toEqual(table);
  });

  it("C4: the reader in pieces sees what the reader of the whole sees", async () => {
    const text = "sep=;\nReport;;\na;2024;c\nx;NA;5%\ny;2;6%\n";
    const options = { na: ["?"] };
    expect(await streamed(new TextEncoder().encode(text), 7, options)).toEqual(readTable(text, options));
  });
});
