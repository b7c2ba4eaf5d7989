/** What the process that grades and the one that runs the student's file say to each other. */
import type { CheckResult } from "./grade.ts";

export interface ToChild {
  readonly practical: string;
  readonly file: string;
  /** The functions to look at, in order. */
  readonly functions: readonly string[];
}

export type FromChild =
  | { readonly kind: "loaded" }
  /** The file could not be loaded. */
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "function"; readonly name: string; readonly checks: CheckResult[] };
