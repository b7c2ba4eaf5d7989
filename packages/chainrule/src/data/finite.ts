/** Finds numbers that are not finite in rows, and says where they are. */
import { quote } from "../formats/refusal.ts";
import { isFloat } from "../tensor/dtype.ts";
import { ValueError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Checks that rows [N, …] hold finite numbers alone.
 * @throws ValueError naming the row (from 0) and the column of the first NaN or infinite number
 */
export function requireFiniteRows(
  where: string,
  what: string,
  rows: Tensor,
  names?: readonly string[],
): void {
  const { data } = rows;
  if (!isFloat(rows.dtype)) return;
  let [first, count] = [-1, 0];
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    if (count === 0) first = i;
    count++;
  }
  if (count === 0) return;
  const width = rows.size / rows.shape[0];
  const name = names?.[first % width];
  const column = rows.rank === 1 ? "" : `, column ${name === undefined ? first % width : quote(name)}`;
  const more = count === 1 ? "" : ` (and ${count - 1} more such numbers)`;
  throw new ValueError(
    where,
    `${what} hold ${data[first]} in row ${Math.floor(first / width)}${column}${more}`,
    {
      advice: "fill such gaps or leave the rows out before training",
    },
  );
}
