import { expect, test } from "vitest";
import { Barriers } from "./barriers.ts";
import type { Call } from "../lower/call.ts";

/** A call of slots, which lie where their numbers say: slot 300 takes the bytes 300 … 309. */
function call(reads: number[], writes: number[], scratch = 0): Call {
  return { kernel: "a kernel", steps: [], reads, writes, scratch, share: 1, write() {} };
}
const rangeOf = (slot: number): { from: number; to: number } => ({ from: slot, to: slot + 10 });

/** For calls with where their own memory is and whether threads share them: before which all wait. */
const waits = (...calls: readonly [Call, boolean, number?][]): boolean[] => {
  const barriers = new Barriers();
  return calls.map(([one, shared, scratch = 0]) => barriers.before(one, shared, scratch, rangeOf, false));
};

test("threads wait before what another may still write or read", () => {
  expect(waits([call([0], [10]), true], [call([10], [20]), true])).toEqual([false, true]);
  expect(waits([call([0], [10]), true], [call([20], [0]), true])).toEqual([false, true]);
  expect(waits([call([0], [10]), true], [call([20], [5]), true])).toEqual([false, true]);
});

test("not before what nobody else touches, nor when one thread does both", () => {
  expect(waits([call([0], [10]), true], [call([0], [20]), true])).toEqual([false, false]);
  expect(waits([call([0], [10]), false], [call([10], [20]), false])).toEqual([false, false]);
  expect(waits([call([0], [10]), false], [call([10], [20]), true])).toEqual([false, true]);
});

test("before a change of a cell after a call that may fail, once", () => {
  const barriers = new Barriers();
  const before = (one: Call, commits: boolean): boolean => barriers.before(one, true, 0, rangeOf, commits);
  const [lookUp, other, commit] = [{ ...call([0], [10]), mayFail: true }, call([20], [30]), call([40], [50])];
  expect([before(lookUp, false), before(other, false)]).toEqual([false, false]);
  expect([before(commit, true), before(call([60], [70]), true)]).toEqual([true, false]);
});

test("a call also writes its own memory", () => {
  // the first call's lies at 50 … 79, where the second one writes
  expect(waits([call([0], [10], 30), false, 50], [call([20], [70]), true])).toEqual([false, true]);
  expect(waits([call([0], [70]), true], [call([10], [20], 30), false, 50])).toEqual([false, true]);
  expect(waits([call([0], [10], 30), false, 50], [call([20], [80]), true])).toEqual([false, false]);
});

test("before a call that changes a cell, after one that may fail and at which nobody has waited since", () => {
  const barriers = new Barriers();
  const before = (one: Call, commits: boolean) => barriers.before(one, true, 0, rangeOf, commits);
  const mayFail = { ...call([0], [10]), mayFail: true };
  expect([before(mayFail, false), before(call([20], [30]), false)]).toEqual([false, false]);
  expect([before(call([40], [50]), true), before(call([60], [70]), true)]).toEqual([true, false]);
});
