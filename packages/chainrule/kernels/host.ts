/** Calls of ops that have only a TypeScript kernel. */
import { step, stop } from "./memory";

@external("env", "host")
declare function callHost(id: i32, step: i32): i32;

/** Calls the JavaScript function number `id`. A result other than 0 ends the run. */
export function host(id: i32): void {
  if (callHost(id, step) != 0) stop();
}
