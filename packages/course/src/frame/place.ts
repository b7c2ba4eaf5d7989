/** Where in a student's file an error lies. */
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The place that Node's account of an error names in a file, as `four-levels.ts:12:5`: the head of the excerpt that stands
 * before a syntax error, with the column of its first caret, or else the first call in the stack that lies in the file.
 * Empty where Node names none.
 */
export function placeOf(error: unknown, file: string): string {
  if (!(error instanceof Error) || error.stack === undefined) return "";
  const stack = error.stack.replaceAll(pathToFileURL(file).href, file);
  const [head, ...rest] = stack.split("\n");
  if (head.startsWith(`${file}:`)) {
    const line = /^\d+/.exec(head.slice(file.length + 1))?.[0];
    const caret = rest.find((one) => /^\s*\^+$/.test(one));
    if (line !== undefined)
      return [basename(file), line, ...(caret === undefined ? [] : [caret.indexOf("^") + 1])].join(":");
  }
  const at = stack.indexOf(`${file}:`, head.length);
  const place = at < 0 ? undefined : /^\d+:\d+/.exec(stack.slice(at + file.length + 1))?.[0];
  return place === undefined ? "" : `${basename(file)}:${place}`;
}
