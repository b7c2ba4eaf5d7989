/**
 * Trains 784-300-10 with sigmoid units on handwritten digits, to 96 % or more in five epochs. It needs the four MNIST
 * files, from the folder that CHAINRULE_DATA names or from the network.
 */
import { Generator, tensor } from "chainrule";
import { DataLoader, Dataset } from "chainrule/data";
import { crossEntropy } from "chainrule/functions";
import { Linear, Sequential, Sigmoid } from "chainrule/nn";
import { DataError, findDataset } from "chainrule/node";
import { SGD } from "chainrule/optim";
import { learner, train } from "chainrule/train";

const quick = Boolean(process.env.CHAINRULE_QUICK);
const mnist = await findDataset("mnist", { download: !quick }).catch((error: unknown) => {
  if (!(error instanceof DataError)) throw error;
  console.log(`skipped: ${error.message}`);
  process.exit(0);
});
type Images = typeof mnist.train;
const dataset = ({ images, labels, count }: Images): Dataset =>
  new Dataset(
    tensor(images, { shape: [count, 784], dtype: "float32" }).div(255),
    tensor(labels, { dtype: "int32" }),
  );

const generator = new Generator(1);
const weights = generator.stream("weights");
const model = new Sequential(
  new Linear(784, 300, { generator: weights }),
  new Sigmoid(),
  new Linear(300, 10, { generator: weights }),
);
const rows = dataset(mnist.train);
const events = train({
  learner: learner({ model, loss: crossEntropy, optimizer: new SGD(model.parameters(), { lr: 0.5 }) }),
  data: new DataLoader(quick ? rows.subset(Int32Array.from({ length: 5000 }, (_, row) => row)) : rows, {
    batchSize: 100,
    generator: generator.stream("order"),
  }),
  test: dataset(mnist.test),
  epochs: quick ? 1 : 5,
});
for await (const event of events)
  if (event.event === "epoch")
    console.log(event.epoch, event.metrics.train?.loss, event.metrics.test?.accuracy);
