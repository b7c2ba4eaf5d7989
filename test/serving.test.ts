/** The service of docs/serving.md, started as a reader would start it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRun } from "chainrule/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./code.ts";
import { readPage } from "./markdown.ts";
import { SnippetFolder } from "./snippets.ts";

const run = join(root, "test/fixtures/runs-43c891e/houses");
const text = readFileSync(join(root, "docs/serving.md"), "utf8");
const program = readPage(text).blocks.find(({ code }) => code.includes("createServer"))!;

let folder: SnippetFolder;
let service: ReturnType<typeof spawn>;
let address: string;
beforeAll(async () => {
  folder = new SnippetFolder();
  folder.write("service.ts", program.code);
  service = spawn(process.execPath, ["--conditions=chainrule-source", join(folder.path, "service.ts"), run], {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(service.stdout!.setEncoding("utf8"), "data")) as [string];
  address = `http://localhost:${/port: (\d+)/.exec(line)![1]}`;
}, 60_000);
afterAll(async () => {
  service.kill();
  await once(service, "close");
  folder.remove();
});

async function ask(body: string): Promise<{ status: number; answer: unknown }> {
  const response = await fetch(address, { method: "POST", body });
  return { status: response.status, answer: await response.json() };
}

test("it answers rows with the run's numbers, several requests at once", async () => {
  const row = { district: "north", size: 120, age: 30 };
  const expected = await loadRun(run).predict([row]);
  const answers = await Promise.all([1, 2, 3].map(() => ask(JSON.stringify([row]))));
  expect(answers).toEqual(answers.map(() => ({ status: 200, answer: expected })));
  expect(text).toContain(`\n    ${JSON.stringify(expected)}\n`);
});

test("it refuses rows that do not fit and what is not JSON, in words of the page", async () => {
  const { status, answer } = await ask(JSON.stringify([{ district: "west", size: 120, age: 30 }]));
  expect(status).toBe(400);
  expect(text).toContain(`\n    ${JSON.stringify(answer)}\n`);
  expect((await ask("[")).status).toBe(400);
  expect((await ask("{}")).status).toBe(400);
});
