/**
 * The requirements of the courses by identifier, and the place of those that no test checks. R: rules for all
 * practicals; TP: the sheet in two parts; AN: the report that answers it; LH: lectures and homework; VU: from scalars
 * to MNIST; PP: the pen-and-paper sheet; D: data; F: figures; E: mistakes in the material (29 is unused).
 */

const counted = (key: string, last: number, unused: readonly number[] = []): string[] =>
  Array.from({ length: last }, (_, i) => i + 1)
    .filter((n) => !unused.includes(n))
    .map((n) => `${key}-${n}`);

export const identifiers: readonly string[] = [
  ...counted("R", 9),
  ...counted("TP", 19),
  ...counted("AN", 5),
  ...counted("LH", 16),
  ...counted("VU", 12),
  ...counted("PP", 7),
  ...counted("D", 6),
  ...counted("F", 17),
  ...counted("E", 45, [29]),
];

/** Requirements that wait for derivations, drawings of graphs and the step view. */
export const later: readonly string[] = ["AN-1", "TP-19", "F-6", "F-16", "LH-4"];

/** Parts of requirements that come later, while a test checks the rest. */
export const laterParts: Readonly<Record<string, string>> = {
  "PP-2": "the step view",
  "PP-6": "memory as it is measured while training",
};

/** Requirements that only prose can meet, each with its page. */
export const prose: Readonly<Record<string, string>> = {
  "E-2": "packages/course/src/four-levels/questions.md",
  "E-5": "packages/course/src/four-levels/questions.md",
  "E-9": "packages/course/src/four-levels/questions.md",
  "E-14": "packages/course/src/four-levels/questions.md",
  "E-16": "packages/course/src/l-layer/questions.md",
  "E-45": "packages/course/src/pen-and-paper/questions.md",
};
