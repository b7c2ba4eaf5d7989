/** The part of the page about the race on a real network. */
import { meanSeries } from "chainrule/plots";
import { columns, lineFigure, table } from "chainrule/report";
import type { Section } from "chainrule/report";
import { markdown } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import { percent } from "../frame/shown.ts";
import { race } from "./experiments.ts";

const digits = (value: number, count = 4): number => Number(value.toPrecision(count));

export async function raceSection({ quick, progress }: ReportContext): Promise<Section> {
  const [epochs, seeds] = quick ? [2, [0, 1]] : [15, [0, 1, 2, 3, 4]];
  progress(`  four rules race on the digits, ${epochs} epochs, ${seeds.length} seeds`);
  const results = await race({ epochs, seeds });
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  return {
    title: "A race on a real network",
    blocks: [
      markdown(
        "A 64-32-10 network with tanh learns the 1797 small digits in batches of 32. Each rule may choose among three rates, by its mean accuracy on validation rows, " +
          "so that no rule is shown at a rate that suits another. The best of three is flattered by the rows that chose it, so it is judged by test rows " +
          "that no choice has seen. Bands are one standard deviation over the seeds.",
      ),
      columns(
        lineFigure(
          {
            title: "Training loss",
            x: { label: "epoch" },
            y: { label: "loss", unit: "nats", scale: "log" },
            series: results.map(({ name, rate, losses }) => meanSeries(`${name}, rate ${rate}`, losses)),
          },
          {
            caption: `${seeds.length} seeds each; the same seeds, weights and order of rows for every rule.`,
          },
        ),
      ),
      table({
        caption: "At the end",
        columns: ["rule", "rate", "training loss", "validation accuracy, chosen by", "test accuracy"],
        rows: results.map(({ name, rate, losses, validation, test }) => [
          name,
          rate,
          digits(mean(losses.map((curve) => curve.at(-1)!))),
          percent(mean(validation)),
          percent(mean(test)),
        ]),
      }),
    ],
  };
}
