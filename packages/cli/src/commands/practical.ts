/** `chainrule practical`: the practicals of the course, started, checked and reported. */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { styleText } from "node:util";
import { Command } from "@commander-js/extra-typings";
import { Help } from "commander";
import { FileError } from "chainrule/node";
import type { FunctionResult, Grade } from "chainrule-course";
import { practicalNames } from "chainrule-course/practicals";
import { exitCodes, UsageError } from "../failure.ts";
import { bold } from "../train/display.ts";
import { path, suggestion } from "../values.ts";

/** A practical's name; the shell completes it. */
const practical = Object.assign(
  (given: string): string => {
    if (practicalNames.includes(given)) return given;
    const near = suggestion(given, practicalNames);
    throw new UsageError(
      `there is no practical "${given}"${near || `; there are ${practicalNames.join(", ")}`}`,
    );
  },
  { names: practicalNames },
);

export function practicalCommand() {
  const command = new Command("practical").description(
    "The practicals of the course: write the functions, have them checked, see the pages.",
  );
  const subcommands = [listCommand(), startCommand(), checkCommand(), reportCommand()];
  for (const one of subcommands) command.addCommand(one);
  return command.addHelpText(
    "after",
    `
Examples:
  chainrule practical start four-levels
  chainrule practical check four-levels
  chainrule practical report --all --quick
`,
  );
}

function listCommand() {
  return new Command("list")
    .description("Which practicals there are, and what one does in them.")
    .option("--json", "one JSON object a line, and nothing else on stdout")
    .option("--verbose", "stack traces")
    .addHelpText("after", "\nExample:\n  chainrule practical list\n")
    .action(async ({ json }) => {
      const course = await import("chainrule-course");
      const practicals = practicalNames.map(course.practicalNamed);
      const lines = practicals.map(({ name, title, summary }) => {
        const functions = course.pointsOf(name);
        const points = Object.values(functions).reduce((sum, one) => sum + one, 0);
        return json
          ? JSON.stringify({ name, title, summary, points, functions })
          : [`${bold(name)}  ${title}, ${points} points`, ...indented(summary, 2)].join("\n");
      });
      process.stdout.write(`${lines.join("\n")}\n`);
    });
}

function startCommand() {
  return new Command("start")
    .description("Write a folder to work in: the skeleton, the task, and what npm install needs.")
    .argument("<name>", "the practical, as four-levels", practical)
    .option("--to <folder>", "where (default: a folder of that name here)", path)
    .option("--verbose", "stack traces")
    .addHelpText("after", "\nExample:\n  chainrule practical start four-levels --to four-levels\n")
    .action(async (name, { to = name }) => {
      const course = await import("chainrule-course");
      const files = await course.startPractical(name, to).catch(refused);
      process.stdout.write(
        [
          `${to}: ${files.join(", ")}`,
          "",
          `  cd ${to}`,
          "  npm install",
          `  npm start        # runs ${name}.ts, which says what to write first`,
          "  npm run check    # the points so far",
          "",
        ].join("\n"),
      );
    });
}

/** No `--force` here: what is in the way may be a student's work. */
function refused(error: unknown): never {
  if (!(error instanceof FileError)) throw error;
  if (error.fault === "not-empty")
    throw new UsageError(`${error.problem}; name another one with --to, or remove it first`);
  throw new UsageError(`--to: ${error.message}`);
}

function checkCommand() {
  return new Command("check")
    .description("Hold a student's functions against what they should return; exit 0 on full marks.")
    .argument("<name>", "the practical, as four-levels", practical)
    .argument("[path]", "the file, or the folder it lies in (default: here, or the folder of that name)")
    .option("--json", "one JSON object, and nothing else on stdout")
    .option("--verbose", "every check, and stack traces")
    .addHelpText("after", "\nExample:\n  chainrule practical check four-levels four-levels/four-levels.ts\n")
    .action(async (name, given, flags) => {
      const course = await import("chainrule-course");
      const file = submission(name, given);
      const result = await course.grade(name, resolve(file), { output: flags.json ? "stderr" : "stdout" });
      const lines = flags.json
        ? [JSON.stringify({ event: "check", ...result, file })]
        : shown(file, result, flags.verbose);
      process.stdout.write(`${lines.join("\n")}\n`);
      if (result.earned < result.points) process.exitCode = exitCodes.failure;
    });
}

function reportCommand() {
  return new Command("report")
    .description("Build the page of a practical, or the whole course as a folder of pages.")
    .argument("[name]", "the practical, as four-levels", practical)
    .option("--all", "every practical")
    .option("--quick", "fewer seeds, epochs and rows")
    .option("--out <folder>", "where (default: course)", path, "course")
    .option("--verbose", "stack traces")
    .addHelpText("after", "\nExample:\n  chainrule practical report --all --quick --out course\n")
    .action(async (name, { all = false, quick = false, out }) => {
      const course = await import("chainrule-course");
      if (all === (name !== undefined))
        throw new UsageError("name one practical, or give --all for the whole course");
      if (existsSync(out) && !statSync(out).isDirectory())
        throw new UsageError(`--out ${out} is a file; name a folder`);
      const names = name === undefined ? practicalNames : [name];
      const files = await course.writeSite(names, {
        quick,
        out,
        progress: (text) => process.stderr.write(`${text}\n`),
      });
      process.stdout.write(`${files.join("\n")}\n`);
    });
}

/** The file to check: the one given, or that of the practical's name in a folder. */
function submission(name: string, given: string | undefined): string {
  const file = `${name}.ts`;
  const candidates = given === undefined ? [file, join(name, file)] : [given, join(given, file)];
  const found = candidates.find((one) => statSync(one, { throwIfNoEntry: false })?.isFile());
  if (found !== undefined) {
    if (!/\.[cm]?[jt]s$/.test(found))
      throw new UsageError(`${found} is not a program; name the file with the functions, such as ${file}`);
    return found;
  }
  const looked = given === undefined ? candidates.join(" nor ") : given;
  const problem =
    given === undefined || !existsSync(given)
      ? `there is no ${looked}`
      : `${given} is a folder without ${file}`;
  throw new UsageError(`${problem}; chainrule practical start ${name} writes one to begin with`);
}

/** A line per function, and below it what is wrong. */
function shown(
  file: string,
  { practical, functions, failure, earned, points }: Grade,
  every = false,
): string[] {
  const head = `${practical}: ${file}`;
  const total = `${earned} of ${points} points`;
  if (failure !== undefined)
    return [head, "", `  ${styleText("red", "it cannot be loaded")}: ${failure}`, "", total];
  const width = Math.max(...functions.map(({ name }) => name.length));
  const lines = functions.flatMap((one) => [
    `  ${one.name.padEnd(width)}   ${`${one.earned} of ${one.points}`.padStart(8)}   ${verdict(one)}`,
    ...one.checks
      .filter(({ ok }) => every || !ok)
      .flatMap(({ says, ok, found }) => [
        ...indented(`${ok ? "ok" : "- "} ${says}`, 4, 3),
        ...(found === undefined ? [] : indented(found, 7)),
      ]),
  ]);
  return [head, "", ...lines, "", total];
}

/** A text in lines of at most 80 columns; those after the first stand `hanging` further in. */
function indented(text: string, columns: number, hanging = 0): string[] {
  const lines = new Help().boxWrap(text, 80 - columns - hanging).split("\n");
  return lines.map((line, i) => " ".repeat(columns + (i === 0 ? 0 : hanging)) + line);
}

function verdict({ earned, points }: FunctionResult): string {
  return earned === points ? styleText("green", "ok") : styleText("red", "not yet");
}
