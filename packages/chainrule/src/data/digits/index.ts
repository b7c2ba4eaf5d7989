/**
 * The 8×8 handwritten digits: 1797 images of 64 pixels with 17 grey levels, 0 … 16.
 *
 * Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998),
 * https://doi.org/10.24432/C50P49, the test part, licensed CC BY 4.0; the selection that scikit-learn ships.
 */
import "../../graph/eager.ts";
import { fromValues } from "../../tensor/tensor.ts";
import { Dataset } from "../dataset.ts";
import { rows } from "./rows.ts";

/** The largest grey level. */
export const DIGITS_MAXIMUM = 16;

/** All 1797 digits as they were published: inputs [1797, 64] from 0 to 16, targets the digit. */
export function digits(): Dataset {
  const lines = rows.trim().split("\n");
  const pixels = new Float32Array(lines.length * 64);
  const labels = new Int32Array(lines.length);
  for (const [i, line] of lines.entries()) {
    for (let pixel = 0; pixel < 64; pixel++) pixels[i * 64 + pixel] = Number.parseInt(line[pixel], 17);
    labels[i] = Number(line[64]);
  }
  return new Dataset(
    fromValues(pixels, [lines.length, 64], "float32"),
    fromValues(labels, [lines.length], "int32"),
    {
      classNames: Array.from("0123456789"),
      image: [8, 8],
    },
  );
}
