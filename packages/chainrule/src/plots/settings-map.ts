/** Heat maps over two settings, with the result of each pair in its cell. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { finiteEnds } from "./cells.ts";
import { figure, margin } from "./frame.ts";
import type { Drawing, FigureOptions } from "./frame.ts";
import { rampItem } from "./legend.ts";
import type { LegendItem } from "./legend.ts";
import { element, escape } from "./svg.ts";
import { cut, formatNumber, oneLine, sizes, textWidth } from "./text.ts";
import { filled, filledLevel, levelOf, stroked, textOnLevel } from "./theme.ts";

/** A setting and the tried values, as text. */
export interface SettingAxis {
  readonly label: string;
  readonly values: readonly (string | number)[];
}

export interface SettingsMapOptions extends FigureOptions {
  /** The setting of the columns. */
  readonly x: SettingAxis;
  /** The setting of the rows. */
  readonly y: SettingAxis;
  /** `values[row][column]`: a row for each value of y. A pair that was not tried is NaN. */
  readonly values: readonly ArrayLike<number>[];
  /** Written below each value as ± …, such as a standard deviation over seeds. */
  readonly errors?: readonly ArrayLike<number>[];
  /** The meaning of the values. */
  readonly valueLabel: string;
  /** The cell with a thick border; default: none. */
  readonly best?: "largest" | "smallest";
  /** The number of significant digits; default 4. */
  readonly digits?: number;
}

/**
 * A heat map over two settings, as SVG text: a cell for each pair, with its value in it.
 * @throws ShapeError unless there is a row for each value of y and a column for each value of x
 * @throws ValueError for a number of digits outside 1 … 10
 * @example
 * const x = { label: "batch", values: [10, 100] };
 * const y = { label: "learning rate", values: [0.1, 1] };
 * settingsMap({ title: "Accuracy", x, y, values: [[0.9, 0.8], [0.7, 0.95]], valueLabel: "accuracy", best: "largest" })
 *   .includes("best 0.95 at batch 100, learning rate 1"); // true
 */
export function settingsMap(options: SettingsMapOptions): string {
  const { x, y, values, errors, digits = 4, best } = options;
  for (const [what, rows] of Object.entries({ values, errors })) {
    if (!rows) continue;
    const row = rows.find(({ length }) => length !== x.values.length);
    if (rows.length !== y.values.length || row)
      throw new ShapeError(
        "settingsMap",
        [
          [rows.length, row?.length ?? x.values.length],
          [y.values.length, x.values.length],
        ],
        `${what} must have a row for each of ${y.values.length} values of ${y.label} and a column for each of ${x.values.length} of ${x.label}`,
      );
  }
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= 10))
    throw new ValueError("settingsMap", `digits must be 1 to 10, not ${digits}`);
  const all = values.flatMap((row) => Array.from(row));
  const found = finiteEnds(all);
  const chosen = best && found.missing < all.length ? (best === "largest" ? found.high : found.low) : NaN;
  const at = all.indexOf(chosen);
  const columns = x.values.length;
  const place = at < 0 ? undefined : { row: Math.floor(at / columns), column: at % columns };
  const legend: LegendItem[] = [
    ...(found.missing < all.length
      ? [
          rampItem(
            "sequential",
            oneLine(options.valueLabel),
            [found.low, found.high],
            [found.low, found.high],
          ),
        ]
      : []),
    ...(place ? [bestItem] : []),
  ];
  let written = true;
  const drawn = {
    kind: "settings-map",
    description: describe(options, place),
    legend,
    draw: (top: number, width: number) => {
      const drawing = drawMap(options, found, place, digits, top, width);
      written = drawing.written;
      return drawing;
    },
    // Called after the drawing, which decides whether the values have room.
    get notes() {
      return [
        ...(all.length === 0 ? ["No data."] : []),
        ...(found.missing > 0
          ? [`${found.missing} of ${all.length} pairs have no finite value (grey).`]
          : []),
        ...(written ? [] : ["The cells are too narrow for their values; a wider figure shows them."]),
      ];
    },
  };
  const widest = Math.max(0, ...all.map((value) => textWidth(formatNumber(value, digits))));
  return figure(options, drawn, Math.min(4000, Math.max(400, 110 + columns * Math.min(widest + 8, 80))));
}

interface Place {
  readonly row: number;
  readonly column: number;
}

function drawMap(
  { x, y, values, errors }: SettingsMapOptions,
  found: { readonly low: number; readonly high: number },
  best: Place | undefined,
  digits: number,
  top: number,
  width: number,
): Drawing & { readonly written: boolean } {
  const name = (value: string | number) =>
    oneLine(typeof value === "number" ? formatNumber(value, 6) : value);
  const rowNames = y.values.map((value) => cut(name(value), width * 0.26));
  const columnNames = x.values.map((value) => cut(name(value), width * 0.26));
  const wide = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => textWidth(text)));
  const left = margin + Math.max(wide(rowNames), 20) + 8;
  const cell = Math.min(110, (width - margin - left) / Math.max(columnNames.length, 1));
  const upright = wide(columnNames) > cell - 6;
  const head = 40 + (upright ? wide(columnNames) + 6 : 20);
  const y0 = top + head;
  const heading = (text: string, at: number) =>
    element(
      "text",
      { ...filled("ink"), "font-size": sizes.text, x: margin, y: top + at },
      escape(cut(text, width - 2 * margin)),
    );
  const write = writer(
    values.flatMap((row) => Array.from(row)),
    digits,
  );
  const texts = values.map((row, r) =>
    Array.from(row, (value, c) => {
      const error = errors?.[r][c];
      return {
        value: Number.isFinite(value) ? write(value, digits) : "–",
        error: Number.isFinite(value) && Number.isFinite(error) ? `± ${write(error!, 2)}` : "",
      };
    }),
  );
  const em = (text: string) => textWidth(text, 1);
  const widest = Math.max(0.1, ...texts.flat().map((one) => Math.max(em(one.value), 0.85 * em(one.error))));
  const size = Math.min(sizes.text, (cell - 5) / widest);
  const written = size >= 7.5;
  const height = errors && written ? 44 : 32;
  const parts: string[] = [heading(`${oneLine(y.label)} ↓`, 14), heading(`${oneLine(x.label)} →`, 32)];
  columnNames.forEach((text, c) => {
    const middle = left + (c + 0.5) * cell;
    if (upright && cell < 9) return;
    parts.push(
      element(
        "text",
        {
          ...filled("ink"),
          "font-size": Math.min(sizes.text, upright ? cell * 0.9 : sizes.text),
          ...(upright
            ? { transform: `translate(${(middle + 4.5).toFixed(1)},${(y0 - 6).toFixed(1)}) rotate(-90)` }
            : { x: middle, y: y0 - 7, "text-anchor": "middle" }),
        },
        escape(text),
      ),
    );
  });
  values.forEach((row, r) => {
    const at = y0 + r * height;
    const rowName = { x: left - 8, y: at + height / 2 + 4.5, "text-anchor": "end", "font-size": sizes.text };
    parts.push(element("text", { ...filled("ink"), ...rowName }, escape(rowNames[r])));
    Array.from(row).forEach((value, c) => {
      const level = levelOf(value, found.low, found.high);
      const box = { x: left + c * cell, y: at, width: cell, height };
      const paint = level === undefined ? filled("missing") : filledLevel("sequential", level);
      parts.push(element("rect", { ...paint, ...box }));
      if (!written) return;
      const ink = level === undefined ? filled("ink") : textOnLevel("sequential", level);
      const { value: text, error } = texts[r][c];
      const middle = { x: box.x + cell / 2, "text-anchor": "middle" };
      const y1 = at + height / 2 + size * 0.36 - (error === "" ? 0 : size * 0.62);
      parts.push(element("text", { ...ink, ...middle, y: y1, "font-size": size }, escape(text)));
      if (error !== "")
        parts.push(
          element("text", { ...ink, ...middle, y: y1 + size * 1.2, "font-size": size * 0.85 }, escape(error)),
        );
    });
  });
  if (best) parts.push(border(left + best.column * cell, y0 + best.row * height, cell, height));
  return { svg: parts.join(""), height: head + values.length * height + 8, written };
}

/** The number format: as many decimals as the values need, unless some need a power of ten. */
function writer(values: readonly number[], digits: number): (value: number, digits: number) => string {
  const plain = values
    .filter((value) => Number.isFinite(value))
    .map((value) => formatNumber(value, digits).replace("−", "-"));
  if (plain.some((text) => Number.isNaN(Number(text)))) return formatNumber;
  const decimals = Math.min(6, Math.max(0, ...plain.map((text) => (text.split(".")[1] ?? "").length)));
  return (value, own) =>
    Math.abs(value) < 1e6
      ? value
          .toFixed(decimals)
          .replace(/^-(?=.*[1-9])/, "−")
          .replace(/^-/, "")
      : formatNumber(value, own);
}

/** A border in the paper's colour inside one in the text colour, so that one of them stands out on any colour. */
function border(x: number, y: number, width: number, height: number): string {
  const box = (inset: number) => ({
    x: x + inset,
    y: y + inset,
    width: width - 2 * inset,
    height: height - 2 * inset,
  });
  return (
    element("rect", { ...stroked("ink", 2.4), ...box(1.2) }) +
    element("rect", { ...stroked("paper", 1.4), ...box(3.1) })
  );
}

const bestItem: LegendItem = {
  name: "best",
  width: 22,
  draw: (x, y) => border(x - 11, y - 7, 22, 14),
};

function describe({ x, y, values, valueLabel }: SettingsMapOptions, best: Place | undefined): string {
  const { low, high, missing } = finiteEnds(values.flatMap((row) => Array.from(row)));
  const [xName, yName] = [oneLine(x.label), oneLine(y.label)];
  const pairs = `${x.values.length} values of ${xName} and ${y.values.length} of ${yName}`;
  if (missing === x.values.length * y.values.length)
    return `Heat map of ${oneLine(valueLabel)} over ${pairs}, without values.`;
  const where = (place: Place) =>
    oneLine(`${xName} ${String(x.values[place.column])}, ${yName} ${String(y.values[place.row])}`);
  const cells = values.flatMap((row, r) =>
    Array.from(row, (value, column) => `${where({ row: r, column })}: ${formatNumber(value)}`),
  );
  return [
    `Heat map of ${oneLine(valueLabel)} over ${pairs}, from ${formatNumber(low)} to ${formatNumber(high)}`,
    best ? `; best ${formatNumber(values[best.row][best.column])} at ${where(best)}.` : ".",
    ` ${cells.slice(0, 64).join("; ")}.`,
  ].join("");
}
