/**
 * The computational graph of a traced step, for readers: what `networkGraph` returns, and what the layout, the drawing, the
 * text alternative and the exports read.
 */
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { ValueSummary } from "./values.ts";

/** The pass of a training step to which a node belongs. */
export type Part = "forward" | "backward" | "update";

/**
 * What a node is. The leaves are inputs, targets, parameters, states (other cells, such as a learning rate) and constants. A
 * composite is a call that is shown closed. A gradient holds ∂loss/∂value, and a contribution is one of the summands of a
 * gradient whose value has several uses.
 */
export type NodeKind =
  | "input"
  | "target"
  | "parameter"
  | "state"
  | "constant"
  | "op"
  | "composite"
  | "gradient"
  | "contribution"
  | "update";

export interface GraphNode {
  /** `slot-6`, by the slot of the result. Opening a composite and hiding a part change no id of the other nodes. */
  readonly id: string;
  readonly kind: NodeKind;
  readonly part: Part;
  /** The slot of the result. */
  readonly slot: number;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The name in the trace, null for a value without a name and for a gradient. */
  readonly name: string | null;
  /** The name as LaTeX, for a gradient ∇ with the name of its value; null for a value without a name. */
  readonly symbol: string | null;
  /** The name of the op or composite that gives the result; null for a leaf. */
  readonly op: string | null;
  /** The result as LaTeX, with · for an operand without a symbol; null for a leaf. */
  readonly formula: string | null;
  /** The indices of the program's steps for which the node stands. */
  readonly steps: readonly number[];
  /** The id of the composite call that the node shows closed. */
  readonly composite: number | null;
  /** The innermost opened composite around the node. */
  readonly box: number | null;
  /** For a gradient, the ids of the nodes whose gradient it is, the one with a symbol first. */
  readonly gradientOf: readonly string[];
  /** Whether the node adds the contributions of several uses. */
  readonly sums: boolean;
  /** The value, if values were given. */
  readonly value: ValueSummary | null;
  /** Whether the gradient is not computed yet, because the graph shows the moment before the backward pass. */
  readonly pending: boolean;
}

/** A value on its way from the node that makes it to a node that reads it. */
export interface GraphEdge {
  /** `edge-5-6`, by the slots of the two results, and the slot that is read where that is a third one. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly slot: number;
  readonly shape: Shape;
  /** `use`: the backward pass or the update reads a value of the forward pass. */
  readonly role: Part | "use";
}

/** An opened composite: a frame around the nodes of its body. */
export interface GraphBox {
  readonly id: string;
  readonly composite: number;
  readonly name: string;
  readonly parent: number | null;
}

export interface NetworkGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly boxes: readonly GraphBox[];
  /** The symbol of the value that was differentiated, as LaTeX; null without gradients or for several such values. */
  readonly loss: string | null;
}
