/** Graphs for onnxruntime: the forward pass, and a whole training step written out by hand. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from "onnx-buf";
import type { Activation, InferenceCase, TrainingCase } from "../cases.ts";
import type { Layer } from "./numbers.ts";

type Attribute = number | readonly number[];
const opsetVersion = 17n;

class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];

  input(name: string, shape: readonly number[], type = TensorProto_DataType.FLOAT): string {
    this.#inputs.push(valueInfo(name, shape, type));
    return name;
  }

  output(name: string, shape: readonly number[], type = TensorProto_DataType.FLOAT): void {
    this.#outputs.push(valueInfo(name, shape, type));
  }

  /** Constant float32 values. Default shape: a scalar. */
  constant(name: string, value: number | Float32Array<ArrayBuffer>, shape: readonly number[] = []): string {
    const values = typeof value === "number" ? Float32Array.of(value) : value;
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dims = shape.map(BigInt);
    this.#constants.push(
      create(TensorProtoSchema, { name, dims, dataType: TensorProto_DataType.FLOAT, rawData }),
    );
    return name;
  }

  integers(name: string, values: readonly bigint[]): string {
    const rawData = new Uint8Array(BigInt64Array.from(values).buffer);
    const dims = [BigInt(values.length)];
    this.#constants.push(
      create(TensorProtoSchema, { name, dims, dataType: TensorProto_DataType.INT64, rawData }),
    );
    return name;
  }

  op(
    opType: string,
    input: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.#nodes.push(
      create(NodeProtoSchema, { opType, name: output, input: [...input], output: [output], attribute }),
    );
    return output;
  }

  model(): Uint8Array {
    const graph = create(GraphProtoSchema, {
      name: "bench",
      node: this.#nodes,
      initializer: this.#constants,
      input: this.#inputs,
      output: this.#outputs,
    });
    const opsetImport = [{ domain: "", version: opsetVersion }];
    return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
  }
}

function attributeOf(name: string, value: Attribute): AttributeProto {
  if (typeof value !== "number")
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.INTS,
      ints: value.map(BigInt),
    });
  return name === "alpha" || name === "beta"
    ? create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value })
    : create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
}

const valueInfo = (name: string, shape: readonly number[], elemType: TensorProto_DataType): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType,
          shape: create(TensorShapeProtoSchema, {
            dim: shape.map((n) =>
              create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(n) } }),
            ),
          }),
        },
      },
    },
  });

const opOf: Record<Activation, string> = { sigmoid: "Sigmoid", tanh: "Tanh", relu: "Relu" };

/** From x and w0, b0, w1, … with weights [outputs, inputs] to the values of each layer, y0, y1, … */
function forward(graph: GraphWriter, sizes: readonly number[], f: Activation): void {
  const last = sizes.length - 2;
  for (let l = 0; l <= last; l++) {
    const from = l === 0 ? "x" : `y${l - 1}`;
    graph.op("Gemm", [from, `w${l}`, `b${l}`], l === last ? `y${l}` : `z${l}`, { transB: 1 });
    if (l < last) graph.op(opOf[f], [`z${l}`], `y${l}`);
  }
}

/** The weights are part of the graph, so that the runtime can pack them once. */
export function inferenceGraph(
  { sizes, batch, activation }: InferenceCase,
  layers: readonly Layer[],
): Uint8Array {
  const graph = new GraphWriter();
  graph.input("x", [batch, sizes[0]]);
  layers.forEach(({ inputs, outputs, weight, bias }, l) => {
    graph.constant(`w${l}`, weight, [outputs, inputs]);
    graph.constant(`b${l}`, bias, [outputs]);
  });
  forward(graph, sizes, activation);
  graph.output(`y${sizes.length - 2}`, [batch, sizes.at(-1)!]);
  return graph.model();
}

export function matmulGraph(n: number): Uint8Array {
  const graph = new GraphWriter();
  graph.op("MatMul", [graph.input("a", [n, n]), graph.input("b", [n, n])], "c");
  graph.output("c", [n, n]);
  return graph.model();
}

/** From x, labels (one-hot) and the weights w0, b0, … to the loss and the new weights, called newW0, newB0, … */
export function trainingGraph({ sizes, batch, activation, optimizer }: TrainingCase): Uint8Array {
  if (optimizer.name !== "sgd") throw new Error("the training graph is written for SGD");
  const graph = new GraphWriter();
  const classes = sizes.at(-1)!;
  const last = sizes.length - 2;
  graph.input("x", [batch, sizes[0]]);
  graph.input("labels", [batch, classes]);
  graph.constant("batch", batch);
  graph.constant("lr", optimizer.lr);
  graph.integers("rows", [0n]);
  for (let l = 0; l <= last; l++) {
    graph.input(`w${l}`, [sizes[l + 1], sizes[l]]);
    graph.input(`b${l}`, [sizes[l + 1]]);
  }
  forward(graph, sizes, activation);
  // loss = −Σ labels ⊙ logSoftmax(z) ⁄ batch, d = (softmax(z) − labels) ⁄ batch
  graph.op("LogSoftmax", [`y${last}`], "logs", { axis: 1 });
  graph.op("Mul", ["logs", "labels"], "picked");
  graph.op("ReduceSum", ["picked"], "sum", { keepdims: 0 });
  graph.op("Neg", ["sum"], "negative");
  graph.op("Div", ["negative", "batch"], "loss");
  graph.output("loss", []);
  graph.op("Exp", ["logs"], "probabilities");
  graph.op("Sub", ["probabilities", "labels"], "difference");
  graph.op("Div", ["difference", "batch"], `d${last}`);
  if (activation !== "relu") graph.constant("one", 1);
  for (let l = last; l >= 0; l--) {
    const [d, input] = [`d${l}`, l === 0 ? "x" : `y${l - 1}`];
    // new w = w − lr dᵀx in one Gemm: alpha is −lr
    graph.op("Gemm", [d, input, `w${l}`], `newW${l}`, { transA: 1, alpha: -optimizer.lr, beta: 1 });
    graph.op("ReduceSum", [d, "rows"], `gb${l}`, { keepdims: 0 });
    graph.op("Mul", [`gb${l}`, "lr"], `ub${l}`);
    graph.op("Sub", [`b${l}`, `ub${l}`], `newB${l}`);
    graph.output(`newW${l}`, [sizes[l + 1], sizes[l]]);
    graph.output(`newB${l}`, [sizes[l + 1]]);
    if (l === 0) break;
    graph.op("Gemm", [d, `w${l}`], `back${l - 1}`);
    graph.op("Mul", [`back${l - 1}`, slope(graph, l - 1, activation)], `d${l - 1}`);
  }
  return graph.model();
}

/** f′ as a function of y: y(1 − y), 1 − y², or the sign of y, which is never below 0. */
function slope(graph: GraphWriter, l: number, f: Activation): string {
  const y = `y${l}`;
  if (f === "relu") return graph.op("Sign", [y], `s${l}`);
  if (f === "tanh") return graph.op("Sub", ["one", graph.op("Mul", [y, y], `q${l}`)], `s${l}`);
  return graph.op("Mul", [y, graph.op("Sub", ["one", y], `q${l}`)], `s${l}`);
}
