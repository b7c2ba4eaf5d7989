/** Tapes: calls of kernels in 32-bit words, for the interpreter in packages/chainrule/kernels/tape.ts. */
import { signatureOf } from "./signatures.ts";
import type { Arguments, KernelName } from "./signatures.ts";

/** A flag: every thread does its share of the call. */
export const ALL = 1;
/** A flag: all threads wait for each other before the call. */
export const WAIT = 2;

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

export class Tape {
  readonly words: number[] = [];

  /** Writes a call. Returns the word of its first argument, for arguments that are written later. */
  call<Name extends KernelName>(kernel: Name, given: Arguments<Name>): number {
    const { opcode, words, parameters } = signatureOf(kernel);
    this.words.push(opcode, words + 2);
    const at = this.words.length;
    for (const { name, words: size } of parameters) {
      const value = (given as Readonly<Record<string, number | undefined>>)[name];
      if (value === undefined) throw new TypeError(`${kernel} is called without ${name}`);
      if (size === 2) this.words.push(...doubleWords(value));
      else this.words.push(value);
    }
    return at;
  }

  /** Sets flags of the instruction that begins at a word. */
  flag(instruction: number, flags: number): void {
    this.words[instruction + 1] |= flags << 16;
  }
}

/** The two words of a float64. */
export function doubleWords(value: number): [number, number] {
  double[0] = value;
  return [halves[0], halves[1]];
}
