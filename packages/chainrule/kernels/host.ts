/** Ops that have only their TypeScript kernel. */
import { step } from "./memory";

@external("env", "host")
declare function callHost(id: i32, step: i32): void;

/** Calls the op number `id` of the program, outside. */
export function host(id: i32): void {
  callHost(id, step);
}
