/** The calls around a step when one call of the device does many: kernels/select.ts. */
import { bytesPer } from "../../../tensor/dtype.ts";
import type { Slot } from "../../device.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Call } from "./call.ts";

/** Copies the rows of a batch from a data set to an input. Each run writes `data`, `indices` and `length` to the tape. */
export function gatherRows({ shape, dtype }: Slot, slot: number): Call {
  const [rows = 1] = shape;
  const bytes = sizeOf(shape.slice(1)) * bytesPer[dtype];
  return {
    kernel: "gatherRows",
    steps: [],
    reads: [],
    writes: [slot],
    share: (rows * bytes) / 65_536,
    write({ tape, at }) {
      tape.call("gatherRows", { out: at(slot), data: 0, indices: 0, rows, bytes, length: 0 });
    },
  };
}

/** Copies an output of a step to the place for the outputs of all steps. Each run writes `out` to the tape. */
export function keepOutput(slot: number, bytes: number): Call {
  return {
    kernel: "keep",
    steps: [],
    reads: [slot],
    writes: [],
    share: 0,
    write({ tape, at }) {
      tape.call("keep", { out: 0, x: at(slot), bytes });
    },
  };
}
