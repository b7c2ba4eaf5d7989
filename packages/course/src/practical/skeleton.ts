/**
 * Makes the skeleton of a practical, which the student fills in, from its solution.
 *
 * `// solution: hint` marks the body of a function that the student writes: the skeleton calls `todo` with the hint instead.
 * The hint goes on in the comment lines below. `// solution` alone marks a function that the skeleton leaves out.
 */

const body = /^ {2}\/\/ solution: (.*(?:\n {2}\/\/ .*)*)\n[^]*?(?=^\};?$)/gm;
const leftOut = /^\/\/ solution\n[^]*?^\}\n\n/gm;
const start = "if (process.argv[1] === import.meta.filename) ";

const task = ` *
 * Fill in the functions one after the other; README.md has the formulas. \`npm start\` runs this file and says what to write
 * next, \`npm run check\` counts the points.
 */
`;

const todo = `const isProgram = process.argv[1] === import.meta.filename;

/** Stops at a function that is not written yet; in the program it says what to write, and ends it. */
function todo(what: string): never {
  const message = \`not written yet. \${what}\`;
  if (!isProgram) throw new Error(message);
  console.error(message);
  process.exit(1);
}

if (isProgram) `;

/** @throws Error for a mark that it cannot follow, so that no skeleton holds a part of the solution */
export function skeletonFrom(solution: string): string {
  const skeleton = solution
    .replace(leftOut, "")
    .replace(body, (_, hint: string, at: number, text: string) => {
      const [, name] = [...text.slice(0, at).matchAll(/^export (?:function|const) (\w+)/gm)].at(-1)!;
      const what = JSON.stringify(`${name}: ${hint.replaceAll("\n  //", "")}`);
      const line = `  return todo(${what});\n`;
      return line.length <= 111 ? line : `  return todo(\n    ${what},\n  );\n`;
    })
    .replace(" */\n", () => task)
    .replace(start, () => todo);
  if (!skeleton.includes(task) || !skeleton.includes(todo) || /\bsolution\b/.test(skeleton))
    throw new Error(
      "a mark of the solution has no function, or the comment above or the program below is missing",
    );
  return skeleton;
}
