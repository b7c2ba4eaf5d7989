/** The page of the practical: averages, paths, limits, the place of ε, and a race. */
import { trajectories } from "chainrule/plots";
import type { Series } from "chainrule/plots";
import { columns, figure, lineFigure, table } from "chainrule/report";
import type { Html, Section } from "chainrule/report";
import { markdown } from "../frame/page.ts";
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import { bell, bowls, height, pathsOn, steepAfter } from "./experiments.ts";
import type { Bowl } from "./experiments.ts";
import { epsilon, firstStepsSection } from "./report-steps.ts";
import { raceSection } from "./report-race.ts";
import { slider } from "./slider.ts";
import { biasCorrected, effectiveWindow, ewa, halfLife, stabilityLimit } from "./solution.ts";

export async function report(context: ReportContext): Promise<Page> {
  const { x, y } = bell();
  return {
    scripts: [slider(x, y).script],
    sections: [averages(), paths(), limits(), firstStepsSection(), epsilon(), await raceSection(context)],
  };
}

const digits = (value: number, count = 4): number => Number(value.toPrecision(count));

function averages(): Section {
  const { x, y } = bell();
  const data: Series = { name: "measured", x, y };
  const curves = (betas: readonly number[], corrected: boolean): Series[] =>
    betas.map((beta) => {
      const v = ewa(y, beta);
      return corrected
        ? { name: `β = ${beta}`, x: x.slice(1), y: biasCorrected(v, beta).slice(1) }
        : { name: `β = ${beta}`, x, y: v };
    });
  const ages = Array.from({ length: 50 }, (_, i) => (10 * i) / 49);
  const axes = { x: { label: "x" }, y: { label: "y", domain: [0, 3] as const } };
  const { html: control } = slider(x, y);
  return {
    title: "Averages of a noisy bell",
    blocks: [
      markdown(
        "The data are exp(−(x − 5)²/4) + 1 with noise of deviation 0.25 at 100 places. The average starts at 0, so without correction it comes " +
          "from below: the larger β, the longer it takes. Divided by 1 − βᵗ it is right from the first value on, and noisier there, because it is an average of few.",
      ),
      columns(
        lineFigure(
          {
            title: "Without correction",
            ...axes,
            series: [data, ...curves([0.5, 0.9, 0.95], false)],
          },
          {
            caption:
              "With β = 0.95 the average is still 60 % too low after ten values, and late at the peak.",
          },
        ),
        lineFigure(
          { title: "With correction", ...axes, series: [data, ...curves([0.5, 0.8, 0.95], true)] },
          {
            caption:
              "The correction mends the start. It does not mend the delay: that is the price of smoothness.",
          },
        ),
        lineFigure(
          {
            title: "How much older values weigh",
            x: { label: "age in steps" },
            y: { label: "0.7^age" },
            series: [{ name: "β = 0.7", x: ages, y: ages.map((age) => 0.7 ** age) }],
            guides: [{ x: 10, name: "age 10: 0.028" }],
          },
          { caption: "Unrolled, the value of age i weighs (1 − β) βⁱ. The oldest are never quite gone." },
        ),
      ),
      markdown("Move β yourself:"),
      control,
      table({
        caption:
          "1/(1 − β) is how many values the average runs over; a value weighs half after ln ½ / ln β steps, which is less",
        columns: ["β", "window 1/(1 − β)", "half-life", "v after 10 values of 5", "corrected"],
        rows: [0.5, 0.7, 0.9, 0.99, 0.999].map((beta) => {
          const v = ewa(new Array<number>(11).fill(5), beta);
          return [
            beta,
            digits(effectiveWindow(beta)),
            digits(halfLife(beta)),
            digits(v[10]),
            digits(biasCorrected(v, beta)[10]),
          ];
        }),
      }),
    ],
  };
}

function pathsOnBowl(
  bowl: Bowl,
  domain: { x: readonly [number, number]; y: readonly [number, number] },
): Html[] {
  const all = pathsOn(bowl);
  const drawn = (title: string, chosen: typeof all): string =>
    trajectories({
      title,
      x: { label: "w₁", domain: domain.x },
      y: { label: "w₂", domain: domain.y },
      surface: (w1, w2) => height(bowl, [w1, w2]),
      minimum: [0, 0],
      equal: bowl.curvatures[0] === bowl.curvatures[1],
      paths: chosen.map(({ name, points }) => ({
        name,
        x: points.map(([w1]) => w1),
        y: points.map(([, w2]) => w2),
      })),
    });
  const rows = all.map(({ name, points }) => [
    name,
    ...[1, 5, 10, 20, 40].map((step) => digits(height(bowl, points[step]))),
  ]);
  const numbers = { caption: "f after so many steps", columns: ["rule", "1", "5", "10", "20", "40"], rows };
  return [
    figure({
      svg: drawn(`The ${bowl.name} bowl: averaging`, all.slice(0, 3)),
      caption:
        bowl.name === "round"
          ? "Without stretch, descent goes straight down. A mini-batch sees the slope with noise and hovers around the bottom."
          : "Descent jumps across the steep direction at every step and creeps along the flat one. Momentum averages the jumps away and bears a larger rate.",
      data: numbers,
    }),
    figure({
      svg: drawn(`The ${bowl.name} bowl: scaling`, [all[0], all[3], all[4]]),
      caption:
        "Both divide by the size of the slope, coordinate by coordinate: the first step is as long along w₁ as along w₂, whatever the curvatures are" +
        (bowl.name === "round"
          ? ", so it goes at 45°"
          : " (45° where both axes have one scale; here they do not)") +
        ". Adam's average carries it past the bottom later.",
      data: numbers,
    }),
  ];
}

function paths(): Section {
  const { round, stretched } = bowls;
  return {
    title: "Paths on a round and on a stretched bowl",
    blocks: [
      markdown(
        "All rules start at the same place and make 40 steps. Contours are heights of f(w) = ½ (λ₁ w₁² + λ₂ w₂²).",
      ),
      columns(...pathsOnBowl(round, { x: [-4.6, 2.4], y: [-1.6, 2.9] })),
      columns(...pathsOnBowl(stretched, { x: [-4.6, 2.4], y: [-1.3, 1.3] })),
    ],
  };
}

function limits(): Section {
  const rates = Array.from({ length: 81 }, (_, i) => 0.02 * 10 ** (i * 0.03));
  const clip = (values: number[]): number[] =>
    values.map((value) => (value < 1e-9 ? 1e-9 : value > 1e9 ? NaN : value));
  const [plain, averaged] = [stabilityLimit(10), stabilityLimit(10, 0.9)];
  const around = [0.02, 0.18, 0.2, 0.25];
  return {
    title: "Where each rule is stable",
    blocks: [
      markdown(
        "On a parabola of curvature λ, descent multiplies w by 1 − aλ at each step: it converges for 0 < a < 2/λ, flips between ±w at a = 2/λ, and explodes above. " +
          "The lecture's momentum bears 2(1 + b)/((1 − b)λ): with b = 0.9 that is nineteen times as much. Here the largest curvature is 10.",
      ),
      columns(
        lineFigure(
          {
            title: "The steep coordinate after 40 steps",
            x: { label: "learning rate", scale: "log" },
            y: { label: "|w₂|, from 1", scale: "log", domain: [1e-9, 1e9] },
            series: [
              { name: "descent", x: rates, y: clip(steepAfter(40, rates)) },
              { name: "momentum, b = 0.9", x: rates, y: clip(steepAfter(40, rates, 0.9)) },
            ],
            guides: [
              { x: plain, name: "2/λ = 0.2" },
              { x: averaged, name: "2(1 + b)/((1 − b)λ) = 3.8" },
            ],
          },
          {
            caption:
              "Descent is fastest at 1/λ = 0.1, where it lands in one step. Values below 1e-9 are drawn at 1e-9; what is above 1e9 is not drawn.",
          },
        ),
      ),
      table({
        caption: "Descent around its limit: w₂ after 1, 2, 5, 10, 40 steps, from 1",
        columns: ["rate", "factor 1 − 10 a", "1", "2", "5", "10", "40"],
        rows: around.map((lr) => [
          lr,
          digits(1 - 10 * lr),
          ...[1, 2, 5, 10, 40].map((steps) => digits((1 - 10 * lr) ** steps)),
        ]),
      }),
    ],
  };
}
