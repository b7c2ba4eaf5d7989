import { Generator, Parameter, randn, tensor, type DType, type Tensor } from "chainrule";

/** Twenty steps of a 2-10-2 network on noisy rings, by the core alone: the bits of losses and parameters, in hex. */
export function train(dtype: DType, seed = 7): string[] {
  const generator = new Generator(seed);
  const draw = (shape: number[], scale: number) => randn(shape, { dtype, generator }).mul(scale);
  const x = draw([64, 2], 1);
  const inside = x.mul(x).sum(1, true).lt(tensor(1.4, { dtype })).to(dtype);
  const target = inside.mul(tensor([[1, -1]], { dtype })).add(tensor([[0, 1]], { dtype }));
  const parameters = [
    new Parameter(draw([2, 10], 0.5)),
    new Parameter(draw([10], 0.1)),
    new Parameter(draw([10, 2], 0.5)),
    new Parameter(draw([2], 0.1)),
  ];
  const [w1, b1, w2, b2] = parameters;
  const losses: Tensor[] = [];
  for (let step = 0; step < 20; step++) {
    const scores = x.matmul(w1).add(b1).tanh().matmul(w2).add(b2);
    const loss = scores.logSumExp(1).sub(scores.mul(target).sum(1)).mean();
    for (const parameter of parameters) parameter.grad = null;
    loss.backward();
    for (const parameter of parameters) parameter.assign(parameter.detach().sub(parameter.grad!.mul(0.5)));
    losses.push(loss.detach());
  }
  if (!(losses[19].item() < losses[0].item())) throw new Error("the training does not get better");
  return [...losses, ...parameters].map(hex);
}

/** The bits of a tensor. */
export function hex(t: Tensor): string {
  const { buffer, byteOffset, byteLength } = t.data;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
