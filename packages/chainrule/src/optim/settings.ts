/** The checks of optimizer options, in one place so that the rules stay short. */
import { ValueError } from "../tensor/errors.ts";
import { anything, checkOptions } from "../tensor/options.ts";
import type { Checks } from "../tensor/options.ts";

/** The value of an option. */
export type Setting = number | boolean | readonly [number, number];

const notNegative = {
  ok: (value: Setting) => typeof value === "number" && Number.isFinite(value) && value >= 0,
  must: "be a finite number, 0 or more",
};
const share = {
  ok: (value: Setting) => typeof value === "number" && value >= 0 && value < 1,
  must: "be a number from 0 up to, not including, 1",
};
const choice = { ok: (value: Setting) => typeof value === "boolean", must: "be true or false" };

/** The checks by name. A user's own rule may have options of other names, and must check them itself. */
const checks: Readonly<Record<string, { ok(value: Setting): boolean; must: string } | undefined>> = {
  lr: notNegative,
  eps: notNegative,
  weightDecay: notNegative,
  momentum: notNegative,
  dampening: {
    ok: (value) => typeof value === "number" && value >= 0 && value <= 1,
    must: "be a number from 0 to 1",
  },
  alpha: share,
  beta: share,
  rho: share,
  momentumDecay: notNegative,
  betas: {
    ok: (value) => Array.isArray(value) && value.length === 2 && value.every((beta) => share.ok(beta)),
    must: "be two numbers, each from 0 up to, not including, 1",
  },
  nesterov: choice,
  centered: choice,
  amsgrad: choice,
  epsInside: choice,
  biasCorrection: choice,
};

/**
 * The given options, with defaults for those that are missing or undefined.
 * @throws ValueError for an option that the optimizer does not have, or a value outside its range
 */
export function settle<S extends object>(optimizer: string, defaults: S, given: Partial<S>): S {
  const known = Object.keys(defaults).map((name) => [name, anything]);
  const chosen = checkOptions(optimizer, given, Object.fromEntries(known) as Checks<Partial<S>>);
  const settings = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(chosen)) if (value !== undefined) settings[name] = value;
  for (const [name, value] of Object.entries(settings)) requireSetting(optimizer, name, value as Setting);
  return settings as S;
}

/** Throws a ValueError if the option must not have this value. */
export function requireSetting(optimizer: string, name: string, value: Setting): void {
  const check = checks[name];
  if (check && !check.ok(value))
    throw new ValueError(
      optimizer,
      `${name} must ${check.must}, not ${Array.isArray(value) ? `[${value.join(", ")}]` : String(value)}`,
    );
}
