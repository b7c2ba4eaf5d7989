/** Runs a step on four threads and returns. The process ends then, unless a thread keeps it alive. */
import { compile, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { wasm } from "chainrule/wasm";

const device = await wasm({ threads: 4, grain: 0 });
const step = compile((x: Tensor) => x.matmul(x).tanh().sum(), { device });
step(tensor([[1, 2], [3, 4]])); // prettier-ignore
console.log("done");
