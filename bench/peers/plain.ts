/** The peer "plain loops", and the same in float64, which every engine's numbers are held against. */
import { serve } from "./serve.ts";
import { inferenceOf, matmulOf, trainingOf } from "./plain-loops.ts";

await serve(() => ({
  version: `plain typed-array loops, Node ${process.version}`,
  training: (work) => trainingOf(work, Float32Array),
  matmul: (work) => matmulOf(work, Float32Array),
  inference: (work) => inferenceOf(work, Float32Array),
}));
