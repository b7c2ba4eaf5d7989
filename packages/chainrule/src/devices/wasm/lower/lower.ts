/**
 * From a program to calls of kernels. Views become names for what they view, elementwise steps points of groups, the
 * rest a kernel each; an op without one runs its own TypeScript kernel on views of the memory.
 */
import { inComposites } from "../../../ops/composite.ts";
import type { OpRecord } from "../../../ops/define.ts";
import { records } from "../../../ops/index.ts";
import { arrays } from "../../../tensor/dtype.ts";
import type { Values } from "../../../tensor/dtype.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Program, Step } from "../../device.ts";
import { Slots } from "./call.ts";
import type { Call, Writer } from "./call.ts";
import { fuse, macros } from "./fuse.ts";
import { lowerLayout } from "./moves.ts";
import { pointsOf } from "./pointwise.ts";
import { lowerKernel } from "./reduce.ts";
import { Schedule } from "./schedule.ts";

export interface Lowered {
  /** The program after fusing. */
  readonly program: Program;
  readonly slots: Slots;
  readonly calls: readonly Call[];
  /** The steps as they were recorded that a step of the fused program stands for. */
  partsOf(step: Step): readonly Step[];
}

/** The ops that kernels are chosen for by name; another op of the same name is another op. */
const known: ReadonlySet<OpRecord> = new Set([...records.values(), ...Object.values(macros)]);

export function lower(given: Program): Lowered {
  const { program, parts } = fuse(given);
  const slots = new Slots(program.slots);
  const schedule = new Schedule(slots);
  for (const step of program.steps) {
    const { op, inputs, output } = step;
    if (op.kind === "view" && slots.all[inputs[0]].dtype === slots.all[output].dtype)
      slots.view(output, inputs[0]);
    else if (!known.has(op)) schedule.add(hosted(step, slots));
    else {
      // a view that is left is one of another type
      const pointwise = op.kind === "elementwise" || op.kind === "view";
      const points = pointwise ? pointsOf(step, slots) : null;
      if (points !== null) for (const point of points) schedule.addPoint(point);
      else if (!lowerLayout(step, slots, schedule) && !lowerKernel(step, slots, schedule))
        schedule.add(hosted(step, slots));
    }
  }
  return { program, slots, calls: schedule.calls(program), partsOf: (step) => parts.get(step) ?? [step] };
}

/** The op's own kernel, out here, on views of the memory. */
function hosted(step: Step, slots: Slots): Call {
  const { op, inputs, attrs, scope } = step;
  const [out, ...reads] = [step.output, ...inputs].map((slot) => slots.root(slot));
  const shapes = { out: slots.all[out].shape, inputs: inputs.map((slot) => slots.all[slot].shape) };
  return {
    kernel: `${op.name} (JavaScript)`,
    steps: [step],
    reads,
    writes: [out],
    share: 0,
    mayFail: true,
    write(writer: Writer) {
      const places = [step.output, ...inputs].map((slot) => {
        const { dtype, shape } = slots.all[slot];
        return { array: arrays[dtype], at: writer.at(slots.root(slot)), length: sizeOf(shape) };
      });
      const id = writer.host(() => {
        const [values, ...operands] = places.map(
          ({ array, at, length }): Values => new array(writer.buffer() as ArrayBuffer, at, length),
        );
        // kernels are given zeros to write into
        values.fill(0);
        try {
          op.kernel(values, operands, shapes, attrs);
        } catch (error) {
          throw inComposites(scope, error);
        }
      });
      writer.tape.call("host", { id });
    },
  };
}
