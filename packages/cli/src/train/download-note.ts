import type { FindOptions } from "chainrule/node";

/** Says on a terminal how a download goes, and in a pipe that there is one. */
export function downloadNote({ json, quiet }: { json?: true; quiet?: true }): FindOptions["onProgress"] {
  if (json || quiet) return undefined;
  const live = process.stderr.isTTY;
  let last = "";
  return ({ file, received, total }) => {
    const share = total === undefined || !live ? "" : ` ${Math.floor((100 * received) / total)} %`;
    const text = `downloading ${file}${share}`;
    if (text !== last) process.stderr.write(live ? `\r${text}` : `${text}\n`);
    last = text;
    if (live && received === total) process.stderr.write("\n");
  };
}
