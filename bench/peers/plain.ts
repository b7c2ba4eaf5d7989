/** The peer "plain loops", and the same in float64, with which every engine's numbers are compared. */
import { serve } from "./serve.ts";
import { inferenceOf, matmulOf, trainingOf } from "./plain-loops.ts";

await serve(() => ({
  version: `plain typed-array loops, Node ${process.version}`,
  training: (work) => trainingOf(work, Float32Array),
  matmul: (work) => matmulOf(work, Float32Array),
  inference: (work) => inferenceOf(work, Float32Array),
}));
