/** The same network from modules: autograd differentiates, an optimizer updates, `train()` is the loop. */
import { Generator } from "chainrule";
import { circles, DataLoader, fromPoints } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";

const generator = new Generator(1);
const data = (part: string) => fromPoints(circles({ samples: 200, generator: generator.stream(part) }));

const weights = generator.stream("weights");
const model = new Sequential(
  new Linear(2, 10, { generator: weights }),
  new Tanh(),
  new Linear(10, 2, { generator: weights }),
);
const events = train({
  learner: learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr: 0.3 }) }),
  data: new DataLoader(data("train"), { batchSize: 10, generator: generator.stream("order") }),
  test: data("test"),
  epochs: process.env.CHAINRULE_QUICK ? 20 : 150,
});
for await (const event of events)
  if (event.event === "epoch" && event.epoch % 10 === 0)
    console.log(
      `epoch ${event.epoch}: loss ${event.metrics.train?.loss.toFixed(4)}, ` +
        `${(100 * (event.metrics.test?.accuracy ?? 0)).toFixed(1)} % of the test points`,
    );
