/** Predictions as CSV or JSON lines. */
import type { Prediction } from "chainrule/runs";

export interface PredictionForm {
  readonly json: boolean;
  /** Whether the rows' own classes or numbers are known, and written beside. */
  readonly actual: boolean;
  /** The classes in their order; null where numbers are predicted. */
  readonly classNames: readonly string[] | null;
}

/** Writes the class with the probability of each, or the value, of rows. */
export class PredictionWriter {
  readonly #form: PredictionForm;
  readonly #classNames: readonly string[];

  constructor(form: PredictionForm) {
    this.#form = form;
    this.#classNames = form.classNames ?? [];
  }

  /** The line of names, for CSV. */
  head(): string {
    const { json, actual, classNames } = this.#form;
    if (json) return "";
    const predicted = classNames ? "class" : "value";
    const probabilities = this.#classNames.map((name) => `p_${name}`);
    return line(["row", predicted, ...(actual ? ["actual"] : []), ...probabilities]);
  }

  /** Lines for the predictions of rows with these numbers. */
  rows(
    predictions: readonly Prediction[],
    numbers: Int32Array,
    actual?: readonly (string | number)[],
  ): string {
    let text = "";
    predictions.forEach((prediction, i) => {
      const known = actual === undefined ? [] : [actual[i]];
      text += this.#form.json
        ? this.#object(prediction, numbers[i], known)
        : this.#line(prediction, numbers[i], known);
    });
    return text;
  }

  /** What stands below the rows, for JSON. */
  end(metrics: object): string {
    return this.#form.json ? `${JSON.stringify({ event: "done", ...metrics })}\n` : "";
  }

  #object(prediction: Prediction, row: number, [actual]: readonly (string | number)[]): string {
    const place = { event: "row", row };
    const fields =
      "class" in prediction
        ? { ...place, class: prediction.class, actual, probabilities: prediction.probabilities }
        : { ...place, value: prediction.value, actual };
    return `${JSON.stringify(fields)}\n`;
  }

  #line(prediction: Prediction, row: number, actual: readonly (string | number)[]): string {
    if ("value" in prediction) return line([row, prediction.value, ...actual].map(String));
    const { probabilities } = prediction;
    const all = this.#classNames.map((name) => probabilities[name]);
    return line([row, prediction.class, ...actual, ...all].map(String));
  }
}

/** Fields as CSV has them: in quotes where they would be read as something else. */
function line(fields: readonly string[]): string {
  const cells = fields.map((field) =>
    /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${cells.join(",")}\n`;
}
