/** The functions that need Node: files, data sets on disk and on the web, the machine. */
import "../graph/eager.ts";

export { readBytes, writeFileAtomic } from "./files.ts";
export { readChunks } from "./chunks.ts";
export { DataError, FileError, StoreError } from "./errors.ts";
export { createFolder, createNumberedFolder } from "./folders.ts";
export type { FolderOptions, NewFolder } from "./folders.ts";
export { LineWriter, readLines } from "./lines.ts";
export { loadSafetensors, saveSafetensors } from "./safetensors.ts";
export { loadRun, runFolder } from "./runs.ts";
export { datasetPlaces, findDataset } from "./data.ts";
export type { DatasetPlace, FindOptions, FoundDataset } from "./data.ts";
export { datasetSources } from "./datasets.ts";
export type { DatasetFile, DatasetName, DatasetSource } from "./datasets.ts";
export { findTable, tablePlaces } from "./tables.ts";
export type { TableName } from "./tables.ts";
export { requireDataDir } from "./roots.ts";
export type { DataRoot, RootOptions } from "./roots.ts";
export type { DownloadProgress } from "./download.ts";
export { cacheFolder } from "./cache.ts";
export type { Environment } from "./cache.ts";
export type { MeasureModule } from "./experiment-worker.ts";
export { runInProcesses } from "./run-experiment.ts";
export type { ProcessOptions } from "./run-experiment.ts";
export { RunStore } from "./run-store.ts";
export { describeMachine } from "./machine.ts";
export type { Machine } from "./machine.ts";
