import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { FormatError } from "../tensor/errors.ts";
import { DataError, FileError } from "./errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { download } from "./download.ts";
import type { DownloadOptions } from "./download.ts";
import { readBytes } from "./files.ts";

const random = new Generator(0).stream("content");
const content = Uint8Array.from({ length: 200_000 }, () => random.integer(0, 256));
const size = content.length;
const most = size + 4096;

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "chainrule-download-"));
  target = join(folder, "sub", "a.gz");
});
afterEach(() => rmSync(folder, { recursive: true }));

let server: Server;
let address: string;
/** How the bad mirror answers a request. The good mirror always sends the file; the gone mirror never does. */
let bad: (request: IncomingMessage, response: ServerResponse) => void;
/** Called when a client of the bad mirror has received this many bytes of the file. */
let onReceived: (received: number) => void;
/** Every request: the mirror, and the requested range. */
let requests: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const mirror = request.url!.split("/")[1];
    requests.push(`${mirror} ${request.headers.range ?? "all"}`);
    if (mirror === "good") good(request, response);
    else if (mirror === "bad") bad(request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
  onReceived = () => {};
});

const startOf = (request: IncomingMessage): number =>
  Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);

/** The status and headers of a server that supports ranges. */
function begin(request: IncomingMessage, response: ServerResponse): void {
  const start = startOf(request);
  const range = start === 0 ? {} : { "content-range": `bytes ${start}-${size - 1}/${size}` };
  response.writeHead(start === 0 ? 200 : 206, { "content-length": size - start, ...range });
}

const good: typeof bad = (request, response) => {
  if (startOf(request) >= size) {
    response.writeHead(416, { "content-range": `bytes */${size}` }).end();
    return;
  }
  begin(request, response);
  response.end(content.subarray(startOf(request)));
};

/** Sends half of the requested bytes, and cuts the connection when the client has them. */
const half: typeof bad = (request, response) => {
  begin(request, response);
  const start = startOf(request);
  const end = start + Math.ceil((size - start) / 2);
  response.write(content.subarray(start, end));
  onReceived = (received) => {
    if (received === end) response.destroy();
  };
};

function get(mirrors: string[], options: DownloadOptions = {}): Promise<void> {
  const check = (bytes: Uint8Array): void => {
    if (Buffer.compare(bytes, content) !== 0) throw new FormatError("a.gz: not what was expected");
  };
  return download({
    urls: mirrors.map((name) => `${address}/${name}/a.gz`),
    target,
    most,
    check,
    onProgress: ({ url, received }) => {
      if (url.startsWith(`${address}/bad/`)) onReceived(received);
    },
    ...options,
  });
}

/** Writes the part file of an earlier download; by default, of a process id that no system assigns. */
function leave(part: Uint8Array, owner = ".999999999-0a1b"): string {
  mkdirSync(join(folder, "sub"), { recursive: true });
  const path = join(folder, "sub", `.a.gz${owner}.part`);
  writeFileSync(path, part);
  return path;
}

function expectDone(): void {
  expect(Buffer.compare(readBytes(target), content)).toBe(0);
  expect(readdirSync(join(folder, "sub"))).toEqual(["a.gz"]);
}

test("a file is downloaded, and its progress is reported", async () => {
  const received: number[] = [];
  await get(["good"], {
    onProgress: (progress) => {
      expect(progress).toMatchObject({ url: `${address}/good/a.gz`, total: size });
      received.push(progress.received);
    },
  });
  expectDone();
  expect(requests).toEqual(["good all"]);
  expect(received.at(-1)).toBe(size);
  expect(received).toEqual(received.toSorted((a, b) => a - b));
});

test("the second mirror is tried when the first does not have the file", async () => {
  await get(["gone", "good"]);
  expectDone();
  expect(requests).toEqual(["gone all", "good all"]);
});

test("two simultaneous downloads of one file do not mix", async () => {
  await Promise.all([get(["good"]), get(["good"])]);
  expectDone();
});

describe("received bytes are not downloaded again", () => {
  test("when the connection breaks; another mirror can go on, too", async () => {
    bad = half;
    await get(["bad", "good"]);
    expectDone();
    expect(requests).toEqual(["bad all", "bad bytes=100000-", "bad bytes=150000-", "good bytes=175000-"]);
  });

  test("when an earlier process was killed", async () => {
    leave(content.subarray(0, 10), ".999999998-0a1b");
    leave(content.subarray(0, 1000));
    await get(["good"]);
    expectDone();
    expect(requests).toEqual(["good bytes=1000-"]);
  });

  test("when the part file is complete", async () => {
    leave(content, "");
    await get(["good"]);
    expectDone();
    expect(requests).toEqual([`good bytes=${size}-`]);
  });

  test("unless another process is downloading the file", async () => {
    const theirs = leave(content.subarray(0, 1000), `.${process.ppid}-0a1b`);
    await get(["good"]);
    expect(requests).toEqual(["good all"]);
    expect(readFileSync(theirs)).toHaveLength(1000);
  });

  test("unless they are not the beginning of the file", async () => {
    leave(new Uint8Array(1000), "");
    await get(["good"]);
    expectDone();
    expect(requests).toEqual(["good bytes=1000-", "good all"]);
  });

  test("unless they are longer than the file", async () => {
    leave(new Uint8Array(size + 5), "");
    await get(["good"]);
    expectDone();
    expect(requests).toEqual([`good bytes=${size + 5}-`, "good all"]);
  });

  test("unless the server does not support ranges", async () => {
    bad = (_request, response) => void response.end(content);
    leave(content.subarray(0, 1000), "");
    await get(["bad"]);
    expectDone();
  });

  test("unless the server sends another part", async () => {
    bad = (request, response) => {
      if (startOf(request) === 0) half(request, response);
      else response.writeHead(206, { "content-range": `bytes 0-${size - 1}/${size}` }).end(content);
    };
    await get(["bad", "good"]);
    expectDone();
    expect(requests.slice(0, 3)).toEqual(["bad all", "bad bytes=100000-", "bad all"]);
  });
});

const other = content.map((byte, i) => (i === 99 ? byte ^ 1 : byte));
test.each<[string, typeof bad, RegExp]>([
  ["one other bit", (_request, response) => response.end(other), /: a\.gz: not what was expected$/],
  ["a page", (_request, response) => response.end("<html>Log in</html>"), /: a\.gz: not what was expected$/],
  [
    "an error",
    (_request, response) => response.writeHead(503).end("busy"),
    /: HTTP 503 Service Unavailable$/,
  ],
  ["nothing", (_request, response) => response.end(), /: sent nothing$/],
  ["a cut line", (_request, response) => response.destroy(), /: .*(closed|hang up|ECONNRESET)/],
  [
    "content without end",
    (_request, response) => {
      const more = (): void => {
        if (response.write(content)) setImmediate(more);
        else response.once("drain", more);
      };
      more();
    },
    /: larger than the 204096 bytes that were expected$/,
  ],
  [
    "far too much, announced",
    (_request, response) => response.writeHead(200, { "content-length": 1e9 }).write("x"),
    /: larger than the 204096 bytes that were expected$/,
  ],
  [
    "another encoding",
    (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(content),
    /: sent with the encoding gzip, which was not asked for$/,
  ],
  ["silence", () => void vi.advanceTimersByTime(300), /: no answer for 0\.3 seconds$/],
  [
    "silence in the middle",
    (request, response) => {
      begin(request, response);
      response.write(content.subarray(startOf(request), startOf(request) + 100));
      onReceived = () => void vi.advanceTimersByTime(300);
    },
    /: no answer for 0\.3 seconds$/,
  ],
])("a server that sends %s is passed over", async (_what, answer, message) => {
  bad = answer;
  // The clock of the limit stands still; only the server moves it.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const alone = get(["bad"], { silence: 300 });
  await expect(alone).rejects.toThrowError(DataError);
  await expect(alone).rejects.toThrowError(message);
  await expect(alone).rejects.toThrowError(`${address}/bad/a.gz: `);
  expect(existsSync(target)).toBe(false);
  await get(["bad", "good"], { silence: 300 });
  expectDone();
});

test("an aborted download stops, and keeps the received bytes", async () => {
  bad = (request, response) => {
    begin(request, response);
    response.write(content.subarray(0, 5000));
  };
  const controller = new AbortController();
  const promise = get(["bad", "good"], {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(promise).rejects.toThrowError("enough");
  expect(requests).toEqual(["bad all"]);
  expect(readdirSync(join(folder, "sub"))).toEqual([".a.gz.part"]);
  await get(["good"]);
  expectDone();
  expect(requests.at(-1)).toBe("good bytes=5000-");
});

test("a folder that cannot be made is a FileError, and no mirror is tried", async () => {
  writeFileSync(join(folder, "sub"), "a file");
  await expect(get(["good", "gone"])).rejects.toThrowError(FileError);
  await expect(get(["good"])).rejects.toThrowError(/sub is a file, not a folder/);
  expect(requests).toEqual([]);
});

test("offline, the error names every address with its reason, and no file is left", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");
  const urls = ["a", "b"].map((name) => `http://127.0.0.1:${port}/${name}`);
  const message = await download({ urls, target, most, check: () => {} }).catch(
    (error: unknown) => (error as Error).message,
  );
  expect(message).toMatch(/^http:\S+\/a: .*ECONNREFUSED.*\nhttp:\S+\/b: .*ECONNREFUSED.*$/);
  expect(readdirSync(folder)).toEqual([]);
});
