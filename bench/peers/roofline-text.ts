/**
 * WebAssembly text of two modules that measure the processor's limits: multiply-adds in registers, and copying memory.
 */

const lanes = Array.from({ length: 12 }, (_, i) => i);

/**
 * Twelve independent accumulators of four lanes, so that the latency of a multiply-add (4 cycles, two a cycle) is
 * hidden. The two factors are loaded before the loop; more of them would not fit the sixteen registers of x86-64, and
 * the spills would be measured. `fused` is relaxed SIMD's multiply-add, c ← a·b + c; else it is c ← c·a + b in two
 * instructions, since the compiler would take an a·b that never changes out of the loop.
 */
export function multiplyAdd(fused: boolean): string {
  const one = (i: number): string => {
    const value = fused
      ? `(f32x4.relaxed_madd (local.get $a) (local.get $b) (local.get $c${i}))`
      : `(f32x4.add (f32x4.mul (local.get $c${i}) (local.get $a)) (local.get $b))`;
    return `(local.set $c${i} ${value})`;
  };
  const sum = lanes.slice(1).reduce((text, i) => `(f32x4.add ${text} (local.get $c${i}))`, "(local.get $c0)");
  return `(module
    (memory 1)
    (func (export "run") (param $n i32) (result f32)
      ${["a", "b", ...lanes.map((i) => `c${i}`)].map((name) => `(local $${name} v128)`).join(" ")}
      (local.set $a (v128.load (i32.const 0)))
      (local.set $b (v128.load (i32.const 16)))
      (loop $again
        ${lanes.map(one).join("\n        ")}
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $again (local.get $n)))
      (f32x4.extract_lane 0 ${sum}))
    (func (export "set") (param $at i32) (param $value f32)
      (f32.store (local.get $at) (local.get $value))))`;
}

/** The flops of one turn of the loop: twelve multiply-adds of four lanes. */
export const flopsPerTurn = 12 * 4 * 2;

/** Copies the first half of its memory to the second half; `pages` of 64 KiB in all. */
export const memoryCopy = (pages: number): string => `(module
  (memory ${pages})
  (func (export "run")
    (memory.copy (i32.const ${(pages / 2) * 65536}) (i32.const 0) (i32.const ${(pages / 2) * 65536}))))`;
