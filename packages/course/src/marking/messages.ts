/** The messages between the process that grades and the child process that runs the student's file. */
import type { CheckResult } from "./grade.ts";

export interface ToChild {
  readonly practical: string;
  readonly file: string;
  /** The functions to check, in order. */
  readonly functions: readonly string[];
}

export type FromChild =
  /** The child has loaded its own code and the checks; the student's file comes next. */
  | { readonly kind: "ready" }
  /** The student's file is loaded. */
  | { readonly kind: "loaded" }
  /** The file could not be loaded. */
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "function"; readonly name: string; readonly checks: CheckResult[] };
