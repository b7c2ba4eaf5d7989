/** Ctrl-C at each stage leaves either no folder or a whole run folder that eval and predict accept. */
import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { csv, flowerNames, flowers, writeTables } from "./own-files.ts";
import { chainrule, filesIn, freshFolder } from "./process.ts";

it.runIf(process.platform !== "win32")("while data are read: ends at once and leaves no folder", async () => {
  const cwd = freshFolder();
  const pipe = join(cwd, "pipe.csv");
  spawnSync("mkfifo", [pipe]);
  // opening a named pipe for writing waits until somebody reads it; the file does not end before the signal
  const writer = open(pipe, "w");
  const reading = writer.then(async (file) => {
    await file.writeFile(csv(flowerNames, flowers(300)));
    return "SIGINT" as const;
  });
  const ended = await chainrule("train --data pipe.csv --drop id", { cwd, signal: reading });
  // if nobody has read the pipe, this ends the wait
  closeSync(openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK));
  // A shell reports 130 for a process that this signal ended.
  expect([ended.signal, ended.stdout, ended.stderr]).toEqual(["SIGINT", "", ""]);
  expect(filesIn(cwd)).toEqual(["pipe.csv"]);
  await (await writer).close();
});

/** Loaded before the command line: Ctrl-C arrives as soon as the start event is written, before training goes on. */
const atStart = `data:text/javascript,${encodeURIComponent(`
  const write = process.stdout.write;
  process.stdout.write = function (text, ...rest) {
    const written = write.call(this, text, ...rest);
    if (String(text).includes('"event":"start"')) process.emit("SIGINT", "SIGINT");
    return written;
  };`)}`;

it("from the start event on, before any update", async () => {
  const cwd = freshFolder();
  const train = "train --data blobs --epochs 1 --json --out";
  const whole = await chainrule(`${train} whole`, { cwd });
  const untrained = whole.events.find(({ event, epoch }) => event === "epoch" && epoch === 0);
  const { code, events } = await chainrule(`${train} r`, {
    cwd,
    env: { NODE_OPTIONS: `--import=${atStart}` },
  });
  expect(code).toBe(130);
  expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "done"]);
  expect(events.at(-1)).toMatchObject({ stopped: true, epochs: 0, testLoss: untrained?.testLoss });
  const again = await chainrule("eval r --json", { cwd });
  expect(again.events[0]).toMatchObject({ same: true });
});

it("in training on a CSV file: eval repeats its metrics, predict and check read its model", async () => {
  const cwd = freshFolder();
  writeTables(cwd);
  const { code, events } = await chainrule(
    "train --data flowers.csv --drop id --epochs 1000000 --validation 6 --json --out r",
    {
      cwd,
      watch: (stdout, signal) => {
        if (stdout.includes('"epoch":4,')) signal("SIGINT");
      },
    },
  );
  expect(code).toBe(130);
  const done = events.at(-1) ?? {};
  expect(done).toMatchObject({ event: "done", stopped: true });
  const [evaluated, predicted, checked] = await Promise.all([
    chainrule("eval r --json", { cwd }),
    chainrule("predict r --rows test --json", { cwd }),
    chainrule("check --data flowers.csv --drop id --init-from r/model.safetensors", { cwd }),
  ]);
  expect(evaluated.events[0]).toMatchObject({ same: true, testLoss: done.testLoss });
  expect(predicted.events.at(-1)).toMatchObject({ testAccuracy: done.testAccuracy });
  expect(checked.code).toBe(0);
});

it("in training that diverges: keeps the folder, and predict refuses its model", async () => {
  const cwd = freshFolder();
  writeTables(cwd);
  const { code, stderr } = await chainrule(
    "train --data houses.csv --scale none --optimizer sgd --lr 10 --out r --quiet",
    { cwd },
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^chainrule: the loss became (NaN|infinite) in epoch 1, batch \d; try an --lr below 10 or --scale standard or --clip norm:1; the run so far is in r\n$/,
  );
  const again = await chainrule("predict r houses.csv", { cwd });
  expect([again.code, again.stdout]).toEqual([1, ""]);
  expect(again.stderr).toMatch(/^chainrule: r diverged, and its model is of no use: the loss became /);
});
