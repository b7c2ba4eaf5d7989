/** The gallery of figures, which scripts/gallery.ts draws into docs/figures.png. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as plots from "chainrule/plots";
import { expect, test } from "vitest";
import { gallery } from "../scripts/gallery/index.ts";
import { expectWhole } from "./figure-checks.ts";

test.each(Object.entries(gallery))("%s is well-formed", async (_name, draw) => {
  expectWhole(await draw());
});

test("the gallery shows every kind of figure", () => {
  const folder = fileURLToPath(new URL("../scripts/gallery", import.meta.url));
  const sources = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, "utf8"));
  const drawing = Object.entries(plots).filter(
    ([name, value]) => typeof value === "function" && name !== "sheet",
  );
  const imported = new Set(
    sources.flatMap((text) =>
      [...text.matchAll(/import \{([^}]*)\} from "chainrule\/plots"/g)].flatMap(([, names]) =>
        names.split(",").map((name) => name.trim().split(" as ")[0]),
      ),
    ),
  );
  expect(drawing.map(([name]) => name).filter((name) => !imported.has(name))).toEqual([]);
});
