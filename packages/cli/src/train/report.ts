/** What a run's report.html shows: predictions for the rows that judge the run, the plane of two inputs, weights, settings. */
import { noGrad, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { applyScaling } from "chainrule/data";
import type { Dataset, Scaling } from "chainrule/data";
import { softmax } from "chainrule/functions";
import { runReport, worstMistakes } from "chainrule/report";
import type {
  ClassOutcome,
  Fit,
  NumberOutcome,
  Plane,
  PlanePoints,
  RunRecord,
  Weights,
} from "chainrule/report";
import { CompiledEvaluation, partNames, predictAll } from "chainrule/train";
import type { DoneEvent, EpochEvent, PartName } from "chainrule/train";
import type { WasmDevice } from "chainrule/wasm";
import { judgingPart, layerSizesOf, lossOf, targetScaling } from "chainrule/runs";
import { factsOf } from "./report-facts.ts";
import type { RunAbout } from "./report-facts.ts";
import type { PreparedRun } from "./prepare.ts";

/** What the events of a run reported. */
export interface RunLog {
  readonly history: readonly EpochEvent[];
  readonly batches: readonly number[];
  readonly results?: Omit<DoneEvent, "event" | "outputs">;
}

export interface ReportedRun extends PreparedRun {
  /** The device of the run; null for the reference kernels. */
  readonly device: WasmDevice | null;
  readonly log: RunLog;
  /** The outputs for the rows of the part that judges the run; null for a run that diverged. */
  readonly outputs: Tensor | null;
  readonly status: RunRecord["status"];
  readonly reason?: string;
  readonly about: RunAbout;
}

const mostMistakes = 20;
const mostUnits = 25;
/** Cells along each axis of the plane. */
const resolution = 72;

/** The report on a run, as the text of report.html. A run that diverged has no predictions. */
export async function reportOn(reported: ReportedRun): Promise<string> {
  const { spec, parts, model, log, outputs, status, reason, about } = reported;
  model.eval();
  const predictor = predictorOf(reported);
  const run = { ...reported, ...predictor };
  const { batch } = spec;
  const rows = parts.train.length;
  const seen =
    outputs === null
      ? {}
      : {
          outcome: outcomeOf(run, outputs),
          plane: await planeOf(run),
          fit: await fitOf(run),
          weights: weightsOf(run),
        };
  predictor.dispose();
  return runReport({
    data: spec.data,
    task: spec.task,
    net: layerSizesOf(spec.model),
    activation: spec.activation,
    loss: spec.loss,
    parameters: model.parameterCount(),
    rows: {
      train: rows,
      validation: parts.validation?.length ?? 0,
      test: parts.test?.length ?? 0,
    },
    status,
    reason,
    epochs: spec.epochs,
    ...log,
    batchesPerEpoch: batch === "full" ? 1 : (spec.dropLast ? Math.floor : Math.ceil)(rows / batch),
    runningMeans: !spec.evalTrain,
    ...seen,
    facts: factsOf(spec, parts, about),
    footer: `Made by chainrule ${about.versions.chainrule} from the run of ${about.started.slice(0, 16).replace("T", " ")} UTC.`,
  });
}

/** The part that judges the run, with its rows. */
function judging({ parts }: ReportedRun): { part: PartName; data: Dataset; rows: Int32Array } {
  const part = judgingPart(parts);
  return { part, data: parts[part] ?? parts.train, rows: parts.rows[part] };
}

/** Predicts inputs that are in no part, on the device of the run. */
function predictorOf({ model, device, spec }: ReportedRun): {
  predict(inputs: Tensor): Promise<Tensor>;
  dispose(): void;
} {
  const predict = (batch: Tensor): Tensor => noGrad(() => model.forward(batch));
  if (device === null) return { predict: (inputs) => predictAll({ predict }, inputs), dispose() {} };
  const compiled = new CompiledEvaluation({ predict, loss: lossOf(spec) }, device);
  return { predict: (inputs) => compiled.predictAll(inputs), dispose: () => compiled.dispose() };
}

type PredictingRun = ReportedRun & Pick<ReturnType<typeof predictorOf>, "predict">;

/** The inputs of a row before scaling. */
function unscaled({ offset, scale }: Scaling, inputs: Tensor, row: number): Float64Array {
  const width = inputs.shape[1];
  const { data } = inputs;
  return Float64Array.from({ length: width }, (_, i) => {
    const k = offset.length === 1 ? 0 : i;
    return data[row * width + i] * scale[k] + offset[k];
  });
}

/** A column of the inputs before scaling. */
function column({ offset, scale }: Scaling, inputs: Tensor, at: number): Float64Array {
  const [rows, width] = inputs.shape;
  const k = offset.length === 1 ? 0 : at;
  return Float64Array.from(
    { length: rows },
    (_, row) => inputs.data[row * width + at] * scale[k] + offset[k],
  );
}

/** What the run predicts for the rows that judge it. The outputs are those of its metrics, so both count the same. */
function outcomeOf(run: ReportedRun, output: Tensor): ClassOutcome | NumberOutcome | undefined {
  const { part, data, rows } = judging(run);
  const { classNames } = run.parts.train.info;
  if (classNames) return classOutcome(run, { part, data, rows }, classNames, output);
  if (output.shape[1] !== 1) return undefined;
  return {
    kind: "numbers",
    part,
    target: targetName(run),
    truth: measured(run, data.targets),
    predicted: measured(run, output),
    rows,
  };
}

function classOutcome(
  { parts }: ReportedRun,
  { part, data, rows }: ReturnType<typeof judging>,
  classNames: readonly string[],
  scores: Tensor,
): ClassOutcome {
  const truth = data.targets.data;
  // The accuracy compares scores, and so does this: probabilities may round to equal numbers where scores differ.
  const predicted = scores.argmax(1).data;
  const probabilities = softmax(scores, 1);
  const classes = classNames.length;
  const probability = Float64Array.from(
    { length: rows.length },
    (_, row) => probabilities.data[row * classes + predicted[row]],
  );
  const { image } = parts.train.info;
  const mistakes = worstMistakes({ truth, predicted, probability }, mostMistakes).map((i) => ({
    row: rows[i],
    truth: truth[i],
    predicted: predicted[i],
    probability: probability[i],
    ...(image && { image: unscaled(parts.scaling, data.inputs, i) }),
  }));
  const brightest = Math.max(...mistakes.flatMap((one) => Array.from(one.image ?? [])));
  return {
    kind: "classes",
    part,
    classNames,
    truth,
    predicted,
    probability,
    mistakes,
    ...(image && { image: { size: image, range: [0, brightest > 0 ? brightest : 1] } }),
  };
}

function targetName({ parts: { plan, train } }: ReportedRun): string {
  return plan?.target.name ?? train.info.targetNames?.[0] ?? "y";
}

/** Targets or predictions in the units of the data. */
function measured({ parts: { plan } }: ReportedRun, values: Tensor): ArrayLike<number> {
  const scaling = plan && targetScaling(plan);
  return scaling
    ? Float64Array.from(values.data, (value) => value * scaling.scale + scaling.offset)
    : values.data;
}

/** The rows of each part as points of two inputs, or of one input and the target. */
function pointsOf(run: ReportedRun): PlanePoints[] {
  const { parts } = run;
  const { scaling } = parts;
  const all = { train: parts.train, validation: parts.validation, test: parts.test };
  return partNames.flatMap((part): PlanePoints[] => {
    const data = all[part];
    if (!data) return [];
    const two = data.inputs.shape[1] === 2;
    return [
      {
        part,
        x: column(scaling, data.inputs, 0),
        y: two ? column(scaling, data.inputs, 1) : measured(run, data.targets),
        ...(data.targets.dtype === "int32" && { classes: data.targets.data }),
      },
    ];
  });
}

/** The range of some coordinates, widened at each end by a part of its length. */
function around(coordinates: readonly ArrayLike<number>[], room = 0.1): { from: number; to: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const values of coordinates)
    for (let i = 0; i < values.length; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
  const more = high > low ? room * (high - low) : 1;
  return { from: low - more, to: high + more };
}

/** Scales places in the units of the data to inputs of the network. */
function asInputs({ spec, parts }: ReportedRun, places: readonly (readonly number[])[]): Tensor {
  return applyScaling(parts.scaling, tensor(places, { dtype: "float64" }), { dtype: spec.dtype });
}

const middles = ({ from, to, count }: { from: number; to: number; count: number }): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

async function planeOf(run: PredictingRun): Promise<Plane | undefined> {
  const { inputs, info } = run.parts.train;
  if (inputs.shape[1] !== 2) return undefined;
  const points = pointsOf(run);
  const columns = { ...around(points.map(({ x }) => x)), count: resolution };
  const rows = { ...around(points.map(({ y }) => y)), count: resolution };
  // the difference of very large numbers may be infinite
  if (![columns, rows].every(({ from, to }) => Number.isFinite(to - from))) return undefined;
  const places = middles(rows).flatMap((y) => middles(columns).map((x) => [x, y]));
  const output = await run.predict(asInputs(run, places));
  if (!info.classNames && output.shape[1] !== 1) return undefined;
  const [x = "x1", y = "x2"] = info.featureNames ?? [];
  return {
    names: [x, y],
    columns,
    rows,
    values: info.classNames ? softmax(output, 1).data : measured(run, output),
    points,
  };
}

async function fitOf(run: PredictingRun): Promise<Fit | undefined> {
  const { inputs, info, targets } = run.parts.train;
  if (inputs.shape[1] !== 1 || info.classNames || targets.shape[1] !== 1) return undefined;
  const points = pointsOf(run);
  const x = middles({
    ...around(
      points.map((part) => part.x),
      0,
    ),
    count: 201,
  });
  const places = x.map((value) => [value]);
  const output = await run.predict(asInputs(run, places));
  return {
    name: info.featureNames?.[0] ?? "x",
    target: targetName(run),
    curve: { x, y: measured(run, output) },
    points,
  };
}

/** The weights of the first layer by unit, where inputs are images. */
function weightsOf({ parts, model, spec }: ReportedRun): Weights | undefined {
  const { image, classNames } = parts.train.info;
  const first = model.stateDict().get("0.weight");
  if (!image || !first) return undefined;
  const [units, inputs] = first.shape;
  const values = Array.from({ length: units }, (_, unit) =>
    Float64Array.from(first.data.subarray(unit * inputs, (unit + 1) * inputs)),
  );
  const norms = values.map((row) => Math.sqrt(row.reduce((sum, w) => sum + w * w, 0)));
  const name = (unit: number): string =>
    layerSizesOf(spec.model).length === 2 && classNames ? classNames[unit] : `unit ${unit}`;
  const shown = [...norms.keys()].sort((a, b) => norms[b] - norms[a] || a - b).slice(0, mostUnits);
  return {
    size: image,
    units: shown.map((unit) => ({ unit, name: name(unit), values: values[unit] })),
    norms,
  };
}
