import "../graph/eager.ts";
import { expect, test } from "vitest";
import * as v from "valibot";
import { lossesFor } from "./choices/losses.ts";
import { optimizerNames } from "./choices/optimizers.ts";
import { makeModel, tensorsOf } from "./model.ts";
import { resolveSettings } from "./resolve.ts";
import type { DataFacts } from "./resolve.ts";
import { dataNames, sourceOf } from "./sources.ts";
import { settingsOf, specOf } from "./spec.ts";
import { settingRows, settingsSchema, storedSettings } from "./settings/table.ts";
import type { AskedSettings } from "./settings/table.ts";
import type { Row } from "./settings/row.ts";

/** What a user says who says nothing: the defaults that do not depend on data. */
const silent = Object.fromEntries(
  Object.entries<Row>(storedSettings).flatMap(([name, { fixed }]) =>
    fixed === undefined ? [] : [[name, fixed]],
  ),
) as unknown as AskedSettings;

const facts = (task: DataFacts["task"], rows = 100): DataFacts => ({
  rows,
  inputs: 4,
  outputs: task === "classification" ? 3 : 1,
  task,
  validated: false,
});

test("every default is a value that run.json may hold, whatever the data, the optimizer and the loss", () => {
  for (const data of dataNames)
    for (const task of ["classification", "regression"] as const)
      for (const optimizer of optimizerNames)
        for (const loss of lossesFor(task)) {
          const asked = { ...silent, data, optimizer, loss };
          const settings = resolveSettings(asked, sourceOf(data), facts(task));
          expect(v.parse(settingsSchema, JSON.parse(JSON.stringify(settings)))).toEqual(settings);
          expect(Object.keys(settings)).toEqual(Object.keys(storedSettings));
        }
});

test("a spec is written with the settings that it was made of, in their order", () => {
  const settings = resolveSettings(
    { ...silent, net: [4, 7, 5, 3], activation: "tanh" },
    sourceOf("iris"),
    facts("classification"),
  );
  const spec = specOf(settings);
  expect(spec.model.layers).toEqual([
    { dense: [4, 7] },
    { activation: "tanh" },
    { dense: [7, 5] },
    { activation: "tanh" },
    { dense: [5, 3] },
  ]);
  expect(JSON.stringify(settingsOf(spec))).toBe(JSON.stringify(settings));
  // without a hidden layer the activation is kept, too
  const flat = { ...settings, net: [4, 3] };
  expect(JSON.stringify(settingsOf(specOf(flat)))).toBe(JSON.stringify(flat));
});

test("the tensors that a spec expects are those of its module", () => {
  const { model } = specOf(
    resolveSettings({ ...silent, net: [4, 7, 5, 3] }, sourceOf("iris"), facts("classification")),
  );
  const made = makeModel(model, { init: { name: "zeros" }, initBias: "zeros", dtype: "float32", seed: 0 });
  const shapes = [...made.stateDict()].map(([name, { shape }]) => [name, shape]);
  expect([...tensorsOf(model)]).toEqual(shapes);
});

test("a row with a value reads it: the default of a flag is read back from its text", () => {
  for (const [name, { kind, fixed, value }] of settingRows)
    if (typeof fixed === "string" || typeof fixed === "number")
      expect(value && kind.read(String(fixed)), name).toBe(fixed);
});
