/** The loss of a run as a small curve of characters, for a terminal. */
import { plot } from "asciichart";
import type { EpochEvent } from "chainrule/train";

const height = 7;
/** The columns of the axis, left of the curve. */
const axis = 11;

/** The part that a run is watched by comes first. */
const parts = [
  { key: "validation", name: "validation" },
  { key: "test", name: "test" },
  { key: "train", name: "training" },
] as const;

/**
 * The curve of the loss over the epochs in at most `columns` columns: of the validation part where there is one, else of
 * the test part, else of training. Empty for a run of fewer than five epochs.
 */
export function lossCurve(history: readonly EpochEvent[], columns: number): string[] {
  const part = parts
    .map(({ key, name }) => ({
      name,
      seen: history.flatMap(({ epoch, metrics }) => {
        const { loss } = metrics[key] ?? {};
        return loss !== undefined && Number.isFinite(loss) ? [{ epoch, loss }] : [];
      }),
    }))
    .find(({ seen }) => seen.length >= 5);
  const width = Math.min(64, columns - axis - 2);
  if (part === undefined || width < 20) return [];
  const { seen, name } = part;
  const at = Array.from({ length: width }, (_, i) => seen[Math.round((i * (seen.length - 1)) / (width - 1))]);
  const [first, last] = [seen[0], seen[seen.length - 1]];
  const scale = `epoch ${first.epoch}`.padEnd(width - String(last.epoch).length) + last.epoch;
  const flat = at.every(({ loss }) => loss === at[0].loss);
  const curve = plot(
    at.map(({ loss }) => loss),
    {
      // equal values have a range of 0, by which the plot would divide
      height: flat ? 1 : height,
      format: (value: number) => label(value).padStart(axis - 2),
    },
  );
  return [`${name} loss`, ...curve.split("\n").map((line) => line.trimEnd()), " ".repeat(axis) + scale];
}

/** A value of the axis in at most eight characters. */
function label(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(1) : value.toPrecision(3);
}
