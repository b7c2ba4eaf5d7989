/** The committed bytes are what the sources make. */
import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildKernels, builds, catalog, readKernels } from "../../scripts/kernels.ts";
import { buildBytes } from "../../packages/chainrule/src/devices/wasm/builds.ts";
import * as committed from "../../packages/chainrule/src/devices/wasm/catalog.ts";
import { root } from "../code.ts";

const compiler = existsSync(join(root, "node_modules/assemblyscript"));
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

// one build is compiled afresh, which takes seconds; npm run kernels makes all, and .ci/run compares
test.skipIf(!compiler)("the strict build", { timeout: 120_000 }, async () => {
  expect(hash(await buildBytes("strict"))).toBe(hash(await buildKernels("strict")));
});

test("the catalog lists the kernels of the sources", () => {
  const kernels = readKernels();
  expect(Object.keys(committed.catalog)).toEqual(kernels.map((kernel) => kernel.name));
  expect(catalog(kernels)).toContain(`matmul_f32: "${committed.catalog.matmul_f32}"`);
});

test("every build loads and has every kernel", async () => {
  for (const build of builds) {
    const module = await WebAssembly.compile(await buildBytes(build));
    const names = WebAssembly.Module.exports(module).map((one) => one.name);
    for (const name of Object.keys(committed.catalog)) expect(names).toContain(name);
  }
});
