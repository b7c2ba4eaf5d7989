/** The errors of files, run stores and data sets on disk. */
import { ChainruleError } from "../tensor/errors.ts";
import type { MessageParts } from "../tensor/errors.ts";

/** A file or folder that cannot be read or written; the message names the path, the reason and what to try. */
export class FileError extends ChainruleError {
  override name = "FileError";
  readonly path: string;
  /** The system's error code, such as ENOSPC, or the problem with a folder at this path. */
  readonly fault: string | null;
  constructor(path: string, message: string, { fault, ...options }: MessageParts & { fault?: string } = {}) {
    super("file-access", message, options);
    this.path = path;
    this.fault = fault ?? null;
  }
}

/** A run store that cannot be used for this plan, or now. */
export class StoreError extends ChainruleError {
  override name = "StoreError";
  readonly path: string;
  /** What is wrong with the store. */
  readonly fault: "other-plan" | "in-use" | "unreadable" | "duplicate";
  constructor(path: string, fault: StoreError["fault"], message: string) {
    super("run-store", message);
    this.path = path;
    this.fault = fault;
  }
}

/** A data set that was not found. */
export class DataError extends ChainruleError {
  override name = "DataError";
  constructor(message: string, options?: MessageParts) {
    super("missing-data", message, options);
  }
}
