// One training step of a small network in a fresh process; prints the milliseconds since the process began.
import { tensor } from "chainrule";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { crossEntropy } from "chainrule/functions";
import { SGD } from "chainrule/optim";

const net = new Sequential(new Linear(2, 10), new Tanh(), new Linear(10, 2));
const optimizer = new SGD(net.parameters(), { lr: 0.1 });
const loss = crossEntropy(
  net.forward(
    tensor([
      [0, 1],
      [1, 0],
    ]),
  ),
  tensor([0, 1], { dtype: "int32" }),
);
loss.backward();
optimizer.step();
if (!Number.isFinite(loss.item())) throw new Error("the loss is not finite");
console.log(performance.now());
