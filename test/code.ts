import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The root of the checkout and the folder of the library's sources. */
export const root = join(import.meta.dirname, "..");
export const librarySource = join(root, "packages/chainrule/src");

/** A source file: its path below the folder it was listed from, with forward slashes, and its text. */
export type Source = { path: string; text: string };

/** The TypeScript files below a folder that are not tests. */
export function sourcesBelow(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.includes("node_modules"))
    .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(folder, path), "utf8") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Blanks out comments, regular expressions and the contents of strings. Length and lines stay the same, and so does the
 * code inside `${}` of a template.
 */
export function codeOnly(text: string): string {
  let out = "";
  let at = 0;
  const copy = (length: number) => {
    out += text.slice(at, at + length);
    at += length;
  };
  const blankTo = (end: number) => {
    out += text.slice(at, end).replace(/[^\n]/g, " ");
    at = end;
  };
  const quoted = (quote: string) => {
    let end = at + 1;
    while (end < text.length && text[end] !== quote && text[end] !== "\n") end += text[end] === "\\" ? 2 : 1;
    copy(1);
    blankTo(end);
    copy(1);
  };
  const template = () => {
    copy(1);
    while (at < text.length && text[at] !== "`") {
      if (text.startsWith("${", at)) {
        copy(2);
        code("}");
        copy(1);
      } else blankTo(at + (text[at] === "\\" ? 2 : 1));
    }
    copy(1);
  };
  const expression = () => {
    let end = at + 1;
    for (let inClass = false; text[end] !== "\n" && (inClass || text[end] !== "/"); end++) {
      if (text[end] === "\\") end++;
      else if (text[end] === "[") inClass = true;
      else if (text[end] === "]") inClass = false;
    }
    blankTo(end + 1);
  };
  /** Copies code up to an unmatched `closing`, or to the end. */
  const code = (closing?: string) => {
    for (let depth = 0; at < text.length;) {
      const next = text[at];
      if (text.startsWith("//", at)) blankTo(endOf("\n", 0));
      else if (text.startsWith("/*", at)) blankTo(endOf("*/", 2));
      else if (next === '"' || next === "'") quoted(next);
      else if (next === "`") template();
      else if (next === "/" && startsExpression(out)) expression();
      else {
        if (next === "{") depth++;
        if (next === "}" && depth-- === 0 && closing === "}") return;
        copy(1);
      }
    }
  };
  const endOf = (mark: string, length: number) => {
    const found = text.indexOf(mark, at + length);
    return found < 0 ? text.length : found + length;
  };
  code();
  return out;
}

/** Whether a slash after this code opens a regular expression; after a value it is a division. */
function startsExpression(before: string): boolean {
  return /(^|[(,=:[!&|?{};+\-*%<>~^]|\b(return|typeof|case|in|of|else|do|void|yield|await))\s*$/.test(
    before.slice(-200),
  );
}

/** One import or re-export of a file. */
export type Import = { from: string; typeOnly: boolean; line: number };

/** Every import, re-export and dynamic import of a file, without those in comments. */
export function importsOf(text: string): Import[] {
  const code = codeOnly(text);
  const patterns = [
    /\b(?:import|export)\s+(type\b(?!\s*(?:from\b|,))|)[\w$*{}\s,]*?\bfrom\s*(?=["'])/g,
    /\bimport\s*()(?=["'])/g,
    /\bimport\s*\(\s*()(?=["'`])/g,
  ];
  const found = patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => {
      // The blanked code lacks the contents of strings, so the specifier is read from the text at the same place.
      const rest = text.slice(match.index + match[0].length);
      return {
        from: rest.slice(1, rest.indexOf(rest[0], 1)),
        typeOnly: match[1] !== "",
        line: lineOf(text, match.index),
      };
    }),
  );
  return found.sort((a, b) => a.line - b.line);
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
