/** Runs a command in this process, like the real one. So many refusals can be tested without a start of Node each. */
import { vi } from "vitest";
import { commandsFor } from "../../packages/cli/src/commands.ts";
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
    return { code: (await run(await commandsFor(words), words)) ?? 0, ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
