/** Bad command lines of `train`: for each the message, the exit code, and that no file is left behind. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";
import { filesIn, freshFolder } from "./process.ts";

const usage: [command: string, message: string][] = [
  ["nothing", "chainrule: there is no command nothing; chainrule --help lists those there are"],
  ["train extra", "chainrule: train takes no arguments, only flags; found extra"],
  ["train --epochz 3", "chainrule: train has no --epochz; did you mean --epochs?"],
  ["train --lr", "chainrule: --lr needs a value: --lr <rate>"],
  ["train --lr 0", "chainrule: --lr 0 must be above 0"],
  ["train --lr -0.1", "chainrule: --lr -0.1 must be above 0"],
  ["train --lr NaN", "chainrule: --lr NaN is not a number"],
  ["train --lr 0x10", "chainrule: --lr 0x10 is not a number"],
  ["train --lr 0,1", "chainrule: --lr 0,1 is not a number; write 0.1"],
  ["train --lr 1e999", "chainrule: --lr 1e999 is too large"],
  ["train --batch 0", "chainrule: --batch 0 must be a whole number from 1 to 2^53 − 1"],
  ["train --batch all", "chainrule: --batch all must be a number of rows, or full"],
  ["train --epochs -1", "chainrule: --epochs -1 must be a whole number from 0 to 2^53 − 1"],
  ["train --epochs 1.5", "chainrule: --epochs 1.5 must be a whole number from 0 to 2^53 − 1"],
  [
    "train --seed 9007199254740992",
    "chainrule: --seed 9007199254740992 must be a whole number from 0 to 2^53 − 1",
  ],
  ["train --momentum 1", "chainrule: --momentum 1 must be at least 0 and below 1"],
  ["train --betas 0.9", "chainrule: --betas 0.9 must be two numbers with a comma, as 0.9,0.999"],
  ["train --noise -1", "chainrule: --noise -1 must be 0 or more"],
  [
    "train --optimizer adm",
    'chainrule: --optimizer adm must be one of sgd, momentum, nesterov, momentum-ewa, rmsprop, adagrad, adam, adamw, adamax; did you mean "adam"?',
  ],
  [
    "train --activation sigmod",
    'chainrule: --activation sigmod must be one of sigmoid, tanh, relu, elu, softplus, gelu, identity; did you mean "sigmoid"?',
  ],
  [
    "train --data mnits",
    'chainrule: --data mnits must be one of circles, moons, spirals, blobs, xor, ellipse, line, bump, digits, iris, mnist, fashion, photoz, wine, breast-cancer, or a file; did you mean "mnist"?',
  ],
  [
    "train --dtype float16",
    'chainrule: --dtype float16 must be one of float32, float64; did you mean "float32"?',
  ],
  [
    "train --net 64--10",
    "chainrule: --net 64--10 must be at least two layer sizes joined by dashes, as 784-300-10",
  ],
  [
    "train --net 64-10-9",
    "chainrule: --net 64-10-9 does not fit digits, which has 64 inputs and 10 classes; try --net 64-10-10",
  ],
  [
    "train --data line --net 2-4-1",
    "chainrule: --net 2-4-1 does not fit line, which has 1 input and 1 output; try --net 1-4-1",
  ],
  [
    "train --data circles --loss l1",
    "chainrule: --loss l1 does not fit classification; circles takes cross-entropy, mse, half-mse, hinge, prob-hinge",
  ],
  [
    "train --data bump --loss hinge",
    "chainrule: --loss hinge does not fit regression; bump takes mse, half-mse, l1, huber",
  ],
  ["train --schedule step:10", "chainrule: --schedule step:10: write it as step:EPOCHS:FACTOR"],
  [
    "train --schedule step:0:0.1",
    "chainrule: --schedule step:0:0.1: EPOCHS must be a whole number ≥ 1 in step:EPOCHS:FACTOR",
  ],
  [
    "train --schedule cosin",
    'chainrule: --schedule cosin must be one of step:EPOCHS:FACTOR, exponential:FACTOR, cosine, warmup:EPOCHS, one-cycle:RATE, plateau:EPOCHS:FACTOR; did you mean "cosine"?',
  ],
  [
    "train --schedule one-cycle:0.1 --lr 5",
    "chainrule: --lr does nothing with --schedule one-cycle:RATE, whose peak is RATE; leave it out",
  ],
  [
    "train --optimizer nesterov --momentum 0",
    "chainrule: --momentum 0 does not fit --optimizer nesterov, which needs one above 0; without momentum it is --optimizer sgd",
  ],
  [
    "sweep --optimizer nesterov --momentum 0,0.9 --data circles --epochs 1",
    "chainrule: --momentum 0 does not fit --optimizer nesterov, which needs one above 0; without momentum it is --optimizer sgd",
  ],
  ["train --data-dir nowhere", "chainrule: --data-dir nowhere names no folder"],
  ["train --data-dir file", "chainrule: --data-dir file is a file, not a folder"],
  ["train --init-from nowhere.safetensors", "chainrule: --init-from nowhere.safetensors names no file"],
  ["train --clip norm:0", "chainrule: --clip norm:0: the limit must be above 0"],
  [
    "train --init normal:0",
    "chainrule: --init normal:0: the deviation must be above 0; zeros is --init zeros",
  ],
  [
    "train --init-bias normal",
    "chainrule: --init-bias normal goes with --init normal:SIGMA, not with --init default",
  ],
  [
    "train --test 1.5",
    "chainrule: --test 1.5 must be a fraction below 1, a number of rows, last:ROWS, a file or none",
  ],
  [
    "train --data iris --test 150",
    "chainrule: --test: cannot hold back 150 of 150 rows: at least one row must be held back and one left",
  ],
  [
    "train --data iris --validation last:120",
    "chainrule: --validation: cannot hold back 120 of 120 rows: at least one row must be held back and one left",
  ],
  [
    "train --data iris --batch 121 --drop-last",
    "chainrule: --batch 121 with --drop-last leaves no batch of the 120 training rows",
  ],
  ["train --noise 0.1", "chainrule: --noise applies to generated data, not to digits"],
  [
    "train --momentum 0.9",
    "chainrule: --momentum does nothing with --optimizer adam; it goes with sgd, momentum, nesterov, rmsprop",
  ],
  [
    "train --margin 0.5",
    "chainrule: --margin does nothing with --loss cross-entropy; it goes with hinge, prob-hinge",
  ],
  ["train --shuffle maybe", "chainrule: --shuffle maybe must be one of yes, no"],
  [
    "train --out file/below --epochs 1",
    "chainrule: --out: cannot make the folder file/below: file is a file, not a folder (ENOTDIR)",
  ],
  ["train --out file", "chainrule: --out: cannot make the folder file: there is a file of that name"],
  [
    "train --out full",
    "chainrule: --out: the folder full is there and not empty; choose another one, or replace the run with --force",
  ],
  [
    "train --out full --force",
    "chainrule: --out: the folder full is not replaced: it holds no run.json, so it is something else; choose another one",
  ],
];

const failures: [command: string, message: string][] = [
  [
    "train --net 64-1-1000000-1000000-10",
    "chainrule: memory: cannot allocate 1000000000000 numbers of float32 (4000.0 GB)",
  ],
  ["train --init-from file", "chainrule: --init-from: file: "],
];

it.each([
  ["usage", 2, usage],
  ["failure", 1, failures],
] as const)("%s: one clear message, exit code %i, nothing left behind", async (_kind, exit, cases) => {
  const faults: string[] = [];
  const tasks = cases.map(([command]) => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, "file"), "not a run");
    mkdirSync(join(cwd, "full"));
    writeFileSync(join(cwd, "full/notes.txt"), "mine");
    return { command, cwd };
  });
  for (const [i, { code, stdout, stderr }] of (await inTurn(tasks)).entries()) {
    const [command, message] = cases[i];
    const { cwd } = tasks[i];
    const said = message.endsWith(": ")
      ? stderr.startsWith(message)
      : stderr.trimEnd().replaceAll(`${cwd}/`, "") === message;
    if (!said) faults.push(`${command}: said ${stderr}`);
    if (code !== exit) faults.push(`${command}: exit ${code}`);
    if (stdout !== "") faults.push(`${command}: on stdout ${stdout}`);
    if (stderr.includes("    at ")) faults.push(`${command}: a stack trace`);
    if (filesIn(cwd).join() !== "file,full" || filesIn(join(cwd, "full")).join() !== "notes.txt")
      faults.push(`${command}: left ${filesIn(cwd).join()}`);
  }
  expect(faults).toEqual([]);
});
