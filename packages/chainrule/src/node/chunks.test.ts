import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readChunks } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const long = Uint8Array.from({ length: 1_500_000 }, (_, i) => (i * i) >> 3);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("readChunks", () => {
  it.each([
    ["plain", long],
    ["packed", gzipSync(long)],
    ["packed twice in a row", Buffer.concat([gzipSync(long.subarray(0, 9)), gzipSync(long.subarray(9))])],
  ])("gives the bytes of a file, unpacked: %s", async (name, bytes) => {
    const chunks = await all(readChunks(write(name, bytes)));
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeGreaterThanOrEqual(65_536);
    expect(Buffer.concat(chunks).equals(long)).toBe(true);
  });

  it("yields no chunk of an empty file, and closes a file when the reader stops early", async () => {
    expect(await all(readChunks(write("empty", new Uint8Array(0))))).toEqual([]);
    for await (const chunk of readChunks(write("left", long))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  it.each([
    ["nowhere", undefined, /^cannot read .*nowhere: there is no such file \(ENOENT\)$/],
    ["damaged", gzipSync(long).map((byte, i) => (i === 1000 ? byte ^ 1 : byte)), /damaged: gzip: .*; the file is damaged or cut short: copy or download it again$/],
    ["cut", gzipSync(long).subarray(0, -9), /cut: gzip: unexpected end of file; the file is damaged or cut short: copy or download it again$/],
  ])("refuses a file that is %s", async (name, bytes, message) => {
    const path = bytes === undefined ? join(folder, name) : write(name, bytes);
    await expect(all(readChunks(path))).rejects.toThrow(message);
  }); // prettier-ignore
});
