/**
 * Bad files, runs and columns: for each command the whole message, the exit code, and that no file is left behind.
 * bad-values.test.ts tests bad values of flags, and eval.test.ts bad run folders.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeIdx } from "chainrule/formats";
import { expect, it } from "vitest";
import { csv, flowerNames, flowers, writeTables } from "./own-files.ts";
import { inProcess } from "./in-process.ts";
import { chainrule, freshFolder } from "./process.ts";

const rows = flowers(30);
const good = csv(flowerNames, rows);
const lines = good.split("\n");
/** The good file with one line replaced; lines count from 1. */
const withLine = (line: number, text: string): string => lines.with(line - 1, text).join("\n");
const unpacked = Buffer.from(good);

const files: Record<string, string | Uint8Array> = {
  "ragged.csv": withLine(5, "3,1.5,0.2,red"),
  "open.csv": withLine(5, '3,1.5,0.2,"red,aster'),
  "inside.csv": withLine(5, '3,1.5,0.2,re"d,aster'),
  "nul.csv": withLine(5, "3,1.5,0.2,\0red,aster"),
  "latin1.csv": Buffer.concat([unpacked, Buffer.from("30,1,1,wei\xdf,rose\n", "latin1")]),
  "book.csv": Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(99)]),
  "twice.csv": withLine(1, "id,width,width,colour,kind"),
  "proto.csv": withLine(1, "id,width,__proto__,colour,kind"),
  "one-class.csv": csv(
    flowerNames,
    rows.map((row) => row.with(4, "rose")),
  ),
  "single.csv": withLine(5, "3,1.5,0.2,red,tulip"),
  "empty.csv": "",
  "blank.csv": "\n\n  \n",
  "names.csv": "width,height,kind\n",
  "one-column.csv": "width\n1\n2\n",
  "commas.csv": "width;kind\n1,5;a\n2,5;b\n3,5;a\n",
  "gap.csv": withLine(5, "3,,0.2,red,aster"),
  "no-kind.csv": withLine(5, "3,1.5,0.2,red,NA"),
  "text.csv": withLine(5, "3,wide,0.2,red,aster"),
  "huge.csv": withLine(5, "3,1e999,0.2,red,aster"),
  "hollow.csv": csv(
    flowerNames,
    rows.map((row) => row.with(2, "NA")),
  ),
  "wide32.csv": withLine(5, "3,1e39,0.2,red,aster"),
  "course.csv": "5,2,no,yes\n1,2,0\n2,3,1\n3,4,0\n",
  "labels.csv": "3,2,no,yes\n1,2,0\n2,3,1\n3,4,2\n",
  "cut.csv.gz": gzipSync(good).subarray(0, -20),
  "hurt.csv.gz": gzipSync(good).map((byte, i) => (i === 60 ? byte ^ 0xff : byte)),
  "no-width.csv": csv(
    ["id", "height", "colour", "kind"],
    rows.map((row) => row.toSpliced(1, 1)),
  ),
  "green.csv": withLine(5, "3,1.5,0.2,green,aster"),
  "tulip.csv": withLine(5, "3,1.5,0.2,red,tulip"),
  "bare.csv": lines.slice(1).join("\n"),
  "cut.idx": writeIdx([2, 28, 28], new Uint8Array(2 * 784)).subarray(0, -1),
  "axes.idx": new Uint8Array([0, 0, 8, 0, 0]),
  "type.idx": new Uint8Array([0, 0, 7, 1, 0, 0, 0, 0]),
  "large.idx": writeIdx([2, 28, 28], new Uint8Array(2 * 784)),
  "mnist/train-images-idx3-ubyte": writeIdx([2, 28, 28], new Uint8Array(2 * 784)),
  "mnist/train-labels-idx1-ubyte": writeIdx([2], new Uint8Array(2)),
  "mnist/t10k-images-idx3-ubyte": writeIdx([2, 28, 28], new Uint8Array(2 * 784)),
  "mnist/t10k-labels-idx1-ubyte": writeIdx([2], new Uint8Array(2)),
  "sized/mnist/train-images-idx3-ubyte": new Uint8Array(16 + 60_000 * 784),
  "sized/mnist/train-labels-idx1-ubyte": writeIdx([2], new Uint8Array(2)),
  "sized/mnist/t10k-images-idx3-ubyte": writeIdx([2, 28, 28], new Uint8Array(2 * 784)),
  "sized/mnist/t10k-labels-idx1-ubyte": writeIdx([2], new Uint8Array(2)),
};

/** The command, its exit code, and all that is on stderr but `chainrule: ` at its start. */
// prettier-ignore
const cases: [command: string, code: 1 | 2, message: string][] = [
  ["train --data ragged.csv", 1, "ragged.csv: line 5: 4 fields, expected 5 as in line 1 (separator: comma); put a field that holds the separator in quotes, or complete the line"],
  ["train --data open.csv", 1, 'open.csv: line 5: a quote opens before "red,aster" and is not closed within the file; close it, or write "" for a quote inside quotes'],
  ["train --data inside.csv", 1, 'inside.csv: line 5: a quote inside a field without quotes, before "d,aster"; put the field in quotes and write "" for the quote'],
  ["train --data nul.csv", 1, "nul.csv: line 5: byte 11 is NUL: this is not text; export the table as CSV (UTF-8)"],
  ["train --data latin1.csv", 1, "latin1.csv: line 32: byte 11 (0xdf) is not UTF-8; save the file as CSV UTF-8, or name its encoding (--encoding windows-1252)"],
  ["train --data book.csv", 1, "book.csv: this is a zip archive (as .xlsx and .ods files are), expected CSV; export the table as CSV (UTF-8)"],
  ["train --data twice.csv", 1, 'twice.csv: line 1, column "width": the columns 2 and 3 have the same name; rename one'],
  ["train --data proto.csv", 1, 'proto.csv: line 1, column "__proto__": "__proto__" cannot be the name of a column; rename it'],
  ["train --data one-class.csv", 1, 'one-class.csv: column "kind": one class only ("rose" in every row), so there is nothing to tell apart; choose another with --target'],
  ["train --data single.csv", 1, 'single.csv: line 5: the class "tulip" has this one row, which cannot stand in two parts; correct it or leave it out, or have nothing drawn by class (--test last:ROWS or none)'],
  ["train --data single.csv --test last:5 --validation 0.2", 1, 'single.csv: line 5: the class "tulip" has this one row, which cannot stand in two parts; correct it or leave it out, or have nothing drawn by class (--validation last:ROWS or none)'],
  ["train --data empty.csv", 1, "empty.csv: the file is empty; expected a line of names and rows below it"],
  ["train --data blank.csv", 1, "blank.csv: the file is empty; expected a line of names and rows below it"],
  ["train --data names.csv", 1, 'names.csv: line 1: only names ("width", "height", "kind") and no row below them; are the data missing?'],
  ["train --data one-column.csv", 1, 'one-column.csv: line 1: one column ("width"), expected at least 2; known separators are comma, semicolon and tab'],
  ["train --data commas.csv", 1, 'commas.csv: line 2, column "width": "1,5" is written with a comma; write numbers with a decimal point and without thousands separators, such as 1234.5'],
  ["train --data gap.csv", 1, 'gap.csv: line 5, column "width": the value is missing (the cell is empty); 1 row lacks it; say what to do with missing values (--missing drop or mean), or leave the column out (--drop)'],
  ["train --data no-kind.csv --missing mean", 1, 'no-kind.csv: line 5, column "kind": the value is missing (the cell holds "NA"); 1 row lacks it; a target cannot be filled in; leave such rows out (--missing drop); if "NA" is a value, name the words that mean missing without it (--na)'],
  ["train --data text.csv", 1, 'text.csv: line 5, column "width": "wide" stands among numbers; correct it, leave it empty if it is missing, or read the column as text'],
  ["train --data huge.csv", 1, 'huge.csv: line 5, column "width": "1e999" is beyond what a number holds; correct it, or leave it empty if it is missing'],
  ["train --data hollow.csv --missing mean", 1, 'hollow.csv: column "height": missing in every row; leave the column out (--drop)'],
  ["train --data wide32.csv", 1, 'wide32.csv: line 5, column "width": 1e+39 overflows float32; use --dtype float64, or leave the column out (--drop)'],
  ["train --data course.csv", 1, "course.csv: line 1: announces 5 rows, 2 features and the classes no, yes, but below it stand 3 rows of 2 features and a class; correct the line or take it away"],
  ["train --data labels.csv", 1, "labels.csv: line 1: announces 3 rows, 2 features and the classes no, yes, but 1 of them end in no class 0 … 1; correct the line or take it away"],
  ["train --data cut.csv.gz", 1, "cut.csv.gz: at byte 316: gzip: expected 656692126 bytes with the CRC-32 3ed9b074, found 753 with 6b02156c; the data are damaged or cut short; copy or download the file again"],
  ["train --data hurt.csv.gz", 1, "hurt.csv.gz: at byte 0: gzip: invalid distance; the compressed data are damaged or cut short; copy or download the file again"],
  ["train --data flowrs.csv", 2, "--data flowrs.csv names no file; did you mean \"flowers.csv\"?"],
  ["train --data nowhere/flowers.csv", 2, "--data nowhere/flowers.csv names no file"],
  ["train --data mnist/", 2, "--data mnist/ is a folder"],
  ["train --data flowers.csv --target knd", 2, '--target: flowers.csv has no column "knd"; did you mean "kind"?'],
  ["train --data flowers.csv --target price", 2, '--target: flowers.csv has no column "price"; its columns are "id", "width", "height", "colour", "kind"'],
  ["train --data flowers.csv --features width,hight", 2, '--features: flowers.csv has no column "hight"; did you mean "height"?'],
  ["train --data flowers.csv --drop width,age", 2, '--drop: flowers.csv has no column "age"; its columns are "id", "width", "height", "colour", "kind"'],
  ["train --data flowers.csv --target kind --drop kind", 2, 'the target "kind" is among the columns to drop'],
  ["train --data flowers.csv --features width,kind --target kind", 2, 'the target "kind" is among the features'],
  ["train --data flowers.csv --features width,width", 2, 'the feature "width" is named twice'],
  ["train --data flowers.csv --drop id,width,height,colour", 2, 'no features are left beside the target "kind"'],
  ["train --data flowers.csv --features width,", 2, "--features width, ends with a comma"],
  ["train --data flowers.csv --task regression", 1, 'flowers.csv: column "kind": regression needs numbers to predict, this column holds text; choose another with --target, or classification'],
  ["train --data houses.csv --task classification --target size", 1, 'houses.csv: line 23: the class "50.8" has this one row, which cannot stand in two parts; correct it or leave it out, or have nothing drawn by class (--test last:ROWS or none)'],
  ["train --data houses.csv --task clasification", 2, "--task clasification must be one of classification, regression; did you mean \"classification\"?"],
  ["train --data houses.csv --missing fill", 2, "--missing fill must be one of refuse, drop, mean"],
  ["train --data houses.csv --loss hinge", 2, "--loss hinge does not fit regression; houses.csv takes mse, half-mse, l1, huber"],
  ["train --data houses.csv --net 3-4-1", 2, "--net 3-4-1 does not fit houses.csv, which has 2 inputs and 1 output; try --net 2-4-1"],
  ["train --data flowers.csv --drop id --net 5-4-2", 2, "--net 5-4-2 does not fit flowers.csv, which has 5 inputs and 3 classes; try --net 5-4-3"],
  ["train --data houses.csv --test 80", 2, "--test: cannot hold back 80 of 80 rows: at least one row must be held back and one left"],
  ["train --data houses.csv --test none.csv", 2, "--test none.csv names no file"],
  ["train --data flowers.csv --test no-width.csv", 1, 'no-width.csv: the column "width" is missing; found "id", "height", "colour", "kind"'],
  ["train --data flowers.csv --test tulip.csv", 1, 'tulip.csv: line 5, column "kind": unknown class "tulip"; known: "aster", "daisy", "rose"'],
  ["train --target kind", 2, "--target applies to CSV files, not to digits"],
  ["train --data circles --test flowers.csv", 2, "--test with a file applies to CSV files, not to circles"],
  ["train --data iris --missing drop", 2, "--missing applies to CSV files, not to iris"],
  ["train --data flowers.csv --noise 1", 2, "--noise applies to generated data, not to flowers.csv"],
  ["train --data wine --data-dir sized", 1, "wine is not on this machine. Looked in\n  sized/tabular (dataDir (--data-dir)): no such folder\n  chainrule/tabular (cache): no such folder\nPut wine_data.csv or wine_data.csv.gz into one of these folders, or name the folder above it with dataDir (--data-dir) or CHAINRULE_DATA."],
  ["train --data mnist --data-dir .", 1, "mnist/train-images-idx3-ubyte: size: expected 47040016 bytes, found 1584; the file is damaged or another one: remove it, and it is downloaded anew"],
  ["train --data mnist --data-dir sized", 1, "sized/mnist/train-images-idx3-ubyte: sha256: expected ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db, found 03dc6d029f04f9c472ed97b0f74ea073c09cb652c8c0a1f7750a2c34a9a8796f; the file is damaged or another one: remove it, and it is downloaded anew"],
  ["train --data flowers.csv --out flowers.csv/run", 2, "--out: cannot make the folder flowers.csv/run: flowers.csv is a file, not a folder (ENOTDIR)"],
  ["train --data flowers.csv --out mnist", 2, "--out: the folder mnist is there and not empty; choose another one, or replace the run with --force"],
  ["data info cut.idx", 1, "cut.idx: at byte 4: lengths of the axes: expected 1568 bytes for [2,28,28], found 1567; the file is cut off or is another one"],
  ["data info axes.idx", 1, "axes.idx: at byte 3: number of axes: expected 1 to 8, found 0"],
  ["data info type.idx", 1, "type.idx: at byte 2: type: expected 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, found 0x07"],
  ["data info flowrs.csv", 2, "data info: \"flowrs.csv\" names no file; did you mean \"flowers.csv\"?"],
  ["data info ragged.csv", 1, "ragged.csv: line 5: 4 fields, expected 5 as in line 1 (separator: comma); put a field that holds the separator in quotes, or complete the line"],
  ["check --data gap.csv", 1, 'gap.csv: line 5, column "width": the value is missing (the cell is empty); 1 row lacks it; say what to do with missing values (--missing drop or mean), or leave the column out (--drop)'],
  ["eval f --data no-width.csv", 1, 'no-width.csv: the column "width" is missing; found "id", "height", "colour", "kind"'],
  ["eval f --data tulip.csv", 1, 'tulip.csv: line 5, column "kind": unknown class "tulip"; known: "aster", "daisy", "rose"'],
  ["eval f --data digits", 2, "--data digits does not fit f: it has 64 inputs and 10 classes, the run 5 inputs and 3 classes"],
  ["predict f", 2, "give either a file (or -) or --rows test"],
  ["predict f flowers.csv --rows test", 2, "give either a file (or -) or --rows test"],
  ["predict f --rows all", 2, "--rows all must be one of test, validation, train"],
  ["predict f flowrs.csv", 2, "predict: \"flowrs.csv\" names no file; did you mean \"flowers.csv\"?"],
  ["predict f flowers.csv --data flowers.csv", 2, "--data goes with --rows; a file stands behind the run folder"],
  ["predict f no-width.csv", 1, 'no-width.csv: the column "width" is missing; found "id", "height", "colour", "kind"'],
  ["predict f green.csv", 1, 'green.csv: line 5, column "colour": unknown category "green"; known: "blue", "red", "white"'],
  ["predict f gap.csv", 1, 'gap.csv: line 5, column "width": the value is missing (the cell is empty); 1 row lacks it; a run trained with --missing mean fills such gaps'],
  ["predict f text.csv", 1, 'text.csv: line 5, column "width": "wide" stands among numbers; correct it, leave it empty if it is missing, or read the column as text'],
  ["predict f ragged.csv", 1, "ragged.csv: line 5: 4 fields, expected 5 as in line 1 (separator: comma); put a field that holds the separator in quotes, or complete the line"],
  ["predict f empty.csv", 1, "empty.csv: the file is empty; expected a line of names and rows below it"],
  ["predict f bare.csv", 1, 'bare.csv: the columns "width", "height", "colour" are missing; found "x1", "x2", "x3", "x4", "y"; the file has no line of names'],
  ["predict f cut.csv.gz", 1, "cut.csv.gz: gzip: unexpected end of file; the file is damaged or cut short: copy or download it again"],
  ["predict f large.idx", 1, 'large.idx: an IDX file has no names of columns, and f takes columns by name: "width", "height", "colour"'],
  ["predict d large.idx", 1, "large.idx: a row [28,28] has 784 numbers, and the network of d has 64 inputs"],
  ["predict d cut.idx", 1, "cut.idx: at byte 4: lengths of the axes: expected 1568 bytes for 2 rows, found 1567; the file is cut off"],
  ["predict d flowers.csv", 1, 'flowers.csv: the columns "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12" and 52 more are missing; found "id", "width", "height", "colour", "kind"; d takes 64 columns'],
  ["predict d --rows validation", 2, "d has no validation rows"],
  ["predict cut flowers.csv", 1, 'cut/model.safetensors: at byte 177: tensor "0.weight" data_offsets: expected an end up to 132, where the file ends, found 768'],
  ["predict format flowers.csv", 1, "format/preprocess.json: format: it is 2, and chainrule 0.1.0 reads 1; use the version that wrote it"],
  ["predict plan flowers.csv", 1, "plan/preprocess.json: plan: features[0].type: expected \"number\" or \"text\" or \"date\", found \"\\\"day\\\"\""],
  ["predict other flowers.csv", 1, "other/preprocess.json: featureNames: it is not what plan says"],
  ["predict nowhere flowers.csv", 2, "there is no folder nowhere"],
];

async function prepared(): Promise<string> {
  const cwd = freshFolder();
  writeTables(cwd);
  for (const folder of ["mnist", "sized/mnist"]) mkdirSync(join(cwd, folder), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  await Promise.all([
    chainrule("train --data flowers.csv --drop id --epochs 1 --out f --quiet", { cwd }),
    chainrule("train --data digits --net 64-10 --epochs 1 --out d --quiet", { cwd }),
  ]);
  const spoilt = (name: string, change: (folder: string) => void): void => {
    cpSync(join(cwd, "f"), join(cwd, name), { recursive: true });
    change(join(cwd, name));
  };
  const edit = (file: string, change: (content: Record<string, unknown>) => void) => (folder: string) => {
    const content = JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>;
    change(content);
    writeFileSync(join(folder, file), JSON.stringify(content));
  };
  spoilt("cut", (folder) => truncateSync(join(folder, "model.safetensors"), 500));
  spoilt(
    "format",
    edit("preprocess.json", (kept) => void (kept.format = 2)),
  );
  spoilt("plan", edit("preprocess.json", ({ plan }) => void ((plan as Record<string, unknown>).features = [{ name: "width", type: "day" }]))); // prettier-ignore
  spoilt(
    "other",
    edit("preprocess.json", (kept) => void (kept.featureNames = ["a", "b", "c", "d", "e"])),
  );
  return cwd;
}

const listing = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).sort().join("\n");

/** Paths in the commands above that are not files. */
const paths = new Set([
  ...Object.keys(files),
  "flowers.csv",
  "houses.csv",
  "flowrs.csv",
  "nowhere/flowers.csv",
  "none.csv",
  "mnist/",
  "flowers.csv/run",
  "f",
  "d",
  "cut",
  "format",
  "plan",
  "other",
  "nowhere",
  "sized",
  ".",
]);

/** The command with absolute paths, since an in-process test has no working folder of its own. */
function withPaths(command: string, cwd: string): string[] {
  return command
    .split(" ")
    .map((word, i, words) =>
      paths.has(word) || words[i - 1] === "--out" ? `${cwd}/${word === "." ? "" : word}` : word,
    );
}

it(
  "says what is wrong, where, and what to try, and leaves nothing behind",
  { timeout: 240_000 },
  async () => {
    const cwd = await prepared();
    const before = listing(cwd);
    const faults: string[] = [];
    const look = (
      [command, expected, message]: (typeof cases)[number],
      { code, stdout, stderr }: { code: number | null; stdout: string; stderr: string },
    ): void => {
      const said = stderr.trimEnd().replaceAll(`${cwd}/`, "");
      if (said !== `chainrule: ${message}`) faults.push(`${command}: said ${said}`);
      if (code !== expected) faults.push(`${command}: exit ${code}`);
      if (stdout !== "") faults.push(`${command}: on stdout ${stdout}`);
      if (said.split("\n").length > 12) faults.push(`${command}: more than a dozen lines`);
      if (listing(cwd) !== before) faults.push(`${command}: left something behind`);
    };
    for (const one of cases) look(one, await inProcess(withPaths(one[0], cwd), { XDG_CACHE_HOME: cwd }));
    expect(faults).toEqual([]);
    // every third command also runs in a process of its own
    const third = cases.filter((_, i) => i % 3 === 0);
    for (let i = 0; i < third.length; i += 2)
      await Promise.all(
        third
          .slice(i, i + 2)
          .map(async (one) => look(one, await chainrule(one[0], { cwd, env: { XDG_CACHE_HOME: cwd } }))),
      );
    expect(faults).toEqual([]);
  },
);

it("knows forty and more", () => {
  expect(cases.length).toBeGreaterThanOrEqual(40);
});
