/** The committed builds are those of the sources. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Values } from "chainrule";
import { buildKernels, builds, catalog, hashOfSources, readKernels } from "../../scripts/kernels.ts";
import { buildBytes } from "../../packages/chainrule/src/devices/wasm/kernels/builds.ts";
import { signatures } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import { instantiateBytes } from "../../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import { records } from "../../packages/chainrule/src/ops/index.ts";
import { root } from "../code.ts";
import { drawn, normGradient } from "./numbers.ts";
import { Scratchpad } from "./scratchpad.ts";

const folder = join(root, "packages/chainrule/src/devices/wasm/kernels");
const compiler = existsSync(join(root, "node_modules/assemblyscript"));
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

// One build is compiled anew, which takes seconds. The others hold a hash of their sources.
test.skipIf(!compiler)("the strict build", async () => {
  expect(hash(await buildBytes("strict"))).toBe(hash(await buildKernels("strict")));
});

test.each(builds)("the build %s is of these sources", (build) => {
  const path = join(folder, "builds", `${build}.ts`);
  expect(readFileSync(path, "utf8").slice(0, 200), "run npm run kernels").toContain(hashOfSources());
});

/**
 * Planted faults of one number or one letter: a coefficient, a register of the tile, the last elements of an odd
 * length.
 */
const faults: [file: string, right: string, wrong: string][] = [
  ["math/lanes.ts", "0.5000000000000083", "0.50000008"],
  ["tile.ts", "c21 = madd(a2, b1, c21)", "c21 = madd(a2, b0, c21)"],
  ["few-rows.ts", "y = madd(x3,", "y = madd(x2,"],
  ["norms.ts", "v128.mul<T>(b, two", "v128.mul<T>(a, two"],
  ["lanes.ts", "if (op == ADD) return <T>(x + y)", "if (op == ADD) return <T>(x - y)"],
];

// The builds with and without fused products have different tiles.
const two = ["strict", "relaxed"] as const;
test.skipIf(!compiler).each(two)("planted faults are caught, %s", async (build) => {
  const planted = new Set<string>();
  const bytes = await buildKernels(build, readKernels(), (file, text) =>
    faults.reduce((changed, [where, right, wrong]) => {
      if (where !== file || !changed.includes(right)) return changed;
      planted.add(file);
      return changed.replaceAll(right, wrong);
    }, text),
  );
  expect([...planted].sort()).toEqual(faults.map(([file]) => file).sort());
  const right = await Scratchpad.of({ strict: build === "strict" });
  const wrong = new Scratchpad(await instantiateBytes(build, new Uint8Array(bytes)));

  const x = drawn("float32", 4001);
  const b = x.slice(0, 40 * 30);
  const exp = (pad: Scratchpad) => pad.call("exp_f32", "float32", 4001, pad.put(x), 4001);
  const sum = (pad: Scratchpad) => pad.call("add_f32", "float32", 4001, pad.put(x), pad.put(x), 4001, 1, 1);
  expect(exp(right)).toEqual(reference("exp", [4001], [x]));
  expect(exp(wrong)).not.toEqual(reference("exp", [4001], [x]));
  expect(sum(right)).toEqual(reference("add", [4001], [x, x]));
  expect(sum(wrong)).not.toEqual(reference("add", [4001], [x, x]));
  const [h, z, r] = [b, x.slice(2000, 3200), x.slice(3200, 3240)];
  const slope = normGradient(h, z, r);
  const nearSlope = (pad: Scratchpad) =>
    pad
      .call("normGrad_f32", "float32", h.length, pad.put(h), pad.put(z), pad.put(r), 40, 30)
      .every((y, i) => Math.abs(y - slope[i]) < 7 * 99 * 2 ** -24);
  expect(nearSlope(right)).toBe(true);
  expect(nearSlope(wrong)).toBe(false);
  for (const name of ["matmul_f32", "matmulFew_f32"] as const) {
    const m = 20;
    const a = x.slice(0, m * 40);
    const flags = { transposeA: false, transposeB: false };
    const want = reference("matmul", [m, 30], [a, b], [[m, 40], [40, 30]], flags); // prettier-ignore
    // 40 products of at most 9, rounded about as often
    const near = (pad: Scratchpad) =>
      pad
        .call(name, "float32", m * 30, pad.put(a), pad.put(b), m, 30, 40, 0, 0, 0, 0, 1, 0, 0)
        .every((y, i) => Math.abs(y - want[i]) < 40 * 9 * 2 ** -20);
    expect(near(right), name).toBe(true);
    expect(near(wrong), name).toBe(false);
  }
});

function reference(
  name: string,
  out: readonly number[],
  inputs: Values[],
  shapes = inputs.map((one) => [one.length]),
  attrs?: unknown,
): Values {
  const values = new Float32Array(out.reduce((size, length) => size * length, 1));
  records.get(name)!.kernel(values, inputs, { out, inputs: shapes }, attrs);
  return values;
}

test("the catalog lists the kernels of the sources, in the order of their opcodes", () => {
  const kernels = readKernels();
  expect([...signatures.keys()]).toEqual(kernels.map(({ name }) => name));
  expect([...signatures.values()].map(({ opcode }) => opcode)).toEqual(kernels.map((_, i) => i));
  expect(readFileSync(join(folder, "catalog.ts"), "utf8")).toBe(catalog(kernels));
});

test("every build loads and has every kernel", async () => {
  for (const build of builds) {
    const module = await WebAssembly.compile(await buildBytes(build));
    const names = WebAssembly.Module.exports(module).map((one) => one.name);
    for (const name of signatures.keys()) expect(names).toContain(name);
  }
});
