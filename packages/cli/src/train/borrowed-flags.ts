import type { Command, Option } from "@commander-js/extra-typings";
import { trainFlags } from "./settings.ts";
import type { TrainFlags } from "./settings.ts";

/**
 * Gives a command those flags of `train` that `take` names, in train's groups. Returns what they and all the others are where
 * nobody sets them, so that settings are made of them as train makes them.
 */
export function borrowFlags(command: Command, take: (flag: Option) => boolean): TrainFlags {
  const train = trainFlags("train");
  for (const flag of train.options) if (take(flag)) command.addOption(flag);
  return train.opts();
}
