/** Downloads: resumed, checked, and in place whole or not at all. */
import { ChainruleError, DataError, FileError, FormatError } from "../tensor/errors.ts";
import { systemCode } from "./file-error.ts";
import { readBytes } from "./files.ts";
import { claimPart } from "./part.ts";
import type { Part } from "./part.ts";

/** How far a download is. */
export interface DownloadProgress {
  readonly url: string;
  /** Bytes that are there, those of an earlier start among them. */
  readonly received: number;
  /** Bytes there will be, where the server says. */
  readonly total: number | undefined;
}

export interface DownloadOptions {
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** How long a server may be silent, in milliseconds; 30,000 unless given. */
  readonly silence?: number;
}

export interface Download extends DownloadOptions {
  /** Where the same file is published; tried in turn. */
  readonly urls: readonly string[];
  /** Where it goes; the folder is made. */
  readonly target: string;
  /** A file larger than this is not what was asked for. */
  readonly most: number;
  /** Throws a FormatError when the bytes are not what was asked for. */
  readonly check: (bytes: Uint8Array) => void;
}

const attempts = 3;

/**
 * Fetches a file. What an earlier start, broken off or killed, has fetched is not fetched again.
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
    // A full disk shall not stay full.
    if (error instanceof FileError) part.truncate(0);
    throw error;
  } finally {
    part.release();
  }
  throw new DataError(problems.join("\n"));
}

/** Fetches from one address, several times as long as each time brings something; says what went wrong at last. */
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
        // What was there before may be to blame: once more from the beginning, then never mind this address.
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
    // Ends the connection where the body was not read to its end; where it was, or broke off, this does nothing.
    await response?.body?.cancel().catch(() => {});
  }
}

/** An answer that does not help. */
class Refused extends Error {}

/** A part of the file that does not go on where ours ends. */
class OtherPart extends Refused {}

/** From where on an answer gives the file, and how long that is. */
function placeOf(response: Response, offset: number): { start: number; total: number | undefined } {
  const { headers, status } = response;
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity")
    throw new Refused(`sent with the encoding ${encoding}, which was not asked for`);
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  const total = range === null || range[2] === "*" ? undefined : Number(range[2]);
  if (status === 206 && range?.[1] !== undefined && Number(range[1]) === offset)
    return { start: offset, total };
  // Nothing is behind what is there: either it is all, or it is too long and something else.
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
