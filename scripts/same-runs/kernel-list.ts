/** Reads the kernels with their shapes out of what `explain()` and `chainrule program` print. */

/**
 * A line per kernel: name, shapes of the inputs, shape of the output. Costs, and the operations that a kernel stands
 * for, are left out: they are explanations, and their form may change.
 * @throws Error when the text has no kernel, since two empty lists would be equal
 */
export function kernelList(text: string): string {
  const list: string[] = [];
  let inShapes = false;
  for (const line of text.split("\n")) {
    const kernel = /^ +\d+ {2}(\S+)/.exec(line);
    if (kernel) {
      list.push(kernel[1]);
      inShapes = true;
    } else if (/^\S/.test(line)) {
      list.push(line);
      inShapes = false;
    } else if (inShapes && line.trim() !== "") {
      list[list.length - 1] += ` ${line.trim()}`;
      if (line.includes("→")) inShapes = false;
    }
  }
  if (!list.some((line) => line.includes("→"))) throw new Error("the printed program lists no kernel");
  return list.join("\n");
}
