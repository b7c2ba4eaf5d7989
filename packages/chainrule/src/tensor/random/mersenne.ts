/**
 * The Mersenne Twister MT19937: 624 words of state, 32 random bits a call.
 *
 *     x[i+624] = x[i+397] ⊕ (y >>> 1) ⊕ (y odd ? 0x9908B0DF : 0),   y = top bit of x[i], the other 31 of x[i+1]
 *
 * Only for the numbers of NumPy's RandomState; everything else draws from `Generator`.
 * Source: Matsumoto, Nishimura, "Mersenne Twister" (ACM TOMACS 8, 1998), with the seeding of 2002.
 */
const N = 624;
const M = 397;

export class MersenneTwister {
  readonly #x = new Int32Array(N);
  #next = N;

  /** Starts over: x[0] = seed, x[i] = 1812433253 · (x[i−1] ⊕ (x[i−1] >>> 30)) + i. */
  constructor(seed: number) {
    const x = this.#x;
    x[0] = seed | 0;
    for (let i = 1; i < N; i++) x[i] = Math.imul(1812433253, x[i - 1] ^ (x[i - 1] >>> 30)) + i;
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    if (this.#next === N) this.#renew();
    let y = this.#x[this.#next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  #renew(): void {
    const x = this.#x;
    for (let i = 0; i < N; i++) {
      const y = (x[i] & 0x80000000) | (x[(i + 1) % N] & 0x7fffffff);
      x[i] = x[(i + M) % N] ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    }
    this.#next = 0;
  }
}
