/** What identifies a run beside its settings and its seed: the numbers that it began from, by what they are, not where. */
import { createHash } from "node:crypto";
import { readBytes } from "chainrule/node";
import { sourceOf } from "chainrule/runs";
import type { RunRequest } from "chainrule/runs";

/** The sha256 of the files that the user named. */
export interface FilesRead {
  readonly data?: string;
  readonly test?: string;
  readonly initFrom?: string;
}

/** @throws FileError for a file that cannot be read */
export function filesRead({ file, testFile, initFrom }: RunRequest["places"]): FilesRead {
  const named = Object.entries({ data: file, test: testFile, initFrom });
  return Object.fromEntries(
    named.flatMap(([name, path]) => (path === undefined ? [] : [[name, sha256(readBytes(path))] as const])),
  );
}

/** Equal for runs that began from the same state. A run of the same settings and seed then ends with the same metrics. */
export interface Origin {
  /** For a user's files a hash of the bytes, since the encoded numbers may depend on the seed; else one of the numbers. */
  readonly rows?: string;
  readonly initFrom?: string;
}

/** What a run began from; what generators draw follows from settings and seed. */
export function originOf(data: { readonly name: string; readonly sha256: string }, files: FilesRead): Origin {
  const ofFiles = files.data !== undefined && sha256(`${files.data} ${files.test ?? ""}`);
  const drawn = !ofFiles && sourceOf(data.name).kind === "generated";
  return {
    ...(!drawn && { rows: short(ofFiles || data.sha256) }),
    ...(files.initFrom !== undefined && { initFrom: short(files.initFrom) }),
  };
}

const sha256 = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("hex");
const short = (hash: string): string => hash.slice(0, 12);
