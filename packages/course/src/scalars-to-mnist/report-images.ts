/** The part of the page about images: the learning curve, several seeds, rates, the choice, the test. */
import { mean, standardDeviation } from "chainrule/experiments";
import { boxPlot, meanSeries } from "chainrule/plots";
import { columns, figure, lineFigure, note, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { grouped } from "chainrule/report/words";
import { markdown } from "../frame/page.ts";
import type { Budget, Images, RateResult } from "./experiments.ts";

interface Results {
  readonly images: Images;
  readonly budget: Budget;
  readonly candidates: readonly RateResult[];
  readonly published: readonly RateResult[];
  readonly chosen: number;
  readonly tested: readonly number[];
  /** Whether MNIST was not found. */
  readonly missing: boolean;
}

const percent = (values: readonly number[]): string =>
  `${(100 * mean(values)).toFixed(2)} ± ${(100 * standardDeviation(values)).toFixed(2)} %`;
const last = ({ runs }: RateResult): number[] => runs.map(({ accuracies }) => accuracies.at(-1)!);

export function imageSections(results: Results): Section[] {
  return [curves(results), rates(results), choice(results)];
}

function curves({ images, budget, candidates, chosen, missing }: Results): Section {
  const { runs } = candidates.find(({ rate }) => rate === chosen)!;
  const inputs = images.train.inputs.shape[1];
  const epochs = runs[0].training.map((_, i) => i + 1);
  return {
    title: "Images: the learning curve",
    blocks: [
      ...(missing
        ? [
            note(
              "MNIST was not found here, so the small digits stand in for it and the network is smaller. chainrule data fetch mnist fetches MNIST; CHAINRULE_DATA names a folder that has it.",
            ),
          ]
        : []),
      markdown(
        `Data: ${images.what}; inputs from 0 to 1. The network is ${inputs}-${budget.hidden}-10 with sigmoid units, its gradients are those of the solution's batch code, averaged over batches of ${budget.batch}. ` +
          `${budget.epochs} epochs, ${budget.seeds.length} seeds, rate ${chosen}. Weights are drawn from N(0, 1/inputs).`,
      ),
      columns(
        lineFigure(
          {
            title: "Loss of each batch, seed 0",
            x: { label: "step" },
            y: { label: "batch loss", unit: "nats" },
            series: [{ name: "batch loss", y: runs[0].batchLosses }],
          },
          {
            caption:
              "From before each step. The first is near ln 10 = 2.303, what guessing costs. A large rate overshoots in the first steps; the jitter after that is that of the batches.",
          },
        ),
        lineFigure(
          {
            title: "Across runs: mean and standard deviation",
            x: { label: "step" },
            y: { label: "batch loss", unit: "nats" },
            series: [
              meanSeries(
                `${budget.seeds.length} seeds`,
                runs.map(({ batchLosses }) => batchLosses),
              ),
            ],
          },
          {
            caption:
              "Each run has its own weights and order. The band is the spread between runs at the same step.",
          },
        ),
        lineFigure(
          {
            title: "Training against validation",
            x: { label: "epoch" },
            y: { label: "loss", unit: "nats" },
            series: [
              meanSeries(
                "training (mean over the epoch)",
                runs.map(({ training }) => training),
                epochs,
              ),
              meanSeries(
                "validation (after it)",
                runs.map(({ validation }) => validation),
                epochs,
              ),
            ],
          },
          {
            caption:
              "Looking at the validation rows after each epoch is what they are for. Over-fitting would be a validation curve that turns upwards.",
          },
        ),
      ),
    ],
  };
}

function rates({ budget, published }: Results): Section {
  return {
    title: "The four published rates, fairly",
    blocks: [
      markdown(
        "Each rate starts from fresh weights; the weights and the order of rows come from the seed alone, so a seed's four runs differ in nothing but the rate.",
      ),
      columns(
        lineFigure(
          {
            title: "Validation loss",
            x: { label: "epoch" },
            y: { label: "loss", unit: "nats" },
            series: published.map(({ rate, runs }) =>
              meanSeries(
                `rate ${rate}`,
                runs.map(({ validation }) => validation),
                runs[0].validation.map((_, i) => i + 1),
              ),
            ),
          },
          {
            caption:
              "The order is not the published one (0.003 best): the largest of the four learns fastest, and even it is far too small for batches of this size.",
          },
        ),
      ),
      table({
        caption: `Validation after ${budget.epochs} epochs`,
        columns: ["rate", "loss", "accuracy, mean ± standard deviation over seeds"],
        rows: published.map((one) => [
          one.rate,
          Number(mean(one.runs.map(({ validation }) => validation.at(-1)!)).toFixed(4)),
          percent(last(one)),
        ]),
      }),
    ],
  };
}

function choice({ images, budget, candidates, chosen, tested }: Results): Section {
  return {
    title: "Choice on validation, and the test",
    blocks: [
      markdown(
        `Among ${candidates.map(({ rate }) => rate).join(", ")} the rate with the best mean validation accuracy is **${chosen}**. With it the network was trained anew on all ${grouped(images.all.length)} rows, ` +
          `and the ${grouped(images.test.length)} test images were looked at once for each seed: **${percent(tested)}** of them are right.`,
      ),
      columns(
        figure({
          svg: boxPlot({
            title: "Validation accuracy at the end, a point per seed",
            value: { label: "accuracy" },
            groups: candidates.map((one) => ({ name: `rate ${one.rate}`, values: last(one) })),
          }),
          caption:
            "The choice is made here and never on the test images: that would count their luck as skill.",
          data: {
            caption: "Validation accuracy at the end",
            columns: ["rate", ...budget.seeds.map((seed) => `seed ${seed}`)],
            rows: candidates.map((one) => [String(one.rate), ...last(one)]),
          },
        }),
      ),
      table({
        caption: `${budget.epochs} epochs`,
        columns: ["rate", "validation accuracy", "choice", "test accuracy, once, after retraining"],
        rows: candidates.map((one) => [
          one.rate,
          percent(last(one)),
          one.rate === chosen ? "chosen" : "",
          one.rate === chosen ? percent(tested) : "",
        ]),
      }),
      table({
        caption: "The test, by seed",
        columns: ["seed", "test accuracy"],
        rows: budget.seeds.map((seed, i) => [seed, `${(100 * tested[i]).toFixed(2)} %`]),
      }),
    ],
  };
}
