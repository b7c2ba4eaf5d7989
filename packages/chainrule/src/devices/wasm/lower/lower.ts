/**
 * Lowers a program to calls of kernels. A view becomes a second name of its slot, an elementwise step joins a group, and any
 * other step becomes the calls of its lowerer. An op without a kernel runs its TypeScript kernel on the memory.
 */
import type { OpRecord } from "../../../ops/define.ts";
import { records } from "../../../ops/index.ts";
import { arrays } from "../../../tensor/dtype.ts";
import type { Values } from "../../../tensor/dtype.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Program, Step } from "../../device.ts";
import { inComposites } from "../../program.ts";
import { Slots } from "./call.ts";
import type { Call, Writer } from "./call.ts";
import { families } from "./families.ts";
import { fuse } from "./fuse.ts";
import { pointsOf } from "./pointwise.ts";
import { Schedule } from "./schedule.ts";

export interface Lowered {
  /** The program after fusing. */
  readonly program: Program;
  readonly slots: Slots;
  readonly calls: readonly Call[];
  /** The recorded steps that a step of the fused program replaces. */
  partsOf(step: Step): readonly Step[];
}

const fusions = families.flatMap((family) => family.fusions);
const lowerers = new Map(families.flatMap((family) => family.lowerers));
/** The library's own ops. An op that a user made may have the name of one of them, but not its kernel. */
const own: ReadonlySet<OpRecord> = new Set(records.values());

export function lower(given: Program): Lowered {
  const { program, parts } = fuse(given, fusions);
  const slots = new Slots(program.slots);
  const schedule = new Schedule(slots);
  for (const step of program.steps) {
    const { op, inputs, output } = step;
    if (op.kind === "view" && slots.all[inputs[0]].dtype === slots.all[output].dtype) {
      slots.view(output, inputs[0]);
      continue;
    }
    // a view that is left changes the type
    const isPointwise = own.has(op) && (op.kind === "elementwise" || op.kind === "view");
    const points = isPointwise ? pointsOf(step, slots) : null;
    if (points !== null) for (const point of points) schedule.addPoint(point);
    else for (const call of callsOf(step, slots, program)) schedule.add(call);
  }
  return { program, slots, calls: schedule.calls(program), partsOf: (step) => parts.get(step) ?? [step] };
}

/** The calls of a step by the lowerer of its op or else of its kind; without a kernel, a call of the op's own. */
function callsOf(step: Step, slots: Slots, program: Program): readonly Call[] {
  const { op } = step;
  const lowerer = lowerers.get(op) ?? (own.has(op) ? lowerers.get(op.kind) : undefined);
  return lowerer?.(step, slots) ?? [hosted(step, slots, program)];
}

/** A call of the op's TypeScript kernel, on views of the memory. */
function hosted(step: Step, slots: Slots, program: Program): Call {
  const { op, inputs, attrs } = step;
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
        // a TypeScript kernel expects zeros
        values.fill(0);
        try {
          op.kernel(values, operands, shapes, attrs);
        } catch (error) {
          throw inComposites(program, step, error);
        }
      });
      writer.tape.call("host", { id });
    },
  };
}
