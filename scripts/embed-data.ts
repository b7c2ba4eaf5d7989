/**
 * Makes the two embedded data sets from their published CSV files:
 * `node scripts/embed-data.ts FOLDER` with FOLDER/digits.csv.gz and FOLDER/iris.csv.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node scripts/embed-data.ts FOLDER");
const source = join(import.meta.dirname, "../packages/chainrule/src/data");

const levels = "0123456789abcdefg";
const digits = gunzipSync(readFileSync(join(folder, "digits.csv.gz")))
  .toString()
  .trim()
  .split("\n")
  .map((line) => {
    const numbers = line.split(",").map(Number);
    return `${numbers
      .slice(0, 64)
      .map((level) => levels[level])
      .join("")}${numbers[64]}`;
  });
writeFileSync(
  join(source, "digits/rows.ts"),
  `/** One digit a line: 64 pixels from 0 to g (16), row by row, then the class. Made by scripts/embed-data.ts. */\nexport const rows = \`\n${digits.join("\n")}\n\`;\n`,
);

const iris = readFileSync(join(folder, "iris.csv"), "utf8").trim().split("\n").slice(1);
writeFileSync(
  join(source, "iris/rows.ts"),
  `/** One flower a line: sepal length and width, petal length and width in cm, then the class. Made by scripts/embed-data.ts. */\nexport const rows = \`\n${iris.join("\n")}\n\`;\n`,
);
