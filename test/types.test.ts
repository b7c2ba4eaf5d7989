/**
 * Signatures on which other rooms depend. `npm run types` checks them: a line that no longer holds does not compile.
 */
import { describe, expectTypeOf, it } from "vitest";
import {
  Parameter,
  StateCell,
  composite,
  concat,
  defineOp,
  grad,
  gradients,
  noGrad,
  ops,
  reference,
  state,
  tensor,
  vjp,
} from "../packages/chainrule/src/index.ts";
import type {
  Binary,
  CompositeOptions,
  DType,
  Device,
  Executable,
  GradcheckReport,
  Launch,
  Kernel,
  Moves,
  Nested,
  Op,
  OpRecord,
  OpSpec,
  Program,
  Started,
  Shape,
  Tensor,
  TensorLike,
  Unary,
  Values,
  Work,
  Vjp,
  gradcheck,
} from "../packages/chainrule/src/index.ts";
import type { Tex } from "../packages/chainrule/src/tensor/tex.ts";
import type { Evaluator } from "../packages/chainrule/src/ops/emit.ts";
import { composites } from "../packages/chainrule/src/ops/composite.ts";
import type { Scope } from "../packages/chainrule/src/ops/composite.ts";
import type { Module } from "../packages/chainrule/src/nn/index.ts";
import type { TrainEvent, TrainOptions, train } from "../packages/chainrule/src/train/index.ts";

describe("signatures", () => {
  it("Module: forward returns a tensor, or what the class says", () => {
    expectTypeOf<ReturnType<Module["forward"]>>().toEqualTypeOf<Tensor>();
    expectTypeOf<ReturnType<Module<{ y: Tensor; h: Tensor }>["forward"]>>().toEqualTypeOf<{
      y: Tensor;
      h: Tensor;
    }>();
    expectTypeOf<Module<{ y: Tensor; h: Tensor }>>().not.toExtend<Module>();
  });

  it("defineOp: from a record to a function that is the record", () => {
    expectTypeOf(defineOp<[x: TensorLike], [scale: number], { scale: number }>).toEqualTypeOf<
      (
        spec: OpSpec<[scale: number], { scale: number }>,
      ) => Op<[x: TensorLike], [scale: number], { scale: number }>
    >();
    expectTypeOf<OpRecord<{ axis: number }>>().toEqualTypeOf<{
      readonly name: string;
      readonly kind: "elementwise" | "reduce" | "view" | "layout" | "contract" | "select" | "random";
      readonly arity: number | "list";
      shape(inputs: readonly Shape[], attrs: { axis: number }): Shape;
      dtype(inputs: readonly DType[], attrs: { axis: number }): DType;
      readonly kernel: Kernel<{ axis: number }>;
      readonly moves: Moves<{ axis: number }> | null;
      readonly vjp: ((input: number) => Vjp<{ axis: number }> | null) | null;
      tex(inputs: readonly Tex[], attrs: { axis: number }): Tex;
      readonly tests: OpRecord["tests"];
      readonly broadcasts: boolean;
      readonly linear: boolean;
      readonly compares: boolean;
      readonly identity: readonly (number | null)[];
      readonly transposeFlags: readonly string[];
    }>();
    expectTypeOf<Parameters<Vjp<{ axis: number }>>>().toEqualTypeOf<
      [g: Tensor, y: Tensor, inputs: readonly Tensor[], attrs: { axis: number }]
    >();
    expectTypeOf<ReturnType<Vjp<unknown>>>().toEqualTypeOf<Tensor>();
    expectTypeOf<Parameters<Kernel<unknown>>[0]>().toEqualTypeOf<Values>();
    expectTypeOf<Unary>().toExtend<(x: TensorLike) => Tensor>();
    expectTypeOf<Binary>().toExtend<(a: TensorLike, b: TensorLike) => Tensor>();
    const scaled: OpSpec<[scale: number], { scale: number }> = {
      name: "typed",
      kind: "elementwise",
      arity: 1,
      attrs: (_inputs, scale) => ({ scale }),
      shape: ([x]) => x,
      kernel: (out, [x], _shapes, { scale }) => out.set(x.map((number) => number * scale)),
      vjp: [(g, _y, _inputs, { scale }) => g.mul(scale)],
      tests: { examples: [{ inputs: [[2]], args: [2] }] },
      tex: ([x], { scale }) => ({ ...x, text: `${scale} ${x.text}` }),
    };
    expectTypeOf(defineOp<[x: TensorLike], [scale: number], { scale: number }>).toBeCallableWith(scaled);
    // @ts-expect-error an example's arguments are those of the op
    expectTypeOf<{ inputs: []; args: ["2"] }>().toExtend<(typeof scaled.tests.examples)[number]>();
  });

  it("ops: tensors or numbers first, then the op's own arguments; methods without the first", () => {
    expectTypeOf(ops.add).toBeCallableWith(tensor(1), 2);
    expectTypeOf(ops.clamp).toBeCallableWith(tensor(1), 0, 1);
    expectTypeOf(concat).toBeCallableWith([tensor([1]), tensor([2])], 0);
    expectTypeOf<Tensor["matmul"]>().parameters.toEqualTypeOf<
      [b: TensorLike, flags?: Partial<{ transposeA: boolean; transposeB: boolean }>]
    >();
    expectTypeOf<Tensor["tanh"]>().toEqualTypeOf<() => Tensor>();
    expectTypeOf<Tensor["to"]>().toEqualTypeOf<(dtype: DType) => Tensor>();
    expectTypeOf<Tensor["toArray"]>().returns.toEqualTypeOf<Nested>();
    expectTypeOf<Tensor>().not.toHaveProperty("concat");
    // @ts-expect-error a string is neither
    void (() => ops.add(tensor(1), "2"));
    // @ts-expect-error a text is not a limit
    void (() => ops.clamp(tensor(1), "0"));
  });

  it("state: a cell is a tensor, a parameter is a cell", () => {
    expectTypeOf(state).toEqualTypeOf<
      (value: Tensor, options?: { readonly name?: string; readonly requiresGrad?: boolean }) => StateCell
    >();
    expectTypeOf(StateCell).toBeConstructibleWith(tensor(1), { name: "moment" });
    expectTypeOf<StateCell>().toExtend<Tensor>();
    expectTypeOf<Parameter>().toExtend<StateCell>();
    expectTypeOf<StateCell["assign"]>().toEqualTypeOf<(value: Tensor) => void>();
    expectTypeOf<StateCell["name"]>().toEqualTypeOf<string>();
    expectTypeOf(Parameter).toBeConstructibleWith(tensor(1), { requiresGrad: false });
  });

  it("composite: the given function, with a name in the graph", () => {
    const linear = composite(
      "typed linear",
      ({ x, w, b }: { x: Tensor; w: Tensor; b?: Tensor }, { scale }: { scale: number }) => {
        const y = x.matmul(w).mul(scale);
        return b ? y.add(b) : y;
      },
      {
        tex: ({ x, w, b }) => {
          expectTypeOf(w).toEqualTypeOf<Tex>();
          expectTypeOf(b).toEqualTypeOf<Tex | undefined>();
          return { ...x, text: `${x.text} ${w.text}` };
        },
        vjp: { b: (g, _y, _tensors, { scale }) => g.mul(scale) },
      },
    );
    composites.delete("typed linear");
    type Linear = (tensors: { x: Tensor; w: Tensor; b?: Tensor }, attrs_0: { scale: number }) => Tensor;
    expectTypeOf(linear).toEqualTypeOf<Linear>();
    const double = composite("typed double", ({ x }: { x: Tensor }) => x.mul(2), { tex: ({ x }) => x });
    composites.delete("typed double");
    expectTypeOf(double).toEqualTypeOf<(tensors: { x: Tensor }) => Tensor>();
    expectTypeOf<CompositeOptions["tex"]>().toEqualTypeOf<
      (tensors: { readonly [name: string]: Tex }, attrs: unknown) => Tex
    >();
    expectTypeOf<Scope["parent"]>().toEqualTypeOf<Scope | null>();
  });

  it("Device: loads a program, plain data, with its cells, and runs it on tensors", () => {
    expectTypeOf<Device>().toEqualTypeOf<{
      readonly name: string;
      load(program: Program, cells: readonly StateCell[]): Executable;
      inTurn<T>(body: () => Promise<T>): Promise<T>;
    }>();
    expectTypeOf<Executable>().toEqualTypeOf<{
      start(work: Work): Started;
      readonly launches: readonly Launch[];
      readonly arenaBytes: number;
      dispose(): void;
    }>();
    expectTypeOf<Started>().toEqualTypeOf<{
      now(): readonly Values[];
      later(): Promise<readonly Values[]>;
    }>();
    expectTypeOf<Work>().toEqualTypeOf<
      | { readonly inputs: readonly Tensor[] }
      | { readonly data: readonly Tensor[]; readonly batches: readonly Int32Array[] }
    >();
    expectTypeOf<keyof Program>().toEqualTypeOf<
      "slots" | "inputs" | "cells" | "constants" | "steps" | "composites" | "names" | "gradients" | "outputs"
    >();
    expectTypeOf(reference).toEqualTypeOf<Device>();
    expectTypeOf<keyof Evaluator>().toEqualTypeOf<
      "emit" | "read" | "assign" | "depends" | "changes" | "names" | "differentiates"
    >();
  });

  it("derivatives", () => {
    type Scalar = (...inputs: Tensor[]) => Tensor;
    expectTypeOf(grad).toEqualTypeOf<(f: Scalar) => (...inputs: Tensor[]) => Tensor>();
    expectTypeOf(vjp).toEqualTypeOf<
      (f: Scalar, ...inputs: Tensor[]) => { value: Tensor; pull: (g: Tensor) => Tensor[] }
    >();
    expectTypeOf(gradients).parameters.toEqualTypeOf<
      [
        y: Tensor,
        inputs: readonly Tensor[],
        options?: { readonly createGraph?: boolean; readonly upstream?: Tensor },
      ]
    >();
    expectTypeOf<Tensor["backward"]>().toEqualTypeOf<
      (gradient?: Tensor, options?: { createGraph?: boolean }) => void
    >();
    expectTypeOf<ReturnType<typeof gradcheck>>().toEqualTypeOf<GradcheckReport>();
    expectTypeOf(noGrad<number>).toEqualTypeOf<(body: () => number) => number>();
  });

  it("train: an async generator of events distinguished by name", () => {
    expectTypeOf<typeof train>().toEqualTypeOf<
      (options: TrainOptions) => AsyncGenerator<TrainEvent, void, void>
    >();
    expectTypeOf<TrainEvent["event"]>().toEqualTypeOf<"start" | "batch" | "epoch" | "done">();
    expectTypeOf<Extract<TrainEvent, { event: "batch" }>>().toHaveProperty("loss");
    expectTypeOf<TrainOptions["signal"]>().toEqualTypeOf<AbortSignal | undefined>();
  });
});
