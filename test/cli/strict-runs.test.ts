/**
 * The runs of scripts/same-runs.ts under --strict have the bits that test/fixtures/strict-runs.json holds. They change
 * only on purpose; then `npm run same-runs -- --record` writes the file anew.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  activations,
  clippings,
  initializations,
  losses,
  optimizers,
  schedules,
  settings,
} from "chainrule/runs";
import { describe, expect, it } from "vitest";
import { writeOwnTables } from "../../scripts/same-runs/own-tables.ts";
import { runs } from "../../scripts/same-runs/runs.ts";
import { checksums, strictCommands, strictRuns, strictRunsFile } from "../../scripts/same-runs/strict.ts";
import type { Checksums } from "../../scripts/same-runs/strict.ts";
import { inTurn } from "./in-turn.ts";
import { freshFolder } from "./process.ts";

const recorded = JSON.parse(readFileSync(strictRunsFile, "utf8")) as Record<string, Checksums>;
const data = process.env.CHAINRULE_DATA;

/** Reading MNIST takes seconds, so only the script does its run. */
const tested = strictRuns.filter(({ name }) => name !== "mnist");

describe("strict runs", () => {
  it("have the recorded bits", async () => {
    const here = tested.filter(
      ({ needs }) => needs === undefined || (data !== undefined && existsSync(join(data, needs))),
    );
    const tasks = here.flatMap((run) => {
      const cwd = freshFolder();
      writeOwnTables(cwd);
      const place = run.needs === undefined ? "" : ` --data-dir ${data}`;
      return strictCommands(run).map((command) => ({ run, cwd, command: command + place }));
    });
    const done = await inTurn(tasks);
    const found = Object.fromEntries(
      tasks.flatMap(({ run, cwd, command }, i) =>
        command.startsWith("predict") ? [[run.name, checksums(cwd, done[i].stdout)]] : [],
      ),
    );
    expect(found).toEqual(Object.fromEntries(here.map(({ name }) => [name, recorded[name]])));
  });

  it("are all recorded", () => {
    expect(Object.keys(recorded)).toEqual(strictRuns.map(({ name }) => name));
  });

  it("use every choice of the command line", () => {
    const text = runs.map(({ flags }) => `${flags} `).join("");
    const unused = (flag: string, choices: object): string[] =>
      (Array.isArray(choices) ? (choices as string[]) : Object.keys(choices)).filter(
        (value) => !text.includes(`--${flag} ${value} `) && !text.includes(`--${flag} ${value}:`),
      );
    // the defaults are used by the runs that do not name them
    expect(unused("optimizer", optimizers)).toEqual([]);
    expect(unused("activation", activations)).toEqual(["relu"]);
    expect(unused("loss", losses)).toEqual([]);
    expect(unused("scale", settings.scale.kind.names!)).toEqual(["unit", "standard"]);
    expect(unused("schedule", schedules)).toEqual([]);
    expect(unused("init", initializations)).toEqual([]);
    expect(unused("clip", clippings)).toEqual([]);
    const generators = ["circles", "moons", "spirals", "blobs", "xor", "ellipse", "line", "bump"];
    expect(unused("data", generators)).toEqual([]);
  });
});
