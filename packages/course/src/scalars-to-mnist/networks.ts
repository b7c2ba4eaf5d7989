/** The report's network, and one of its sizes in which a slip shows; and lists as tensors. */
import { tensor } from "chainrule";
import type { Tensor } from "chainrule";
import type { Lists, Network } from "./solution.ts";

/** As printed: the entries of each row of V are equal, so W and b have no gradient in it. */
export const printed: Lists = {
  W: [
    [1, 1, 1],
    [-1, -1, -1],
  ],
  b: [0, 0, 0],
  V: [
    [1, 1],
    [-1, -1],
    [-1, -1],
  ],
  c: [0, 0],
};

/** The printed W with b, V and c in which nothing is equal. */
export const unequal: Lists = {
  W: printed.W,
  b: [0.1, -0.2, 0.3],
  V: [
    [1, -2],
    [0.5, 1],
    [-1.5, 0.25],
  ],
  c: [0.2, -0.1],
};

export const wide = (data: number | number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });

export const networkOf = ({ W, b, V, c }: Lists): Network => ({
  W: wide(W as number[][]),
  b: wide(b as number[]),
  V: wide(V as number[][]),
  c: wide(c as number[]),
});
