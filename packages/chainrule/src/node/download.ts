/** Downloads files. A download resumes, checks its bytes, and puts the file in place whole or not at all. */
import { ChainruleError, FormatError } from "../tensor/errors.ts";
import { DataError, FileError } from "./errors.ts";
import { systemCode } from "./file-error.ts";
import { readBytes } from "./files.ts";
import { claimPart } from "./part.ts";
import type { Part } from "./part.ts";

/** The progress of a download. */
export interface DownloadProgress {
  readonly url: string;
  /** The number of bytes so far, with those of an earlier download. */
  readonly received: number;
  /** The number of bytes in all, if the server reports it. */
  readonly total: number | undefined;
}

export interface DownloadOptions {
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** How long a server may be silent, in milliseconds. Default 30,000. */
  readonly silence?: number;
}

export interface Download extends DownloadOptions {
  /** The addresses of the file, tried in turn. */
  readonly urls: readonly string[];
  /** The path to write to; its folder is made. */
  readonly target: string;
  /** The largest size that the file can have; a larger one is refused. */
  readonly most: number;
  /** Throws a FormatError when the bytes are not those of the file. */
  readonly check: (bytes: Uint8Array) => void;
}

const attempts = 3;

/**
 * Downloads a file. Bytes that an aborted or killed download has received are not downloaded again.
 *
 * @throws DataError listing every address and what went wrong there; FileError when the file cannot be written
 */
export async function download(wanted: Download): Promise<void> {
  const part = claimPart(wanted.target);
  const problems: string[] = [];
  try {
    for (const url of wanted.urls) {
      const problem = await fromOne(url, part, wanted);
      if (problem === undefined) return;
      problems.push(`${url}: ${problem}`);
    }
  } catch (error) {
    // Removes the part file, so that a full disk does not stay full.
    if (error instanceof FileError) part.truncate(0);
    throw error;
  } finally {
    part.release();
  }
  throw new DataError(problems.join("\n"));
}

/** Downloads from one address, and tries again as long as each try receives some bytes. Returns the last error. */
async function fromOne(url: string, part: Part, wanted: Download): Promise<string | undefined> {
  let problem = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = part.length();
    try {
      await fetchInto(part, url, wanted);
      wanted.check(readBytes(part.path));
      part.moveTo(wanted.target);
      return undefined;
    } catch (error) {
      wanted.signal?.throwIfAborted();
      if (error instanceof ChainruleError && !(error instanceof FormatError)) throw error;
      problem = reasonOf(error);
      if (error instanceof FormatError || error instanceof OtherPart) {
        // The bytes of the earlier download may be wrong: tries once more from the beginning, then gives this address
        // up.
        part.truncate(0);
        if (before === 0) return problem;
      } else if (part.length() <= before) return problem;
    }
  }
  return problem;
}

async function fetchInto(part: Part, url: string, { most, ...options }: Download): Promise<void> {
  const silence = options.silence ?? 30_000;
  const timer = new AbortController();
  const fail = (): void => timer.abort(new Refused(`no answer for ${silence / 1000} seconds`));
  let timeout = setTimeout(fail, silence);
  let response: Response | undefined;
  try {
    const offset = part.length();
    response = await fetch(url, {
      headers: {
        "accept-encoding": "identity",
        ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
      },
      signal: options.signal ? AbortSignal.any([options.signal, timer.signal]) : timer.signal,
    });
    const { start, total } = placeOf(response, offset);
    if (start === offset && response.status === 416) return;
    part.truncate(start);
    let received = start;
    const tooLarge = (): Refused => new Refused(`larger than the ${most} bytes that were expected`);
    if (total !== undefined && total > most) throw tooLarge();
    for await (const chunk of response.body ?? []) {
      clearTimeout(timeout);
      timeout = setTimeout(fail, silence);
      received += chunk.length;
      if (received > most) throw tooLarge();
      part.append(chunk);
      options.onProgress?.({ url, received, total });
    }
    if (total !== undefined && received !== total)
      throw new Refused(`broke off after ${received} of ${total} bytes`);
    if (received === 0) throw new Refused("sent nothing");
  } finally {
    clearTimeout(timeout);
    // Ends the connection if the body was not read to its end; otherwise this does nothing.
    await response?.body?.cancel().catch(() => {});
  }
}

/** An answer without usable bytes. */
class Refused extends Error {}

/** The server sent a range that does not begin where our part ends. */
class OtherPart extends Refused {}

/** The position from which an answer sends the file, and the length of the file. */
function placeOf(response: Response, offset: number): { start: number; total: number | undefined } {
  const { headers, status } = response;
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity")
    throw new Refused(`sent with the encoding ${encoding}, which was not asked for`);
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  const total = range === null || range[2] === "*" ? undefined : Number(range[2]);
  if (status === 206 && range?.[1] !== undefined && Number(range[1]) === offset)
    return { start: offset, total };
  // The file has no bytes after our part: either the part is complete, or it is too long and wrong.
  if (status === 416 && total === offset) return { start: offset, total };
  if (status === 206 || status === 416) throw new OtherPart("another part was sent than was asked for");
  if (status !== 200) throw new Refused(`HTTP ${status}${response.statusText && ` ${response.statusText}`}`);
  const length = headers.get("content-length");
  return { start: 0, total: length === null ? undefined : Number(length) };
}

function reasonOf(error: unknown): string {
  // fetch throws a TypeError that says only "fetch failed" or "terminated", with the reason as its cause.
  const reason = error instanceof TypeError && error.cause instanceof Error ? error.cause : (error as Error);
  return reason.message || systemCode(reason) || String(reason);
}
