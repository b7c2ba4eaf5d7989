/** Where in a student's file an error lies. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The place that Node's account of an error names in a file, as `four-levels.ts:12:5`: the head of the excerpt that stands
 * before a syntax error, with the column of its first caret, or else the first call in the stack that lies in the file.
 * Of a name declared twice, and the like, `import()` names no place, and `node --check` does. Empty where neither does.
 */
export function placeOf(error: unknown, file: string): string {
  if (!(error instanceof Error) || error.stack === undefined) return "";
  const found = placeIn(error.stack, file);
  return found === "" && error instanceof SyntaxError ? placeIn(checked(file), file) : found;
}

/** What `node --check` says of the file without its types, which leaves every character in its place. */
function checked(file: string): string {
  const input = stripTypeScriptTypes(readFileSync(file, "utf8"));
  const { stderr } = spawnSync(process.execPath, ["--check", "--input-type=module", "-"], {
    input,
    encoding: "utf8",
  });
  return stderr.replace(/^\[stdin\]/, file);
}

function placeIn(account: string, file: string): string {
  const stack = account.replaceAll(pathToFileURL(file).href, file);
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
