/** Predictions as CSV or JSON lines. */
import type { Tensor } from "chainrule";
import { unscaleTarget } from "chainrule/data/table";
import { softmax } from "chainrule/functions";
import type { SavedRun } from "./saved-run.ts";

export interface PredictionForm {
  readonly json: boolean;
  /** Whether the rows' own classes or numbers are known, and written beside. */
  readonly actual: boolean;
}

/** Writes the class with the probability of each, or the value, of rows. */
export class PredictionWriter {
  readonly #saved: SavedRun;
  readonly #form: PredictionForm;
  readonly #classNames: readonly string[] | null;

  constructor(saved: SavedRun, form: PredictionForm) {
    this.#saved = saved;
    this.#form = form;
    this.#classNames = saved.preprocess.classNames;
  }

  /** The line of names, for CSV. */
  head(): string {
    if (this.#form.json) return "";
    const said = this.#classNames ? ["class"] : ["value"];
    const actual = this.#form.actual ? ["actual"] : [];
    const probabilities = (this.#classNames ?? []).map((name) => `p_${name}`);
    return line(["row", ...said, ...actual, ...probabilities]);
  }

  /** Lines for the outputs [n, K] of rows with these numbers. */
  rows(output: Tensor, numbers: Int32Array, targets?: Tensor): string {
    return this.#classNames
      ? this.#classRows(this.#classNames, output, numbers, targets)
      : this.#valueRows(output, numbers, targets);
  }

  /** What stands below the rows, for JSON. */
  end(figures: object): string {
    return this.#form.json ? `${JSON.stringify({ event: "done", ...figures })}\n` : "";
  }

  #classRows(classNames: readonly string[], output: Tensor, numbers: Int32Array, targets?: Tensor): string {
    const count = classNames.length;
    // of a network with one output per class
    const all = softmax(output).data;
    const digits = output.dtype === "float64" ? 15 : 7;
    let text = "";
    for (let i = 0; i < numbers.length; i++) {
      const probabilities = Array.from(all.subarray(i * count, (i + 1) * count), (p) => rounded(p, digits));
      const name = classNames[largest(output, i * count, count)];
      const actual = targets && { actual: classNames[targets.data[i]] };
      text += this.#form.json
        ? `${JSON.stringify({
            event: "row",
            row: numbers[i],
            class: name,
            ...actual,
            probabilities: Object.fromEntries(classNames.map((one, k) => [one, probabilities[k]])),
          })}\n`
        : line([String(numbers[i]), name, ...(actual ? [actual.actual] : []), ...probabilities.map(String)]);
    }
    return text;
  }

  #valueRows(output: Tensor, numbers: Int32Array, targets?: Tensor): string {
    const { plan } = this.#saved.preprocess;
    const digits = output.dtype === "float64" ? 17 : 9;
    const unscaled = ({ data }: Tensor): number[] =>
      Array.from(unscaleTarget(plan, data as ArrayLike<number>), (value) => rounded(value, digits));
    const values = unscaled(output);
    const known = targets && unscaled(targets);
    let text = "";
    for (let i = 0; i < numbers.length; i++)
      text += this.#form.json
        ? `${JSON.stringify({ event: "row", row: numbers[i], value: values[i], ...(known && { actual: known[i] }) })}\n`
        : line([String(numbers[i]), String(values[i]), ...(known ? [String(known[i])] : [])]);
    return text;
  }
}

/** Which of `count` numbers from `start` is the largest; of equal ones the first, as in the accuracy. */
function largest({ data }: Tensor, start: number, count: number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (data[start + k] > data[start + best]) best = k;
  return best;
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** Fields as CSV has them: in quotes where they would be read as something else. */
function line(fields: readonly string[]): string {
  const cells = fields.map((field) =>
    /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${cells.join(",")}\n`;
}
