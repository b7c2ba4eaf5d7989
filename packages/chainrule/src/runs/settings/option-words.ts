/** What a help text says of options that only some optimizers or losses take: which do, and their defaults. */
import { lossNames, lossRow } from "../choices/losses.ts";
import type { LossOption } from "../choices/losses.ts";
import { optimizerNames, optimizerRow, optimizersWith } from "../choices/optimizers.ts";
import type { OptimizerOptions } from "../choices/optimizers.ts";

/** `of rmsprop, adagrad, adam (default: 1e-8, adagrad 1e-10)`: the most frequent default, then the others by name. */
export function optimizerOptionWords(option: keyof OptimizerOptions): string {
  const names = optimizersWith(option);
  return words(
    names,
    names.map((name) => optimizerRow(name).takes[option]),
  );
}

export function lossOptionWords(option: LossOption): string {
  const names = lossNames.filter((name) => lossRow(name).takes?.[option] !== undefined);
  return words(
    names,
    names.map((name) => lossRow(name).takes![option]),
  );
}

/** `0, adamw 0.01` */
export function weightDecayWords(): string {
  const own = optimizerNames.flatMap((name) => {
    const { weightDecay } = optimizerRow(name);
    return weightDecay === undefined ? [] : [`${name} ${weightDecay}`];
  });
  return ["0", ...own].join(", ");
}

function words(names: readonly string[], defaults: readonly unknown[]): string {
  const texts = defaults.map(String);
  const times = (text: string): number => texts.filter((other) => other === text).length;
  const [common] = texts.toSorted((a, b) => times(b) - times(a));
  const others = names.flatMap((name, i) => (texts[i] === common ? [] : [`${name} ${texts[i]}`]));
  return `of ${names.join(", ")} (default: ${[common, ...others].join(", ")})`;
}
