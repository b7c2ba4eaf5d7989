/**
 * A lint for the worst habits of the prose in comments, messages and documents. CONTRIBUTING.md has the rule and the
 * list of words; this test only finds the phrases that a machine can find.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** A phrase to avoid, and what to write in its place. */
interface Habit {
  readonly pattern: RegExp;
  readonly instead: string;
}

const habits: readonly Habit[] = [
  {
    pattern:
      /(?<!\b[Tt]here )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|fewer\b|[a-z]+er (?:than|in)\b)[a-z]/,
    instead: '"is not a …" or "has no …"',
  },
  { pattern: /\b(?:told|tells|tell|telling) of\b/, instead: '"reported", "is notified of"' },
  { pattern: /\bturn(?:ed|s|ing)? round\b/, instead: '"transposed", "reversed"' },
  {
    pattern: /\bas (?:(?:it|they|these|this) (?:is|are|was|were) )?written\b/,
    instead: '"eagerly", "unchanged"',
  },
  { pattern: /\bfor (?:who|whoever)\b/, instead: "name the person or the code" },
  { pattern: /\bis none\b/, instead: '"must be one of …", "is missing"' },
  { pattern: /\bof nothing\b/, instead: "name what is missing" },
  { pattern: /\basked of\b/, instead: '"required of", "requested from"' },
  { pattern: /\b[Uu]sual(?:ly)?[:;]|\(usual\b|\bthe usual\b|\bunless told\b/, instead: '"default"' },
  { pattern: /\bshall\b/, instead: '"must" or "should"' },
  { pattern: /\b(?:its|their|and) kin\b/, instead: '"and the like", or a list' },
  { pattern: /\bdo(?:es|ne|ing)? without\b/, instead: "say what happens in its place" },
  { pattern: /\bto no harm\b/, instead: '"harmlessly", "which does no harm"' },
];

const root = fileURLToPath(new URL("..", import.meta.url));
const files = execFileSync("git", ["ls-files", "*.ts", "*.md", ".ci/run"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && file !== "test/words.test.ts" && file !== "CONTRIBUTING.md");

/** The lines of a text that have a habit, each with the line and what to write instead. */
function found(name: string, text: string): string[] {
  return text.split("\n").flatMap((line, i) =>
    habits.flatMap(({ pattern, instead }) => {
      const match = pattern.exec(line);
      return match === null ? [] : [`${name}:${i + 1}: "${match[0]}"; write ${instead}: ${line.trim()}`];
    }),
  );
}

test("the lint finds each habit", () => {
  const bad = [
    "A version of a cell is no leaf.",
    "whoever is told of it",
    "the matrix is turned round",
    "the steps as they are written",
    "for who wants more",
    "the device is none",
    "both names are of nothing",
    "what is asked of each function",
    "the usual one",
    "it shall be kept",
    "exp and its kin",
    "the worker is done without",
    "under an older Node, to no harm",
  ];
  expect(bad.map((line) => found("a", line).length > 0)).toEqual(bad.map(() => true));
  expect(habits).toHaveLength(bad.length);
});

test("the lint leaves plain sentences alone", () => {
  const good = [
    "There is no default.",
    "It is no longer read.",
    "The value is not a number.",
    "no more than 3",
  ];
  expect(good.flatMap((line) => found("a", line))).toEqual([]);
});

test("no comment, message or document has a habit", () => {
  expect(files.flatMap((file) => found(file, readFileSync(`${root}${file}`, "utf8")))).toEqual([]);
});
