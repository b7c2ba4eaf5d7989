import { expect, test } from "vitest";
import { requirePositive } from "./check.ts";
import { between, checkOptions, count, flag, nearest, oneOf, orNull, requireTensor } from "./options.ts";
import { scalar } from "./tensor.ts";

interface Options {
  readonly reduction?: "mean" | "sum";
  readonly labelSmoothing?: number;
  readonly bias?: boolean;
  readonly rows?: number | null;
  readonly lr?: number;
}

const check = (options: unknown): Options =>
  checkOptions<Options>("f", options as Options, {
    reduction: oneOf("mean", "sum"),
    labelSmoothing: between(0, 1),
    bias: flag,
    rows: orNull(count(1)),
    lr: requirePositive,
  });

const known = "the options are reduction, labelSmoothing, bias, rows, lr";

test.each([
  ["sum", `f: the options must be an object, not "sum"; write { reduction: … }; ${known}`],
  [0.1, `f: the options must be an object, not 0.1; write { reduction: … }; ${known}`],
  [null, `f: the options must be an object, not null; write { reduction: … }; ${known}`],
  [[1], `f: the options must be an object, not an array; write { reduction: … }; ${known}`],
  [scalar(1), `f: the options must be an object, not a Tensor; write { reduction: … }; ${known}`],
  [
    { label_smoothing: 0.1 },
    `f: there is no option "label_smoothing"; did you mean "labelSmoothing"? ${known}`,
  ],
  [{ wd: 0.1 }, `f: there is no option "wd"; ${known}`],
  [{ reduction: "maen" }, `f: reduction must be one of "mean", "sum", not "maen"; did you mean "mean"?`],
  [{ labelSmoothing: 2 }, "f: labelSmoothing must be a number, from 0 to 1, not 2"],
  [{ labelSmoothing: 2n }, "f: labelSmoothing must be a number, from 0 to 1, not 2"],
  [{ bias: "no" }, `f: bias must be true or false, not "no"`],
  [{ rows: 0 }, "f: rows must be a whole number ≥ 1, not 0"],
  [{ lr: "0.1" }, `f: lr must be a finite number above 0, not "0.1"`],
])("A4: refuses the options %s", (options, message) => {
  expect(() => check(options)).toThrow(message);
});

test("returns the given options, none for undefined, and skips undefined values", () => {
  const given = { reduction: "sum", rows: null, lr: undefined };
  expect(check(given)).toBe(given);
  expect(check(undefined)).toEqual({});
});

test("finds the nearest name", () => {
  const names = ["reduction", "eps", "weightDecay", "lr", "betas"];
  const found = ["epsilon", "weight_decay", "beta", "redution", "rl", "EPS", "gamma"].map((name) =>
    nearest(name, names),
  );
  expect(found).toEqual(["eps", "weightDecay", "betas", "reduction", undefined, "eps", undefined]);
});

test("B1: asks for a tensor in place of an array", () => {
  expect(() => requireTensor("mseLoss", "target", [1])).toThrow(
    "mseLoss: target must be a tensor, not an array; wrap numbers in tensor(…)",
  );
  expect(() => requireTensor("mseLoss", "target", { shape: [] })).toThrow(
    "mseLoss: target must be a tensor, not an object",
  );
});
