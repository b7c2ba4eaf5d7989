/** Writes plain data as text: equal data give the same text, and every number is exact. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { ValueError } from "../tensor/errors.ts";

/** The values that a setting may have: those of JSON. */
export type SettingValue =
  string | number | boolean | null | readonly SettingValue[] | { readonly [name: string]: SettingValue };

/** JSON with sorted object keys, so that equal data give equal texts. */
export function canonicalJson(where: string, value: unknown, path = "settings"): string {
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((one, i) => canonicalJson(where, one, `${path}[${i}]`)).join(",")}]`;
  if (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(where, one, `${path}.${name}`)}`).join(",")}}`;
  }
  const what = typeof value === "number" ? String(value) : `a ${typeof value}`;
  throw new ValueError(
    where,
    `${path} is ${what}, which a plan cannot hold; plans hold texts, finite numbers, true, false, null, lists and plain objects`,
  );
}

/** The first 16 hexadecimal digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 16);
}

/**
 * JSON that keeps every number. NaN, the infinities and −0, which plain JSON lacks, are written as `{"number":"NaN"}`.
 */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    typeof one === "number" && (!Number.isFinite(one) || Object.is(one, -0))
      ? { number: Object.is(one, -0) ? "-0" : String(one) }
      : one,
  );
}

/** Parses the text of `exactJson`. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_name, one: unknown) => {
    if (typeof one !== "object" || one === null || Array.isArray(one)) return one;
    const entries = Object.entries(one);
    const [name, number] = entries[0] ?? [];
    return entries.length === 1 && name === "number" && typeof number === "string" ? Number(number) : one;
  });
}
