/** Two runs are the same if their settings and seed are equal, and also the numbers in the files that they name. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { csv } from "./own-files.ts";
import { chainrule, freshFolder } from "./process.ts";

/** Files of the same name in A and B. The column b determines the class in only one of them. */
function twoTables(): string {
  const cwd = freshFolder();
  for (const [folder, tells] of [
    ["A", false],
    ["B", true],
  ] as const) {
    mkdirSync(join(cwd, folder));
    const rows = Array.from({ length: 60 }, (_, i) => [
      String(i % 7),
      String(tells ? i % 2 : i % 5),
      i % 2 === 0 ? "even" : "odd",
    ]);
    writeFileSync(join(cwd, folder, "rows.csv"), csv(["a", "b", "kind"], rows));
  }
  return cwd;
}

it("a sweep does not resume when a number of its file changed, in any column", async () => {
  const cwd = twoTables();
  const sweep = (folder: string) =>
    chainrule(
      [..."sweep --features a;b --epochs 1 --seeds 1 --test none --workers 1 --quiet --out s --data".split(" "), `${folder}/rows.csv`], // prettier-ignore
      { cwd },
    );
  expect(await sweep("A")).toMatchObject({ code: 0, stderr: "" });
  expect(await sweep("A")).toMatchObject({ code: 0, stderr: "" });
  const other = await sweep("B");
  expect([other.code, other.stdout]).toEqual([2, ""]);
  expect(other.stderr).toMatch(/s holds a sweep with other settings, seeds or rows/);
});

it("a sweep and a comparison distinguish initial weights by the content of the file", async () => {
  const cwd = freshFolder();
  const train = "train --data circles --samples 40 --epochs 1 --net 2-3-2 --quiet";
  for (const seed of [0, 1]) await chainrule(`${train} --epochs 0 --seed ${seed} --out w${seed}`, { cwd });
  const sweep =
    "sweep --data circles --samples 40 --net 2-3-2 --epochs 1 --seeds 1 --workers 1 --quiet --out s";
  expect(await chainrule(`${sweep} --init-from w0/model.safetensors`, { cwd })).toMatchObject({ code: 0 });
  const other = await chainrule(`${sweep} --init-from w1/model.safetensors`, { cwd });
  expect([other.code, other.stdout]).toEqual([2, ""]);
  copyFileSync(join(cwd, "w0/model.safetensors"), join(cwd, "same.safetensors"));
  await Promise.all([
    chainrule(`${train} --seed 2 --out a --init-from w0/model.safetensors`, { cwd }),
    chainrule(`${train} --seed 3 --out b --init-from same.safetensors`, { cwd }),
    chainrule(`${train} --seed 4 --out c --init-from w1/model.safetensors`, { cwd }),
    chainrule(`${train} --seed 5 --out d`, { cwd }),
  ]);
  expect(await rows("a b c d", cwd)).toEqual([[2, 3], [4], [5]]);
});

it("a comparison averages over seeds only if the files are equal, with filled-in values or without", async () => {
  const cwd = twoTables();
  const rest = "--epochs 1 --missing mean --quiet";
  writeFileSync(join(cwd, "A/gap.csv"), "a,b,kind\n1,,even\n2,1,odd\n3,1,even\n4,2,odd\n5,,even\n6,3,odd\n");
  await Promise.all([
    chainrule(`train --data A/rows.csv --seed 0 ${rest} --out a`, { cwd }),
    chainrule(`train --data A/rows.csv --seed 1 ${rest} --out b`, { cwd }),
    chainrule(`train --data B/rows.csv --seed 2 ${rest} --out c`, { cwd }),
    chainrule(`train --data A/rows.csv --test B/rows.csv --seed 3 ${rest} --out d`, { cwd }),
    chainrule(`train --data A/rows.csv --test A/rows.csv --seed 4 ${rest} --out e`, { cwd }),
    chainrule(`train --data A/gap.csv --test none --seed 5 ${rest} --out f`, { cwd }),
    chainrule(`train --data A/gap.csv --test none --seed 6 ${rest} --out g`, { cwd }),
  ]);
  expect(await rows("a b c d e", cwd)).toEqual([[0, 1], [2], [3], [4]]);
  // The means that fill gaps come from the training rows, which depend on the seed.
  expect(await rows("f g", cwd)).toEqual([[5, 6]]);
});

/** The seeds of each row that a comparison ranks. */
async function rows(folders: string, cwd: string): Promise<number[][]> {
  const { events } = await chainrule(`compare ${folders} --json`, { cwd });
  const [{ groups }] = events as unknown as [{ groups: { ranking: { seeds: number[] }[] }[] }];
  return groups[0].ranking.map(({ seeds }) => seeds).sort(([a], [b]) => a - b);
}
