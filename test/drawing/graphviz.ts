/** The layout of the tests: Graphviz as WebAssembly. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import type { Layout } from "chainrule/explain";

const graphviz = await Graphviz.load();

export const layout: Layout = (dot) => graphviz.layout(dot, "json", "dot");
