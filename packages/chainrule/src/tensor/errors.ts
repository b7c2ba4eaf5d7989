/**
 * Every error that the library throws on purpose. A message names the problem, the place and the shapes, and gives
 * advice. Each code has a section of the same name in docs/errors.md; a test compares the two.
 */
import type { Shape } from "./shape.ts";

type ShapeCode = "shape-mismatch" | "bad-shape" | "bad-axis" | "bad-index";

type GraphCode =
  | "no-gradient"
  | "gradient-mismatch"
  | "no-evaluator"
  | "no-values"
  | "not-repeatable"
  | "no-compile"
  | "disposed"
  | "state-mismatch";

type OuterCode =
  "bad-state-dict" | "bad-file" | "file-access" | "run-store" | "missing-data" | "bad-equation" | "diverged";

/** The codes; docs/errors.md says what each means. */
export type ErrorCode = ShapeCode | "bad-dtype" | "bad-value" | GraphCode | OuterCode;

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
  declare readonly code: ShapeCode;
  readonly op: string;
  readonly shapes: readonly Shape[];
  constructor(
    op: string,
    shapes: readonly Shape[],
    message: string,
    code: ShapeCode = "shape-mismatch",
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
  constructor(code: GraphCode, message: string) {
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
