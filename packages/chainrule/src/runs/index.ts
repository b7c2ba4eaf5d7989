/** A run as plain data: the table of its settings, what can be chosen, and what is made of them. */
import "../graph/eager.ts";

export { SettingError, TextError, flagOf } from "./setting-error.ts";
export { isPart, nameOrFile, numberThat, oneOf, path, whole } from "./kinds.ts";
export type { HeldPart, Kind, PathKind } from "./kinds.ts";

export { activations, activationNames } from "./choices/activations.ts";
export type { ActivationName, ActivationRow } from "./choices/activations.ts";
export { clippings } from "./choices/clippings.ts";
export type { Clipping, ClippingRow } from "./choices/clippings.ts";
export { initializationRow, initializations } from "./choices/initializations.ts";
export type { Initialization, InitializationRow } from "./choices/initializations.ts";
export { lossNames, lossRow, losses, lossesFor } from "./choices/losses.ts";
export type { Loss, LossName, LossRow, LossSettings } from "./choices/losses.ts";
export { optimizerNames, optimizerRow, optimizers } from "./choices/optimizers.ts";
export type {
  OptimizerName,
  OptimizerOptions,
  OptimizerRow,
  OptimizerSettings,
} from "./choices/optimizers.ts";
export { scheduleRow, schedules } from "./choices/schedules.ts";
export type { ScheduleChoice, ScheduleRow } from "./choices/schedules.ts";
export { dataNames, imageRows, isDataName, ownTable, sourceOf } from "./sources.ts";
export type { DataName, DrawSettings, NumberRows, Size, Source } from "./sources.ts";

export { groups } from "./settings/row.ts";
export type { Group, Row } from "./settings/row.ts";
export {
  requestOf,
  settingRows,
  settings,
  settingsSchema,
  storedSettings,
  titleOf,
} from "./settings/table.ts";
export type {
  AllFlags,
  AskedSettings,
  DataSettings,
  RunRequest,
  RunSettings,
  SettingName,
} from "./settings/table.ts";
export { resolveData, resolveSettings } from "./resolve.ts";
export type { DataFacts } from "./resolve.ts";

export { denseLayers, inputsOf, layerSizesOf, makeModel, modelWords, outputsOf, tensorsOf } from "./model.ts";
export type { ActivationLayer, DenseLayer, LayerSpec, ModelSpec, WeightSettings } from "./model.ts";
export { settingsOf, specOf } from "./spec.ts";
export type { RunSpec } from "./spec.ts";
export { flagAdvice, numberRows, tableRows } from "./rows.ts";
export type { EncodedRows, SourceRows, Tables, UnsplitRows } from "./rows.ts";
export { bytesOf, factsOf, partsOf, scaled } from "./parts.ts";
export type { Parts, Sha256 } from "./parts.ts";
export {
  judgingPart,
  lossOf,
  metricsOf,
  optimizerOf,
  scheduleOf,
  targetScaling,
  trainingOf,
} from "./training.ts";
export type { Prepared, Training, TrainingOptions } from "./training.ts";

export { refused } from "./json.ts";
export type { JsonFile } from "./json.ts";
export { parseRun, parseSplit, restoreModel, splitRecord } from "./record.ts";
export type { RunRecord, Split } from "./record.ts";
export { parsePreprocess, preprocessRecord, readByPlan, readBySettings } from "./preprocess.ts";
export type { FileSettings, Preprocess } from "./preprocess.ts";

export { flatMetrics, flatNames, flattened } from "./flat-metrics.ts";
export { NoModelError, readRun, textFile } from "./saved.ts";
export type { RunSource, SavedRun } from "./saved.ts";
export { networkOf } from "./network.ts";
export type { RunNetwork } from "./network.ts";
export { inputBlocks } from "./prediction-rows.ts";
export type { InputBlock, RowReader } from "./prediction-rows.ts";
export { actualValues, predictionsOf, valuesOf } from "./predictions.ts";
export type { ClassPrediction, Prediction, ValuePrediction } from "./predictions.ts";
export { loadRun } from "./load.ts";
export type { LoadedRun, LoadRunOptions, PredictionRows, RunFiles } from "./load.ts";
