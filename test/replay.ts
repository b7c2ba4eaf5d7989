/** Runs a traced step as tests need it: recorded, not rewritten. */
import type { Device } from "../packages/chainrule/src/devices/device.ts";
import { outputTensors } from "../packages/chainrule/src/graph/results.ts";
import type { Trace } from "../packages/chainrule/src/graph/trace.ts";
import type { Tensor } from "../packages/chainrule/src/tensor/tensor.ts";

/** A traced step as a function: it reads its cells, runs the program on the device, and assigns the cells. */
export function replay({ program, cells }: Trace, device: Device): (...inputs: Tensor[]) => Tensor[] {
  const executable = device.load(program, cells);
  return (...inputs) => outputTensors(program, executable.start({ inputs }).now());
}
