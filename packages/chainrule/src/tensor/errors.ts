/**
 * Every error that the library throws on purpose. A message names the problem, the place and the shapes, and gives
 * advice. Each code has a section of the same name in docs/errors.md; a test compares the two.
 */
import type { Shape } from "./shape.ts";

/** The codes, each with the sentence that heads its section in docs/errors.md. */
export const errorCodes = {
  "shape-mismatch": "Two shapes do not fit together.",
  "bad-shape": "A shape is not a list of whole numbers ≥ 0, or does not hold the given number of values.",
  "bad-axis": "An axis is out of range, or named twice.",
  "bad-index": "An index lies outside the axis it selects from.",
  "bad-dtype": "An operation does not take numbers of this type.",
  "bad-value": "An argument is outside what the function accepts.",
  "no-gradient": "A gradient was requested that does not exist.",
  "gradient-mismatch": "gradcheck found a gradient that differs from finite differences.",
  "no-evaluator": "An operation was called before an evaluator was installed.",
  "no-values": "A value was read while a step was being traced.",
  "not-repeatable": "A step does different work on different calls, so it cannot be compiled.",
  "no-compile": "A step cannot be compiled, or a compiled step was called in a way that it does not support.",
  disposed: "Something was used after it was disposed of, or disposed of while it ran.",
  "state-mismatch": "A state cell was assigned a value of another shape or type.",
  "bad-state-dict": "A state dict does not fit the module or optimizer that loads it.",
  "bad-file": "A file is not what its format says.",
  "file-access": "A file or folder could not be read or written.",
  "run-store": "A run store belongs to another plan, is in use, or is not a run store.",
  "missing-data": "A data set was not found and could not be downloaded.",
  diverged: "The loss became NaN or infinite during training.",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** The parts of a message besides the problem. */
export interface MessageParts extends ErrorOptions {
  /** The function, op or file that the message begins with. */
  readonly where?: string;
  /** The advice at the end of the message. */
  readonly advice?: string;
}

/**
 * The base class of all errors of the library. `code` is stable, the message is for people. A caller that can say it
 * better, such as the command line with its flags, builds its own message from `problem`.
 */
export class ChainruleError extends Error {
  // a literal, here and below, because a minifier shortens the names of classes
  override name = "ChainruleError";
  readonly code: ErrorCode;
  /** The function, op or file that the message begins with; null if only the problem names it. */
  readonly where: string | null;
  /** The message without `where` and without the advice. */
  readonly problem: string;
  /** The advice; null if the problem includes it or no advice exists. */
  readonly advice: string | null;
  constructor(code: ErrorCode, problem: string, { where, advice, ...options }: MessageParts = {}) {
    super(
      `${where === undefined ? "" : `${where}: `}${problem}${advice === undefined ? "" : `; ${advice}`}`,
      options,
    );
    this.code = code;
    this.where = where ?? null;
    this.problem = problem;
    this.advice = advice ?? null;
  }
}

/** Shapes or axes that do not fit, with the operation's name and the shapes of its inputs. */
export class ShapeError extends ChainruleError {
  override name = "ShapeError";
  declare readonly code: "shape-mismatch" | "bad-shape" | "bad-axis" | "bad-index";
  readonly op: string;
  readonly shapes: readonly Shape[];
  constructor(
    op: string,
    shapes: readonly Shape[],
    message: string,
    code: ShapeError["code"] = "shape-mismatch",
    options?: ErrorOptions,
  ) {
    super(code, message, { ...options, where: op });
    this.op = op;
    this.shapes = shapes;
  }
}

/** A tensor whose type the operation does not support. */
export class DTypeError extends ChainruleError {
  override name = "DTypeError";
  constructor(op: string, message: string) {
    super("bad-dtype", message, { where: op });
  }
}

/** An argument outside what a function accepts. */
export class ValueError extends ChainruleError {
  override name = "ValueError";
  constructor(where: string, message: string, options: Omit<MessageParts, "where"> = {}) {
    super("bad-value", message, { ...options, where });
  }
}

/** A request that the graph, a trace or a state cell cannot fulfil. */
export class GraphError extends ChainruleError {
  override name = "GraphError";
  constructor(
    code:
      | "no-gradient"
      | "gradient-mismatch"
      | "no-evaluator"
      | "no-values"
      | "not-repeatable"
      | "no-compile"
      | "disposed"
      | "state-mismatch",
    message: string,
  ) {
    super(code, message);
  }
}

/** A state dict that does not fit the module or optimizer that loads it. */
export class StateDictError extends ChainruleError {
  override name = "StateDictError";
  constructor(where: string, message: string) {
    super("bad-state-dict", message, { where });
  }
}

/** Bytes that violate their file format; the message names the file, the field and the byte offset. */
export class FormatError extends ChainruleError {
  override name = "FormatError";
  constructor(message: string, options?: MessageParts) {
    super("bad-file", message, options);
  }
}

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

/** A loss that is NaN or infinite, with the epoch and batch (from 1) where it was first seen. */
export class DivergedError extends ChainruleError {
  override name = "DivergedError";
  readonly epoch: number;
  readonly batch: number;
  constructor(
    epoch: number,
    batch: number,
    problem: string,
    advice = "try a smaller learning rate, scaled inputs or clipped gradients",
  ) {
    super("diverged", problem, { advice });
    this.epoch = epoch;
    this.batch = batch;
  }
}
