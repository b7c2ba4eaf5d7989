import { expect, test } from "vitest";
import { threefry2x32 } from "./threefry.ts";

const out = new Int32Array(2);
const block = (k0: number, k1: number, c0: number, c1: number): string => {
  threefry2x32(k0, k1, c0, c1, out);
  return [...out].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(" ");
};

// The known answers published with Random123 for threefry2x32 at 20 rounds.
test.each([
  { counter: [0, 0], key: [0, 0], answer: "6b200159 99ba4efe" },
  { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], answer: "1cb996fc bb002be7" },
  { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], answer: "c4923a9c 483df7a0" },
])("known answer $answer", ({ counter: [c0, c1], key: [k0, k1], answer }) => {
  expect(block(k0, k1, c0, c1)).toBe(answer);
});

test("signed and unsigned words are the same words", () => {
  expect(block(-1, -1, -1, -1)).toBe("1cb996fc bb002be7");
});

test("one bit of key or counter turns about half of the 64 output bits", () => {
  const popcount = (word: number): number => {
    let ones = 0;
    for (let rest = word >>> 0; rest !== 0; rest &= rest - 1) ones++;
    return ones;
  };
  threefry2x32(1, 2, 3, 4, out);
  const [base0, base1] = out;
  for (let word = 0; word < 4; word++) {
    let total = 0;
    for (let bit = 0; bit < 32; bit++) {
      const input = [1, 2, 3, 4];
      input[word] ^= 1 << bit;
      threefry2x32(input[0], input[1], input[2], input[3], out);
      const turned = popcount(out[0] ^ base0) + popcount(out[1] ^ base1);
      // Binomial(64, ½) has standard deviation 4: ±4.5 of them.
      expect(Math.abs(turned - 32)).toBeLessThanOrEqual(18);
      total += turned;
    }
    expect(Math.abs(total / 32 - 32)).toBeLessThan(3);
  }
});
