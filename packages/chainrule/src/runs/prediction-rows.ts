/** The rows of a file as a saved network takes them, some at a time. */
import { FormatError } from "chainrule";
import type { Tensor } from "chainrule";
import { applyScaling } from "chainrule/data";
import { applyFeatures, keptRows, readTables } from "chainrule/data/table";
import { idxTensor, readIdxRows } from "chainrule/formats";
import { readChunks } from "chainrule/node";
import { readByPlan } from "chainrule/runs";
import type { SavedRun } from "./saved-run.ts";

/** Some rows: their inputs [n, F], and their numbers in the file, from 0. */
export interface InputBlock {
  readonly inputs: Tensor;
  readonly numbers: Int32Array;
}

/**
 * The inputs of a CSV or IDX file, or of standard input for `-`.
 * @throws FormatError for columns that are missing, categories that the run does not know, and the rest that is wrong with a file
 */
export async function* inputBlocks(saved: SavedRun, file: string): AsyncGenerator<InputBlock, void, void> {
  const { scaling } = saved.preprocess;
  const name = file === "-" ? "standard input" : file;
  const chunks = readChunks(file);
  const { value: first } = await chunks.next();
  const whole = async function* (): AsyncGenerator<Uint8Array, void, void> {
    if (first !== undefined) yield first;
    yield* chunks;
  };
  const isIdx = first !== undefined && first[0] === 0 && first[1] === 0;
  const blocks = isIdx ? imageBlocks(saved, whole(), name) : tableBlocks(saved, whole(), name);
  for await (const { inputs, numbers } of blocks) yield { inputs: applyScaling(scaling, inputs), numbers };
}

async function* tableBlocks(
  { path, preprocess, spec: { dtype } }: SavedRun,
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<InputBlock, void, void> {
  const { plan, ofTable, features } = preprocess;
  // a run on images or points has made its names up; how many there are says more
  const hint = ofTable ? "" : `; ${path} takes ${features} columns`;
  let [done, kept] = [0, 0];
  // columns that the run does not know may hold anything
  const types = plan.features;
  const options = { ...readByPlan(preprocess), name, types, otherwise: "text", leastColumns: 1 } as const;
  for await (const table of readTables(chunks, options)) {
    const before = done;
    const { inputs, rows } = inPredicting(hint, () => ({
      inputs: applyFeatures(plan, table, { dtype }),
      rows: keptRows(plan, table, { target: false }),
    }));
    done += table.rows;
    if (rows.length === 0) continue;
    kept += rows.length;
    yield { inputs, numbers: rows.map((row) => row + before) };
  }
  if (kept === 0 && done > 0)
    throw new FormatError(
      `${name}: every row lacks a value, and ${path} leaves such rows out; a run trained with --missing mean fills such gaps`,
    );
}

/** What can be done about a gap is another thing once a network is trained. */
function inPredicting<T>(hint: string, apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(
      error.message
        .replace(
          /; say what to do with missing values .*/,
          "; a run trained with --missing mean fills such gaps",
        )
        .replace(/^.* (is|are) missing; found .*$/, (lacking) => lacking + hint),
      { cause: error },
    );
  }
}

async function* imageBlocks(
  { path, preprocess, spec: { dtype } }: SavedRun,
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<InputBlock, void, void> {
  const { features, plan, ofTable } = preprocess;
  if (ofTable && plan.features.some((one, i) => one.type === "text" || one.name !== `x${i + 1}`))
    throw new FormatError(
      `${name}: an IDX file has no names of columns, and ${path} takes columns by name: ${plan.features
        .map((one) => JSON.stringify(one.name))
        .slice(0, 12)
        .join(", ")}`,
    );
  let done = 0;
  for await (const { shape, values } of readIdxRows(chunks, { name })) {
    const [rows, ...row] = shape;
    const width = row.reduce((size, axis) => size * axis, 1);
    if (width !== features)
      throw new FormatError(
        `${name}: a row [${row.join(",")}] has ${width} numbers, and the network of ${path} has ${features} inputs`,
      );
    const before = done;
    yield {
      inputs: idxTensor({ shape: [rows, width], values }).to(dtype),
      numbers: Int32Array.from({ length: rows }, (_, i) => before + i),
    };
    done += rows;
  }
}
