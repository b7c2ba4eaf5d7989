import { codeOnly } from "./code.ts";

/** The code of one `@example`, and the line of the file it starts on. */
export type Example = { line: number; code: string };

/** The examples in the docstrings of a file. */
export function examplesOf(text: string): Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((docstring) => {
    const lines = docstring[0].slice(0, -2).split("\n");
    const first = text.slice(0, docstring.index).split("\n").length;
    const examples: Example[] = [];
    let open: string[] | undefined;
    lines.forEach((line, i) => {
      const content = line.replace(/^\s*(\/\*)?\* ?/, "");
      const tag = /^@(\w+)\s*(.*)$/.exec(content);
      if (tag) {
        open = tag[1] === "example" ? [tag[2]] : undefined;
        if (open) examples.push({ line: first + i, code: "" });
      } else open?.push(content);
      if (open) examples.at(-1)!.code = open.join("\n").trim();
    });
    return examples.map(({ line, code }) => ({ line, code: code.replace(/^```\w*\n|\n```$/g, "") }));
  });
}

/** A line without a value to check: a declaration or a statement. */
const statement =
  /^(const|let|var|function|class|import|export|for|if|else|while|do|try|type|interface|return|throw|async function|\}|\/\/)\b/;

/**
 * Makes the example into a program that checks itself. An expression with a comment after it becomes a call of `check`;
 * with `// throws X`, a call of `checkThrows`.
 */
export function checkedProgram(code: string): string {
  return statementsOf(code)
    .map((lines) => {
      const text = lines.join("\n");
      const comment = trailingComment(text);
      const expression = text.slice(0, comment?.index).trimEnd().replace(/;$/, "");
      if (!comment || expression.trim() === "" || statement.test(expression.trimStart())) return text;
      const stated = JSON.stringify(comment.text);
      if (comment.text.startsWith("throws "))
        return `await checkThrows(async () => (${expression}), ${stated});`;
      const printed = /^\s*console\.log\(([\s\S]*)\)$/.exec(expression);
      return printed ? `check([${printed[1]}], ${stated});` : `check([${expression}], ${stated});`;
    })
    .join("\n");
}

/** The lines of a program, grouped by statement. */
function statementsOf(code: string): string[][] {
  const statements: string[][] = [];
  let depth = 0;
  for (const line of code.split("\n")) {
    const continues = depth > 0 || line.trimStart().startsWith(".");
    if (continues && statements.length > 0) statements.at(-1)!.push(line);
    else statements.push([line]);
    for (const character of codeOnly(line)) {
      if ("([{".includes(character)) depth++;
      if (")]}".includes(character)) depth--;
    }
  }
  return statements;
}

function trailingComment(text: string): { index: number; text: string } | undefined {
  const start = text.lastIndexOf("\n") + 1;
  const code = codeOnly(text);
  for (let at = text.indexOf("//", start); at >= 0; at = text.indexOf("//", at + 1)) {
    // Blanked out to the end, with code before: a comment and not the inside of a string.
    if (code.slice(at).trim() === "") return { index: at, text: text.slice(at + 2).trim() };
  }
  return undefined;
}

/** The text of a module with the checks that the programs call. */
export const checks = `
import { inspect } from "node:util";

const squeeze = (text) => text.replace(/(\\w+Array)\\(\\d+\\)/g, "$1").replace(/\\s+/g, "");
const print = (value) => (typeof value === "string" ? value : inspect(value, { breakLength: Infinity, depth: 6 }));

export function check(values: readonly unknown[], stated: string): void {
  // A call for its effect, such as optimizer.step(), has no value; its comment is for people.
  if (values.length === 1 && values[0] === undefined) return;
  const rounded = /^≈\\s*(-?\\d+)(?:\\.(\\d+))?$/.exec(stated);
  if (rounded && values.length === 1 && typeof values[0] === "number") {
    const text = values[0].toFixed(rounded[2]?.length ?? 0);
    if (text !== stated.replace(/^≈\\s*/, "")) throw new Error(\`states \${stated} and is \${values[0]}\`);
    return;
  }
  const printed = values.map(print).join(" ");
  const literal = values.length === 1 && typeof values[0] === "string" ? inspect(values[0]) : printed;
  const same = [printed, literal, literal.replace(/^'(.*)'$/, '"$1"')].some((text) => squeeze(text) === squeeze(stated));
  if (!same) throw new Error(\`states \${stated} and is \${printed}\`);
}

export async function checkThrows(call: () => Promise<unknown>, stated: string): Promise<void> {
  const [, name, message = ""] = /^throws (\\w+)(?::\\s*(.*))?$/.exec(stated) ?? [];
  let thrown: unknown;
  try {
    await call();
  } catch (error) {
    thrown = error;
  }
  const fits = thrown instanceof Error && thrown.name === name && thrown.message.includes(message);
  if (!fits) throw new Error(\`states \${stated} and threw \${String(thrown)}\`);
}
`;
