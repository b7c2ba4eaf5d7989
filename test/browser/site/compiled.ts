import { compile, Generator, Parameter, randn, type Tensor } from "chainrule";
import { wasm } from "chainrule/wasm";
import { hex } from "./training.ts";

/** Twenty compiled steps of a 40-60-10 network with the kernels without fused multiply-add: build, losses, parameters. */
export async function trainCompiled(threads: number, workerUrl?: string): Promise<string[]> {
  // With a grain of 0, threads share even kernels as small as these.
  const device = await wasm({ strict: true, threads, workerUrl, grain: 0 });
  const generator = new Generator(7);
  const x = randn([100, 40], { generator });
  const y = x.slice([null, [0, 10]]).argmax(1);
  const [w1, w2] = [
    [40, 60],
    [60, 10],
  ].map((shape) => new Parameter(randn(shape, { generator }).mul(0.2)));
  const [b1, b2] = [60, 10].map((length) => new Parameter(randn([length], { generator }).mul(0.1)));
  const parameters = [w1, b1, w2, b2];
  const step = compile(
    (inputs: Tensor, classes: Tensor) => {
      const scores = inputs.matmul(w1).add(b1).sigmoid().matmul(w2).add(b2);
      const target = classes.oneHot(10);
      const loss = scores.logSumExp(1).sub(scores.mul(target).sum(1)).mean();
      for (const parameter of parameters) parameter.grad = null;
      loss.backward();
      for (const parameter of parameters) parameter.assign(parameter.sub(parameter.grad!.mul(0.5)));
      return loss;
    },
    { device },
  );
  const losses = Array.from({ length: 20 }, () => step(x, y));
  if (!(losses[19].item() < losses[0].item())) throw new Error("the training does not get better");
  const bits = [...losses, ...parameters].map(hex);
  step.dispose();
  device.dispose();
  return bits;
}
