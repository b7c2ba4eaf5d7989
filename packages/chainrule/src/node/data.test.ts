import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeIdx } from "../formats/idx.ts";
import { FormatError } from "../tensor/errors.ts";
import { DataError } from "./errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { cacheFolder } from "./cache.ts";
import { loadSource } from "./data.ts";
import type { FindOptions } from "./data.ts";
import { datasetSources } from "./datasets.ts";
import type { DatasetFile, DatasetSource } from "./datasets.ts";
import { datasetPlaces, findDataset } from "./index.ts";

// A small set in the form of MNIST. It is noise, which hardly compresses.
const random = new Generator(0).stream("images");
const noise = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random.integer(0, 256));
const contents: Record<keyof DatasetSource["files"], Uint8Array> = {
  trainImages: writeIdx([300, 28, 28], noise(300 * 784)),
  trainLabels: writeIdx([300], noise(300)),
  testImages: writeIdx([20, 28, 28], noise(20 * 784)),
  testLabels: writeIdx([20], noise(20)),
};
const hash = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest("hex");
const unpacked = new Map<string, Uint8Array>();
const packed = new Map<string, Uint8Array>();
const files = { ...datasetSources.mnist.files };
for (const role of Object.keys(contents) as (keyof typeof contents)[]) {
  const { name } = files[role];
  files[role] = { name, bytes: contents[role].length, sha256: hash("sha256", contents[role]) };
  unpacked.set(name, contents[role]);
  packed.set(`${name}.gz`, gzipSync(contents[role]));
}
const source: DatasetSource = { title: "Test set", folder: "mnist", mirrors: [], files };
const [images, labels] = [files.trainImages.name, files.trainLabels.name];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainrule-data-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes the set into a folder, each file after `change`. */
function put(
  root: string,
  change = (_name: string, bytes: Uint8Array): Uint8Array | undefined => bytes,
): void {
  mkdirSync(join(root, "mnist"), { recursive: true });
  for (const [name, bytes] of unpacked) {
    const changed = change(name, bytes);
    if (changed !== undefined) writeFileSync(join(root, "mnist", name), changed);
  }
}

/** Looks only in the test's own folders: `cache` below the test's folder, and the folders of the options. */
const load = (options: FindOptions = {}): ReturnType<typeof loadSource> =>
  loadSource(source, {
    mirrors: [],
    ...options,
    environment: { XDG_CACHE_HOME: join(folder, "cache"), ...options.environment },
  });
const cached = (): string => join(folder, "cache", "chainrule", "mnist");

describe("found on disk", () => {
  test("looks in the named folder, in CHAINRULE_DATA and in the cache, in this order", async () => {
    const [named, variable] = [join(folder, "named"), join(folder, "variable")];
    const environment = { CHAINRULE_DATA: variable };
    put(join(folder, "cache", "chainrule"));
    expect((await load({ environment })).folder).toBe(cached());
    put(variable);
    expect((await load({ environment })).folder).toBe(join(variable, "mnist"));
    mkdirSync(named);
    expect((await load({ dataDir: named, environment })).folder).toBe(join(variable, "mnist"));
    put(named);
    const { folder: found, train, test: held, sha256 } = await load({ dataDir: named, environment });
    expect(found).toBe(join(named, "mnist"));
    expect(train).toMatchObject({ count: 300, rows: 28, columns: 28 });
    expect(train.images).toEqual(contents.trainImages.subarray(16));
    expect(train.labels).toEqual(contents.trainLabels.subarray(8));
    expect(held.images).toEqual(contents.testImages.subarray(16));
    expect(sha256[images]).toBe(files.trainImages.sha256);
    expect(Object.keys(sha256)).toHaveLength(4);
  });

  test("reads packed files, unpacked files, or some of each", async () => {
    put(folder);
    for (const [name, bytes] of packed)
      if (name.includes("images")) {
        rmSync(join(folder, "mnist", name.slice(0, -3)));
        writeFileSync(join(folder, "mnist", name), bytes);
      }
    expect((await load({ dataDir: folder })).train.images).toEqual(contents.trainImages.subarray(16));
  });

  test("reports where it looked and which files are missing where", async () => {
    mkdirSync(join(folder, "b", "mnist"), { recursive: true });
    put(join(folder, "c"), (name, bytes) => (name === labels ? undefined : bytes));
    for (const [name, bytes] of unpacked) writeFileSync(join(folder, name), bytes);
    const promise = load({
      dataDir: folder,
      environment: { CHAINRULE_DATA: join(folder, "c"), XDG_CACHE_HOME: join(folder, "b") },
      download: false,
    });
    await expect(promise).rejects.toThrowError(DataError);
    const { message } = (await promise.catch((error: unknown) => error)) as Error;
    expect(message.replaceAll(folder, "~")).toBe(
      [
        "Test set is not on this machine. Looked in",
        "  ~/mnist (dataDir (--data-dir)): no such folder, but its files lie in the one above",
        "  ~/c/mnist (CHAINRULE_DATA): without train-labels-idx1-ubyte",
        "  ~/b/chainrule/mnist (cache): no such folder",
        "Downloading it was not allowed.",
        "Put its four files (train-images-idx3-ubyte.gz …) into one of these folders, or name the folder above it with dataDir (--data-dir) or CHAINRULE_DATA.",
      ].join("\n"),
    );
  });

  test("a named folder that does not exist is an error", async () => {
    put(join(folder, "cache", "chainrule"));
    await expect(load({ dataDir: join(folder, "no") })).rejects.toThrowError(
      /^the data folder .*no does not exist$/,
    );
    writeFileSync(join(folder, "file"), "");
    await expect(load({ dataDir: join(folder, "file") })).rejects.toThrowError(/is not a folder$/);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    [
      "cut off",
      (bytes) => bytes.subarray(0, -1),
      /idx3-ubyte: size: expected 235216 bytes, found 235215; the file is/,
    ],
    ["longer", (bytes) => Uint8Array.from([...bytes, 0]), /size: expected 235216 bytes, found 235217/],
    [
      "of one other bit",
      (bytes) => Uint8Array.from(bytes, (byte, i) => (i === 9999 ? byte ^ 1 : byte)),
      /sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}; the file is damaged or another one: remove it/,
    ],
    ["empty", () => new Uint8Array(0), /size: expected 235216 bytes, found 0/],
    [
      "packed and cut off",
      (bytes) => gzipSync(bytes).subarray(0, -20),
      /gzip: expected 235216 unpacked bytes, found \d+ packed ones that do not unpack to them \(/,
    ],
    [
      "packed and far too large",
      () => gzipSync(new Uint8Array(1e6)),
      /gzip: expected 235216 unpacked bytes, found \d+ packed/,
    ],
    [
      "packed and of another size",
      () => gzipSync(writeIdx([1], new Uint8Array(1))),
      /size: expected 235216 bytes, found 9/,
    ],
  ])("a file that is %s is refused", async (_what, change, message) => {
    // prettier-ignore
    put(folder, (name, bytes) => (name === images ? change(bytes) : bytes));
    const promise = load({ dataDir: folder });
    await expect(promise).rejects.toThrowError(FormatError);
    await expect(promise).rejects.toThrowError(message);
    await expect(promise).rejects.toThrowError(join(folder, "mnist", images));
  });

  test("packed files are checked against an MD5 if the source has one", async () => {
    const withMd5 = (file: DatasetFile): DatasetFile => ({
      name: file.name,
      bytes: file.bytes,
      md5OfGzip: hash("md5", packed.get(`${file.name}.gz`)!),
    });
    const { trainImages, trainLabels, testImages, testLabels } = files;
    const fashion: DatasetSource = {
      ...source,
      files: {
        trainImages: withMd5(trainImages),
        trainLabels: withMd5(trainLabels),
        testImages: withMd5(testImages),
        testLabels: withMd5(testLabels),
      },
    };
    mkdirSync(join(folder, "mnist"));
    for (const [name, bytes] of packed) writeFileSync(join(folder, "mnist", name), bytes);
    expect((await loadSource(fashion, { dataDir: folder })).train.count).toBe(300);
    // The same content, compressed at another level.
    writeFileSync(join(folder, "mnist", `${images}.gz`), gzipSync(contents.trainImages, { level: 1 }));
    await expect(loadSource(fashion, { dataDir: folder })).rejects.toThrowError(
      /images-idx3-ubyte\.gz: md5 of the packed file: expected [0-9a-f]{32}, found [0-9a-f]{32}/,
    );
    // For an unpacked file there is no checksum; its size and form are checked.
    rmSync(join(folder, "mnist", `${images}.gz`));
    writeFileSync(join(folder, "mnist", images), contents.trainImages);
    expect((await loadSource(fashion, { dataDir: folder })).train.count).toBe(300);
    writeFileSync(join(folder, "mnist", images), new Uint8Array(contents.trainImages.length));
    await expect(loadSource(fashion, { dataDir: folder })).rejects.toThrowError(FormatError);
  });
});

describe("downloaded", () => {
  let server: Server;
  let mirror: string;
  let requests: string[];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const [, folderOnServer, name] = request.url!.split("/");
      requests.push(name);
      const file = folderOnServer === "set" ? packed.get(name) : undefined;
      if (file === undefined) response.writeHead(404).end();
      else response.end(file);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    requests = [];
  });

  test("downloads into the cache once, and later only the missing files", async () => {
    const seen = new Set<string>();
    // The first mirror has no files; the last slash of a mirror does not matter.
    const mirrors = [`${mirror}/gone/`, `${mirror}/set`];
    const found = await load({ mirrors, onProgress: ({ file }) => seen.add(file) });
    expect(found.folder).toBe(cached());
    expect(found.train.images).toEqual(contents.trainImages.subarray(16));
    expect([...seen].sort()).toEqual([...packed.keys()].sort());
    expect(readdirSync(cached()).sort()).toEqual([...packed.keys()].sort());
    requests = [];
    await load({ mirrors });
    expect(requests).toEqual([]);
    rmSync(join(cached(), `${labels}.gz`));
    await load({ mirrors: [`${mirror}/set`] });
    expect(requests).toEqual([`${labels}.gz`]);
  });

  test("a set that is nowhere: the error names the folders and mirrors", async () => {
    const { message } = (await load({ mirrors: [`${mirror}/gone`] }).catch(
      (error: unknown) => error,
    )) as Error;
    expect(message.replaceAll(folder, "~").replaceAll(mirror, "http:")).toBe(
      [
        "Test set is not on this machine. Looked in",
        "  ~/cache/chainrule/mnist (cache): no such folder",
        "Tried to download it:",
        "  http:/gone/train-images-idx3-ubyte.gz: HTTP 404 Not Found",
        "Put its four files (train-images-idx3-ubyte.gz …) into one of these folders, or name the folder above it with dataDir (--data-dir) or CHAINRULE_DATA.",
      ].join("\n"),
    );
    expect(existsSync(cached())).toBe(false);
  });

  test("a file that differs from the published one never gets into the cache", async () => {
    const right = packed.get(`${images}.gz`)!;
    packed.set(`${images}.gz`, gzipSync(contents.trainImages.map((byte, i) => (i === 99 ? byte ^ 1 : byte))));
    await expect(load({ mirrors: [`${mirror}/set`] })).rejects.toThrowError(
      /train-images-idx3-ubyte\.gz: sha256: expected \w{64}, found \w{64}$/m,
    );
    packed.set(`${images}.gz`, right);
    expect(readdirSync(cached())).toEqual([]);
  });

  test("a cached file that was damaged is refused by name", async () => {
    await load({ mirrors: [`${mirror}/set`] });
    truncateSync(join(cached(), `${images}.gz`), 5000);
    await expect(load({ mirrors: [`${mirror}/set`] })).rejects.toThrowError(
      /train-images-idx3-ubyte\.gz: gzip: .*remove it, and it is downloaded anew/,
    );
  });
});

test("the cache is in the system's folder for caches", () => {
  expect(cacheFolder({}, "linux", "/home/a")).toBe("/home/a/.cache/chainrule");
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" }, "linux", "/home/a")).toBe("/x/chainrule");
  expect(cacheFolder({ XDG_CACHE_HOME: "x" }, "linux", "/home/a")).toBe("/home/a/.cache/chainrule");
  expect(cacheFolder({}, "darwin", "/Users/a")).toBe("/Users/a/Library/Caches/chainrule");
  expect(cacheFolder({ LOCALAPPDATA: "/local" }, "win32", "/a")).toBe("/local/chainrule/Cache");
});

test("the folders of a set, in order", () => {
  const environment = { CHAINRULE_DATA: "/no/b", XDG_CACHE_HOME: "/no/c" };
  const found = datasetPlaces("fashion", { dataDir: "/no/a", environment });
  expect(found.map((place) => [place.named, place.folder, place.missing.length])).toEqual([
    ["dataDir (--data-dir)", "/no/a/fashion", 4],
    ["CHAINRULE_DATA", "/no/b/fashion", 4],
    ["cache", "/no/c/chainrule/fashion", 4],
  ]);
});

test("both sets have two mirrors and a checksum for each file", async () => {
  for (const { mirrors, files: all } of Object.values(datasetSources)) {
    expect(new Set(mirrors.map((url) => new URL(url).host)).size).toBe(2);
    for (const { sha256, md5OfGzip } of Object.values(all))
      expect(`${sha256 ?? ""} ${md5OfGzip ?? ""}`).toMatch(/^[0-9a-f]{64} $|^ [0-9a-f]{32}$/);
  }
  const environment = { XDG_CACHE_HOME: join(folder, "cache") };
  await expect(findDataset("fashion", { environment, download: false })).rejects.toThrowError(
    /^Fashion-MNIST is not on this machine/,
  );
});

// The real files, in the folder that CHAINRULE_DATA names.
test("MNIST is read, and its bytes are not copied", async ({ skip }) => {
  const missing = datasetPlaces("mnist").every((place) => place.missing.length > 0);
  if (missing) skip("MNIST is not here; CHAINRULE_DATA names a folder with mnist/ in it");
  const { train, test: held } = await findDataset("mnist", { download: false });
  expect([train.count, held.count, train.rows, train.columns]).toEqual([60_000, 10_000, 28, 28]);
  expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  // The arrays are views of the unpacked files, after headers of 16 and 8 bytes; a copy would begin at 0.
  for (const { images, labels } of [train, held]) {
    expect(images.byteOffset).toBeGreaterThanOrEqual(16);
    expect(labels.byteOffset).toBeGreaterThanOrEqual(8);
  }
});
