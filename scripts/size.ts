/**
 * Checks sizes and the start: the bytes of the core in a browser, the lines of its central rooms, and the time to the
 * first training step.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { chunksOf, loadedBytes } from "./chunks.ts";
import { root } from "./command.ts";

const source = join(root, "packages/chainrule/src");
const bundleBudget = 40 * 1024;
/** The core with the WebAssembly engine and the one build that is loaded. */
const engineBudget = 76_800;
/** The most lines of the mechanism: tensors, ops without their families, the graph, the reference device. */
const lineBudget = 3_730; // the goal is 3_300

await measureBundle();
await measureEngine();
measureWhole();
countLines();
timeStart();

async function measureBundle(): Promise<void> {
  const result = await build({
    entryPoints: [join(source, "index.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const [file] = result.outputFiles;
  const bytes = gzipSync(file.contents, { level: 9 }).length;
  console.log(
    `core bundle: ${file.contents.length} bytes minified, ${bytes} gzipped (at most ${bundleBudget})`,
  );
  const foreign = Object.keys(result.metafile.inputs).filter((path) => path.includes("node_modules/"));
  if (foreign.length > 0) refuse(`the core bundle holds packages: ${foreign.join(", ")}`);
  if (bytes > bundleBudget) {
    refuse(`the core bundle is ${bytes - bundleBudget} bytes over its budget; largest parts:`);
    const parts = Object.entries(Object.values(result.metafile.outputs)[0].inputs);
    const largest = parts.sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput).slice(0, 10);
    for (const [path, { bytesInOutput }] of largest) console.error(`  ${bytesInOutput} ${path}`);
  }
}

/** The bytes that a page loads to train compiled steps: all chunks but the three builds that are not selected. */
async function measureEngine(): Promise<void> {
  const program = 'export * from "./index.ts"; export { wasm } from "./wasm/index.ts";';
  const chunks = await chunksOf(program, source);
  const loaded = loadedBytes(chunks);
  const bytes = loaded.rest + loaded.build;
  console.log(
    `core and engine: ${bytes} bytes gzipped, ${loaded.build} of them the build that is loaded (at most ${engineBudget})`,
  );
  if (chunks.filter(({ isBuild }) => isBuild).length !== 4)
    refuse("the builds of the kernels are not chunks of their own");
  if (bytes > engineBudget) refuse(`core and engine are ${bytes - engineBudget} bytes over their budget`);
}

/** The file for a page without a bundler, with all four builds. Its size is printed and has no limit. */
function measureWhole(): void {
  const file = join(root, "packages/chainrule/dist/bundle/index.js");
  if (!existsSync(file)) return console.log("single file: not measured (npm run build first)");
  const contents = readFileSync(file);
  console.log(
    `single file: ${contents.length} bytes, ${gzipSync(contents, { level: 9 }).length} gzipped, with all builds`,
  );
}

/** Counts the lines of the mechanism: every source that is not a test, an op family, `math/` or `random/`. */
function countLines(): void {
  const families = /^(arithmetic|elementwise|layout|slice|join|reduce|select|matmul|random)\.ts$/;
  const counts = ["tensor", "ops", "graph"].map((room) => {
    const files = readdirSync(join(source, room)).filter(
      (file) =>
        file.endsWith(".ts") && !file.endsWith(".test.ts") && !(room === "ops" && families.test(file)),
    );
    const lines = files.reduce((sum, file) => sum + lineCount(`${room}/${file}`), 0);
    return { room, files: files.length, lines };
  });
  counts.push({ room: "devices/reference.ts", files: 1, lines: lineCount("devices/reference.ts") });
  const total = counts.reduce((sum, { lines }) => sum + lines, 0);
  const parts = counts.map(({ room, files, lines }) => `${room} ${lines} in ${files}`).join(", ");
  console.log(`lines of the mechanism: ${total} (at most ${lineBudget}): ${parts} files`);
  if (total > lineBudget) refuse(`the mechanism is ${total - lineBudget} lines over its budget`);
}

function lineCount(path: string): number {
  return readFileSync(join(source, path), "utf8").trimEnd().split("\n").length;
}

/**
 * From the start of a fresh process to the end of its first training step, on the built package; printed, without a
 * limit.
 */
function timeStart(): void {
  const dist = join(root, "packages/chainrule/dist");
  if (!existsSync(join(dist, "index.js"))) {
    console.log("start to first step: not measured (npm run build first)");
    return;
  }
  const program = join(root, "scripts/first-step.js");
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const result = spawnSync(process.execPath, [program], { encoding: "utf8" });
    if (result.status !== 0) return refuse(`the first training step failed:\n${result.stderr}`);
    times.push(Number(result.stdout));
  }
  const [fastest, , , median, , , slowest] = times.sort((a, b) => a - b).map((time) => time.toFixed(0));
  console.log(
    `start to first step: ${median} ms, median of 7 from ${fastest} to ${slowest} (goal: at most 200)`,
  );
}

function refuse(message: string): void {
  console.error(`size: ${message}`);
  process.exitCode = 1;
}
