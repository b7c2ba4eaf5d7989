/** The events of a run as the command line writes them. */
import { modelWords, settingsOf } from "chainrule/runs";
import type { TrainEvent } from "chainrule/train";
import type { RunEvent } from "./display.ts";
import type { PreparedRun } from "./prepare.ts";

/** The event as the command line writes it. The start event says what is trained; the done event names the run folder. */
export function runEvent(
  event: TrainEvent,
  { spec, parts: { notes } }: Pick<PreparedRun, "spec" | "parts">,
  out: string,
): RunEvent {
  if (event.event === "done") {
    const { outputs: _outputs, ...done } = event;
    return { ...done, out };
  }
  if (event.event !== "start") return event;
  const { event: name, note: _note, ...counts } = event;
  return {
    event: name,
    data: spec.data,
    net: modelWords(spec.model),
    ...counts,
    settings: settingsOf(spec),
    ...(notes.length > 0 && { notes }),
  };
}
