/** Conversion of optimizers to plain data and back. */
import type { Parameter, StateCell } from "../ops/state.ts";
import { StateDictError } from "../tensor/errors.ts";
import { formatShape, sameShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { requireSetting } from "./settings.ts";
import type { Setting } from "./settings.ts";

/** The result of `stateDict`: `groups` is plain JSON, `tensors` can be saved in a tensor file. */
export interface OptimizerState {
  /** The optimizer's class name. */
  readonly optimizer: string;
  readonly groups: readonly {
    /** The names of the parameters, "" for a parameter without a name. */
    readonly params: readonly string[];
    readonly lr: number;
    readonly settings: Readonly<Record<string, Setting>>;
  }[];
  /** The cells as `<number>.<cell>`; parameters are numbered from 0 through all groups. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

interface Group {
  readonly params: readonly Parameter[];
  readonly names: readonly string[];
  readonly settings: unknown;
  lr: number;
}
type CellsOf = (w: Parameter) => Readonly<Record<string, StateCell>>;

export function saveState(optimizer: string, groups: readonly Group[], cellsOf: CellsOf): OptimizerState {
  return {
    optimizer,
    groups: groups.map(({ names, lr, settings }) => ({
      params: [...names],
      lr,
      settings: { ...(settings as Record<string, Setting>) },
    })),
    tensors: Object.fromEntries([...numbered(groups, cellsOf)].map(([key, cell]) => [key, cell.detach()])),
  };
}

export function loadState(
  optimizer: string,
  groups: readonly Group[],
  cellsOf: CellsOf,
  dict: OptimizerState,
): void {
  const refuse = (message: string): never => {
    throw new StateDictError(`${optimizer}.loadStateDict`, message);
  };
  if (dict.optimizer !== optimizer) refuse(`the state is that of ${dict.optimizer}`);
  if (dict.groups.length !== groups.length)
    refuse(`parameter groups: ${groups.length} here, ${dict.groups.length} in the state`);
  groups.forEach(({ names, settings }, i) => {
    const from = dict.groups[i];
    requireSetting(optimizer, "lr", from.lr);
    if (from.params.length !== names.length)
      refuse(`parameters of group ${i}: ${names.length} here, ${from.params.length} in the state`);
    names.forEach((name, k) => {
      if (!sameName(name, from.params[k]))
        refuse(`parameter ${k} of group ${i} is ${name} here, ${from.params[k]} in the state`);
    });
    for (const [name, value] of Object.entries(settings as Record<string, Setting>)) {
      const [here, there] = [JSON.stringify(value), JSON.stringify(from.settings[name])];
      if (here !== there)
        refuse(
          `${name} of group ${i} is ${here} here, ${there} in the state; ` +
            `make the optimizer with the same options, or change groups[${i}].settings.${name} of the state`,
        );
    }
  });
  const cells = new Map(numbered(groups, cellsOf));
  for (const key of Object.keys(dict.tensors)) if (!cells.has(key)) refuse(`no place for the tensor ${key}`);
  for (const [key, cell] of cells) {
    const value = dict.tensors[key];
    if (value === undefined) refuse(`the tensor ${key} is missing`);
    if (!sameShape(value.shape, cell.shape) || value.dtype !== cell.dtype)
      refuse(`${key} is ${describe(cell)} here, ${describe(value)} in the state`);
  }
  for (const [key, cell] of cells) cell.assign(dict.tensors[key]);
  groups.forEach((group, i) => (group.lr = dict.groups[i].lr));
}

function* numbered(groups: readonly Group[], cellsOf: CellsOf): Generator<[string, StateCell]> {
  let number = 0;
  for (const { params } of groups)
    for (const w of params) {
      for (const [name, cell] of Object.entries(cellsOf(w))) yield [`${number}.${name}`, cell];
      number++;
    }
}

/** Whether two names can be the same parameter's. A network inside another has longer names; "" matches any name. */
function sameName(a: string, b: string): boolean {
  return a === "" || b === "" || a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}

function describe({ shape, dtype }: Tensor): string {
  return `${formatShape(shape)} ${dtype}`;
}
