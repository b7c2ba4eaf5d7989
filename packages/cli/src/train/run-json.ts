/** The JSON files of a run folder, which may hold anything: checked before they are used, refused by file and field. */
import { join } from "node:path";
import { FormatError } from "chainrule";
import { readBytes } from "chainrule/node";
import * as v from "valibot";
import { version } from "../version.ts";

export function refused(path: string, file: string, field: string, says: string): FormatError {
  return new FormatError(`${join(path, file)}: ${field}: ${says}`);
}

/** Reads a JSON file of the run, of the format that this version writes. */
export function readJson<Schema extends v.GenericSchema>(
  path: string,
  file: string,
  schema: Schema,
): v.InferOutput<Schema> {
  const text = new TextDecoder().decode(readBytes(join(path, file)));
  let content: unknown;
  try {
    content = JSON.parse(text);
    // an own property of that name would become the prototype of whatever it is copied to
    if (/__proto__|\\u/.test(text))
      JSON.parse(text, (key, value: unknown) => {
        if (key === "__proto__") throw refused(path, file, key, "no field may have this name");
        return value;
      });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const reason = error instanceof Error ? error.message.replace(/, ".*is not valid JSON$/s, "") : "";
    throw new FormatError(`${join(path, file)} is not JSON: ${reason}`);
  }
  const format = (content as { format?: unknown } | null)?.format;
  if (format !== undefined && format !== 1)
    throw refused(
      path,
      file,
      "format",
      `it is ${JSON.stringify(format)}, and chainrule ${version} reads 1; use the version that wrote it`,
    );
  const result = v.safeParse(schema, content);
  if (!result.success) throw refused(path, file, ...fieldAndFault(result.issues[0]));
  return result.output;
}

/** `settings.net[1]`, and what is wrong there. */
function fieldAndFault(issue: v.BaseIssue<unknown>): [field: string, fault: string] {
  const field = (issue.path ?? [])
    .map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .slice(1);
  if (issue.received === "undefined") return [field, "it is missing"];
  return [
    field || "the whole",
    `expected ${issue.expected ?? issue.type.replaceAll("_", " ")}, found ${issue.received}`,
  ];
}
