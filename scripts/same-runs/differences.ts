/** The first difference of each text of two outcomes. */
import type { Outcome } from "./outcome.ts";

/** How many characters of a line are shown around the first that differs. */
const shown = 160;

/** Says for each text that differs which line is the first, and how it reads in OLD and in NEW. */
export function differences(before: Outcome, after: Outcome): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    if (!Object.hasOwn(after, name)) return [`${name}: only OLD has it`];
    if (!Object.hasOwn(before, name)) return [`${name}: only NEW has it`];
    return before[name] === after[name] ? [] : [firstDifference(name, before[name], after[name])];
  });
}

function firstDifference(name: string, before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const at = old.findIndex((text, i) => text !== now[i]);
  const i = at === -1 ? old.length : at;
  return [
    `${name}, line ${i + 1}`,
    `    OLD ${excerpt(old[i], now[i])}`,
    `    NEW ${excerpt(now[i], old[i])}`,
  ].join("\n  ");
}

/** The part of a line around the first character in which it differs from the other. */
function excerpt(text: string | undefined, other: string | undefined): string {
  if (text === undefined) return "ends here";
  let at = 0;
  while (at < text.length && text[at] === other?.[at]) at++;
  const from = text.length <= shown ? 0 : Math.max(0, Math.min(at - shown / 2, text.length - shown));
  const part = text.slice(from, from + shown);
  return `${from > 0 ? "…" : ""}${part}${from + shown < text.length ? "…" : ""}`;
}
