import { describe, expect, it } from "vitest";
import { readTable, readTables } from "./index.ts";
import type { ReadTableOptions, Table } from "./index.ts";

const encoder = new TextEncoder();

/** The text in pieces of `size` bytes. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array, void, void> {
  const bytes = encoder.encode(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  await Promise.resolve();
}

/** The rows of all tables, as values. */
function rowsOf(tables: readonly Table[]): (string | number | null)[][] {
  return tables.flatMap(({ rows, columns, lines }) =>
    Array.from({ length: rows }, (_, row) => [
      lines[row],
      ...columns.map((column) =>
        column.type === "number" ? column.values[row] : (column.categories[column.codes[row]] ?? null),
      ),
    ]),
  );
}

const options = { name: "big.csv", types: [{ name: "id", type: "number" }], otherwise: "text" } as const;

/** Some megabytes of rows; `row` writes one. */
function long(header: string, row: (i: number) => string, end = "\n"): string {
  return [header, ...Array.from({ length: 30_000 }, (_, i) => row(i))].map((line) => line + end).join("");
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("readTables", () => {
  it.each([
    ["LF", long("id,text", (i) => `${i},${"a".repeat(i % 90)} b`)],
    ["CR LF, quotes, breaks inside quotes and empty lines", long("id,text", (i) => `${i},"x ""${i % 7}""\r\n,${"y".repeat(i % 80)}"${i % 100 === 0 ? "\r\n" : ""}`, "\r\n")],
    ["CR alone", long("id;text", (i) => `${i};${"é".repeat(i % 60)}z`, "\r")],
  ])("reads what readTable reads, rows and lines: %s", async (_name, text) => {
    const whole = JSON.stringify(rowsOf([readTable(text, options as ReadTableOptions)]));
    for (const size of [65_536, 700_001]) {
      const tables = await all(readTables(pieces(text, size), options));
      expect(tables.length).toBeGreaterThan(1);
      expect(new Set(tables.map(({ header }) => header))).toEqual(new Set([true]));
      expect(JSON.stringify(rowsOf(tables)) === whole).toBe(true);
    }
  }); // prettier-ignore

  it("reads a text of one piece like readTable, and compares the line of counts and classes with the rows", async () => {
    const course = "2,1,no,yes\n1,0\n2,1\n";
    expect(await all(readTables(pieces(course, 5)))).toEqual([readTable(course)]);
    await expect(all(readTables(pieces(course.replace("2,1,no", "3,1,no"), 5)))).rejects.toThrow(
      "announces 3 rows",
    );
  });

  it("skips a first line of counts and classes in a long text", async () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => `${i},${i % 2}\n`).join("");
    const tables = await all(readTables(pieces(`200000,1,no,yes\n${rows}`, 90_000)));
    expect(tables.length).toBeGreaterThan(1);
    expect(tables[0].classNames).toEqual(["no", "yes"]);
    expect(tables.reduce((sum, table) => sum + table.rows, 0)).toBe(200_000);
    expect(tables.at(-1)!.lines.at(-1)).toBe(200_001);
  });

  it.each([
    [
      "a ragged row",
      (i: number) => (i === 29_000 ? "1,2,3" : `${i},${"a".repeat(70)}`),
      'line 29002: 3 fields, expected 2',
    ],
    ["text among numbers", (i: number) => (i === 29_000 ? "many,a" : `${i},${"a".repeat(70)}`), 'line 29002, column "id": "many" stands among numbers'],
    ["NUL", (i: number) => (i === 29_000 ? "1,\0" : `${i},${"a".repeat(70)}`), "line 29002: byte 3 is NUL"],
    ["a quote that never closes", (i: number) => (i === 20_000 ? '1,"open' : `${i},${"a".repeat(150)}`), 'line 20002: a quote opens before "open" and is not closed within 1 MiB'],
  ])("names the line of the whole text: %s", async (_name, row, message) => {
    await expect(all(readTables(pieces(long("id,text", row), 65_536), options))).rejects.toThrow(
      `big.csv: ${message}`,
    );
  }); // prettier-ignore

  it("refuses an empty text", async () => {
    await expect(all(readTables(pieces("", 1), options))).rejects.toThrow("big.csv: the file is empty");
  });
});
