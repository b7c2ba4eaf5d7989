/**
 * The base of all optimizers: parameter groups, state cells and saving. An optimizer's rule is a subclass whose
 * `update` calls ops and assigns cells, so a whole training step can be traced.
 *
 * In every rule: w a parameter, g its gradient, a the learning rate, t the number of steps so far, V an average of
 * gradients, S an average of their squares, λ the weight decay.
 */
import { noGrad } from "../ops/emit.ts";
import { Parameter, state } from "../ops/state.ts";
import type { StateCell } from "../ops/state.ts";
import { zerosLike } from "../tensor/create.ts";
import type { DType } from "../tensor/dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireSetting, settle } from "./settings.ts";
import { loadState, saveState } from "./state-dict.ts";
import type { OptimizerState } from "./state-dict.ts";

/** The options of a rule, all optional, and the learning rate `lr`. */
export type Options<Settings> = Partial<Settings & { readonly lr: number }>;

/** The parameters to train, or groups of parameters with their own options. */
export type Trained<Settings> =
  Iterable<Parameter> | Iterable<Options<Settings> & { readonly params: Iterable<Parameter> }>;

/** Parameters with the same learning rate and options. */
export class ParameterGroup<Settings = unknown> {
  readonly params: readonly Parameter[];
  /** The parameters' names at the time the group was made; wrapping a network renames them. */
  readonly names: readonly string[];
  readonly settings: Readonly<Settings>;
  /** The cell of the learning rate that steps read, 0-d float64. */
  readonly rate: StateCell;
  readonly #optimizer: string;

  constructor(optimizer: string, params: readonly Parameter[], lr: number, settings: Settings) {
    this.#optimizer = optimizer;
    this.params = params;
    this.names = params.map(({ name }) => name);
    this.settings = settings;
    this.rate = state(scalar(lr, "float64"), { name: "lr" });
  }

  /** The learning rate. Setting it assigns the cell, so it also takes effect in traced steps. */
  get lr(): number {
    return this.rate.item();
  }
  set lr(lr: number) {
    requireSetting(this.#optimizer, "lr", lr);
    this.rate.assign(scalar(lr, "float64"));
  }
}

/** What all optimizers share: groups of parameters with their settings, `step`, `zeroGrad` and the state dict. */
export abstract class Optimizer<Settings = unknown, Cell extends string = string> {
  /** The class name, for messages and state dicts. */
  readonly name: string;
  readonly paramGroups: readonly ParameterGroup<Settings>[];
  readonly #cells = new Map<Parameter, Record<Cell, StateCell>>();

  /** @throws ValueError for no parameters, a parameter given twice, an unknown option or a value out of range */
  constructor(
    name: string,
    trained: Trained<Settings>,
    defaults: Settings & { readonly lr: number },
    options: Options<Settings>,
  ) {
    this.name = name;
    const usual = settle(name, defaults, options);
    this.paramGroups = groupsOf(name, trained).map(({ params, ...own }) => {
      const { lr, ...settings } = settle(name, usual, own);
      this.check(settings as Settings);
      return new ParameterGroup(name, params, lr, settings as Settings);
    });
    for (const { params, settings } of this.paramGroups)
      for (const w of params) {
        const place = `${w.name || this.#cells.size}`;
        if (this.#cells.has(w)) throw new ValueError(name, `parameter ${place} was given twice`);
        const cells = this.cells(settings).map((cell) => [
          cell,
          state(initial(cell, w), { name: `${place}.${cell}` }),
        ]);
        this.#cells.set(w, Object.fromEntries(cells) as Record<Cell, StateCell>);
      }
    if (this.#cells.size === 0) throw new ValueError(name, "was given no parameters");
  }

  /**
   * The names of the cells that the rule keeps for each parameter. A cell starts at zero and has the parameter's shape
   * and type; "t" is a scalar that counts the parameter's steps, including the present one, and "P" a scalar product
   * that starts at one.
   */
  protected abstract cells(settings: Settings): readonly Cell[];

  /**
   * The rule for a parameter `w` with gradient `g` and rate `a` (0-d, of the parameter's type). It calls ops and
   * assigns w and the cells.
   */
  protected abstract update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    cells: Record<Cell, StateCell>,
    settings: Settings,
  ): void;

  /** Throws a ValueError for options that contradict each other. */
  protected check(_settings: Settings): void {}

  /**
   * Updates every parameter that has a gradient; the other parameters and their cells stay unchanged.
   * @throws ShapeError, DTypeError for a gradient whose shape or type is not its parameter's; then nothing changes
   */
  step(): void {
    for (const { params } of this.paramGroups) for (const w of params) requireGradient(this.name, w);
    noGrad(() => {
      for (const { params, rate, settings } of this.paramGroups) {
        const rates = new Map<DType, Tensor>();
        for (const w of params) {
          const g = w.grad;
          if (g === null) continue;
          const a = rates.get(w.dtype) ?? rate.to(w.dtype);
          rates.set(w.dtype, a);
          const cells = this.#cellsOf(w) as Record<string, StateCell>;
          if (cells.t) cells.t.assign(cells.t.add(1));
          this.update(w, g, a, this.#cellsOf(w), settings);
        }
      }
    });
  }

  /** Sets every parameter's `grad` to null. */
  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const w of params) w.grad = null;
  }

  /** The rates, options and all cells as plain data; later steps do not change them. */
  stateDict(): OptimizerState {
    return saveState(this.name, this.paramGroups, (w) => this.#cellsOf(w));
  }

  /**
   * Loads a state dict, after which training continues to the same bits. If it throws, nothing changes.
   * @throws StateDictError naming the difference, for the state of another optimizer, other parameters or other options
   */
  loadStateDict(dict: OptimizerState): void {
    loadState(this.name, this.paramGroups, (w) => this.#cellsOf(w), dict);
  }

  #cellsOf(w: Parameter): Record<Cell, StateCell> {
    return this.#cells.get(w) as Record<Cell, StateCell>;
  }
}

/** The first value of a cell. */
function initial(cell: string, w: Parameter): Tensor {
  if (cell === "t" || cell === "P") return scalar(cell === "t" ? 0 : 1, "float64");
  return zerosLike(w);
}

/** Checks a gradient, which may have been set by hand: a wrong shape would broadcast without an error. */
function requireGradient(optimizer: string, w: Parameter): void {
  const { grad, name } = w;
  if (grad === null) return;
  const of = `the gradient of ${name || "a parameter"}`;
  if (!sameShape(grad.shape, w.shape))
    throw new ShapeError(
      optimizer,
      [w.shape, grad.shape],
      `${of} is ${formatShape(grad.shape)}, the parameter ${formatShape(w.shape)}; sum over the batch?`,
    );
  if (grad.dtype !== w.dtype)
    throw new DTypeError(
      optimizer,
      `${of} is ${grad.dtype}, the parameter ${w.dtype}; convert it with .to("${w.dtype}")`,
    );
}

/** g + λ w, the gradient of the loss plus ½ λ |w|². */
export function decayed(g: Tensor, w: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? g : g.add(w.mul(weightDecay));
}

/** The groups; plain parameters become one group. */
function groupsOf(optimizer: string, trained: Iterable<unknown>): { params: Parameter[] }[] {
  if (typeof trained?.[Symbol.iterator] !== "function")
    throw new ValueError(optimizer, "takes parameters, such as module.parameters(), or groups of them");
  const given = [...trained];
  const isGroup = (item: unknown): item is { params: Iterable<unknown> } =>
    typeof item === "object" && item !== null && !(item instanceof Parameter) && "params" in item;
  const groups = given.length > 0 && given.every(isGroup) ? given : [{ params: given }];
  return groups.map((group) => ({ ...group, params: parameters(optimizer, group.params) }));
}

function parameters(optimizer: string, given: Iterable<unknown>): Parameter[] {
  return [...given].map((item, i) => {
    if (!(item instanceof Parameter))
      throw new ValueError(
        optimizer,
        `item ${i} of the parameters is not a Parameter; pass module.parameters(), or groups { params, lr }`,
      );
    return item;
  });
}
