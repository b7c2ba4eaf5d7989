/** The machine's peak speed, for measurements: multiply-adds in registers and nothing else. */
import { madd } from "./tile";

/** Twelve independent sums, `rounds` times a·b added to each; reads a and b at x, writes the sums to out. */
export function roofline(out: usize, x: usize, rounds: i32): void {
  const a = v128.load(x);
  const b = v128.load(x, 16);
  let s0 = a;
  let s1 = a;
  let s2 = a;
  let s3 = a;
  let s4 = a;
  let s5 = a;
  let s6 = a;
  let s7 = a;
  let s8 = a;
  let s9 = a;
  let s10 = a;
  let s11 = a;
  for (let i = 0; i < rounds; i++) {
    s0 = madd(a, b, s0);
    s1 = madd(a, b, s1);
    s2 = madd(a, b, s2);
    s3 = madd(a, b, s3);
    s4 = madd(a, b, s4);
    s5 = madd(a, b, s5);
    s6 = madd(a, b, s6);
    s7 = madd(a, b, s7);
    s8 = madd(a, b, s8);
    s9 = madd(a, b, s9);
    s10 = madd(a, b, s10);
    s11 = madd(a, b, s11);
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
  v128.store(out, s8, 128);
  v128.store(out, s9, 144);
  v128.store(out, s10, 160);
  v128.store(out, s11, 176);
}
