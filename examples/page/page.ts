/**
 * The library in a browser page: a network learns two rings while the page draws what it has learnt so far.
 *
 *     npx esbuild examples/page/page.ts --bundle --format=esm --conditions=chainrule-source --outfile=examples/page/page.js
 *
 * then open index.html from any static server. (Outside this checkout, leave the condition out.)
 */
import { Generator, tensor } from "chainrule";
import { circles, DataLoader, fromPoints } from "chainrule/data";
import { crossEntropy, softmax } from "chainrule/functions";
import { Linear, Sequential, Tanh } from "chainrule/nn";
import { Adam } from "chainrule/optim";
import { heatMap, line } from "chainrule/plots";
import { learner, train } from "chainrule/train";

const element = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#${id}`)!;
const grid = { from: -2, to: 1.9, count: 40 };
const ticks = Array.from({ length: grid.count }, (_, i) => grid.from + 0.1 * i);
const points = tensor(ticks.flatMap((y) => ticks.map((x) => [x, y])));

async function learn(seed: number): Promise<void> {
  const generator = new Generator(seed);
  const weights = generator.stream("weights");
  const model = new Sequential(
    new Linear(2, 10, { generator: weights }),
    new Tanh(),
    new Linear(10, 2, { generator: weights }),
  );
  const one = learner({ model, loss: crossEntropy, optimizer: new Adam(model.parameters(), { lr: 0.02 }) });
  const rings = circles({ samples: 200, generator: generator.stream("train") });
  const column = (feature: number): Float64Array =>
    Float64Array.from(rings.labels, (_, i) => rings.features[2 * i + feature]);
  const losses: number[] = [];
  const events = train({
    learner: one,
    data: new DataLoader(fromPoints(rings), { batchSize: 10, generator: generator.stream("order") }),
    test: fromPoints(circles({ samples: 200, generator: generator.stream("test") })),
    epochs: 50,
  });
  for await (const event of events) {
    if (event.event === "epoch") {
      losses.push(event.metrics.test!.loss);
      if (event.epoch % 5 !== 0) continue;
      // the inner ring is class 1
      const inner = softmax(one.predict(points)).slice([[], [1, 2]]);
      element("boundary").innerHTML = heatMap({
        title: `After ${event.epoch} epochs`,
        x: { label: "x₁" },
        y: { label: "x₂" },
        values: inner.data,
        columns: grid,
        rows: grid,
        range: [0, 1],
        valueLabel: "P(inner ring)",
        contours: [0.5],
        sets: [{ name: "training points", x: column(0), y: column(1), classes: rings.labels }],
        classNames: ["outer ring", "inner ring"],
      });
      element("loss").innerHTML = line({
        title: "Loss on the test points",
        x: { label: "epoch" },
        y: { label: "loss" },
        series: [{ name: "test", x: losses.map((_, i) => i), y: losses }],
      });
      element("state").textContent = `seed ${seed}, epoch ${event.epoch} …`;
      await new Promise(requestAnimationFrame);
    }
    if (event.event === "done")
      element("state").textContent =
        `seed ${seed}: ${(100 * event.metrics.test!.accuracy!).toFixed(1)} % of the test points`;
  }
}

let seed = 0;
element("again").addEventListener("click", () => void learn(++seed));
await learn(seed);
