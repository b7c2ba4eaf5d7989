/** On the page: the data, the four levels side by side, and what the network decides. */
import type { Tensor } from "chainrule";
import { softmax } from "chainrule/functions";
import {
  columns,
  heatMapFigure,
  keyFigures,
  lineFigure,
  prose,
  scatterFigure,
  subsection,
  table,
} from "chainrule/report";
import type { Html, Section } from "chainrule/report";
import { percent } from "../frame/shown.ts";
import { courseGrid, courseRun, largestDifference, sheet } from "./experiments.ts";
import { levelNames, run } from "./levels.ts";
import type { History, LevelName } from "./levels.ts";
import { circleSets, classNames, exponent, number, plane } from "./shown.ts";

export function dataSection(): Section {
  return {
    title: "The data",
    blocks: [
      prose(
        "Two rings, 100 points each to train on and 100 each to test: radius 1 and 0.3, with Gaussian noise of deviation 0.2 on both " +
          "coordinates. The rings touch: a threshold on the radius alone is right for about 95 points of 100, so more than 96 % on the test " +
          "points is luck. The numbers are those of NumPy's RandomState(0).",
      ),
      scatterFigure({ title: "The circles", ...plane, sets: circleSets(), classNames, equal: true }),
    ],
  };
}

function curves(name: string, history: History): Html {
  const x = { label: "epoch" };
  return subsection(
    name,
    columns(
      lineFigure({
        title: `${name}: loss`,
        x,
        y: { label: "loss", unit: "nats" },
        series: [
          { name: "train", y: history.trainLoss },
          { name: "test", y: history.testLoss },
        ],
      }),
      lineFigure({
        title: `${name}: accuracy`,
        x,
        y: { label: "accuracy", unit: "%" },
        series: [
          { name: "train", y: history.trainAccuracy.map((value) => 100 * value) },
          { name: "test", y: history.testAccuracy.map((value) => 100 * value) },
        ],
      }),
    ),
  );
}

export function fairSection(fair: Record<LevelName, History>): Section {
  const first = fair["(a) by hand"];
  const epochs = first.testLoss.length - 1;
  const rows = levelNames.map((name) => {
    const one = fair[name];
    return [
      name,
      `${one.seconds.toFixed(2)} s`,
      exponent(largestDifference(one.stepLosses, first.stepLosses)),
      exponent(largestDifference(one.testLoss.slice(-1), first.testLoss.slice(-1))),
      number(one.testLoss.at(-1)!),
      percent(one.testAccuracy.at(-1)!),
    ];
  });
  const worst = Math.max(
    ...levelNames.map((name) => largestDifference(fair[name].stepLosses, first.stepLosses)),
  );
  return {
    title: "Four levels, one curve",
    blocks: [
      prose(
        `The same weights, the same batches in the same order, the gradient of the mean loss, rate ${sheet.eta}, in float64: ` +
          `then the four levels are one and the same computation, written four times. Over ${first.stepLosses.length} steps no loss differs by ` +
          `more than ${exponent(worst)} of its value; the rounding of float64 is 1.1e-16.`,
      ),
      keyFigures([
        {
          name: "Largest difference",
          value: exponent(worst),
          detail: `relative, of ${first.stepLosses.length} losses`,
        },
        {
          name: "Test accuracy",
          value: percent(first.testAccuracy.at(-1)!),
          detail: `all four, epoch ${epochs}`,
        },
      ]),
      table({
        caption: `${epochs} epochs; the time includes the figures after each epoch`,
        columns: [
          "level",
          "wall time",
          "largest difference of a step",
          "difference at the end",
          "test loss",
          "test accuracy",
        ],
        rows,
      }),
      ...levelNames.map((name) => curves(name, fair[name])),
    ],
  };
}

/** P(class 1) on the course's grid, row by row, x fastest. */
export function decisionGrid(predict: (X: Tensor) => Tensor): number[] {
  return Array.from(softmax(predict(courseGrid())).slice([null, 1]).data);
}

/** The title that the sheet asks for, with per cent that are per cent. */
export function decisionTitle(epoch: number, history: History): string {
  const [loss, test] = [history.trainLoss.at(-1)!, history.testLoss.at(-1)!];
  const [own, other] = [history.trainAccuracy.at(-1)!, history.testAccuracy.at(-1)!];
  return `Epoch ${epoch}: train ${number(loss)}, ${percent(own)}; test ${number(test)}, ${percent(other)}`;
}

export async function decisionSection(quick: boolean): Promise<Section> {
  const sides = { from: -2, to: 1.9, count: 40 };
  const blocks: Html[] = [];
  for (const epochs of quick ? [10, 60] : [1, 50, 100, 150]) {
    const history = await run("(d) optimizer", courseRun(1, epochs));
    blocks.push(
      heatMapFigure({
        title: decisionTitle(epochs, history),
        ...plane,
        values: decisionGrid(history.predict),
        columns: sides,
        rows: sides,
        range: [0.3, 0.7],
        contours: [0.5],
        valueLabel: "P(class 1)",
        sets: circleSets(),
        classNames,
      }),
    );
  }
  return {
    title: "The decision",
    blocks: [
      prose(
        "The probability of class 1 on the sheet's grid of 40 × 40 points, colours from 0.3 to 0.7. The line is where both classes are " +
          "equally probable. It closes around the inner ring slowly, because each step is small.",
      ),
      columns(...blocks),
    ],
  };
}
