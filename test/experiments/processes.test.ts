import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as later } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { Generator } from "chainrule";
import { experiment, plan, summarize, toJson } from "chainrule/experiments";
import type { ExperimentEvent, Outcome } from "chainrule/experiments";
import { runInProcesses, RunStore, StoreError } from "chainrule/node";
import { training, vary } from "./measure.ts";

const folder = mkdtempSync(join(tmpdir(), "chainrule-experiments-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const module = join(import.meta.dirname, "measure.ts");

async function all<S>(events: AsyncIterable<ExperimentEvent<S>>): Promise<ExperimentEvent<S>[]> {
  const list = [];
  for await (const event of events) list.push(event);
  return list;
}

const without = ({ seconds: _seconds, ...outcome }: Outcome) => outcome;

describe("a sweep of 24 runs that is killed ten times", () => {
  const paths = ["runs.sqlite", "log", "results.json"].map((name) => join(folder, name));
  const [, log, results] = paths;
  const lines = () =>
    (existsSync(log) ? readFileSync(log, "utf8") : "").split("\n").flatMap((line) => {
      const [what, id, pid] = line.split(" ");
      return id ? [{ what, id, pid: Number(pid) }] : [];
    });

  /**
   * Starts the coordinator. Once the log has `more` more lines, kills it, or one of its workers first. All workers wait
   * at that line, so that they cannot finish before this process has seen it.
   */
  async function start(more = Infinity, worker = false): Promise<NodeJS.Signals | number | null> {
    const file = join(import.meta.dirname, "coordinator.ts");
    const before = lines().length;
    writeFileSync(`${log}.most`, String(before + more));
    const child = spawn(process.execPath, ["--conditions=chainrule-source", file, ...paths], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const ended = once(child, "exit");
    if (more < Infinity) {
      while (lines().length < before + more) await later(2);
      const busy = lines().slice(before).findLast(({ what }) => what === "began"); // prettier-ignore
      // The coordinator replaces the ended worker before it is killed itself.
      if (worker && busy) while (killing(busy.pid)) await later(2);
      child.kill("SIGKILL");
    }
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    return signal ?? code;
  }

  /** Kills a process; false once it is gone. */
  function killing(pid: number): boolean {
    try {
      return process.kill(pid, "SIGKILL");
    } catch {
      return false;
    }
  }

  test("ends with each run once, repeats none, and has the table of an uninterrupted sweep", async () => {
    const random = new Generator(3);
    // Each run writes three lines, so the sweep cannot finish; the last nine lines include a recorded run.
    for (let kill = 0; kill < 9; kill++)
      expect(await start(random.integer(0, 6), kill % 3 === 2)).toBe("SIGKILL");
    expect(await start(9)).toBe("SIGKILL");
    const recorded = lines().filter(({ what }) => what === "recorded").length;
    expect(recorded).toBeGreaterThan(0);
    expect(await start()).toBe(0);

    const planned = plan({ vary, seeds: 4, version: "test" });
    const { outcomes } = RunStore.read(paths[0]);
    expect(outcomes.map(({ id }) => id).sort()).toEqual(planned.runs.map(({ id }) => id).sort());
    const told = lines();
    for (const { id } of planned.runs) {
      const own = told.filter((line) => line.id === id).map(({ what }) => what);
      const end = own.indexOf("recorded");
      if (end >= 0) expect(own.slice(end + 1)).not.toContain("began");
    }

    const serial = experiment({ vary, seeds: 4, version: "test", measure: training });
    const done = (await all(serial.run())).at(-1);
    if (done?.event !== "done") throw new Error("no done event");
    const unbroken = toJson(
      done.results,
      summarize(done.results, { measure: "validLoss", better: "smallest" }),
    );
    expect(readFileSync(results, "utf8")).toBe(unbroken);
  });
});

describe("runInProcesses", () => {
  const planned = plan({ vary: { a: [1] }, seeds: 4 });

  test("reports crashes and failures, keeps every number, and goes on with the missing runs", async () => {
    const options = {
      plan: planned,
      measure: { module, name: "crashing" },
      workers: 2,
      store: join(folder, "crash"),
    };
    const first = await all(runInProcesses(options));
    const ends = (events: typeof first) =>
      new Map(
        events.flatMap((event) => (event.event === "run" ? [[event.run.seed, without(event.outcome)]] : [])),
      );
    const outcomes = ends(first);
    expect(outcomes.get(0)?.measured).toEqual({ x: 0, odd: [NaN, -0, 1 / 3] });
    expect(outcomes.get(1)?.error).toBe("its process ended 3 times, the last time by SIGKILL");
    expect(outcomes.get(2)?.error).toBe("it diverged");
    // A run that failed by its own code is done; a run that crashed is tried again.
    const second = await all(runInProcesses(options));
    expect(second[0]).toEqual({ event: "start", runs: 4, done: 3 });
    expect([...ends(second).keys()]).toEqual([1]);
    const stored = RunStore.read(options.store).outcomes.find(({ measured }) => measured?.x === 0);
    expect(stored?.measured?.odd).toEqual([NaN, -0, 1 / 3]);
  });

  test("refuses missing modules and modules without the function", async () => {
    const run = (measure: { module: string; name?: string }) =>
      all(runInProcesses({ plan: planned, measure, workers: 1 }));
    await expect(run({ module, name: "missing" })).rejects.toThrow(/exports no function "missing"/);
    await expect(run({ module: join(folder, "nowhere.ts") })).rejects.toThrow(/cannot load .*nowhere/);
  });

  test("stops at once on its signal", async () => {
    const stop = new AbortController();
    const events = [];
    const log = join(folder, "stop-log");
    const measure = { module, name: "logged", context: { log } };
    for await (const event of runInProcesses({
      plan: plan({ vary, seeds: 4 }),
      measure,
      workers: 1,
      signal: stop.signal,
    })) {
      events.push(event);
      if (event.event === "run") stop.abort();
    }
    const last = events.at(-1);
    expect(last).toMatchObject({ event: "done", stopped: true });
    expect(events.length).toBeLessThan(6);
  });
});

describe("the run store", () => {
  const planned = plan({ vary: { a: [1, 2] }, seeds: 1 });
  const outcome = { id: planned.runs[0].id, measured: { x: 0.1 }, seconds: 1 };

  test("stores an outcome once, and serves one process at a time", () => {
    const path = join(folder, "store");
    const store = RunStore.open(path, planned);
    store.record(outcome);
    expect(() => store.record(outcome)).toThrow(StoreError);
    expect(() => RunStore.open(path, planned)).toThrow(/in use by another process/);
    expect(() => RunStore.read(path)).toThrow(/in use/);
    store.close();
    expect(RunStore.read(path).outcomes).toEqual([outcome]);
    expect(RunStore.read(path).plan).toEqual(planned);
  });

  test("is read without writing, so also from a read-only disk and by several processes at a time", () => {
    const path = join(folder, "read");
    const store = RunStore.open(path, planned);
    store.record(outcome);
    store.close();
    const reader = new DatabaseSync(path);
    reader.exec("BEGIN");
    reader.prepare("SELECT * FROM runs").all();
    expect(RunStore.read(path).outcomes).toEqual([outcome]);
    reader.close();
    const foreign = join(folder, "foreign");
    writeFileSync(foreign, "");
    expect(() => RunStore.read(foreign)).toThrow(/holds no plan yet/);
    expect(readFileSync(foreign, "utf8")).toBe("");
  });

  test("refuses another plan, a file that is not a store, and a path that cannot be written", () => {
    const path = join(folder, "other");
    RunStore.open(path, planned).close();
    expect(() => RunStore.open(path, plan({ vary: { a: [1, 3] }, seeds: 1 }))).toThrow(
      /belongs to another plan/,
    );
    const text = join(folder, "text");
    writeFileSync(text, "This is a text and no database. ".repeat(100));
    expect(() => RunStore.open(text, planned)).toThrow(/is not a run store/);
    expect(() => RunStore.open(join(folder, "missing/store"), planned)).toThrow(StoreError);
    expect(() => RunStore.read(join(folder, "missing"))).toThrow(/no such file/);
  });

  test("opens without a warning that SQLite is experimental", async () => {
    const code = `import { RunStore } from "chainrule/node"; import { plan } from "chainrule/experiments";
      RunStore.open(${JSON.stringify(join(folder, "quiet"))}, plan({ vary: { a: [1] }, seeds: 1 })).close();
      process.emitWarning("another");`;
    const args = ["--conditions=chainrule-source", "--input-type=module", "-e", code];
    const child = spawn(process.execPath, args, { cwd: import.meta.dirname });
    let complaint = "";
    child.stderr.on("data", (text) => (complaint += String(text)));
    await new Promise((resolve) => child.on("close", resolve));
    expect(complaint).toContain("another");
    expect(complaint).not.toContain("SQLite");
  });
});
