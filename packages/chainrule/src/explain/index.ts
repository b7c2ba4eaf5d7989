/** Explaining networks: the computational graph of a traced step, and drawings of networks as SVG. */
import "../graph/eager.ts";

export type { GraphBox, GraphEdge, GraphNode, NetworkGraph, NodeKind, Part } from "../drawing/graph.ts";
export { networkGraph } from "../drawing/network-graph.ts";
export type { NetworkGraphOptions } from "../drawing/network-graph.ts";
export { slotValues } from "../drawing/values.ts";
export type { SlotValues, ValueSummary } from "../drawing/values.ts";
export { toDot } from "../drawing/dot.ts";
export type { Direction } from "../drawing/dot.ts";
export { drawGraph } from "../drawing/draw.ts";
export type { DrawGraphOptions } from "../drawing/draw.ts";
export type { Layout } from "../drawing/layout.ts";
export { toMermaid } from "../drawing/mermaid.ts";
export { outlineOf } from "../drawing/outline.ts";
export type { OutlineItem } from "../drawing/outline.ts";
export { denseDrawing } from "../drawing/dense.ts";
export type { DenseDrawingOptions, DenseLayer } from "../drawing/dense.ts";
