/** The file formats: from bytes to tensors and back, without files. They run wherever JavaScript does. */
import "../graph/eager.ts";

export { parseSafetensors } from "./safetensors/read.ts";
export type { SafetensorsFile, SafetensorsReadOptions } from "./safetensors/read.ts";
export { writeSafetensors } from "./safetensors/write.ts";
export { parseNpy, writeNpy } from "./npy.ts";
export { parseNpz, writeNpz } from "./npz.ts";
export type { ZipOptions } from "./zip.ts";
export { idxTensor, pairImages, parseIdx, writeIdx } from "./idx.ts";
export { readIdxRows } from "./idx-stream.ts";
export type { IdxArray, IdxValues, ImageSet } from "./idx.ts";
export { gunzip, isGzip } from "./gzip.ts";
export type { GunzipOptions } from "./gzip.ts";
export type { ReadOptions } from "./refusal.ts";
