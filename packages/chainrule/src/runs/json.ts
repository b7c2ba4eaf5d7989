/** The JSON files of a run, which may hold anything: checked before they are used, refused by file and field. */
import * as v from "valibot";
import { FormatError } from "../tensor/errors.ts";

/** The error that names the file and the field at fault. */
export function refused(file: string, field: string, says: string): FormatError {
  return new FormatError(`${file}: ${field}: ${says}`);
}

/** A file of a run: its text, the name that messages give it, and what reads it, such as "chainrule 1.2.3". */
export interface JsonFile {
  readonly text: string;
  readonly name: string;
  readonly reader?: string;
}

/**
 * The content of a JSON file of the format that this version writes.
 * @throws FormatError naming the file and the field
 */
export function parseJson<Output>(
  { text, name, reader = "this version" }: JsonFile,
  schema: v.GenericSchema<unknown, Output>,
): Output {
  let content: unknown;
  try {
    content = JSON.parse(text);
    // an own property of that name would become the prototype of whatever it is copied to
    if (/__proto__|\\u/.test(text))
      JSON.parse(text, (key, value: unknown) => {
        if (key === "__proto__") throw refused(name, key, "no field may have this name");
        return value;
      });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const reason = error instanceof Error ? error.message.replace(/, ".*is not valid JSON$/s, "") : "";
    throw new FormatError(`${name} is not JSON: ${reason}`);
  }
  const format = (content as { format?: unknown } | null)?.format;
  if (format !== undefined && format !== 1)
    throw refused(
      name,
      "format",
      `it is ${JSON.stringify(format)}, and ${reader} reads 1; use the version that wrote it`,
    );
  const result = v.safeParse(schema, content);
  if (!result.success) throw refused(name, ...fieldAndFault(result.issues[0]));
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
