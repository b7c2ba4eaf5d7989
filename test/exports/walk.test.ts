/** Walks the exports: no call may end in an error of JavaScript's own, and no unknown option may be ignored. */
import { describe, expect, it } from "vitest";
import { ChainruleError } from "../../packages/chainrule/src/index.ts";
import { entries } from "./calls.ts";
import type { Call, Listed } from "./calls.ts";

type Callable = ((...args: unknown[]) => unknown) & (new (...args: unknown[]) => unknown);

/** Calls the export, awaits what is returned, and returns the error. */
async function errorOf(value: Callable, args: readonly unknown[], use: Call["use"]): Promise<unknown> {
  try {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    const result: unknown = isClass ? new value(...args) : value(...args);
    await use?.(result as never);
    await result;
    return null;
  } catch (error) {
    return error;
  }
}

function usedUp(): Iterator<number> {
  const values = [1, 2].values();
  for (const value of values) void value;
  return values;
}

/** Values that a caller may give in place of any argument. */
const wrong: readonly (readonly [name: string, make: () => unknown])[] = [
  ["null", () => null],
  ["a text", () => "text"],
  ["a number", () => 3.5],
  ["an array", () => [1, 2]],
  ["a typed array", () => new Float32Array(2)],
  ["an empty object", () => ({})],
  ["a used-up iterator", usedUp],
  ["a function", () => () => 1],
];

const wrongOptions: readonly (readonly [name: string, value: unknown])[] = [
  ["an unknown option", { zzz: 1 }],
  ["a text", "text"],
  ["a number", 7],
  ["null", null],
  ["an array", [1]],
  ["a typed array", new Float32Array(1)],
];

describe.each(Object.entries(entries))("%s", (_entry, [exported, listed]) => {
  it("lists every export with a valid call, or with the reason why it is not called (test/exports/calls.ts)", () => {
    expect(Object.keys(listed).sort()).toEqual(Object.keys(exported).sort());
  });

  const calls = Object.entries(listed as Record<string, Listed>).flatMap(([name, call]) =>
    typeof call === "string" ? [] : [[name, call] as const],
  );

  it.each(calls)(
    "%s accepts its valid call, and refuses other arguments by a typed error",
    async (name, { args, use }) => {
      const value = (exported as unknown as Record<string, Callable>)[name];
      expect(await errorOf(value, args(), use)).toBeNull();
      for (const i of args().keys())
        for (const [kind, make] of wrong) {
          const error = await errorOf(value, args().with(i, make()), use);
          if (error !== null && !(error instanceof ChainruleError))
            throw new Error(
              `argument ${i} as ${kind}: ${String((error as Error).stack)
                .split("\n")
                .slice(0, 3)
                .join(" ")}`,
            );
        }
    },
  );

  it.each(calls.filter(([, { options }]) => options !== undefined))(
    "A4: %s refuses wrong options",
    async (name, { args, options, use }) => {
      const value = (exported as unknown as Record<string, Callable>)[name];
      for (const [kind, wrongOption] of wrongOptions) {
        const given = [...args()];
        const before = given[options!];
        const isUnknown = kind === "an unknown option" && typeof before === "object";
        given[options!] = isUnknown ? { ...before, zzz: 1 } : wrongOption;
        expect(await errorOf(value, given, use), kind).toBeInstanceOf(ChainruleError);
      }
    },
  );
});
