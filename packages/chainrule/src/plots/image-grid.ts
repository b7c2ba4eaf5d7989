/** Grids of small images, such as digits with predictions or the weights of hidden units. */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { drawCells, finiteEnds, greyNote } from "./cells.ts";
import type { Box, Cells, Finite } from "./cells.ts";
import { figure, margin, widthOf } from "./frame.ts";
import type { Drawing, FigureOptions } from "./frame.ts";
import { rampItem } from "./legend.ts";
import { element, escape, px } from "./svg.ts";
import { cut, formatNumber, oneLine, sizes, textWidth } from "./text.ts";
import { filled, levelOf, levels, stroked } from "./theme.ts";

export interface GridImage {
  /** The pixels row by row, from the top. */
  readonly values: ArrayLike<number>;
  readonly caption?: string;
  /** Whether the image has a thick border and a cross, such as for a wrong prediction. */
  readonly wrong?: boolean;
}

export interface ImageGridOptions extends FigureOptions {
  readonly images: readonly GridImage[];
  /** The height and width of each image, in pixels. */
  readonly size: readonly [number, number];
  /** `grey` from black to white, or `signed` with blue below 0 and orange-red above. */
  readonly colors?: "grey" | "signed";
  /** The values of black and white, or for signed images −m and m. Default: the range of all images. */
  readonly range?: readonly [number, number];
  /** The meaning of the colours. */
  readonly valueLabel?: string;
  /** The number of images in a row; default: as many as fit the width. */
  readonly perRow?: number;
}

/**
 * A grid of grey images or signed weights, as SVG text, with a colour ramp.
 * @throws ShapeError when an image has not height × width values
 * @throws ValueError for a size or range without extent
 * @example
 * imageGrid({ title: "One", images: [{ values: [0, 1, 1, 0], caption: "an X" }], size: [2, 2] }).includes("an X"); // true
 */
export function imageGrid(options: ImageGridOptions): string {
  const { images, size, colors = "grey" } = options;
  const [height, width] = size;
  if (![height, width].every((side) => Number.isInteger(side) && side > 0))
    throw new ValueError(
      "imageGrid",
      `size must be [height, width] in whole pixels, not [${size.join(", ")}]`,
    );
  images.forEach(({ values }, i) => {
    if (values.length !== height * width)
      throw new ShapeError(
        "imageGrid",
        [[values.length], [height, width]],
        `image ${i} has ${values.length} values, not ${height} × ${width}`,
      );
  });
  const ends = images.map(({ values }) => finiteEnds(values));
  const found: Finite = {
    low: Math.min(Infinity, ...ends.map((one) => one.low)),
    high: Math.max(-Infinity, ...ends.map((one) => one.high)),
    missing: ends.reduce((sum, one) => sum + one.missing, 0),
  };
  const [low, high] = rangeOf(options, found);
  const ramp = colors === "grey" ? "grey" : "diverging";
  const label = oneLine(options.valueLabel ?? "");
  const rampName = colors === "grey" ? label : `${label === "" ? "" : `${label}; `}− marks below 0`;
  const marked = images.filter((image) => image.wrong).length;
  return figure(options, {
    kind: "image-grid",
    description: describe(options, found, marked),
    legend: [rampItem(ramp, rampName, [low, high], [found.low, found.high])],
    notes: [...(images.length === 0 ? ["No images."] : []), ...greyNote(found.missing)],
    draw: (top) =>
      drawImages(options, top, (values) => ({ values, rows: height, columns: width, ramp, low, high })),
  });
}

function rangeOf({ range, colors }: ImageGridOptions, found: Finite): readonly [number, number] {
  if (range) {
    if (!(range[0] < range[1]) || !Number.isFinite(range[1] - range[0]))
      throw new ValueError(
        "imageGrid",
        `range [${range.join(", ")}] must be two finite numbers, the smaller first`,
      );
    return range;
  }
  if (found.low > found.high) return [0, 1];
  if (colors !== "signed") return [found.low, found.high];
  const most = Math.max(-found.low, found.high) || 1;
  return [-most, most];
}

function drawImages(
  options: ImageGridOptions,
  top: number,
  cellsOf: (values: ArrayLike<number>) => Cells,
): Drawing {
  const { images, size, colors } = options;
  const [rows, columns] = size;
  const inner = widthOf("image-grid", options) - 2 * margin;
  const gap = 8;
  const captions = images.map(({ caption = "", wrong = false }) => (wrong ? `✗ ${caption}` : caption).trim());
  // The columns are wide enough for whole captions if at least three fit side by side.
  const wanted = Math.max(
    56,
    Math.min((inner - 2 * gap) / 3, Math.max(0, ...captions.map((one) => textWidth(oneLine(one))))),
  );
  const fitting = Math.max(1, Math.floor((inner + gap) / (wanted + gap)));
  const perRow = Math.max(
    1,
    Math.floor(options.perRow ?? Math.min(fitting, Math.max(3, Math.ceil(Math.sqrt(images.length))))),
  );
  const width = (inner - (perRow - 1) * gap) / perRow;
  const imageHeight = Math.min((width * rows) / columns, 3 * width);
  const captionHeight = captions.some((one) => one !== "") ? 20 : 0;
  const step = imageHeight + captionHeight + gap;
  const parts = images.map(({ values, wrong = false }, i) => {
    const left = margin + (i % perRow) * (width + gap);
    const box = { left, top: top + Math.floor(i / perRow) * step, width, height: imageHeight };
    const caption = cut(captions[i], width);
    const place = { x: left + width / 2, y: box.top + imageHeight + 15, "text-anchor": "middle" };
    const cells = cellsOf(values);
    return element(
      "g",
      { class: "cr-image" },
      drawCells(cells, box),
      colors === "signed" ? signs(cells, box) : "",
      element("rect", {
        ...(wrong ? stroked("wrong", 2.5) : stroked("missing", 1)),
        x: box.left,
        y: box.top,
        width,
        height: imageHeight,
      }),
      caption === ""
        ? ""
        : element(
            "text",
            { ...filled(wrong ? "wrong" : "ink"), "font-size": sizes.text, ...place },
            escape(caption),
          ),
    );
  });
  return { svg: parts.join(""), height: Math.ceil(images.length / perRow) * step };
}

/** A minus in clearly negative cells, so that signs are visible without colours. */
function signs({ values, rows, columns, low, high }: Cells, box: Box): string {
  const [w, h] = [box.width / columns, box.height / rows];
  const length = 0.45 * Math.min(w, h);
  if (length < 2) return "";
  let d = "";
  for (let i = 0; i < rows * columns; i++) {
    const level = levelOf(values[i], low, high);
    if (level === undefined || level > 0.42 * levels) continue;
    const x = box.left + ((i % columns) + 0.5) * w - length / 2;
    d += `M${px(x)},${px(box.top + (Math.floor(i / columns) + 0.5) * h)}h${px(length)}`;
  }
  return d === "" ? "" : element("path", { ...stroked("ink", 0.9), d });
}

function describe(
  { images, size: [height, width], colors = "grey" }: ImageGridOptions,
  found: Finite,
  marked: number,
): string {
  if (images.length === 0) return "An empty grid of images.";
  const captions = images.flatMap(({ caption }) => (caption === undefined ? [] : [oneLine(caption)]));
  const count = `${images.length} ${images.length === 1 ? "image" : "images"}`;
  return [
    `${count} of ${height} × ${width} pixels, ${colors === "grey" ? "in grey" : "with negative and positive values in two colours"},`,
    `with values from ${formatNumber(Math.min(found.low, found.high))} to ${formatNumber(Math.max(found.low, found.high))}.`,
    ...(marked > 0 ? [`${marked} marked as wrong.`] : []),
    ...(captions.length > 0 ? [`Captions: ${captions.slice(0, 40).join("; ")}.`] : []),
  ].join(" ");
}
