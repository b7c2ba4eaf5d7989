/** Tapes: calls of kernels in words of 32 bits, as the interpreter in kernels/tape.ts reads them. */
import { signatureOf } from "./signatures.ts";
import type { Arguments, KernelName } from "./signatures.ts";

/** Every thread does its share. */
export const ALL = 1;
/** All threads wait for each other first. */
export const WAIT = 2;

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

export class Tape {
  readonly words: number[] = [];

  /** Writes a call; returns where its arguments begin, for those that are put in later. */
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

  /** Gives flags to the instruction that begins at a word. */
  flag(instruction: number, flags: number): void {
    this.words[instruction + 1] |= flags << 16;
  }
}

/** The two words of a float64. */
export function doubleWords(value: number): [number, number] {
  double[0] = value;
  return [halves[0], halves[1]];
}
