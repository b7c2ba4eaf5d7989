import type { FindOptions } from "chainrule/node";

/** Says on a terminal how a download goes, and in a pipe that there is one. */
export function downloadNote({ json, quiet }: { json?: true; quiet?: true }): FindOptions["onProgress"] {
  if (json || quiet) return undefined;
  let last = "";
  return ({ file, received, total }) => {
    const share = total === undefined ? "" : ` ${Math.floor((100 * received) / total)} %`;
    const text = process.stderr.isTTY ? `downloading ${file}${share}` : `downloading ${file}`;
    if (text !== last) process.stderr.write(process.stderr.isTTY ? `\r${text}` : `${text}\n`);
    last = text;
    if (process.stderr.isTTY && received === total) process.stderr.write("\n");
  };
}
