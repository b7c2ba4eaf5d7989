/** Runs a command as the process would, but in this one: many refusals do not need a start of Node each. */
import { vi } from "vitest";
import { checkCommand } from "../../packages/cli/src/commands/check.ts";
import { dataCommand } from "../../packages/cli/src/commands/data.ts";
import { evalCommand } from "../../packages/cli/src/commands/eval.ts";
import { predictCommand } from "../../packages/cli/src/commands/predict.ts";
import { trainCommand } from "../../packages/cli/src/commands/train.ts";
import { run } from "../../packages/cli/src/program.ts";

export async function inProcess(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const said = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += String(text);
      return true;
    }),
  );
  vi.stubEnv("CHAINRULE_DATA", undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  try {
    const commands = [trainCommand(), evalCommand(), predictCommand(), checkCommand(), dataCommand()];
    return { code: (await run(commands, words)) ?? 0, ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
