/** Random numbers; see src/ops/random.ts. A copy of src/tensor/random/threefry.ts. */
import { shareFrom, shareTo } from "./memory";

@inline
function mix(x0: i32, x1: i32, r: i32): i32 {
  return rotl<i32>(x1, r) ^ x0;
}

let word0: i32 = 0;
let word1: i32 = 0;

function threefry(k0: i32, k1: i32, c0: i32, c1: i32): void {
  const k2 = k0 ^ k1 ^ 0x1bd11bda;
  let x0 = c0 + k0;
  let x1 = c1 + k1;
  let a = k1;
  let b = k2;
  let c = k0;
  for (let s = 1; s <= 5; s++) {
    if (s & 1) {
      x0 += x1;
      x1 = mix(x0, x1, 13);
      x0 += x1;
      x1 = mix(x0, x1, 15);
      x0 += x1;
      x1 = mix(x0, x1, 26);
      x0 += x1;
      x1 = mix(x0, x1, 6);
    } else {
      x0 += x1;
      x1 = mix(x0, x1, 17);
      x0 += x1;
      x1 = mix(x0, x1, 29);
      x0 += x1;
      x1 = mix(x0, x1, 16);
      x0 += x1;
      x1 = mix(x0, x1, 24);
    }
    x0 += a;
    x1 += b + s;
    const t = a;
    a = b;
    b = c;
    c = t;
  }
  word0 = x0;
  word1 = x1;
}

@inline
function uniform(): f64 {
  const top = <f64>((<u32>word0) >> 5) * 67108864 + <f64>((<u32>word1) >> 6);
  return top / 9007199254740992;
}

/** Numbers on [0, 1), which depend on the state [key, key, draw] and on their index alone. */
export function uniform_f32(out: usize, state: usize, n: i32): void {
  const k0 = load<i32>(state);
  const k1 = load<i32>(state, 4);
  const draw = load<i32>(state, 8);
  const end = shareTo(n);
  for (let i = shareFrom(n); i < end; i++) {
    threefry(k0, k1, i, draw);
    store<f32>(out + ((<usize>i) << 2), <f32>min<f64>(uniform(), 0.999999940395355224609375));
  }
}
export function uniform_f64(out: usize, state: usize, n: i32): void {
  const k0 = load<i32>(state);
  const k1 = load<i32>(state, 4);
  const draw = load<i32>(state, 8);
  const end = shareTo(n);
  for (let i = shareFrom(n); i < end; i++) {
    threefry(k0, k1, i, draw);
    store<f64>(out + ((<usize>i) << 3), uniform());
  }
}
