/**
 * Measures the transcendental functions against exact arithmetic and writes the table of docs/math.md.
 *
 *     node --conditions=chainrule-source scripts/math-accuracy.ts [inputs per function] [function …]
 *
 * Every input's result is compared with the oracle (test/math/oracle.ts, about 140 bits); nothing is screened out
 * beforehand. A million inputs take about a minute per function. With function names it only prints their rows.
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import { real, ulps, ulps32 } from "../test/math/oracle.ts";
import { randomBits, subjects, type Subject } from "../test/math/subjects.ts";

const [count = "1000000", ...names] = process.argv.slice(2);
const total = Number(count);

interface Row {
  readonly subject: Subject;
  readonly measured: number;
  readonly worst: number;
  readonly at: readonly [number, number];
  readonly worst32: number;
  readonly nanoseconds: number;
  readonly ratio: number;
}

function measure(subject: Subject): Row {
  const random = randomBits(20261121);
  const each = Math.ceil(total / subject.regimes.length);
  let worst = 0;
  let worst32 = 0;
  let at: readonly [number, number] = [0, 0];
  for (const regime of subject.regimes) {
    for (let i = 0; i < each; i++) {
      const input = regime(random);
      const y = subject.f(input[0], input[1]);
      const exact = subject.exact(real(input[0]), real(input[1]));
      const error = ulps(y, exact);
      if (!(error <= worst)) {
        worst = error;
        at = input;
      }
      worst32 = Math.max(worst32, ulps32(y, exact));
    }
  }
  const { nanoseconds, ratio } = time(subject);
  return { subject, measured: each * subject.regimes.length, worst, at, worst32, nanoseconds, ratio };
}

/** A loop of its own for each function, so that the engine may optimize it for that one. */
function loop(): (f: Subject["f"], x: Float64Array, y: Float64Array, out: Float64Array) => void {
  // oxlint-disable-next-line typescript/no-implied-eval -- a closure would share one compiled loop among them all
  return new Function(
    "f",
    "x",
    "y",
    "out",
    "for (let i = 0; i < x.length; i++) out[i] = f(x[i], y[i]);",
  ) as ReturnType<typeof loop>;
}

function time({ f, peer, timed: [from, to] }: Subject): { nanoseconds: number; ratio: number } {
  const random = randomBits(1);
  const x = Float64Array.from({ length: 4096 }, () => from + (to - from) * random());
  const y = Float64Array.from(x, () => -5 + 10 * random());
  const out = new Float64Array(4096);
  const contestants = (peer === undefined ? [f] : [f, peer]).map((each) => ({
    each,
    run: loop(),
    best: Infinity,
  }));
  for (let round = 0; round < 60; round++) {
    for (const contestant of contestants) {
      const start = performance.now();
      for (let i = 0; i < 10; i++) contestant.run(contestant.each, x, y, out);
      contestant.best = Math.min(contestant.best, (performance.now() - start) / 40960);
    }
  }
  return {
    nanoseconds: contestants[0].best * 1e6,
    ratio: contestants[0].best / (contestants[1]?.best ?? NaN),
  };
}

function line({ subject, measured, worst, at, worst32, nanoseconds, ratio }: Row): string {
  const input = subject.name === "pow" ? `${at[0]}, ${at[1]}` : `${at[0]}`;
  const cells = [
    `\`${subject.name}\``,
    subject.method.replaceAll("|", "\\|"),
    subject.range,
    worst.toFixed(3),
    worst32.toFixed(9),
    input,
    measured.toLocaleString("en").replaceAll(",", " "),
    nanoseconds.toFixed(0),
    Number.isNaN(ratio) ? "" : ratio.toFixed(1),
  ];
  return `| ${cells.join(" | ")} |`;
}

const head = [
  "| function | method | inputs from | max ulp, float64 | max ulp, float32 | worst input | inputs | ns | time, Math.* = 1 |",
  "| --- | --- | --- | --: | --: | --- | --: | --: | --: |",
];
const chosen = names.length === 0 ? subjects : subjects.filter(({ name }) => names.includes(name));
const lines = chosen.map((subject) => {
  const text = line(measure(subject));
  console.log(text);
  return text;
});
if (names.length === 0) {
  const file = new URL("../docs/math.md", import.meta.url);
  const text = readFileSync(file, "utf8");
  const [before, rest] = text.split("<!-- measured -->\n");
  const [, after] = rest.split("<!-- end -->\n");
  const machine = `Node ${process.versions.node}, ${os.cpus()[0].model.trim()}, ${os.arch()}.`;
  const block = [machine, "", ...head, ...lines, ""].join("\n");
  writeFileSync(file, `${before}<!-- measured -->\n\n${block}\n<!-- end -->\n${after}`);
}
