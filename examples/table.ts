/** Your own CSV: read it, plan its columns, hold rows back, train, and predict a new row. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Generator } from "chainrule";
import { applyScaling, DataLoader, Dataset, fitScaling, split } from "chainrule/data";
import { applyFeatures, applyPlan, planColumns, readTable } from "chainrule/data/table";
import { crossEntropy, softmax } from "chainrule/functions";
import { Linear, ReLU, Sequential } from "chainrule/nn";
import { Adam } from "chainrule/optim";
import { learner, train } from "chainrule/train";

const table = readTable(readFileSync(join(import.meta.dirname, "fruit.csv"), "utf8"), { name: "fruit.csv" });
const plan = planColumns(table, { target: "kind" });
// Numbers keep all their digits until they are scaled.
const all = applyPlan(plan, table, { dtype: "float64" });
const classes = all.info.classNames ?? [];
console.log(`${table.rows} rows, ${all.info.featureNames?.join(" ")} → ${classes.join(" ")}`);

const generator = new Generator(0);
const { rest, held } = split(all.length, 0.2, generator.stream("split"), all.targets.data);
// Fitted on the training rows alone: the test rows must be as unknown as future rows.
const scaling = fitScaling("standard", all.subset(rest).inputs);
const scaled = new Dataset(applyScaling(scaling, all.inputs, { dtype: "float32" }), all.targets, all.info);

const weights = generator.stream("weights");
const model = new Sequential(
  new Linear(all.inputs.shape[1], 16, { generator: weights }),
  new ReLU(),
  new Linear(16, classes.length, { generator: weights }),
);
const one = learner({ model, loss: crossEntropy, optimizer: new Adam(model.parameters(), { lr: 0.01 }) });
const events = train({
  learner: one,
  data: new DataLoader(scaled.subset(rest), { batchSize: 16, generator: generator.stream("order") }),
  test: scaled.subset(held),
  epochs: process.env.CHAINRULE_QUICK ? 5 : 40,
});
for await (const event of events)
  if (event.event === "done")
    console.log(`${(100 * event.metrics.test!.accuracy!).toFixed(1)} % of ${held.length} rows held back`);

// Columns are found by name, in any order.
const unknown = readTable("colour,length,weight\ngreen,10.1,180\n", { name: "one fruit" });
const row = applyFeatures(plan, unknown, { dtype: "float64" });
const probabilities = softmax(one.predict(applyScaling(scaling, row, { dtype: "float32" })));
classes.forEach((name, i) => console.log(name.padEnd(8), probabilities.data[i].toFixed(3)));
