import { gzipSync, strToU8 } from "fflate";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../tensor/errors.ts";
import { readTable } from "./index.ts";
import type { Column, Table } from "./index.ts";

const values = (column: Column): (number | string)[] =>
  column.type === "number"
    ? [...column.values]
    : Array.from(column.codes, (code) => (code < 0 ? "" : column.categories[code]));

const content = (table: Table): Record<string, (number | string)[]> =>
  Object.fromEntries(table.columns.map((column) => [column.name, values(column)]));

describe("what the reader detects", () => {
  test("names, numbers and texts", () => {
    const table = readTable("a,b,kind\n1,-2.5e3,x\n+.5,4.,y\n7, 8 , x \n", { name: "f.csv" });
    expect(content(table)).toEqual({ a: [1, 0.5, 7], b: [-2500, 4, 8], kind: ["x", "y", "x"] });
    expect(table).toMatchObject({ name: "f.csv", rows: 3, header: true, separator: ",", notes: [] });
    expect([...table.lines]).toEqual([2, 3, 4]);
  });

  test.each([
    ["comma", ",", "a,b\n1,2\n3,4\n"],
    ["semicolon", ";", "a;b\n1;2\n3;4\n"],
    ["tab", "\t", "a\tb\n1\t2\n3\t4\n"],
    ["carriage returns", ",", "a,b\r1,2\r3,4"],
    ["CR LF", ",", "a,b\r\n1,2\r\n3,4\r\n"],
    ["mixed line ends and empty lines", ",", "\n\r\na,b\n\n1,2\r\n   \n3,4\r\n\n"],
    ["a byte-order mark", ",", "\ufeffa,b\n1,2\n3,4\n"],
    ["quotes", ";", `"a";"b"\n"1";2\n3;"4"`],
  ])("%s", (_what, separator, text) => {
    const table = readTable(text);
    expect(content(table)).toEqual({ a: [1, 3], b: [2, 4] });
    expect(table.separator).toBe(separator);
    expect(content(readTable(gzipSync(strToU8(text))))).toEqual({ a: [1, 3], b: [2, 4] });
  });

  test("commas inside fields that semicolons or quotes divide", () => {
    expect(readTable("n;t\n1;a, b\n2;c, d\n").separator).toBe(";");
    expect(content(readTable(`t,n\n"a, ""b""\nc",1\n"d;e",2\n`))).toEqual({
      t: [`a, "b"\nc`, "d;e"],
      n: [1, 2],
    });
  });

  test("lines are counted through quoted line breaks and empty lines", () => {
    const table = readTable(`a,b\r\n\r\n"x\r\ny",1\r\n"p\n\nq",2\r\nz,3\r\n`);
    expect([...table.lines]).toEqual([3, 5, 8]);
  });

  test.each([
    ["numbers alone", "1,2,3\n4,5,6\n", false, ["x1", "x2", "y"]],
    ["a text at the end", "5.1,3.5,setosa\n4.9,3.0,setosa\n", false, ["x1", "x2", "y"]],
    ["names over numbers", "a,b,c\n4,5,6\n", true, ["a", "b", "c"]],
    ["names over texts", "outlook,play\nsunny,no\nrain,yes\n", true, ["outlook", "play"]],
    ["texts without names", "sunny,no\nrain,yes\nsunny,no\nrain,no\n", false, ["x1", "y"]],
    ["one year as a name", "rate,size,2020\n1,2,3\n5,6,7\n", true, ["rate", "size", "2020"]],
    ["a missing value in the first row", "?,2,a\n1,2,a\n3,4,b\n", false, ["x1", "x2", "y"]],
    ["a name left out", ",a,b\n0,1,2\n1,3,4\n", true, ["x1", "a", "b"]],
  ])("header: %s", (_what, text, header, names) => {
    const table = readTable(text);
    expect(table.columns.map(({ name }) => name)).toEqual(names);
    expect(table.header).toBe(header);
  });

  test("missing values are counted, with the first of them", () => {
    const tokens = ["", "NA", "NaN", "null", "?", "n/a", "None", " "];
    const table = readTable(
      `a,b,c\n0,x,1\n${tokens.map((token) => `${token},${token},1\n`).join("")}2,y,1\n`,
    );
    expect(table.columns.map(({ missing }) => missing)).toEqual([
      { count: 8, firstLine: 3, firstText: "" },
      { count: 8, firstLine: 3, firstText: "" },
      { count: 0 },
    ]);
    expect(values(table.columns[0])).toEqual([0, ...Array<number>(8).fill(NaN), 2]);
    expect(values(table.columns[1])).toEqual(["x", ...Array<string>(8).fill(""), "y"]);
  });

  test("a column with many texts among its numbers is read as text, with a note", () => {
    const table = readTable("ticket,n\n113,1\nA/5 2,2\n373,3\nPC 17,4\n349,5\n", { name: "f" });
    expect(table.columns[0].type).toBe("text");
    expect(values(table.columns[0])).toEqual(["113", "A/5 2", "373", "PC 17", "349"]);
    expect(table.notes).toEqual([
      `column "ticket" is read as text: 2 of its 5 first values are not numbers ("A/5 2" in line 3)`,
    ]);
  });

  test("types given by the caller win", () => {
    const types = [{ name: "code", type: "text" } as const];
    expect(values(readTable("code,n\n007,1\n7,2\n", { types }).columns[0])).toEqual(["007", "7"]);
    expect(() => readTable("n,m\na,1\nb,2\n", { name: "f", types: [{ name: "n", type: "number" }] })).toThrow(
      `f: line 2, column "n": "a" stands among numbers`,
    );
  });

  test("a column that begins with a thousand missing values may be text or numbers", () => {
    const rows = (last: string): string => `a,b\n${"1,\n".repeat(1500)}${`1,${last}\n`.repeat(3)}`;
    expect(values(readTable(rows("7")).columns[1]).slice(1499)).toEqual([NaN, 7, 7, 7]);
    const text = readTable(rows("x")).columns[1];
    expect(values(text).slice(1499)).toEqual(["", "x", "x", "x"]);
    expect(text.missing).toEqual({ count: 1500, firstLine: 2, firstText: "" });
  });

  test("years over other numbers are taken for names, unless the caller knows better", () => {
    const text = "town,2019,2020\nA,1,2\nB,5,6\n";
    expect(readTable(text).header).toBe(true);
    expect(readTable(text, { header: false }).columns[0].name).toBe("x1");
    expect(readTable(text, { header: true }).columns.map(({ name }) => name)).toEqual([
      "town",
      "2019",
      "2020",
    ]);
  });

  test("one column, where the caller allows it", () => {
    expect(content(readTable("x\n1\n2\n", { leastColumns: 1 }))).toEqual({ x: [1, 2] });
  });
});

describe("course files", () => {
  test("the first line is recognised when the counts fit, with a note", () => {
    const table = readTable("3,2,setosa,versicolor\n5.1,3.5,0\n4.9,3,1\n4,3,1\n", { name: "f" });
    expect(table.classNames).toEqual(["setosa", "versicolor"]);
    expect(content(table)).toEqual({ x1: [5.1, 4.9, 4], x2: [3.5, 3, 3], y: [0, 1, 1] });
    expect([...table.lines]).toEqual([2, 3, 4]);
    expect(table.notes).toEqual([
      "line 1 gives 3 rows, 2 features and the classes setosa, versicolor, and the rows below it fit",
    ]);
  });

  test("numbers that only look like counts are data", () => {
    const table = readTable("2,2,1\n1,2,0\n3,4,0\n");
    expect(table.classNames).toBeUndefined();
    expect(table.rows).toBe(3);
  });

  test.each([
    [
      "4,2,u,v\n1,2,0\n3,4,1\n5,6,1\n",
      "f: line 1: announces 4 rows, 2 features and the classes u, v, but below it stand 3 rows of 2 features and a class; correct the line or take it away",
    ],
    [
      "3,5,u,v\n1,2,0\n3,4,1\n5,6,1\n",
      "f: line 1: announces 3 rows, 5 features and the classes u, v, but below it stand 3 rows of 2 features and a class; correct the line or take it away",
    ],
    [
      "3,2,u,v\n1,2,0\n3,4,2\n5,6,-1\n",
      "f: line 1: announces 3 rows, 2 features and the classes u, v, but 2 of them end in no class 0 … 1; correct the line or take it away",
    ],
  ])("counts that do not fit are refused: %j", (text, message) => {
    expect(refusalOf(text)).toBe(message);
  });
});

function refusalOf(data: string | Uint8Array): string {
  try {
    readTable(data, { name: "f" });
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...strToU8(part)] : part)));
const comma =
  "is written with a comma; write numbers with a decimal point and without thousands separators, such as 1234.5";
const beyond = "is beyond what a number holds; correct it, or leave it empty if it is missing";
const stray = "stands among numbers; correct it, leave it empty if it is missing, or read the column as text";
const quotes = `write "" for a quote inside quotes`;

describe("bad input, with its message", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["an empty file", "", "f: the file is empty; expected a line of names and rows below it"],
    ["blank lines", "\n \r\n", "f: the file is empty; expected a line of names and rows below it"],
    ["a mark and nothing else", "\ufeff", "f: the file is empty; expected a line of names and rows below it"],
    [
      "names only",
      "a,b,c\n",
      `f: line 1: only names ("a", "b", "c") and no row below them; are the data missing?`,
    ],
    [
      "one column",
      "a|b\n1|2\n",
      `f: line 1: one column ("a|b"), expected at least 2; known separators are comma, semicolon and tab`,
    ],
    [
      "a row too long",
      "a,b\n1,2\n\n1,2,3\n",
      "f: line 4: 3 fields, expected 2 as in line 1 (separator: comma); put a field that holds the separator in quotes, or complete the line",
    ],
    [
      "a row too short, without names",
      "1;2;3\n4;5\n",
      "f: line 2: 2 fields, expected 3 as in the lines above (separator: semicolon); put a field that holds the separator in quotes, or complete the line",
    ],
    [
      "decimal commas between commas",
      "a,b\n1,5,2,5\n",
      "f: line 2: 4 fields, expected 2 as in line 1 (separator: comma); with decimal commas, separate fields by semicolons and write points",
    ],
    [
      "a quote that never closes",
      'a,b\r\n"1\r\n2",3\r\n4,"x\r\n5,6\r\n',
      `f: line 4: a quote opens before "x" and is not closed within the file; close it, or ${quotes}`,
    ],
    [
      "a quote that never closes, before a long rest",
      `a,b\n1,"x\n${"2,3\n".repeat(300_000)}`,
      `f: line 2: a quote opens before "x" and is not closed within 1 MiB; close it, or ${quotes}`,
    ],
    [
      "a quote that closes where another should open",
      'a,b\n1,"x\n2,"y"\n',
      `f: line 3: text behind a closing quote: "y\\"" (the quote opened in line 2); ${quotes}`,
    ],
    ["text behind a quote", 'a,b\n1,"x"y\n', `f: line 2: text behind a closing quote: "y"; ${quotes}`],
    [
      "a quote inside a field",
      'a,b\n1,5" pipe\n',
      `f: line 2: a quote inside a field without quotes, before " pipe"; put the field in quotes and write "" for the quote`,
    ],
    [
      "a line without end",
      `a,b\n1,${"x".repeat(1_100_000)}\n`,
      "f: line 2: a line of more than 1 MiB, where a row of values is expected; is this a table?",
    ],
    [
      "NUL",
      "a,b\n1,2\n3,\u00004\n",
      "f: line 3: byte 3 is NUL: this is not text; export the table as CSV (UTF-8)",
    ],
    [
      "Latin-1",
      bytes("a,b\n1,M", [0xfc], "ller\n"),
      'f: line 2: byte 4 (0xfc) is not UTF-8; save the file as CSV UTF-8, or name its encoding (encoding: "windows-1252")',
    ],
    [
      "Latin-1 behind a megabyte of Greek",
      bytes(`a,b\n${"1,αβγδε\n".repeat(90_000)}1,M`, [0xfc], "ller\n"),
      'f: line 90002: byte 4 (0xfc) is not UTF-8; save the file as CSV UTF-8, or name its encoding (encoding: "windows-1252")',
    ],
    [
      "a character cut off",
      bytes("a,b\n1,M", [0xc3]),
      "f: line 2: the file ends inside a character; is it whole?",
    ],
    [
      "a workbook",
      bytes([0x50, 0x4b, 3, 4, 20, 0]),
      "f: this is a zip archive (as .xlsx and .ods files are), expected CSV; export the table as CSV (UTF-8)",
    ],
    ["inf", "a,b\n1,2\ninf,4\n", `f: line 3, column "a": "inf" ${beyond}`],
    ["-Infinity", "a,b\n1,2\n3,-Infinity\n", `f: line 3, column "b": "-Infinity" ${beyond}`],
    ["1e999", "1,2\n3,1e999\n", `f: line 2, column "y": "1e999" ${beyond}`],
    [
      "0x10",
      "a,b\n1,2\n0x10,4\n",
      `f: line 3, column "a": "0x10" is not a decimal number; write it with digits, point and exponent`,
    ],
    ["a text among numbers", "a,b\n1,2\nabc,4\n5,6\n", `f: line 3, column "a": "abc" ${stray}`],
    ["an underscore", "a,b\n1,2\n1_000,4\n5,6\n", `f: line 3, column "a": "1_000" ${stray}`],
    ["a late text", `a,b\n${"1,2\n".repeat(2000)}x,4\n`, `f: line 2002, column "a": "x" ${stray}`],
    ["decimal commas", "a;b\n1,5;2\n2,5;3\n", `f: line 2, column "a": "1,5" ${comma}`],
    ["one decimal comma", 'a,b\n1.5,2\n"2,5",3\n', `f: line 3, column "a": "2,5" ${comma}`],
    ["thousands", 'a,b\n1.5,2\n"2,500.5",3\n', `f: line 3, column "a": "2,500.5" ${comma}`],
    [
      "a name twice",
      "a,b, a\n1,2,3\n",
      `f: line 1, column "a": the columns 1 and 3 have the same name; rename one`,
    ],
    [
      "__proto__",
      "a,__proto__\n1,2\n",
      `f: line 1, column "__proto__": "__proto__" cannot be the name of a column; rename it`,
    ],
    [
      "a name that steers a terminal",
      "a,\u001b[31mb\n1,1e999\n",
      `f: line 2, column "\\u001b[31mb": "1e999" ${beyond}`,
    ],
    [
      "too many columns",
      `${"1,".repeat(10_000)}1\n`,
      "f: line 1: 10001 columns, expected at most 10000; is another separator meant, or should rows and columns change places?",
    ],
    [
      "a damaged archive",
      gzipSync(strToU8("a,b\n1,2\n"), { mtime: 0 }).subarray(0, 20),
      "f: at byte 12: gzip: expected 188977 bytes with the CRC-32 d432e249, found 8 with 0a97077b; the data are damaged or cut short; copy or download the file again",
    ],
  ])("%s", (_what, data, message) => {
    expect(refusalOf(data)).toBe(message);
  });
});

describe("any table", () => {
  const name = fc
    .string({ unit: "grapheme", maxLength: 6 })
    .map((text) => `n${text.replaceAll("\0", "").trim()}`);
  const cell = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => `t${text.replaceAll("\0", "").trim()}`),
    fc.constantFrom('t"', "t,;\t", "t\r\nu", "t\n", '""t""', "tä€😀", "__proto__"),
  );
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const column = (rows: number): fc.Arbitrary<(string | number)[]> =>
    fc.oneof(
      fc.array(fc.option(finite, { nil: NaN }), { minLength: rows, maxLength: rows }),
      fc.array(fc.option(cell, { nil: "" }), { minLength: rows, maxLength: rows }),
    );
  const tables = fc.integer({ min: 1, max: 8 }).chain((rows) =>
    fc.record({
      names: fc.uniqueArray(name, { minLength: 2, maxLength: 5 }),
      columns: fc.array(column(rows), { minLength: 5, maxLength: 5 }),
      separator: fc.constantFrom(",", ";", "\t"),
      lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
      mark: fc.boolean(),
      found: fc.boolean(),
    }),
  );

  test("is the same after quoting and reading", () => {
    fc.assert(
      fc.property(tables, ({ names, columns, separator, lineEnd, mark, found }) => {
        const quoted = (value: string | number): string => `"${String(value).replaceAll('"', '""')}"`;
        const lines = [names, ...columns[0].map((_, row) => names.map((_name, i) => columns[i][row]))].map(
          (row) => row.map((value) => (typeof value === "number" ? String(value) : quoted(value))),
        );
        const text = lines.map((row) => row.join(separator)).join(lineEnd);
        const table = readTable((mark ? "\ufeff" : "") + text, {
          header: true,
          // The separator is found, since all other separators are in quotes.
          separator: found ? undefined : separator,
        });
        expect(table.columns.map((one) => one.name)).toEqual(names);
        const expected = names.map((_name, i) =>
          columns[i].map((v) => (typeof v === "string" ? v.trim() : v)),
        );
        table.columns.forEach((one, i) => {
          const allMissing = expected[i].every((value) => value === "" || Number.isNaN(value));
          if (allMissing) expect(one.missing.count).toBe(table.rows);
          else expect(values(one)).toEqual(expected[i]);
        });
      }),
    );
  });

  test("any bytes are read or refused by a FormatError", () => {
    const pieces = fc.constantFrom(
      "a",
      "1",
      ",",
      ";",
      '"',
      "\n",
      "\r",
      "-",
      ".",
      "e9",
      " ",
      "NaN",
      "\0",
      "\u00ff",
      "\t",
    );
    const texts = fc.array(pieces, { maxLength: 40 }).map((all) => strToU8(all.join("")));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), texts), (data) => {
        try {
          const table = readTable(data, { name: "f" });
          for (const one of table.columns)
            expect(one.type === "number" ? one.values.length : one.codes.length).toBe(table.rows);
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          expect(error.message).toMatch(/^f: /);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
