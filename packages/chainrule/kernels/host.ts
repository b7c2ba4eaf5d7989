/** Ops that have only their TypeScript kernel. */
import { step, stop } from "./memory";

@external("env", "host")
declare function callHost(id: i32, step: i32): i32;

/** Calls the op number `id` of the program, outside; what is not 0 ends the run. */
export function host(id: i32): void {
  if (callHost(id, step) != 0) stop();
}
