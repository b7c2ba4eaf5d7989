/**
 * The checks of every op and composite, each a function that throws. test/every-op.test.ts runs them on the tables,
 * test/mutants.test.ts on copies with wrong gradient rules.
 */
import { trace } from "../packages/chainrule/src/graph/trace.ts";
import { replay } from "./replay.ts";
import { composite, composites } from "../packages/chainrule/src/ops/composite.ts";
import type { CompositeRecord } from "../packages/chainrule/src/ops/composite.ts";
import type { Example, OpRecord } from "../packages/chainrule/src/ops/define.ts";
import { convert, isFloat } from "../packages/chainrule/src/tensor/dtype.ts";
import type { DType, Values } from "../packages/chainrule/src/tensor/dtype.ts";
import { sameShape, sizeOf } from "../packages/chainrule/src/tensor/shape.ts";
import type { Shape } from "../packages/chainrule/src/tensor/shape.ts";
import type { Tex } from "../packages/chainrule/src/tensor/tex.ts";
import {
  DTypeError,
  Generator,
  Parameter,
  gradients,
  reference,
  state,
  tensor,
} from "../packages/chainrule/src/index.ts";
import type { Tensor } from "../packages/chainrule/src/index.ts";
import { differences, expectClose } from "./differences.ts";
import type { Case } from "./op-cases.ts";

/** An op or a composite in the form that the checks use. */
export interface Subject {
  readonly name: string;
  call(inputs: readonly Tensor[], args: readonly unknown[]): Tensor;
  /** Whether input number i must have a gradient. */
  differentiable(input: number): boolean;
  /** The LaTeX of a call with these symbols as inputs. */
  tex(symbols: readonly Tex[], inputs: readonly Tensor[], args: readonly unknown[]): Tex;
  readonly domain: readonly (readonly [number, number])[];
  readonly examples: readonly Example[];
  readonly kinked: boolean;
  /** One op computes in float64 and rounds once; a composite rounds at every op. */
  readonly rounding: number;
}

export type CallableOp = OpRecord & ((...args: readonly unknown[]) => Tensor);

/** The record's settings for tests, with their defaults. */
function testsOf({ tests }: Pick<OpRecord, "tests">): Pick<Subject, "domain" | "examples" | "kinked"> {
  return { domain: [[-2, 2]], kinked: false, ...tests };
}

export function subjectOf(op: OpRecord): Subject {
  const call: Subject["call"] = (inputs, args) =>
    op.arity === "list" ? (op as CallableOp)(inputs, ...args) : (op as CallableOp)(...inputs, ...args);
  return {
    name: op.name,
    call,
    differentiable: (input) => op.vjp?.(input) != null,
    tex: (symbols, inputs, args) => {
      const { steps } = trace(() => [call(inputs, args)], []).program;
      return op.tex(symbols, steps[steps.length - 1].attrs);
    },
    ...testsOf(op),
    rounding: 0,
  };
}

/** The composite as users call it or, with `opened`, its body alone, whose gradient comes from the ops inside. */
export function subjectOfComposite(record: CompositeRecord, opened = false): Subject {
  const kept = composites.get(record.name);
  composites.delete(record.name);
  const closed = composite(record.name, record.body, record);
  if (kept) composites.set(record.name, kept);
  else composites.delete(record.name);
  const f = opened ? record.body : closed;
  const { examples = [], domain = {}, kinked = false } = record.tests ?? {};
  const names = namesOf(record);
  const named = <T>(inputs: readonly T[]): Record<string, T> =>
    Object.fromEntries(inputs.map((input, i) => [names[i], input]));
  return {
    name: opened ? `the body of ${record.name}` : record.name,
    call: (inputs, [attrs]) => f(named(inputs), attrs),
    differentiable: (input) => record.vjp === undefined || record.vjp[names[input]] !== undefined,
    tex: (symbols, _inputs, [attrs]) => record.tex(named(symbols), attrs),
    domain: names.map((name) => domain[name] ?? [-2, 2]),
    examples: examples.map(({ inputs, attrs }) => ({ inputs: Object.values(inputs), args: [attrs] })),
    kinked,
    rounding: 1e-5,
  };
}

/** The names of a composite's tensors: those of its first example; the other examples begin with the same names. */
export function namesOf({ name, tests }: CompositeRecord): readonly string[] {
  const [names, ...others] = (tests?.examples ?? []).map(({ inputs }) => Object.keys(inputs));
  for (const other of others)
    if (other.some((key, i) => key !== names[i]))
      throw new Error(`${name}: an example has ${other.join()}, the first one ${names.join()}`);
  return names;
}

/** One input of a call: its numbers in float64, or the integers that the example fixes. */
interface Drawn {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: Values;
}

/** The numbers of a call. Another draw is needed only after a draw at a kink. */
function* drawings(
  subject: Subject,
  example: Example,
  seed: number,
): Iterable<{ generator: Generator; inputs: Drawn[] }> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const generator = new Generator(seed).stream(`attempt ${attempt}`);
    yield {
      generator,
      inputs: example.inputs.map((input, i): Drawn => {
        if ("dtype" in input) {
          const values = convert(Float64Array.from(input.values), input.dtype);
          return { shape: input.shape, dtype: input.dtype, values };
        }
        const [low, high] = subject.domain[Math.min(i, subject.domain.length - 1)];
        const values = Float64Array.from(
          { length: sizeOf(input) },
          () => low + (high - low) * generator.uniform(),
        );
        return { shape: input, dtype: "float64", values };
      }),
    };
  }
}

function firstDrawing(subject: Subject, example: Example, seed: number): Drawn[] {
  for (const { inputs } of drawings(subject, example, seed)) return inputs;
  return [];
}

/** The tensors of a call of an example, in float64, not yet leaves. */
export function drawCall(subject: Subject, example: Example, seed: number): Tensor[] {
  return firstDrawing(subject, example, seed).map((input) => toTensor(input));
}

const toTensor = ({ values, shape, dtype }: Drawn, requiresGrad = false): Tensor =>
  tensor(values, { shape, dtype, requiresGrad });

/** Numbers of either sign, none near 0, so that they hide no part of a gradient. */
const weightsFor = (size: number, generator: Generator): Float64Array =>
  Float64Array.from(
    { length: size },
    () => (generator.uniform() < 0.5 ? -1 : 1) * (0.5 + generator.uniform()),
  );

const weigh = (y: Tensor, weights: Tensor): Tensor => y.mul(weights).sum();

/** Gradients, or zeros where the result is a constant. */
function gradientsOf(y: Tensor, inputs: readonly Tensor[], createGraph = false): Tensor[] {
  return y.requiresGrad ? gradients(y, inputs, { createGraph }) : inputs.map((input) => input.mul(0));
}

const firstTolerance = 1e-8;
const secondTolerance = 3e-8;

/** Compares the gradient with differences of the values, then the second gradient with differences of the first. */
export function checkGradients(subject: Subject, example: Example, seed: number): void {
  const args = example.args ?? [];
  for (const { inputs, generator } of drawings(subject, example, seed)) {
    // Inputs that an example gives by value are constants; every random input must have a gradient.
    const judged = inputs.map((_, i) => i).filter((i) => !("dtype" in example.inputs[i]));
    if (judged.length === 0) return;
    const arrays = judged.map((i) => inputs[i].values as Float64Array);
    const leaves = (): Tensor[] => inputs.map((input, i) => toTensor(input, judged.includes(i)));
    const shape = subject.call(leaves(), args).shape;
    const w = weightsFor(sizeOf(shape), generator);
    const weights = (requiresGrad = false): Tensor => tensor(w, { shape, requiresGrad });

    const value = (): number =>
      weigh(
        subject.call(
          inputs.map((input) => toTensor(input)),
          args,
        ),
        weights(),
      ).item();
    const first = differences(value, arrays, subject.kinked);
    if (first.kinked) continue;
    const at = leaves();
    const gradient = gradientsOf(
      weigh(subject.call(at, args), weights()),
      judged.map((i) => at[i]),
    );
    judged.forEach((input, k) => {
      const { shape: expected, dtype } = inputs[input];
      if (!sameShape(gradient[k].shape, expected) || gradient[k].dtype !== dtype)
        throw new Error(
          `${subject.name}: the gradient of input ${input} is ${gradient[k].dtype} [${gradient[k].shape.join(",")}]`,
        );
      expectClose(
        gradient[k].data,
        first.slopes[k],
        firstTolerance,
        `${subject.name}: gradient of input ${input}`,
      );
      if (!at[input].data.every((number, i) => Object.is(number, inputs[input].values[i])))
        throw new Error(`${subject.name}: input ${input} was written to`);
    });

    // s(x, w) = Σᵢ vᵢ · ∂(w · y)/∂xᵢ: by x the second derivatives, by w the Jacobian times v
    const v = arrays.map((array) => weightsFor(array.length, generator));
    const combined = (at: Tensor[], w: Tensor, createGraph: boolean): Tensor => {
      const by = judged.map((i) => at[i]);
      const parts = gradientsOf(weigh(subject.call(at, args), w), by, createGraph).map((g, k) =>
        g.mul(tensor(v[k], { shape: by[k].shape })).sum(),
      );
      return parts.reduce((sum, part) => sum.add(part));
    };
    const slope = (): number => combined(leaves(), weights(), false).item();
    const second = differences(slope, [...arrays, w], subject.kinked);
    if (second.kinked) continue;
    const seconds = leaves();
    const upstream = weights(true);
    const by = [...judged.map((i) => seconds[i]), upstream];
    gradientsOf(combined(seconds, upstream, true), by).forEach((g, k) => {
      const what =
        k < judged.length ? `second gradient of input ${judged[k]}` : "gradient by the upstream gradient";
      expectClose(g.data, second.slopes[k], secondTolerance, `${subject.name}: ${what}`);
    });
    return;
  }
  throw new Error(`${subject.name}: every draw of this example lies at a kink`);
}

/** An op without a gradient must be constant between its jumps; otherwise a rule is missing. */
export function checkFlat(subject: Subject, example: Example, seed: number): void {
  const inputs = firstDrawing(subject, example, seed);
  const floats = inputs.filter(({ dtype }) => isFloat(dtype));
  if (floats.length === 0) return;
  const value = (): number => {
    const y = subject.call(
      inputs.map((input) => toTensor(input)),
      example.args ?? [],
    );
    return Array.from(y.data).reduce((sum, number, i) => sum + number * (i + 1), 0);
  };
  const { slopes, kinked } = differences(
    value,
    floats.map(({ values }) => values as Float64Array),
    true,
  );
  if (!kinked && slopes.some((by) => by.some((slope) => slope !== 0)))
    throw new Error(`${subject.name} varies with its inputs but has no gradient`);
}

/** A traced call, forward and backward, returns the bits of the eager call. */
export function checkTraced(subject: Subject, example: Example, seed: number): void {
  const cells = firstDrawing(subject, example, seed).map((input, i) =>
    isFloat(input.dtype) && subject.differentiable(i)
      ? new Parameter(toTensor(input))
      : state(toTensor(input)),
  );
  const parameters = cells.filter((cell) => cell.requiresGrad);
  const step = (): Tensor[] => {
    const y = subject.call(cells, example.args ?? []);
    return y.requiresGrad ? [y, ...gradients(y.mul(y).sum(), parameters)] : [y];
  };
  const eager = step();
  const traced = replay(trace(step, []), reference)();
  if (traced.length !== eager.length)
    throw new Error(`${subject.name}: the trace returns another number of tensors`);
  eager.forEach((expected, i) => expectSame(traced[i], expected, `${subject.name}: traced result ${i}`));
}

function expectSame(got: Tensor, expected: Tensor, what: string): void {
  if (got.dtype !== expected.dtype || !sameShape(got.shape, expected.shape))
    throw new Error(
      `${what} is ${got.dtype} [${got.shape.join(",")}], not ${expected.dtype} [${expected.shape.join(",")}]`,
    );
  expected.data.forEach((number, i) => {
    if (!Object.is(got.data[i], number))
      throw new Error(`${what}: element ${i} is ${got.data[i]}, not ${number}`);
  });
}

/** The result's array has the type and the length that the record's rules state. */
export function checkRules(op: OpRecord, example: Example, seed: number): void {
  const subject = subjectOf(op);
  const inputs = firstDrawing(subject, example, seed).map((input) => toTensor(input));
  const { steps } = trace(() => [subject.call(inputs, example.args ?? [])], []).program;
  const { attrs } = steps[steps.length - 1];
  const y = subject.call(inputs, example.args ?? []);
  const shape = op.shape(
    inputs.map((input) => input.shape),
    attrs,
  );
  const dtype = op.dtype(
    inputs.map((input) => input.dtype),
    attrs,
  );
  if (!sameShape(y.shape, shape) || y.data.length !== sizeOf(shape))
    throw new Error(`${op.name}: ${y.data.length} numbers for the shape [${shape.join(",")}]`);
  if (y.dtype !== dtype || y.data.constructor !== convert(new Float64Array(0), dtype).constructor)
    throw new Error(`${op.name}: ${y.data.constructor.name} for ${dtype}`);
}

/** A float32 result is the rounded float64 result; an op rounds once, composites and gradients at every op. */
export function checkPrecision(subject: Subject, example: Example, seed: number): void {
  const inputs = firstDrawing(subject, example, seed).map((input): Drawn =>
    input.dtype === "float64"
      ? { ...input, dtype: "float32", values: Float32Array.from(input.values) }
      : input,
  );
  const run = (wide: boolean): Tensor[] => {
    const leaves = inputs.map((input, i) => {
      const leaf = toTensor(wide && input.dtype === "float32" ? { ...input, dtype: "float64" } : input);
      if (isFloat(input.dtype) && subject.differentiable(i)) leaf.requiresGrad = true;
      return leaf;
    });
    const y = subject.call(leaves, example.args ?? []);
    const by = leaves.filter((leaf) => leaf.requiresGrad);
    return [y, ...(y.requiresGrad ? gradients(y.mul(y).sum(), by) : [])];
  };
  const narrow = run(false);
  run(true).forEach((expected, i) => {
    const what = i === 0 ? `${subject.name} in float32` : `${subject.name}: gradient ${i - 1} in float32`;
    if (i === 0 && subject.rounding === 0) {
      const rounded = tensor(convert(expected.data, narrow[i].dtype), {
        shape: expected.shape,
        dtype: narrow[i].dtype,
      });
      expectSame(narrow[i], rounded, what);
    } else {
      const largest = Array.from(expected.data).reduce((most, number) => Math.max(most, Math.abs(number)), 0);
      expectClose(narrow[i].data, expected.data, 1e-5 * (1 + largest), what);
    }
  });
}

const whole = (dtype: DType): DType => (dtype === "bool" ? "int32" : dtype);
const real = (dtype: DType): DType => (isFloat(dtype) ? dtype : "float32");
const widest = (dtypes: readonly DType[]): DType =>
  (["float64", "float32", "int32"] as const).find((dtype) => dtypes.includes(dtype)) ?? "bool";

/** The expected type of the result, stated independently: by default the widest of the inputs. */
const resultType: Record<string, (dtypes: readonly DType[], args: readonly unknown[]) => DType> = {
  ...Object.fromEntries(
    ["add", "sub", "mul", "neg", "pow", "sum", "cumsum", "matmul", "scatterAdd", "indexAdd"].map((name) => [
      name,
      (dtypes: readonly DType[]) => whole(widest(dtypes)),
    ]),
  ),
  ...Object.fromEntries(
    [
      ..."exp expm1 log log1p sqrt sin cos tanh sigmoid erf elu softplus".split(" "),
      ..."div mean variance logSumExp".split(" "),
    ].map((name) => [name, (dtypes: readonly DType[]) => real(widest(dtypes))]),
  ),
  ...Object.fromEntries("eq ne lt le gt ge".split(" ").map((name) => [name, () => "bool" as const])),
  ...Object.fromEntries("argmax argmin".split(" ").map((name) => [name, () => "int32" as const])),
  clamp: ([x], limits) => (limits.some((limit) => (limit as number) % 1) ? real(x) : whole(x)),
  where: ([, a, b]) => widest([a, b]),
  gather: ([x]) => x,
  indexSelect: ([x]) => x,
  scatterAdd: ([x]) => whole(x),
  indexAdd: ([x]) => whole(x),
  to: (_, [dtype]) => dtype as DType,
  oneHot: (_, [, dtype]) => (dtype as DType | undefined) ?? "float32",
  uniform: (_, [, dtype]) => (dtype as DType | undefined) ?? "float32",
};
/** The least whole number of an input whose other inputs are whole as well: a negative power would not be whole. */
const leastWhole: Record<string, readonly number[]> = { pow: [0, 0] };

/** Indices and random states must be int32. */
const integerInputs: Record<string, number> = {
  gather: 1,
  scatterAdd: 1,
  indexSelect: 1,
  indexAdd: 1,
  oneHot: 0,
  uniform: 0,
};

/**
 * Every combination of types: the same whole numbers give the same result as in float64, in the right type, and bool
 * holds only 0 and 1. For an index, other types are refused.
 */
export function checkTypes(op: OpRecord, example: Example): void {
  const subject = subjectOf(op);
  const args = example.args ?? [];
  const drawn = firstDrawing(subject, example, 1);
  const generator = new Generator(1);
  const combinations = drawn.reduce<DType[][]>(
    (all) => all.flatMap((types) => dtypes.map((dtype) => [...types, dtype])),
    [[]],
  );
  for (const types of combinations) {
    const inputs = drawn.map((input, i): Drawn => {
      if (input.dtype !== "float64")
        return { ...input, dtype: types[i], values: convert(input.values, types[i]) };
      const [low, high] = subject.domain[Math.min(i, subject.domain.length - 1)];
      const top = types[i] === "bool" ? 1 : Math.floor(high);
      const least = types.every((type) => type === "int32" || type === "bool")
        ? leastWhole[op.name]?.[i]
        : undefined;
      const bottom = Math.max(types[i] === "bool" ? 0 : -Infinity, least ?? -Infinity, Math.ceil(low));
      const values = input.values.map(() => generator.integer(bottom, top + 1));
      return { ...input, dtype: types[i], values: convert(values, types[i]) };
    });
    const where = `${op.name} of ${types.join(", ")}`;
    const index = integerInputs[op.name];
    if (index !== undefined && types[index] !== "int32") {
      try {
        subject.call(
          inputs.map((input) => toTensor(input)),
          args,
        );
      } catch (error) {
        if (error instanceof DTypeError) continue;
        throw error;
      }
      throw new Error(`${where} is not refused`);
    }
    const got = subject.call(
      inputs.map((input) => toTensor(input)),
      args,
    );
    const wide = subject.call(
      inputs.map((input, i) =>
        toTensor(
          i === index ? input : { ...input, dtype: "float64", values: Float64Array.from(input.values) },
        ),
      ),
      args,
    );
    const dtype = resultType[op.name]?.(types, args) ?? widest(types);
    if (got.dtype !== dtype) throw new Error(`${where} is ${got.dtype}, not ${dtype}`);
    // −0 and 0 count as equal: integers have no −0.
    const expected = convert(wide.data, dtype).map((number) => number + 0);
    got.data.forEach((number, i) => {
      if (!Object.is(number + 0, expected[i]))
        throw new Error(`${where}: element ${i} is ${number}, not ${expected[i]}`);
    });
  }
}
const dtypes: readonly DType[] = ["float32", "float64", "int32", "bool"];

/** The LaTeX has its braces, brackets and cases closed, and shows no JavaScript. */
export function checkTex(subject: Subject, example: Example): void {
  const inputs = firstDrawing(subject, example, 1).map((input) => toTensor(input));
  for (const binds of [0, 1, 2, 5]) {
    const symbols = inputs.map((_, i) => ({ text: `x_{${i}}`, binds }));
    const { text } = subject.tex(symbols, inputs, example.args ?? []);
    let depth = 0;
    for (const [mark] of text.matchAll(/(?<!\\)[{}]/g)) {
      depth += mark === "{" ? 1 : -1;
      if (depth < 0) break;
    }
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    if (
      text === "" ||
      depth !== 0 ||
      count(/\\left(?![a-z])/g) !== count(/\\right(?![a-z])/g) ||
      count(/\\begin\{/g) !== count(/\\end\{/g) ||
      /undefined|NaN|Infinity|\[object|=>|null/.test(text)
    )
      throw new Error(`${subject.name}: the LaTeX is ${text}`);
  }
}

/** An elementwise op that broadcasts gives the same result for inputs that were expanded before. */
function checkBroadcasting(subject: Subject, example: Example, seed: number): void {
  const inputs = drawCall(subject, example, seed);
  const y = subject.call(inputs, example.args ?? []);
  const repeated = inputs.map((input) => input.expand(y.shape));
  expectSame(subject.call(repeated, example.args ?? []), y, `${subject.name} of repeated inputs`);
}

/** All checks that an op's gradient rules must pass, on one call. */
export function checkCase(op: OpRecord, call: Case): void {
  const subject = subjectOf(op);
  checkRules(op, call, call.seed);
  if (op.vjp === null && op.name !== "detach") checkFlat(subject, call, call.seed);
  if (op.vjp !== null) checkGradients(subject, call, call.seed);
  checkTraced(subject, call, call.seed);
  if (op.broadcasts && op.kind === "elementwise") checkBroadcasting(subject, call, call.seed);
  checkPrecision(subject, call, call.seed);
}

/** Checks an op on its own examples. */
export function checkOp(op: OpRecord): void {
  for (const example of op.tests.examples) {
    checkCase(op, { ...example, seed: 1 });
    checkTex(subjectOf(op), example);
  }
}

/** Checks a composite on its examples: its gradient and, if it has its own rules, the gradient of its body. */
export function checkComposite(record: CompositeRecord): void {
  const closed = subjectOfComposite(record);
  const opened = subjectOfComposite(record, true);
  for (const example of closed.examples) {
    checkGradients(closed, example, 1);
    if (record.vjp) {
      checkGradients(opened, example, 1);
      checkSameGradients(closed, opened, example);
    }
    checkTraced(closed, example, 1);
    checkPrecision(closed, example, 1);
    checkTex(closed, example);
  }
}

/** Compares own rules with the derivative of the body, far more exactly than finite differences allow. */
function checkSameGradients(closed: Subject, opened: Subject, example: Example): void {
  const inputs = firstDrawing(closed, example, 2);
  const run = (subject: Subject): Tensor[] => {
    const leaves = inputs.map((input, i) =>
      toTensor(input, isFloat(input.dtype) && closed.differentiable(i)),
    );
    const y = subject.call(leaves, example.args ?? []);
    const by = leaves.filter((leaf) => leaf.requiresGrad);
    const w = tensor(weightsFor(y.size, new Generator(3)), { shape: y.shape });
    return [y, ...gradientsOf(weigh(y, w), by)];
  };
  const expected = run(opened);
  run(closed).forEach((got, i) =>
    expectClose(
      got.data,
      expected[i].data,
      1e-12,
      `${closed.name}: ${i === 0 ? "value" : `gradient ${i - 1}`} and body`,
    ),
  );
}
