/** The order in which engines take their turns. */
import type { EngineEntry } from "./engines.ts";

/**
 * The order of a round: the engine that begins changes from round to round. An engine and its partner stay side by side,
 * and swap places from round to round.
 */
export function order<T extends { readonly entry: Pick<EngineEntry, "id" | "partner"> }>(
  entrants: readonly T[],
  round: number,
): T[] {
  const groups = [...Map.groupBy(entrants, ({ entry }) => entry.partner ?? entry.id).values()];
  const first = round % groups.length;
  const turned = [...groups.slice(first), ...groups.slice(0, first)];
  return turned.flatMap((group) => (round % 2 === 0 ? group : group.toReversed()));
}
