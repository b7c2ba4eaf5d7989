/** The forensic part of the page: what was published, by which slip it came about, and what that slip does. */
import { barFigure, columns, lineFigure, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { markdown } from "../frame/page.ts";
import { fixed, percent } from "../frame/shown.ts";
import type { ImageRun } from "./experiments.ts";
import { spreads } from "./forensic-runs.ts";
import type { ChainedRates, SingleExample, SlipResult } from "./forensic-runs.ts";
import { backwardForClassZero, backwardWithDhForB, decodeSwapped } from "./forensics.ts";
import { printed, unequal } from "./networks.ts";
import { backwardNumbers, forwardNumbers } from "./solution.ts";
import type { Lists } from "./solution.ts";

interface Evidence {
  readonly slipped: readonly SlipResult[];
  readonly slippedOn: string;
  readonly chained: readonly ChainedRates[];
  readonly singles: readonly SingleExample[];
  readonly runs: readonly ImageRun[];
}

export function forensicSections(evidence: Evidence): Section[] {
  return [online(evidence.singles), gradients(), batches(evidence), rates(evidence)];
}

function online(singles: readonly SingleExample[]): Section {
  const losses = [13.430531652042282, 13.31580743092673, 9.824139011435912, 9.739905146114124];
  const { network } = singles.at(-1)!;
  const corners = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ];
  return {
    title: "Forensics: a loss that falls from 13.4 to 9.7",
    blocks: [
      markdown(
        "**E-30.** The published losses of epochs 97 to 100 are 13.43, 13.32, 9.82, 9.74. No cross-entropy of two classes near even odds is that large. Prediction and target are swapped in the call, " +
          "so what was printed is −Σ ŷᵢ ln(yᵢ + 10⁻¹⁰): 23.03 times the probability of the wrong class. Decoded:",
      ),
      table({
        caption: "What the four printed numbers stand for",
        columns: ["printed", "probability of the wrong class", "the loss it should have been"],
        rows: losses.map((one) => {
          const { wrong, loss } = decodeSwapped(one);
          return [fixed(one), fixed(wrong), fixed(loss)];
        }),
      }),
      markdown(
        "**E-31.** And an epoch was one random example: 100 epochs are 100 examples of 60,000. Below the same is done here, with both slips: the printed number jumps between two levels with the class that is drawn. " +
          "Nothing falls. The network ends near even odds, the same at every point; the published weights give 0.58 everywhere.",
      ),
      columns(
        lineFigure(
          {
            title: "100 single examples at rate 0.01, inputs in [0, 1]",
            x: { label: "“epoch”" },
            y: { label: "value" },
            series: [
              { name: "as printed (swapped)", y: singles.map(({ printed: value }) => value) },
              { name: "the loss that it was", y: singles.map(({ loss }) => loss) },
            ],
          },
          {
            caption:
              "Two bands at about 23.03 · p(class 0) and 23.03 · p(class 1). The true losses stay around ln 2 = 0.693.",
          },
        ),
      ),
      table({
        caption: "P(class 1) of the network after the 100 examples: next to the same everywhere",
        columns: ["x", "P(class 1)"],
        rows: corners.map((x) => [`(${x.join(", ")})`, fixed(forwardNumbers(network, x).y[1])]),
      }),
    ],
  };
}

function gradients(): Section {
  const x = [1, -1];
  const list = (values: readonly number[]): string => values.map((one) => fixed(one, 5)).join(", ");
  const row = (name: string, network: Lists, target: number): (string | number)[] => {
    const pass = forwardNumbers(network, x);
    return [
      name,
      target,
      list(backwardNumbers(network, x, pass, target).db),
      list(backwardWithDhForB(network, x, pass, target).db),
      list(backwardNumbers(network, x, pass, target).dc),
      list(backwardForClassZero(network, x, pass).dc),
    ];
  };
  return {
    title: "Forensics: gradients that were not tested where they differ",
    blocks: [
      markdown(
        "**E-32.** The program gives dl/dh as the gradient of b; b is added before the sigmoid, so it is dl/dk. **E-37.** Its softmax backward pass has class 0 written into it. " +
          "Both are right for the printed example, whose V is symmetric and whose class is 0, and for little else. Choose test cases in which nothing is equal and nothing is zero.",
      ),
      table({
        caption: "Right beside published",
        columns: ["network", "class", "db", "db with E-32", "dc", "dc with E-37"],
        rows: [
          row("as printed", printed, 0),
          row("as printed", printed, 1),
          row("no symmetry", unequal, 0),
          row("no symmetry", unequal, 1),
        ],
      }),
    ],
  };
}

function batches({ slipped, slippedOn, runs }: Evidence): Section {
  const { within, across } = spreads(runs);
  return {
    title: "Forensics: an accuracy of 0.1428",
    blocks: [
      markdown(
        "**E-33.** The batch loop adds up the output errors and then uses the sum so far as if it were the current example's error, so early examples count again and again. All published batch losses, 2.31 to 2.36, are above ln 10 = 2.303: " +
          "worse than guessing evenly. **E-34.** The loop variable overwrites the scaled training array, so training sees bytes and the accuracy function sees numbers from 0 to 1. " +
          `Each switch alone, and both, measured here (${slippedOn}):`,
      ),
      columns(
        barFigure(
          {
            title: "Accuracy on held images from 0 to 1",
            value: { label: "accuracy", domain: [0, 1] },
            labels: slipped.map(({ name }) => name),
            series: [{ name: "accuracy", values: slipped.map(({ accuracy }) => accuracy) }],
          },
          {
            caption:
              "Running sums alone keep the network at chance. Bytes alone cost accuracy on scaled images although the network has learnt.",
          },
        ),
      ),
      table({
        caption: "The same as numbers",
        columns: ["run", "rate", "loss in the last epoch", "accuracy on 0 … 1", "accuracy on bytes"],
        rows: slipped.map((one) => [
          one.name,
          one.rate,
          fixed(one.loss),
          percent(one.accuracy),
          percent(one.accuracyOnBytes),
        ]),
      }),
      markdown(
        "The two together suffice for a result near chance, such as the published 0.1428. That very number cannot be made again: the runs had no seed.",
      ),
      markdown(
        "**E-35.** The published “mean and sigma interval” is the spread of the batch losses inside an epoch. It says how much batches differ, and nothing of how much runs do; the band above is the one that was asked for.",
      ),
      table({
        caption: "Two spreads, at the last epoch",
        columns: ["standard deviation of", "value"],
        rows: [
          ["batch losses inside one run's epoch (as published)", fixed(within)],
          ["the epoch's mean loss across runs (as asked)", fixed(across)],
        ],
      }),
      markdown(
        "**E-37.** “Over-fitted after 5 epochs” reads a broken run: a network at chance has nothing to over-fit with. And using the parameters of each epoch on the validation rows is normal; what counts is that nothing is trained on them.",
      ),
    ],
  };
}

function rates({ chained }: Evidence): Section {
  return {
    title: "Forensics: which rate is best",
    blocks: [
      markdown(
        "**E-36.** One network went through all four rates in turn, each for some single examples, so each rate began where the one before ended. The “average loss” 7.64e-05 is the last example's loss divided by the number of training rows: " +
          "before the division it was 4.58 (of 60,000) or 4.20 (of 55,000), worse than the 2.30 of guessing. The conclusion, 0.003, does not follow from it; and then 0.03 was used. Done again here, beside fresh weights for each rate:",
      ),
      table({
        caption: "One network through all rates, against fresh weights",
        columns: [
          "rate",
          "last example's loss",
          "“average loss”",
          "accuracy by then",
          "accuracy from fresh weights",
        ],
        rows: chained.map((one) => [
          one.rate,
          fixed(one.lastLoss),
          one.printed.toExponential(2),
          percent(one.chainedAccuracy),
          percent(one.freshAccuracy),
        ]),
      }),
    ],
  };
}
