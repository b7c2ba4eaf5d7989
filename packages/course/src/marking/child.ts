/** The child process that runs a student's file: it loads the file, runs the checks of each function and sends the results. */
import * as nodeModule from "node:module";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { ChainruleError } from "chainrule";
import { practicalNamed } from "../practicals.ts";
import { CheckFailure } from "../practical/compare.ts";
import type { CheckResult } from "./grade.ts";
import type { FromChild, ToChild } from "./messages.ts";
import { placeOf } from "./place.ts";
import type { Check, Submission } from "../practical/practical.ts";

// The student's tensors and ours must have the same class, wherever the file lies and whatever is installed there.
nodeModule.registerHooks?.({
  resolve: (specifier, context, next) =>
    /^chainrule(\/|$)/.test(specifier)
      ? next(specifier, { ...context, parentURL: import.meta.url })
      : next(specifier, context),
});

// After the last message, or when the parent has ended, the student's timers must not keep the process alive.
process.once("disconnect", () => process.exit());
process.once("message", (task: ToChild) => {
  void run(task).finally(() => process.disconnect());
});

async function run({ practical, file, functions }: ToChild): Promise<void> {
  const checks = await practicalNamed(practical).checks();
  // the parent's limit runs from here: starting this process took as long as the machine needed
  send({ kind: "ready" });
  let module: Submission;
  try {
    module = (await import(pathToFileURL(file).href)) as Submission;
  } catch (error) {
    return send({ kind: "failed", why: placed(error, file) });
  }
  send({ kind: "loaded" });
  for (const name of functions) {
    const own = checks.filter(({ of }) => of === name);
    const results =
      typeof module[name] === "function"
        ? await inOrder(own, module, file)
        : [{ says: "it is there", ok: false, found: `${basename(file)} exports no function ${name}` }];
    send({ kind: "function", name, checks: results });
  }
}

/** Runs the checks of one function. Failures with the same message are reported once. */
async function inOrder(checks: readonly Check[], module: Submission, file: string): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { says, run } of checks) {
    try {
      await run(module);
      results.push({ says, ok: true });
    } catch (error) {
      const isAnswer = error instanceof CheckFailure || isUnwritten(error);
      const found = isAnswer ? error.message : placed(error, file);
      if (!results.some((one) => one.found === found)) results.push({ says, ok: false, found });
    }
  }
  return results;
}

function send(message: FromChild): void {
  process.send?.(message);
}

/** Whether the error comes from a function of the skeleton that is not written yet. */
function isUnwritten(error: unknown): error is Error {
  return error instanceof Error && error.message.startsWith("not written yet. ");
}

/** The message of an error, after the place in the student's file where it was thrown. */
function placed(error: unknown, file: string): string {
  const place = placeOf(error, file);
  return `${place && `${place}: `}${messageOf(error)}`;
}

/** The message of an error, with the name of its class unless it is one of ours. */
function messageOf(error: unknown): string {
  if (error instanceof ChainruleError) return error.message;
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}
