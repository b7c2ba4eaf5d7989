/**
 * Compares the kernels' transcendental functions with the reference's, to the bit: a million inputs for each function,
 * type and arithmetic. Half of the inputs are any bit pattern, half lie where networks work (−20 … 20).
 *
 *     npm run kernel-bits
 */
import { instantiate } from "../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import type { KernelName } from "../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import {
  cos,
  erf,
  exp,
  expm1,
  log,
  log1p,
  pow,
  sigmoid,
  sin,
  softplus,
  tanh,
} from "../packages/chainrule/src/tensor/math/index.ts";
import { threefry2x32 } from "../packages/chainrule/src/tensor/random/index.ts";

const count = 1_000_000;
const unary = { exp, expm1, log, log1p, sin, cos, tanh, sigmoid, erf };
const types = { f32: Float32Array, f64: Float64Array };

/** Random bit patterns, then numbers between −20 and 20. */
function inputs(type: "f32" | "f64"): Float32Array | Float64Array {
  const values = new types[type](count);
  const bits = new Int32Array(values.buffer);
  const words = new Int32Array(2);
  for (let i = 0; i < bits.length; i += 2) {
    threefry2x32(1, 2, i, 0, words);
    bits.set(words, i);
  }
  for (let i = count / 2; i < count; i++) {
    threefry2x32(3, 4, i, 0, words);
    values[i] = (words[0] + (words[1] >>> 0) / 4294967296) * (20 / 2147483648);
  }
  return values;
}

let wrong = 0;
for (const strict of [false, true]) {
  const { kernels, memory, heap, build, dispose } = await instantiate({ strict });
  memory.grow(1024);
  for (const type of ["f32", "f64"] as const) {
    const x = inputs(type);
    const out = heap + x.byteLength + 64;
    new types[type](memory.buffer, heap, count).set(x);
    const want = new types[type](1);
    const compare = (name: string, f: (x: number) => number): void => {
      const got = new types[type](memory.buffer, out, count);
      let differ = 0;
      for (let i = 0; i < count; i++) {
        want[0] = f(x[i]);
        if (!Object.is(got[i], want[0])) differ++;
      }
      wrong += differ;
      console.log(`${build} ${name}_${type}: ${differ} of ${count} differ`);
    };
    for (const [name, f] of Object.entries(unary)) {
      kernels[`${name}_${type}` as KernelName](out, heap, count);
      compare(name, f);
    }
    kernels[`softplus_${type}`](out, heap, count, 1);
    compare("softplus", (value) => (value > 40 ? value : softplus(value)));
    // x to the power of the number a place further on
    kernels[`pow_${type}` as KernelName](out, heap, heap + x.BYTES_PER_ELEMENT, count - 1, 1, 1);
    new types[type](memory.buffer, out, count)[count - 1] = x[count - 1];
    let at = 0;
    compare("pow", (value) => (++at < count ? pow(value, x[at]) : value));
  }
  dispose();
}
if (wrong > 0) process.exitCode = 1;
