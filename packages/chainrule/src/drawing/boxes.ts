/** What stands in the box of each node, and how large the box is. */
import { formatNumber, textWidth } from "../plots/text.ts";
import type { Shape } from "../tensor/shape.ts";
import type { GraphNode } from "./graph.ts";
import { mathRuns, mathWidth } from "./math-text.ts";
import type { Run } from "./math-text.ts";
import type { ValueSummary } from "./values.ts";

/** One line of a box. */
export interface Line {
  readonly runs: readonly Run[];
  readonly size: number;
  readonly paint: "ink" | "muted";
}

export interface NodeBox {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

const sizes = { symbol: 17, title: 14, formula: 12.5, value: 11 } as const;
const widest = 270;

const words = (text: string): Run[] => [{ text, italic: false, size: 1, rise: 0 }];

/** The formula. One that is too long is left out, or gives way to the op's name where there is no symbol. */
function formulaLine({ formula, symbol, op, kind }: GraphNode): Line[] {
  if (formula === null) return [];
  const title = symbol === null;
  const size = title ? sizes.title : sizes.formula;
  const paint = title ? "ink" : "muted";
  const runs = mathRuns(title ? formula : `${kind === "update" ? "\\leftarrow" : "="} ${formula}`);
  if (mathWidth(runs, size) <= widest) return [{ runs, size, paint }];
  return title ? [{ runs: words(op ?? ""), size, paint }] : [];
}

/** Numbers of one tensor with the same decimals, three significant digits for the largest, and the same width. */
function aligned(numbers: readonly number[]): string[] {
  const largest = Math.max(...numbers.filter(Number.isFinite).map(Math.abs), 0);
  const power = largest === 0 ? 0 : Math.floor(Math.log10(largest));
  const whole = numbers.every((x) => !Number.isFinite(x) || Number.isInteger(x));
  const plainly = power > -4 && power < 6;
  const texts = numbers.map((x) => {
    if (!plainly || !Number.isFinite(x)) return formatNumber(x, 3);
    return x
      .toFixed(whole ? 0 : Math.max(0, 2 - power))
      .replace(/^-0*\.?0*$/, (zero) => zero.slice(1))
      .replace("-", "−");
  });
  const width = Math.max(...texts.map((text) => text.length));
  // a figure space is as wide as a digit
  return texts.map((text) => text.padStart(width, "\u2007"));
}

const short = (x: number): string => formatNumber(x, 3);

/** The value in lines: a small tensor row by row, else its statistics. */
export function valueLines({ shape, numbers, statistics, nan, infinite }: ValueSummary): string[] {
  const odd = [...(nan > 0 ? [`${nan} × NaN`] : []), ...(infinite > 0 ? [`${infinite} × ±∞`] : [])].join(
    ", ",
  );
  if (numbers !== null) {
    const columns = shape.length === 0 ? 1 : shape[shape.length - 1];
    const rows = columns === 0 ? [] : Array.from({ length: numbers.length / columns }, (_, i) => i);
    const texts = numbers.length === 1 ? numbers.map((x) => formatNumber(x, 4)) : aligned(numbers);
    return rows.map((i) => texts.slice(i * columns, (i + 1) * columns).join("\u2002"));
  }
  const lines =
    statistics === null
      ? []
      : [
          `${short(statistics.mean)} ± ${short(statistics.deviation)}`,
          `${short(statistics.least)} … ${short(statistics.largest)}`,
        ];
  return odd === "" ? lines : [...lines, odd];
}

/** The box of a node. */
export function boxOf(node: GraphNode): NodeBox {
  const lines: Line[] = [];
  if (node.symbol !== null) lines.push({ runs: mathRuns(node.symbol), size: sizes.symbol, paint: "ink" });
  else if (node.formula === null) lines.push({ runs: words(node.kind), size: sizes.formula, paint: "ink" });
  lines.push(...formulaLine(node));
  const texts = node.pending ? ["not computed yet"] : node.value === null ? [] : valueLines(node.value);
  for (const text of texts)
    lines.push({ runs: words(text), size: sizes.value, paint: node.value?.nan ? "ink" : "muted" });
  const inner = Math.max(...lines.map(({ runs, size }) => mathWidth(runs, size)));
  const height = lines.reduce((sum, line) => sum + lineHeight(line), 0);
  return { lines, width: Math.max(40, inner + 18), height: Math.max(34, height + 12) };
}

/** The height of a line; an index of an index hangs lower. */
export function lineHeight({ size, runs }: Line): number {
  return Math.round(size * 1.35) + (runs.some(({ rise }) => rise < -0.3) ? 3 : 0);
}

/** The text of an edge: 4×10, or "number" for a tensor without axes. */
export const edgeText = (shape: Shape): string => (shape.length === 0 ? "number" : shape.join("×"));

export const edgeTextSize = 11;
export const edgeTextWidth = (text: string): number => textWidth(text, edgeTextSize) + 4;
