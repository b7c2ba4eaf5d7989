/**
 * All that trains a network, in a single file for a page without a bundler: the core, modules, optimizers, losses,
 * data, the training loop and the WebAssembly device. From it the build makes dist/bundle/index.js, which imports
 * nothing.
 */
import "../graph/eager.ts";

export * from "../index.ts";
export * from "../data/index.ts";
export * from "../functions/index.ts";
export * from "../nn/index.ts";
export * from "../optim/index.ts";
export * from "../train/index.ts";
export * from "../wasm/index.ts";

// two rooms have a split: of a data set, and of a tensor
export { split } from "../data/index.ts";
export { split as splitTensor } from "../functions/index.ts";
