/** Plans: the settings and seeds of an experiment as plain data. */
import { requireCount } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { Generator } from "../tensor/random/index.ts";
import { exp, log } from "../tensor/math/index.ts";
import { canonicalJson, shortHash } from "./canonical.ts";
import type { SettingValue } from "./canonical.ts";

/**
 * A distribution of a setting: uniform, uniform in the logarithm, or uniform over whole numbers. `high` is excluded.
 */
export interface Distribution {
  readonly draw: "uniform" | "log-uniform" | "integer";
  readonly low: number;
  readonly high: number;
}

/** Values or a distribution for each setting. */
export type Vary = Readonly<Record<string, readonly SettingValue[] | Distribution>>;

/** A value for each setting. */
export type SettingsOf<V extends Vary> = {
  readonly [K in keyof V]: V[K] extends readonly (infer T)[] ? T : number;
};

export type Settings = Readonly<Record<string, SettingValue>>;

export interface PlanOptions<V extends Vary> {
  readonly vary: V;
  /** A number of seeds (then 0, 1, 2, …), or a list of seeds. */
  readonly seeds: number | readonly number[];
  /** Draws this many random settings instead of taking every combination; distributions need it. */
  readonly sample?: number;
  /** The seed of the random settings. Default 0. */
  readonly sampleSeed?: number;
  /**
   * The version of the code that measures. It is part of the run ids, so outcomes of another version are not reused.
   */
  readonly version?: string;
  /** All runs visit their data in the order of the first seed, so that the data order does not differ between runs. */
  readonly sameOrder?: boolean;
}

/** One run of a plan. */
export interface PlannedRun<S = Settings> {
  /** A hash of settings, seeds and code version. */
  readonly id: string;
  /** The index of the run's setting in the plan, from 0. */
  readonly setting: number;
  readonly settings: S;
  readonly seed: number;
  /** The seed for the order of the data: the run's own, or that of the plan's first run. */
  readonly orderSeed: number;
}

export interface Plan<S = Settings> {
  /** A hash of all run ids. */
  readonly id: string;
  readonly version: string;
  /** The names of the settings. */
  readonly names: readonly string[];
  readonly settings: readonly S[];
  readonly seeds: readonly number[];
  /** The runs: for each setting in turn, every seed. */
  readonly runs: readonly PlannedRun<S>[];
}

/**
 * Plans a grid of every combination of the values, or with `sample` that many random settings. Random settings are
 * combinations drawn without repetition, or each value is drawn from its distribution. Every setting is run with every
 * seed.
 *
 * The same options give the same plan and run ids everywhere.
 * @throws ValueError for values that are not plain data, for a value or seed that is listed twice, and for an empty
 * list of values or seeds
 * @example
 * const { runs } = plan({ vary: { lr: [0.1, 1], batch: [10, 100] }, seeds: 3 });
 * [runs.length, runs[0].settings, runs[0].id]; // [ 12, { lr: 0.1, batch: 10 }, 'ec9877afd706aaac' ]
 */
export function plan<V extends Vary>(options: PlanOptions<V>): Plan<SettingsOf<V>> {
  const { vary, sample, version = "", sameOrder = false } = options;
  const seeds = seedsOf(options.seeds);
  const names = Object.keys(vary);
  for (const [name, values] of Object.entries(vary)) check(name, values, sample !== undefined);
  const settings = sample === undefined ? grid(vary) : drawn(vary, sample, options.sampleSeed ?? 0);
  const runs = settings.flatMap((one, setting) =>
    seeds.map((seed) => {
      const orderSeed = sameOrder ? seeds[0] : seed;
      const id = shortHash(canonicalJson("plan", { settings: one, seed, orderSeed, version }));
      return { id, setting, settings: one as SettingsOf<V>, seed, orderSeed };
    }),
  );
  const seen = new Set<string>();
  for (const run of runs) {
    if (seen.has(run.id))
      throw new ValueError("plan", `the settings ${canonicalJson("plan", run.settings)} are planned twice`);
    seen.add(run.id);
  }
  const id = shortHash(runs.map((run) => run.id).join(" "));
  return { id, version, names, settings: settings as SettingsOf<V>[], seeds, runs };
}

function seedsOf(given: number | readonly number[]): readonly number[] {
  if (typeof given === "number")
    return Array.from({ length: requireCount("plan", "seeds", given) }, (_, seed) => seed);
  if (given.length === 0) throw new ValueError("plan", "seeds is empty; give a number of seeds or a list");
  for (const seed of given) requireCount("plan", "a seed", seed, 0);
  if (new Set(given).size < given.length)
    throw new ValueError("plan", `the seeds ${given.join(", ")} are not all different`);
  return given;
}

function check(name: string, values: readonly SettingValue[] | Distribution, sampled: boolean): void {
  if (isList(values)) {
    if (values.length === 0) throw new ValueError("plan", `"${name}" has no values to try`);
    return;
  }
  const { draw, low, high } = values;
  if (!sampled)
    throw new ValueError(
      "plan",
      `"${name}" is a distribution, which needs sample, the number of settings to draw; a grid needs lists`,
    );
  const ends = draw === "integer" ? [low, high].every(Number.isSafeInteger) : Number.isFinite(high - low);
  if (!ends || !(low < high) || (draw === "log-uniform" && !(low > 0)))
    throw new ValueError(
      "plan",
      `"${name}" is drawn ${draw} from ${low} to ${high}; it needs low < high` +
        (draw === "log-uniform" ? ", both above 0" : draw === "integer" ? ", whole numbers" : ""),
    );
}

const isList = (values: readonly SettingValue[] | Distribution): values is readonly SettingValue[] =>
  Array.isArray(values);

/** Every combination; the last setting changes fastest. */
function grid(vary: Vary): Settings[] {
  return Object.entries(vary).reduce<Settings[]>(
    (settings, [name, values]) =>
      settings.flatMap((one) =>
        (values as readonly SettingValue[]).map((value) => ({ ...one, [name]: value })),
      ),
    [{}],
  );
}

function drawn(vary: Vary, sample: number, seed: number): Settings[] {
  requireCount("plan", "sample", sample);
  const generator = new Generator(seed).stream("settings");
  const all = Object.values(vary);
  if (all.every(isList)) {
    const every = grid(vary);
    if (sample > every.length)
      throw new ValueError(
        "plan",
        `sample ${sample} is more than the ${every.length} combinations there are`,
      );
    const chosen = generator.permutation(every.length).slice(0, sample).sort();
    return Array.from(chosen, (i) => every[i]);
  }
  // Each setting has its own stream, so that adding a setting does not change the values of the others.
  const streams = Object.keys(vary).map((name) => generator.stream(name));
  return Array.from({ length: sample }, () =>
    Object.fromEntries(
      Object.entries(vary).map(([name, values], i) => [name, drawFrom(values, streams[i])] as const),
    ),
  );
}

function drawFrom(values: readonly SettingValue[] | Distribution, generator: Generator): SettingValue {
  if (isList(values)) return values[generator.integer(0, values.length)];
  const { draw, low, high } = values;
  if (draw === "integer") return generator.integer(low, high);
  const u = generator.uniform();
  return draw === "uniform" ? low + u * (high - low) : exp(log(low) + u * (log(high) - log(low)));
}
