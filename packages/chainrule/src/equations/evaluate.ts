/** Computes the values of a network for a batch, in ops, so that they can be differentiated, compiled and printed. */
import { crossEntropy } from "../functions/cross-entropy.ts";
import { linear } from "../functions/linear.ts";
import { logSoftmax, softmax } from "../functions/softmax.ts";
import { named } from "../ops/emit.ts";
import { full } from "../tensor/create.ts";
import type { DType } from "../tensor/dtype.ts";
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { applyComparison, applyFunction, applyOperator } from "./apply.ts";
import { IndexSums } from "./index-sums.ts";
import type { Network } from "./network.ts";
import { crossEntropyOf, softmaxArgument } from "./recognize.ts";
import { splitLoss } from "./split-loss.ts";
import type { CallExpression, EntryExpression, Expression, Operator } from "./syntax.ts";
import { asVector, entries, flatValue, mapped, reducedValue, transposedValue } from "./values.ts";
import type { Value } from "./values.ts";

/** The tensors of a batch by name: inputs [N, n] or [N, r, c], targets as class indices [N] or as numbers [N, n]. */
export type Batch = Readonly<Record<string, Tensor>>;

/** The values of one batch, each computed when it is first needed. */
export class Evaluation {
  readonly #network: Network;
  readonly #batch: Batch;
  readonly #dtype: DType;
  readonly #known = new Map<string, Value>();
  readonly #sums: IndexSums;

  constructor(network: Network, parameters: ReadonlyMap<string, Tensor>, batch: Batch, dtype: DType) {
    this.#network = network;
    this.#batch = batch;
    this.#dtype = dtype;
    this.#sums = new IndexSums(network, (expression) => this.evaluate(expression), dtype);
    for (const { name, shape, axes } of network.parameters)
      this.#known.set(name, {
        tensor: parameters.get(name)!,
        varies: false,
        rows: shape.rows,
        cols: shape.cols,
        matrix: axes.length === 2,
      });
    for (const [name, size] of [...network.sizes, ...network.free])
      if (!this.#known.has(name)) this.#known.set(name, this.#number(size));
  }

  /** The value that a name stands for. */
  valueOf(name: string): Value {
    const known = this.#known.get(name);
    if (known) return known;
    const value = this.#compute(name);
    this.#known.set(name, value);
    return value;
  }

  /**
   * The loss of the batch: the mean or the sum of its examples' losses. Summands without input or target are added once.
   */
  loss(reduction: "mean" | "sum" = "mean"): Tensor {
    const { loss } = this.#network;
    const definition = this.#network.definitions.find(({ name }) => name === loss);
    if (!definition) throw new ValueError("equations", "the text has no loss", { advice: "write loss = …" });
    const { varying, fixed } = splitLoss(definition.value, this.#network);
    const once = fixed && asVector(this.evaluate(fixed)).reshape([]);
    const examples = varying && this.#reducedLoss(varying, reduction);
    if (examples && once) return examples.add(once);
    return (examples ?? once)!;
  }

  #reducedLoss(varying: Expression, reduction: "mean" | "sum"): Tensor {
    const classes = crossEntropyOf(varying, this.#network);
    if (classes)
      return crossEntropy(this.#scores(classes.scores), this.#classesOf(classes.target), { reduction });
    const losses = asVector(this.evaluate(varying));
    return reduction === "mean" ? losses.mean() : losses.sum();
  }

  #scores(expression: Expression): Tensor {
    return asVector(this.evaluate(expression));
  }

  #number(value: number): Value {
    return flatValue(scalar(value, this.#dtype), false, 1, 1);
  }

  #compute(name: string): Value {
    const { definitions, inputs, targets } = this.#network;
    const definition = definitions.find((other) => other.name === name);
    if (definition) {
      const value = this.evaluate(definition.value);
      return { ...value, tensor: named(value.tensor, name) };
    }
    const target = targets.find((other) => other.name === name);
    const { shape } = target ?? inputs.find((other) => other.name === name)!;
    const given = this.#given(name);
    const { rows, cols } = shape;
    const matrix = rows !== 1 && cols !== 1;
    const classes = target?.form === "onehot" && given.rank === 1 && given.dtype === "int32";
    const tensor = classes ? given.oneHot(rows * cols, this.#dtype) : given;
    const axes = matrix ? [rows, cols] : [rows * cols];
    const flat =
      tensor.rank === 1 && rows * cols === 1 && !matrix ? tensor.reshape([tensor.size, 1]) : tensor;
    if (!sameShape(flat.shape.slice(1), axes))
      throw new ShapeError(
        "equations",
        [given.shape],
        `${name} must be [examples, ${axes.join(", ")}], not ${formatShape(given.shape)}`,
      );
    return { tensor: flat, varies: true, rows, cols, matrix };
  }

  #given(name: string): Tensor {
    const given = this.#batch[name];
    if (given !== undefined) return given;
    const known = [...this.#network.inputs, ...this.#network.targets].map((other) => other.name).join(", ");
    throw new ValueError("equations", `the batch has no ${name}`, { advice: `it needs ${known}` });
  }

  /** The class index of each example, [N]. */
  #classesOf(target: string): Tensor {
    const given = this.#given(target);
    return given.dtype === "int32" ? given : given.argmax(-1);
  }

  evaluate(expression: Expression): Value {
    switch (expression.kind) {
      case "number":
        return this.#number(expression.value);
      case "name":
        return this.valueOf(expression.key);
      case "ones": {
        const { rows, cols } = this.#network.shapes.get(expression)!;
        return flatValue(full([rows * cols], 1, { dtype: this.#dtype }), false, rows, cols);
      }
      case "negate": {
        const classes = crossEntropyOf(expression, this.#network);
        if (classes === null) return mapped(this.evaluate(expression.of), (x) => x.neg());
        const losses = crossEntropy(this.#scores(classes.scores), this.#classesOf(classes.target), {
          reduction: "none",
        });
        return flatValue(losses.reshape([losses.size, 1]), true, 1, 1);
      }
      case "transpose":
        return transposedValue(this.evaluate(expression.of));
      case "power":
        return this.#power(expression.of, expression.exponent);
      case "binary":
        return this.#binary(expression.operator, expression.left, expression.right);
      case "call":
        return this.#call(expression);
      case "entry":
        return this.#entry(expression);
      case "index-sum":
        return this.#sums.valueOf(expression);
      case "compare":
        return applyComparison(
          expression.operator,
          this.evaluate(expression.left),
          this.evaluate(expression.right),
        );
    }
  }

  #power(of: Expression, exponent: Expression): Value {
    if (exponent.kind === "number" && exponent.value === 2) {
      // ‖v‖² is the sum of squares, whose slope at 0 is 0
      const squared = of.kind === "call" && of.callee === "norm" ? of.args[0] : of;
      const x = this.evaluate(squared);
      const squares = mapped(x, (tensor) => tensor.mul(tensor));
      return squared === of ? squares : reducedValue(squares, (tensor, ...axis) => tensor.sum(...axis));
    }
    if (exponent.kind === "number") {
      const { value } = exponent;
      return mapped(this.evaluate(of), (x) => x.pow(value));
    }
    return entries("power", this.evaluate(of), this.evaluate(exponent));
  }

  #binary(operator: Operator, left: Expression, right: Expression): Value {
    if (operator === "/") {
      const softmaxOf = softmaxArgument(
        { kind: "binary", operator, left, right, start: 0, end: 0 },
        this.#network,
      );
      if (softmaxOf) return mapped(this.evaluate(softmaxOf), (x) => softmax(x));
    }
    if (operator === "+") {
      const affine = this.#linear(left, right);
      if (affine) return affine;
    }
    const [a, b] = [this.evaluate(left), this.evaluate(right)];
    return applyOperator(operator, a, b);
  }

  /** W x + b with a weight [out, in] and a bias [out]: the dense layer. */
  #linear(left: Expression, right: Expression): Value | null {
    if (left.kind !== "binary" || left.operator !== "@" || left.left.kind !== "name" || right.kind !== "name")
      return null;
    const isParameter = ({ key }: { key: string }): boolean =>
      this.#network.parameters.some(({ name }) => name === key);
    if (!isParameter(left.left) || !isParameter(right)) return null;
    const [weight, bias, x] = [
      this.valueOf(left.left.key),
      this.valueOf(right.key),
      this.evaluate(left.right),
    ];
    const fits =
      weight.matrix && !bias.matrix && bias.tensor.rank === 1 && x.varies && !x.matrix && x.cols === 1;
    if (!fits || x.rows !== weight.cols) return null;
    return flatValue(linear(x.tensor, weight.tensor, bias.tensor), true, weight.rows, 1);
  }

  #call(call: CallExpression): Value {
    if (call.callee === "log" && !call.prime) {
      const [arg] = call.args;
      // the logarithm of an entry is the entry of the logarithm, which is stable after a softmax
      if (arg.kind === "entry" && softmaxArgument(arg.of, this.#network))
        return this.#entry({ ...arg, of: { ...call, args: [arg.of] } });
      const scores = softmaxArgument(arg, this.#network);
      if (scores) return mapped(this.evaluate(scores), (x) => logSoftmax(x));
    }
    return applyFunction(
      call,
      call.args.map((arg) => this.evaluate(arg)),
    );
  }

  /** y[c]: for each example the entry of its class. */
  #entry({ of, indices }: EntryExpression): Value {
    const target = this.#network.targets.find(({ classIndex }) => classIndex === indices[0])!;
    const value = this.evaluate(of);
    const classes = this.#classesOf(target.name);
    const vectors = asVector(value);
    const rows = value.varies ? vectors : vectors.expand([classes.shape[0], vectors.shape[0]]);
    return flatValue(rows.gather(classes.reshape([classes.size, 1]), 1), true, 1, 1);
  }
}
