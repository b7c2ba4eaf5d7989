/** Rows as the network of a saved run takes them: from the bytes of a CSV or IDX file, or from a program. */
import { applyScaling } from "../data/scale.ts";
import { applyFeatures, keptRows } from "../data/table/apply.ts";
import { isList, tableOfRows } from "../data/table/of-rows.ts";
import type { RowValues } from "../data/table/of-rows.ts";
import { readTables } from "../data/table/stream.ts";
import { idxTensor } from "../formats/idx.ts";
import { readIdxRows } from "../formats/idx-stream.ts";
import { FormatError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { readByPlan } from "./preprocess.ts";
import type { Preprocess } from "./preprocess.ts";
import type { SavedRun } from "./saved.ts";

/** Some rows: their inputs [n, F], and their numbers in the file, from 0. */
export interface InputBlock {
  readonly inputs: Tensor;
  readonly numbers: Int32Array;
}

/** What must be known of a run to make inputs of rows. */
export type RowReader = Pick<SavedRun, "name" | "preprocess" | "spec">;

const gapAdvice = "a run trained with --missing mean fills such gaps";

/**
 * The inputs of a CSV or IDX file, some rows at a time; rows that the run leaves out because of gaps are not among them.
 * @throws FormatError for columns that are missing, categories that the run does not know, and the rest that is wrong with a file
 */
export async function* inputBlocks(
  run: RowReader,
  chunks: AsyncGenerator<Uint8Array, void, void>,
  name: string,
): AsyncGenerator<InputBlock, void, void> {
  const { scaling } = run.preprocess;
  const { dtype } = run.spec;
  const { value: first } = await chunks.next();
  const whole = async function* (): AsyncGenerator<Uint8Array, void, void> {
    if (first !== undefined) yield first;
    yield* chunks;
  };
  const isIdx = first !== undefined && first[0] === 0 && first[1] === 0;
  const blocks = isIdx ? imageBlocks(run, whole(), name) : tableBlocks(run, whole(), name);
  for await (const { inputs, numbers } of blocks)
    yield { inputs: applyScaling(scaling, inputs, { dtype }), numbers };
}

/**
 * The inputs [n, F] of rows that a program has: objects by column name, or lists of numbers for a run without names.
 * @throws FormatError naming the row and the column at fault
 */
export function inputsOfRows(run: RowReader, rows: readonly RowValues[], name: string): Tensor {
  const { preprocess, spec } = run;
  const { plan, scaling } = preprocess;
  const list = rows.findIndex((row) => typeof row === "object" && row !== null && isList(row));
  if (list >= 0 && takesNames(preprocess))
    throw new FormatError(
      `${name}: row ${list} is a list, and ${run.name} takes columns by name: ${namesOf(preprocess)}`,
    );
  const table = tableOfRows(rows, plan.features, { name, na: spec.na ?? undefined });
  const { dtype } = spec;
  const inputs = applyFeatures(plan, table, { dtype: "float64", fits: dtype, advice: { gap: gapAdvice } });
  return applyScaling(scaling, inputs, { dtype });
}

/** Whether the columns have names of their own, by which they must be found. */
function takesNames({ ofTable, plan }: Preprocess): boolean {
  return ofTable && plan.features.some((one, i) => one.type === "text" || one.name !== `x${i + 1}`);
}

/** The names of the columns in quotes, the first twelve of many. */
function namesOf({ plan }: Preprocess): string {
  return plan.features
    .slice(0, 12)
    .map((one) => JSON.stringify(one.name))
    .join(", ");
}

async function* tableBlocks(
  { name: run, preprocess, spec }: RowReader,
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<InputBlock, void, void> {
  const { dtype } = spec;
  const { plan, ofTable, features } = preprocess;
  const advice = {
    gap: gapAdvice,
    // a run on points or images made its names up; how many there are says more
    ...(!ofTable && { column: `${run} takes ${features} columns` }),
  };
  let [done, kept] = [0, 0];
  // columns that the run does not know may hold anything
  const types = plan.features;
  const options = {
    ...readByPlan(preprocess, spec),
    name,
    types,
    otherwise: "text",
    leastColumns: 1,
  } as const;
  for await (const table of readTables(chunks, options)) {
    const before = done;
    const inputs = applyFeatures(plan, table, { dtype: "float64", fits: dtype, advice });
    const rows = keptRows(plan, table, { target: false });
    done += table.rows;
    if (rows.length === 0) continue;
    kept += rows.length;
    yield { inputs, numbers: rows.map((row) => row + before) };
  }
  if (kept === 0 && done > 0)
    throw new FormatError(
      `${name}: every row lacks a value, and ${run} leaves such rows out; a run trained with --missing mean fills such gaps`,
    );
}

async function* imageBlocks(
  { name: run, preprocess, spec: { dtype } }: RowReader,
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<InputBlock, void, void> {
  const { features } = preprocess;
  if (takesNames(preprocess))
    throw new FormatError(
      `${name}: an IDX file has no names of columns, and ${run} takes columns by name: ${namesOf(preprocess)}`,
    );
  let done = 0;
  for await (const { shape, values } of readIdxRows(chunks, { name })) {
    const [rows, ...row] = shape;
    const width = row.reduce((size, axis) => size * axis, 1);
    if (width !== features)
      throw new FormatError(
        `${name}: a row [${row.join(",")}] has ${width} numbers, and the network of ${run} has ${features} inputs`,
      );
    const before = done;
    yield {
      inputs: idxTensor({ shape: [rows, width], values }).to(dtype),
      numbers: Int32Array.from({ length: rows }, (_, i) => before + i),
    };
    done += rows;
  }
}
