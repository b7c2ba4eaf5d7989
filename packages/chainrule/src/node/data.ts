/** Finds the image data sets: in a named folder, in the cache, or on the web. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { isGzip } from "../formats/gzip.ts";
import { pairImages, parseIdx } from "../formats/idx.ts";
import type { ImageSet } from "../formats/idx.ts";
import { FormatError } from "../tensor/errors.ts";
import { DataError } from "./errors.ts";
import { datasetSources } from "./datasets.ts";
import type { DatasetFile, DatasetName, DatasetSource } from "./datasets.ts";
import { download } from "./download.ts";
import type { DownloadOptions, DownloadProgress } from "./download.ts";
import { readBytes } from "./files.ts";
import { dataRoots, requireDataDir } from "./roots.ts";
import type { RootOptions } from "./roots.ts";

export interface FindOptions extends RootOptions {
  /** Whether to download files that are found nowhere. Default true. */
  readonly download?: boolean;
  readonly onProgress?: (progress: DownloadProgress & { readonly file: string }) => void;
  readonly signal?: AbortSignal;
  /** How long a server may be silent, in milliseconds. */
  readonly silence?: number;
  /** The addresses of folders to download from, in place of the set's own mirrors. */
  readonly mirrors?: readonly string[];
}

/** A data set, and where it was found. */
export interface FoundDataset {
  readonly name: DatasetName;
  readonly folder: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** The SHA-256 of each file's unpacked bytes. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** A folder where a data set may be, and the files that are missing there. */
export interface DatasetPlace {
  readonly folder: string;
  /** The source of the folder's name: `dataDir (--data-dir)`, `CHAINRULE_DATA` or `cache`. */
  readonly named: string;
  readonly exists: boolean;
  readonly missing: readonly string[];
}

/** The folders where a data set is looked for, in order. */
export function datasetPlaces(name: DatasetName, options: FindOptions = {}): DatasetPlace[] {
  return places(datasetSources[name], options);
}

/**
 * The images and labels of MNIST or Fashion-MNIST: from `dataDir`, the folder in `CHAINRULE_DATA`, or the cache, each
 * each with a folder `mnist` or `fashion` of four IDX files, gzipped or not. A set that is nowhere is downloaded into
 * the cache. Each file is verified: MNIST by the SHA-256 of its unpacked bytes, Fashion-MNIST by the published MD5 of
 * its packed files. Unpacked files of Fashion-MNIST are verified by size and form alone.
 *
 * @throws DataError when the set is nowhere, listing the folders and addresses; FormatError for a file that is damaged
 * or another one; FileError for a file that cannot be read or written
 */
export async function findDataset(name: DatasetName, options: FindOptions = {}): Promise<FoundDataset> {
  return { name, ...(await loadSource(datasetSources[name], options)) };
}

/** Like {@link findDataset}, for any source. */
export async function loadSource(
  source: DatasetSource,
  options: FindOptions = {},
): Promise<Omit<FoundDataset, "name">> {
  requireDataDir(options);
  const looked = places(source, options);
  const found = looked.find(({ missing }) => missing.length === 0);
  const folder = found?.folder ?? (await downloadMissing(source, looked, options));
  const { trainImages, trainLabels, testImages, testLabels } = source.files;
  const sha256: Record<string, string> = {};
  const pair = (images: DatasetFile, labels: DatasetFile): ImageSet => {
    const [first, second] = [images, labels].map((file) => {
      const path = pathOf(folder, file)!;
      const content = verified(file, readBytes(path), path);
      sha256[file.name] = content.sha256;
      return { path, array: parseIdx(content.bytes, { name: path }) };
    });
    return pairImages(first.array, second.array, { images: first.path, labels: second.path });
  };
  return { folder, train: pair(trainImages, trainLabels), test: pair(testImages, testLabels), sha256 };
}

function places(source: DatasetSource, options: FindOptions): DatasetPlace[] {
  return dataRoots(options).map(({ named, folder: root }) => {
    const folder = join(root, source.folder);
    const missing = filesOf(source).filter((file) => pathOf(folder, file) === undefined);
    return { named, folder, exists: existsSync(folder), missing: missing.map((file) => file.name) };
  });
}

function filesOf(source: DatasetSource): DatasetFile[] {
  return Object.values(source.files);
}

function pathOf(folder: string, { name }: DatasetFile): string | undefined {
  return [name, `${name}.gz`].map((one) => join(folder, one)).find((path) => existsSync(path));
}

/** Unpacks a file and compares it with the published checksum; `advice` ends the message when they differ. */
function verified(
  file: DatasetFile,
  bytes: Uint8Array,
  path: string,
  advice = "; the file is damaged or another one: remove it, and it is downloaded anew",
): { bytes: Uint8Array; sha256: string } {
  const wrong = (field: string, expected: string | number, found: string | number): FormatError =>
    new FormatError(`${path}: ${field}: expected ${expected}, found ${found}${advice}`);
  let content = bytes;
  if (isGzip(bytes)) {
    const md5 = file.md5OfGzip && createHash("md5").update(bytes).digest("hex");
    try {
      const unpacked = gunzipSync(bytes, { maxOutputLength: file.bytes + 1 });
      content = new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
    } catch (cause) {
      const { message } = cause as Error;
      throw new FormatError(
        `${path}: gzip: expected ${file.bytes} unpacked bytes, found ${bytes.length} packed ones that do not unpack to them (${message})${advice}`,
        { cause },
      );
    }
    if (md5 !== file.md5OfGzip) throw wrong("md5 of the packed file", file.md5OfGzip!, md5!);
  }
  if (content.length !== file.bytes) throw wrong("size", `${file.bytes} bytes`, content.length);
  const sha256 = createHash("sha256").update(content).digest("hex");
  if (file.sha256 !== undefined && sha256 !== file.sha256) throw wrong("sha256", file.sha256, sha256);
  return { bytes: content, sha256 };
}

/** Downloads the files that the cache lacks, and returns the set's folder in the cache. */
async function downloadMissing(
  source: DatasetSource,
  looked: readonly DatasetPlace[],
  options: FindOptions,
): Promise<string> {
  const cache = looked.at(-1)!;
  if (options.download === false) throw notFound(source, looked, "Downloading it was not allowed.");
  const mirrors = (options.mirrors ?? source.mirrors).map((mirror) => mirror.replace(/\/?$/, "/"));
  for (const file of filesOf(source)) {
    if (!cache.missing.includes(file.name)) continue;
    const packed = `${file.name}.gz`;
    const target = join(cache.folder, packed);
    const settings: DownloadOptions = {
      signal: options.signal,
      silence: options.silence,
      onProgress: (progress) => options.onProgress?.({ ...progress, file: packed }),
    };
    try {
      await download({
        ...settings,
        urls: mirrors.map((mirror) => mirror + packed),
        target,
        // Compression never makes a file notably larger.
        most: file.bytes + 4096,
        check: (bytes) => void verified(file, bytes, packed, ""),
      });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw notFound(source, looked, `Tried to download it:\n${error.message.replace(/^/gm, "  ")}`, error);
    }
  }
  return cache.folder;
}

function notFound(
  source: DatasetSource,
  looked: readonly DatasetPlace[],
  tried: string,
  cause?: Error,
): DataError {
  const [first] = filesOf(source);
  const lines = looked.map(({ folder, named, exists, missing }) => {
    const problem = !exists
      ? `no such folder${pathOf(dirname(folder), first) === undefined ? "" : ", but its files lie in the one above"}`
      : missing.length === filesOf(source).length
        ? "none of its files"
        : `without ${missing.join(", ")}`;
    return `  ${folder} (${named}): ${problem}`;
  });
  return new DataError(
    `${source.title} is not on this machine. Looked in\n${lines.join("\n")}\n${tried}\n` +
      `Put its four files (${first.name}.gz …) into one of these folders, or name the folder above it with dataDir (--data-dir) or CHAINRULE_DATA.`,
    { cause },
  );
}
