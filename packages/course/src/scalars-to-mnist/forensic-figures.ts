/** The forensic part of the page: what was published, the slip behind it, and what that slip does. */
import { mean } from "chainrule/experiments";
import { barFigure, lineFigure, table } from "chainrule/report";
import type { Fills } from "../practical/page.ts";
import { fixed, percent } from "../practical/shown.ts";
import { spreads } from "./forensic-runs.ts";
import { backwardForClassZero, backwardWithDhForB, decodeSwapped } from "./forensics.ts";
import { printed, unequal } from "./networks.ts";
import type { Results } from "./results.ts";
import { backwardNumbers, forwardNumbers } from "./solution.ts";
import type { Lists } from "./solution.ts";

const publishedLosses = [13.430531652042282, 13.31580743092673, 9.824139011435912, 9.739905146114124];

/** An accuracy on ten classes that guessing reaches, too. */
const chance = 0.2;

/** The gradients of b and c, right and as published. */
function gradientRow(name: string, network: Lists, target: number): (string | number)[] {
  const x = [1, -1];
  const pass = forwardNumbers(network, x);
  const right = backwardNumbers(network, x, pass, target);
  const published = [
    right.db,
    backwardWithDhForB(network, x, pass, target).db,
    right.dc,
    backwardForClassZero(network, x, pass).dc,
  ];
  return [name, target, ...published.map((one) => one.map((value) => fixed(value, 5)).join(", "))];
}

export const forensicFigures: Fills<Results> = {
  // E-30, E-31
  decoded: () =>
    table({
      caption: "What the four printed numbers stand for",
      columns: ["printed", "probability of the wrong class", "the loss it should have been"],
      rows: publishedLosses.map((one) => {
        const { wrong, loss } = decodeSwapped(one);
        return [one, wrong, loss].map((value) => fixed(value));
      }),
    }),
  singles: ({ singles }, text) =>
    lineFigure(
      {
        title: "100 single examples at rate 0.01, inputs in [0, 1]",
        x: { label: "“epoch”" },
        y: { label: "value" },
        series: [
          { name: "as printed (swapped)", y: singles.map((one) => one.printed) },
          { name: "the loss that it was", y: singles.map(({ loss }) => loss) },
        ],
      },
      text,
    ),
  singlesLoss: ({ singles }) => fixed(mean(singles.slice(-20).map(({ loss }) => loss)), 3),
  corners: ({ singles }) => {
    const corners = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    const { network } = singles.at(-1)!;
    return table({
      caption: "P(class 1) of the network after the 100 examples",
      columns: ["x", "P(class 1)"],
      rows: corners.map((x) => [`(${x.join(", ")})`, fixed(forwardNumbers(network, x).y[1])]),
    });
  },

  // E-32, E-37
  gradients: () =>
    table({
      caption: "Right beside published",
      columns: ["network", "class", "db", "db with E-32", "dc", "dc with E-37"],
      rows: [
        gradientRow("as printed", printed, 0),
        gradientRow("as printed", printed, 1),
        gradientRow("no symmetry", unequal, 0),
        gradientRow("no symmetry", unequal, 1),
      ],
    }),

  // E-33 to E-35; the runs are the right one at two rates, each slip alone, and both
  slippedOn: ({ part, budget, slipEpochs }) =>
    `${part.train.length} images, with ${budget.hidden} hidden units, batches of ${budget.batch} and ${slipEpochs} epochs; the accuracy is that on ${part.validation.length} others`,
  sumsAtChance: ({ slipped: [, , sums] }) => sums.accuracy < chance,
  bytesLearnt: ({ slipped: [, , , bytes] }) => bytes.accuracyOnBytes > bytes.accuracy,
  bothAtChance: ({ slipped }) => slipped.at(-1)!.accuracy < chance,
  slips: ({ slipped }, text) =>
    barFigure(
      {
        title: "Accuracy on held images from 0 to 1",
        value: { label: "accuracy", domain: [0, 1] },
        labels: slipped.map(({ name }) => name),
        series: [{ name: "accuracy", values: slipped.map(({ accuracy }) => accuracy) }],
      },
      text,
    ),
  slipTable: ({ slipped }) =>
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
  spreads: ({ runs }) => {
    const { within, across } = spreads(runs);
    return table({
      caption: "Two spreads, at the last epoch",
      columns: ["standard deviation of", "value"],
      rows: [
        ["batch losses inside one run's epoch (as published)", fixed(within)],
        ["the epoch's mean loss across runs (as asked)", fixed(across)],
      ],
    });
  },

  // E-36
  chained: ({ chained }) =>
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
};
