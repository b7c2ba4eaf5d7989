/**
 * What all optimizers share: groups of parameters, the cells of what changes from step to step, and saving. A rule
 * is a subclass whose `update` emits ops and assigns cells, so that a whole training step can be traced.
 *
 * In every rule: w a parameter, g its gradient, a the learning rate, t the number of steps so far, V an average of
 * gradients, S of their squares, λ the weight decay.
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

/** A rule's options as a caller gives them: any of them, and the learning rate `lr`. */
export type Options<Settings> = Partial<Settings & { readonly lr: number }>;

/** What an optimizer is given to train: parameters, or groups of them, each with options of its own. */
export type Trained<Settings> =
  Iterable<Parameter> | Iterable<Options<Settings> & { readonly params: Iterable<Parameter> }>;

/** Parameters that share a learning rate and the other options. */
export class ParameterGroup<Settings = unknown> {
  readonly params: readonly Parameter[];
  /** What the parameters were called when the group was made; wrapping a network renames them. */
  readonly names: readonly string[];
  readonly settings: Readonly<Settings>;
  /** The learning rate as steps read it: a 0-d float64 cell. */
  readonly rate: StateCell;
  readonly #optimizer: string;

  constructor(optimizer: string, params: readonly Parameter[], lr: number, settings: Settings) {
    this.#optimizer = optimizer;
    this.params = params;
    this.names = params.map(({ name }) => name);
    this.settings = settings;
    this.rate = state(scalar(lr, "float64"), { name: "lr" });
  }

  /** The learning rate; setting it assigns the cell, so that traced steps see it too. */
  get lr(): number {
    return this.rate.item();
  }
  set lr(lr: number) {
    requireSetting(this.#optimizer, "lr", lr);
    this.rate.assign(scalar(lr, "float64"));
  }
}

export abstract class Optimizer<Settings = unknown, Cell extends string = string> {
  /** The class by name, as messages and state dicts have it. */
  readonly name: string;
  readonly paramGroups: readonly ParameterGroup<Settings>[];
  readonly #cells = new Map<Parameter, Record<Cell, StateCell>>();

  /** @throws ValueError for no parameters, a parameter given twice, or an option it does not have or take */
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
          state(cell === "t" ? scalar(0, "float64") : zerosLike(w), { name: `${place}.${cell}` }),
        ]);
        this.#cells.set(w, Object.fromEntries(cells) as Record<Cell, StateCell>);
      }
    if (this.#cells.size === 0) throw new ValueError(name, "was given no parameters");
  }

  /**
   * The cells that the rule keeps for each parameter, zeros at first: of the parameter's shape and type, but "t",
   * which counts the parameter's steps and is moved on before `update`.
   */
  protected abstract cells(settings: Settings): readonly Cell[];

  /** The rule for one parameter `w` with gradient `g` and rate `a` (0-d, of its type): emits ops and assigns w and the cells. */
  protected abstract update(
    w: Parameter,
    g: Tensor,
    a: Tensor,
    cells: Record<Cell, StateCell>,
    settings: Settings,
  ): void;

  /** Throws a ValueError for options that do not go together. */
  protected check(_settings: Settings): void {}

  /**
   * Updates every parameter that has a gradient; the others, and what is kept for them, stay as they are.
   * @throws ShapeError, DTypeError for a gradient that is not of its parameter's shape and type; then nothing changes
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

  /** Forgets the gradients: sets every `grad` to null. */
  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const w of params) w.grad = null;
  }

  /** Rates, options and all cells as plain data; later steps do not change it. */
  stateDict(): OptimizerState {
    return saveState(this.name, this.paramGroups, (w) => this.#cellsOf(w));
  }

  /**
   * Takes over what `stateDict` gave, so that training goes on to the same bits. Nothing changes if it throws.
   * @throws StateDictError naming what differs, if it comes from another optimizer, other parameters or other options
   */
  loadStateDict(dict: OptimizerState): void {
    loadState(this.name, this.paramGroups, (w) => this.#cellsOf(w), dict);
  }

  #cellsOf(w: Parameter): Record<Cell, StateCell> {
    return this.#cells.get(w) as Record<Cell, StateCell>;
  }
}

/** A gradient that was set by hand may be of any shape, and broadcasting would take it without a word. */
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

/** g + λ w, the gradient of the loss with ½ λ |w|² added to it. */
export function decayed(g: Tensor, w: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? g : g.add(w.mul(weightDecay));
}

/** Parameters alone become one group. */
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
        `item ${i} of the parameters is no Parameter; pass module.parameters(), or groups { params, lr }`,
      );
    return item;
  });
}
