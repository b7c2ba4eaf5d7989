/**
 * Modules: networks and layers as classes with plain fields. A `Parameter` in a field is trained, another state cell is
 * a buffer, and a module is a part. Arrays, Maps, Sets and plain objects of these count as well. Names are the paths of
 * fields, such as `layers.0.weight`. A private field, `#hidden`, is not found.
 */
import { aboutToChange, dependsOn } from "../ops/emit.ts";
import { Parameter, StateCell } from "../ops/state.ts";
import { StateDictError } from "../tensor/errors.ts";
import { describe } from "../tensor/check.ts";
import { tensor } from "../tensor/create.ts";
import type { DType } from "../tensor/dtype.ts";
import { checkOptions, flag, isPlain } from "../tensor/options.ts";
import type { Nested } from "../tensor/print.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { Tensor, fromValues } from "../tensor/tensor.ts";

/** A module, a parameter or a buffer inside a module. */
interface Part {
  readonly path: string;
  readonly value: Module<unknown> | StateCell;
  /** Whether state dicts contain it. */
  readonly saved: boolean;
}

/** Tensors by path, the saved form of a module's state: a Map, a plain object or pairs. From JSON they are nested arrays. */
export type StateDict =
  Iterable<readonly [path: string, value: Tensor | Nested]> | Readonly<Record<string, Tensor | Nested>>;

export interface LoadReport {
  /** Paths of the module that are not in the dict. */
  readonly missing: readonly string[];
  /** Paths of the dict that are not in the module. */
  readonly unexpected: readonly string[];
}

/**
 * The base class of all layers and networks. Parameters, buffers and parts are found in its fields, but not in
 * `#private` ones. `Out` is what `forward` returns: a tensor by default, or several, such as `{ y, h }`.
 * @example
 * class Net extends Module {
 *   hidden = new Linear(2, 8);
 *   out = new Linear(8, 1);
 *   forward(x: Tensor): Tensor {
 *     return this.out.forward(this.hidden.forward(x).tanh());
 *   }
 * }
 * [...new Net().stateDict().keys()]; // [ 'hidden.weight', 'hidden.bias', 'out.weight', 'out.bias' ]
 */
export abstract class Module<Out = Tensor> {
  #training = true;
  readonly #mode = (): boolean => this.#training;
  readonly #setMode = (on: boolean): void => {
    this.#training = on;
  };

  /**
   * Whether layers behave as in training (dropout is active, batch normalisation uses the batch's statistics); see
   * `train` and `eval`.
   */
  get training(): boolean {
    // a compiled step is traced once per mode
    dependsOn(this.#mode);
    return this.#training;
  }
  set training(on: boolean) {
    aboutToChange(this.#mode, this.#setMode);
    this.#training = on;
  }

  /** Computes the output for an input, in ops, so that it can be differentiated and traced. */
  abstract forward(...inputs: Tensor[]): Out;

  /** The named parts; default: the fields. */
  protected members(): Iterable<readonly [name: string, value: unknown]> {
    return Object.entries(this);
  }

  /** Names of buffers that state dicts leave out, such as the random state of dropout. */
  protected unsaved(): readonly string[] {
    return [];
  }

  /** The text between the parentheses after the class name, in print-outs and messages. */
  protected describe(): string {
    return "";
  }

  /** All cells and modules below with their paths, a part before its own parts; `above` guards against cycles. */
  #parts(prefix = "", above: readonly object[] = [], found: Part[] = []): Part[] {
    const unsaved = this.unsaved();
    const visit = (path: string, value: unknown, saved: boolean, inside: readonly object[]): void => {
      if (value instanceof StateCell) found.push({ path, value, saved });
      else if (value instanceof Module) {
        if (inside.includes(value)) return;
        found.push({ path, value, saved });
        value.#parts(`${path}.`, inside, found);
      } else if (isContainer(value) && !inside.includes(value)) {
        for (const [key, item] of itemsOf(value)) visit(`${path}.${key}`, item, saved, [...inside, value]);
      }
    };
    const inside = [...above, this];
    for (const [name, value] of this.members()) visit(prefix + name, value, !unsaved.includes(name), inside);
    return found;
  }

  /**
   * The state cells by path; each cell is named by its path. A cell with several paths comes once, or with `shared`
   * once per path.
   */
  *#cells(shared = false): Generator<Part & { readonly value: StateCell }> {
    const seen = new Set<StateCell>();
    for (const { path, value, saved } of this.#parts()) {
      if (!(value instanceof StateCell)) continue;
      nameByPath(value, path);
      if (seen.has(value) && !shared) continue;
      seen.add(value);
      yield { path, value, saved };
    }
  }

  /** Names the cells by their paths, for messages and drawings. Every walk over parameters and buffers does so too. */
  protected nameCells(): void {
    for (const { path, value } of this.#parts()) if (value instanceof StateCell) nameByPath(value, path);
  }

  /** The parameters with their paths, each once. */
  namedParameters(): [path: string, parameter: Parameter][] {
    return [...this.#cells()].flatMap(({ path, value }) =>
      value instanceof Parameter ? [[path, value]] : [],
    );
  }

  /** The parameters, each once, for an optimizer. It is an array, which may be read more than once. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** The state cells that are not trained, with their paths: running means, random states. */
  namedBuffers(): [path: string, buffer: StateCell][] {
    return [...this.#cells()].flatMap(({ path, value }) =>
      value instanceof Parameter ? [] : [[path, value]],
    );
  }

  /** This module, with path "", and all modules below, each once. */
  namedModules(): [path: string, module: Module<unknown>][] {
    const modules = new Map<Module<unknown>, string>([[this, ""]]);
    for (const { path, value } of this.#parts())
      if (value instanceof Module && !modules.has(value)) modules.set(value, path);
    return [...modules].map(([module, path]) => [path, module]);
  }

  /**
   * The number of trained numbers: the sizes of the parameters, without those whose `requiresGrad` is false.
   * @example
   * new Linear(784, 300).parameterCount(); // 235500
   */
  parameterCount(): number {
    return this.parameters().reduce((count, { size, requiresGrad }) => count + (requiresGrad ? size : 0), 0);
  }

  /** Switches this module and all below to training, or with `false` to evaluation. */
  train(on = true): this {
    for (const [, module] of this.namedModules()) module.training = on;
    return this;
  }

  /**
   * Switches this module and all below to evaluation: dropout is off, and batch normalisation uses its running
   * statistics.
   */
  eval(): this {
    return this.train(false);
  }

  /** Sets every parameter's `grad` to null. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * The present values of parameters and buffers by path; later training does not change them. The library's layers
   * have PyTorch's paths.
   * @example
   * [...new Sequential(new Linear(2, 1)).stateDict().keys()]; // [ '0.weight', '0.bias' ]
   */
  stateDict(): Map<string, Tensor> {
    const dict = new Map<string, Tensor>();
    for (const { path, value, saved } of this.#cells(true))
      if (saved) dict.set(path, fromValues(value.data.slice(), value.shape, value.dtype));
    // JSON.stringify gives nested arrays by path, which loadStateDict takes
    return Object.defineProperty(dict, "toJSON", { value: () => Object.fromEntries(dict) });
  }

  /**
   * Loads the values of a state dict, converted to the cells' types. If it throws, nothing changes.
   * @throws StateDictError listing the missing and unexpected paths and other shapes; with `strict: false` only the
   * shapes
   */
  loadStateDict(dict: StateDict, options: { readonly strict?: boolean } = {}): LoadReport {
    const where = `${this.constructor.name}.loadStateDict`;
    checkOptions(where, options, { strict: flag });
    const { strict = true } = options;
    if (typeof dict !== "object" || dict === null)
      throw new StateDictError(
        where,
        `takes a state dict, not ${describe(dict)}; pass what stateDict() returned`,
      );
    const given = new Map(Symbol.iterator in dict ? dict : Object.entries(dict));
    const cells = [...this.#cells(true)].filter(({ saved }) => saved);
    const paths = new Set(cells.map(({ path }) => path));
    const missing = [...paths].filter((path) => !given.has(path));
    const unexpected = [...given.keys()].filter((path) => !paths.has(path));
    const pairs = cells.flatMap(({ path, value }) => {
      const found = given.get(path);
      return found === undefined
        ? []
        : [{ path, cell: value, tensor: asTensor(where, path, found, value.dtype) }];
    });
    const otherShape = pairs
      .filter(({ cell, tensor }) => !sameShape(cell.shape, tensor.shape))
      .map(
        ({ path, cell, tensor }) =>
          `${path} ${formatShape(cell.shape)} here and ${formatShape(tensor.shape)} there`,
      );
    if (otherShape.length > 0 || (strict && missing.length + unexpected.length > 0)) {
      const faults = [
        ...list("of another shape", otherShape),
        ...(strict ? [...list("missing", missing), ...list("unexpected", unexpected)] : []),
      ];
      throw new StateDictError(
        where,
        faults.join("; ") + (strict && otherShape.length === 0 ? "; { strict: false } loads what fits" : ""),
      );
    }
    for (const { cell, tensor } of pairs) cell.assign(tensor.detach().to(cell.dtype));
    return { missing, unexpected };
  }

  /** The modules as an indented list, as PyTorch prints them. */
  toString(): string {
    const inside = this.describe();
    const lines: string[] = [];
    let within = "\0";
    for (const { path, value } of this.#parts())
      if (value instanceof Module && !path.startsWith(within)) {
        within = `${path}.`;
        lines.push(`  (${path}): ${value.toString().replaceAll("\n", "\n  ")}`);
      }
    const body = lines.length === 0 ? inside : `\n${inside && `  ${inside}\n`}${lines.join("\n")}\n`;
    return `${this.constructor.name}(${body})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** A value of a state dict as a tensor; JSON holds numbers in nested arrays. */
function asTensor(where: string, path: string, value: unknown, dtype: DType): Tensor {
  if (value instanceof Tensor) return value;
  if (Array.isArray(value) || typeof value === "number") return tensor(value as Nested, { dtype });
  throw new StateDictError(where, `${path} is ${describe(value)}, not a tensor or nested arrays of numbers`);
}

/** The longest path wins, because it says most; a name that the user gave stays. */
function nameByPath(cell: StateCell, path: string): void {
  if (cell.name === "" || path.endsWith(`.${cell.name}`)) cell.name = path;
}

/** The values in a plain container, by name or index. */
function itemsOf(value: object): Iterable<readonly [string | number, unknown]> {
  if (value instanceof Set) return [...value].entries();
  // keys that are objects have no name, so their index in the Map serves as one
  if (value instanceof Map)
    return [...(value as Map<unknown, unknown>)].map(([key, item], i) => [
      typeof key === "string" || typeof key === "number" ? key : i,
      item,
    ]);
  return Object.entries(value);
}

function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null || value instanceof Tensor) return false;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  return isPlain(value);
}

/** "2 missing (0.weight, 0.bias)", or an empty list; a long list is cut. */
function list(fault: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > 6 ? `, and ${items.length - 5} more` : "";
  return [`${items.length} ${fault} (${items.slice(0, more ? 5 : 6).join(", ")}${more})`];
}
