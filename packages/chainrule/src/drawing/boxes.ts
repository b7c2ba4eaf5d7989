/** What stands in the box of each node, and how large the box is. */
import { formatNumber, textWidth } from "../plots/text.ts";
import type { Shape } from "../tensor/shape.ts";
import type { GraphNode } from "./graph.ts";
import { mathRuns, mathWidth } from "./math-text.ts";
import type { Run } from "./math-text.ts";
import type { ValueSummary } from "./values.ts";

/** One line of a box: runs of text, or the numbers of a row. */
export interface Line {
  readonly runs: readonly Run[];
  /** Numbers that end at these distances to the right of the middle, in place of the runs. */
  readonly cells?: readonly { readonly text: string; readonly end: number }[];
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

/** The line of the formula. If the formula is too long, a node with a symbol has no such line, and another shows its op's name. */
function formulaLine({ formula, symbol, op, kind }: GraphNode): Line[] {
  if (formula === null) return [];
  const title = symbol === null;
  const size = title ? sizes.title : sizes.formula;
  const paint = title ? "ink" : "muted";
  const runs = mathRuns(title ? formula : `${kind === "update" ? "\\leftarrow" : "="} ${formula}`);
  if (mathWidth(runs, size) <= widest) return [{ runs, size, paint }];
  return title ? [{ runs: words(kind === "gradient" ? "∇" : (op ?? "")), size, paint }] : [];
}

/** Numbers of one tensor with the same decimals, three significant digits for the largest. */
function aligned(numbers: readonly number[]): string[] {
  const largest = Math.max(...numbers.filter(Number.isFinite).map(Math.abs), 0);
  const power = largest === 0 ? 0 : Math.floor(Math.log10(largest));
  const whole = numbers.every((x) => !Number.isFinite(x) || Number.isInteger(x));
  const plainly = power > -4 && power < 6;
  return numbers.map((x) => {
    if (!plainly || !Number.isFinite(x)) return formatNumber(x, 3);
    const text = Math.abs(x).toFixed(whole ? 0 : Math.max(0, 2 - power));
    return x < 0 && Number(text) !== 0 ? `−${text}` : text;
  });
}

/** The numbers of a small tensor, row by row; null for a large one. A row of more than six goes on in the next line. */
export function valueRows({ shape, numbers }: ValueSummary): string[][] | null {
  if (numbers === null) return null;
  const texts = numbers.length === 1 ? numbers.map((x) => formatNumber(x, 4)) : aligned(numbers);
  const own = shape.length === 0 ? 1 : shape[shape.length - 1];
  const columns = own > 6 ? Math.ceil(own / Math.ceil(own / 6)) : own;
  return Array.from({ length: columns === 0 ? 0 : Math.ceil(texts.length / columns) }, (_, i) =>
    texts.slice(i * columns, (i + 1) * columns),
  );
}

/** The statistics of a large tensor, and what is not finite. */
function statisticsLines({ statistics, nan, infinite }: ValueSummary): string[] {
  const odd = [...(nan > 0 ? [`${nan} × NaN`] : []), ...(infinite > 0 ? [`${infinite} × ±∞`] : [])];
  if (statistics === null) return odd;
  const [mean, deviation] = aligned([statistics.mean, statistics.deviation]);
  const [least, largest] = aligned([statistics.least, statistics.largest]);
  return [`${mean} ± ${deviation}`, `${least} … ${largest}`, ...odd];
}

const columnGap = 7;

function valueLines(node: GraphNode): Line[] {
  const { value, pending } = node;
  const line = (text: string): Line => ({ runs: words(text), size: sizes.value, paint: "muted" });
  if (pending) return [line("not computed yet")];
  if (value === null) return [];
  const rows = valueRows(value);
  if (rows === null) return statisticsLines(value).map(line);
  const widths = (rows[0] ?? []).map((_, k) =>
    Math.max(...rows.map((row) => textWidth(row[k] ?? "", sizes.value))),
  );
  const total = widths.reduce((sum, width) => sum + width + columnGap, -columnGap);
  return rows.map((row) => {
    let end = -total / 2 - columnGap;
    const cells = row.map((text, k) => ({ text, end: (end += widths[k] + columnGap) }));
    return { ...line(row.join(" ")), cells };
  });
}

function widthOf({ runs, size, cells }: Line): number {
  return cells === undefined ? mathWidth(runs, size) : 2 * (cells.at(-1)?.end ?? 0);
}

/** The box of a node. */
export function boxOf(node: GraphNode): NodeBox {
  const lines: Line[] = [];
  if (node.symbol !== null) lines.push({ runs: mathRuns(node.symbol), size: sizes.symbol, paint: "ink" });
  else if (node.formula === null) lines.push({ runs: words(node.kind), size: sizes.formula, paint: "ink" });
  lines.push(...formulaLine(node));
  lines.push(...valueLines(node));
  const inner = Math.max(...lines.map(widthOf));
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
