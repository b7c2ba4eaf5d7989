/** C1 and C5: what a table says about the worth of an accuracy. */
import { expect, it } from "vitest";
import { planColumns, readTable } from "./index.ts";

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("\n");
const notesOf = (text: string, options = {}): readonly string[] =>
  planColumns(readTable(text), options).notes;
const noise = (i: number): number => (i * 7919) % 97;

it.each([
  ["an Id from 1", (i: number) => i + 1],
  ["row names from 0", (i: number) => i],
  ["an id with gaps", (i: number) => 1 + i + Math.floor(i / 3)],
])("C1: %s numbers the rows", (_name, id) => {
  const text = `id,a,kind\n${lines(60, (i) => `${id(i)},${noise(i)},${i < 30 ? "x" : "y"}`)}`;
  expect(notesOf(text)).toEqual(["id numbers the rows, which no new row can have; leave it out (drop)"]);
  expect(notesOf(text, { drop: ["id"] })).toEqual([]);
});

it.each([
  ["timestamps", (i: number) => 1_600_000_000 + i],
  ["years", (i: number) => 1950 + i],
  ["numbers in another order", (i: number) => ((i * 7) % 60) + 1],
  ["fractions", (i: number) => i / 2],
])("C1: %s do not", (_name, value) => {
  expect(notesOf(`t,y\n${lines(60, (i) => `${value(i)},${noise(i) / 2}`)}`)).toEqual([]);
});

it("C1: a column that fixes the class by itself is noted, as text and as a number", () => {
  const text = `alive,code,age,survived\n${lines(60, (i) => `${i % 3 ? "no" : "yes"},${i % 3},${noise(i)},${i % 3 ? 0 : 1}`)}`;
  expect(notesOf(text)).toEqual([
    "alive fixes survived by itself: each of its 2 values has one class; unless it is known beforehand, leave it out (drop)",
    "code fixes survived by itself: each of its 3 values has one class; unless it is known beforehand, leave it out (drop)",
  ]);
});

it("C1: a column with one exception, or with few rows per value, is not", () => {
  const kinds = (i: number): string => (i === 5 ? "no" : i % 3 ? "no" : "yes");
  const text = `alive,age,survived\n${lines(60, (i) => `${kinds(i)},${noise(i)},${i % 3 && i !== 5 ? 0 : 1}`)}`;
  expect(notesOf(text)).toEqual([]);
  expect(notesOf(`a,b,y\n${lines(60, (i) => `${i % 30},${noise(i)},${i % 2 ? "x" : "z"}`)}`)).toEqual([]);
});

it("C5: a class that nearly all rows have is noted, with what always saying it gets", () => {
  const text = `a,b,bought\n${lines(100, (i) => `${noise(i)},${noise(i + 5)},${i % 50 ? "no" : "yes"}`)}`;
  expect(notesOf(text)).toEqual([
    '98.0 % of the rows have the class "no", so always saying it is right on 98.0 %',
  ]);
});

it("C5: many classes with a single row are counted", () => {
  const text = `a,name\n${lines(51, (i) => `${noise(i)},person ${i}`)}`;
  expect(notesOf(text)[0]).toBe('51 classes have a single row, such as "person 0", "person 1", "person 2"');
});

it("C5: one number is one number", () => {
  expect(planColumns(readTable(`a,y\n${lines(5, (i) => `${i},0.8`)}`)).reason).toBe(
    "y holds 1 different number",
  );
});
