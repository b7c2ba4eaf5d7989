/** Settings, data and machine of a run, in words for its report. */
import type { Machine } from "chainrule/node";
import type { FactGroup } from "chainrule/report";
import { initializationRow, layerSizesOf, lossRow, optimizerRow, settingsOf, sourceOf } from "chainrule/runs";
import type { HeldPart, OptimizerOptions, RunSettings, RunSpec } from "chainrule/runs";
import type { LoadedParts } from "./data.ts";
import { grouped } from "./display.ts";

/** Where a run comes from, as run.json has it. */
export interface RunAbout {
  readonly started: string;
  /** The file that the network started from; null where its weights were drawn. */
  readonly initFrom: string | null;
  readonly device: string;
  /** Of the kernels, where the device has several, and how many threads ran them. */
  readonly build?: string;
  readonly threads?: number;
  readonly data: { readonly sha256: string };
  readonly versions: { readonly chainrule: string; readonly node: string };
  readonly machine: Machine;
}

type Fact = readonly [name: string, value: string];

export function factsOf(settings: RunSpec, parts: LoadedParts, about: RunAbout): FactGroup[] {
  return [
    { title: "Data", facts: dataFacts(settings, parts, about) },
    { title: "Network and loss", facts: networkFacts(settings, about) },
    { title: "Training", facts: [...trainingFacts(settings), ...otherFacts(settings)] },
    { title: "Origin", facts: originFacts(about) },
  ];
}

function dataFacts(settings: RunSpec, parts: LoadedParts, { data }: RunAbout): Fact[] {
  const { train, validation, test, ownTest } = parts;
  const { classNames } = train.info;
  const { kind } = sourceOf(settings.data);
  const features = train.inputs.shape[1];
  const featureNames = settings.features ?? train.info.featureNames;
  const named = featureNames && features <= 12 ? `: ${featureNames.join(", ")}` : "";
  return [
    ["data", settings.data],
    ["points", kind === "generated" ? `${grouped(settings.samples)} for training, as many for testing` : ""],
    ["noise", settings.noise === null ? "" : String(settings.noise)],
    ["task", settings.task],
    ["target", settings.target ?? ""],
    ["inputs", `${grouped(features)}${named}`],
    ...(classNames
      ? [["classes", classNames.length <= 12 ? classNames.join(", ") : grouped(classNames.length)] as Fact]
      : []),
    ["columns left out", settings.drop.join(", ")],
    ["missing values", kind === "table" ? missing[settings.missing] : ""],
    ["training rows", grouped(train.length)],
    ...(validation
      ? [
          [
            "validation rows",
            `${grouped(validation.length)} (${held(settings.validation, "the rows that are not for testing")})`,
          ] as Fact,
        ]
      : []),
    [
      "test rows",
      test
        ? `${grouped(test.length)} (${ownTest ? "the data's own" : held(settings.test, "all rows")})`
        : "none",
    ],
    ["scaling", settings.scale],
    ["read as", readAs(parts.notes)],
    ["sha256", data.sha256],
  ].filter(([, value]) => value !== "") as Fact[];
}

const missing = { refuse: "refused", drop: "their rows dropped", mean: "filled in with the mean" } as const;

/** The notes of the command line, without its hints at flags and its word "note". */
function readAs(notes: readonly string[]): string {
  const clauses = notes.flatMap((note) => note.replace(/^note: /, "").split("; "));
  return clauses.filter((clause) => !/(^| )--[a-z]/.test(clause)).join("; ");
}

function held(part: HeldPart | "own", whole: string): string {
  if (typeof part === "number") return `${part} of ${whole}`;
  if (typeof part === "string") return part;
  return "count" in part ? "drawn" : "the last ones";
}

function networkFacts(
  { model, activation, init, initBias, dtype, loss, margin, reduction }: RunSpec,
  { initFrom }: RunAbout,
): Fact[] {
  const sizes = layerSizesOf(model);
  const row = initializationRow(init);
  const drawn = `${row.words(numbersOf(init))}${row.drawsBias && initBias === "normal" ? ", biases too" : ""}`;
  return [
    ["layers", sizes.join("-")],
    ...(sizes.length > 2 ? [["activation", activation] as Fact] : []),
    ["initial weights", initFrom === null ? drawn : `those of ${initFrom}`],
    ["numbers", dtype],
    ["loss", `${loss}${lossRow(loss).takes?.margin === undefined ? "" : `, margin ${margin}`}`],
    ["over the batch", reduction],
  ];
}

function trainingFacts(settings: RunSpec): Fact[] {
  const { optimizer, lr, weightDecay, schedule, clip, batch, epochs, seed } = settings;
  const details = optionWords(settings);
  return [
    ["optimizer", `${optimizer}${details === "" ? "" : ` (${details})`}`],
    ["learning rate", String(lr)],
    ["schedule", schedule === null ? "constant" : Object.values(schedule).join(", ")],
    ...(weightDecay > 0 ? [["weight decay", String(weightDecay)] as Fact] : []),
    ...(clip === null ? [] : [["gradients clipped", `by ${clip.name}, ${clip.limit}`] as Fact]),
    [
      "batch",
      `${batch === "full" ? "all rows" : grouped(batch)}${settings.dropLast ? ", a smaller last one dropped" : ""}`,
    ],
    ["order", settings.shuffle ? "shuffled each epoch" : "as the rows come"],
    ["epochs", grouped(epochs)],
    [
      "training metrics",
      settings.evalTrain ? "a pass over all rows after each epoch" : "means over the epoch",
    ],
    ["tested", settings.testAt === "epoch" ? "after each epoch" : "at the end"],
    ["seed", String(seed)],
  ];
}

/** The settings that the other facts already name. */
const told = new Set<keyof RunSettings>([
  ...(["data", "samples", "noise", "test", "validation", "scale", "dtype", "seed", "target"] as const),
  ...(["features", "drop", "task", "missing", "net", "activation", "loss", "margin", "reduction"] as const),
  ...(["optimizer", "lr", "momentum", "beta", "betas", "eps", "weightDecay", "schedule", "clip"] as const),
  ...(["batch", "shuffle", "dropLast", "epochs", "init", "initBias", "testAt", "evalTrain"] as const),
]);

/** Any other setting of the table, by its name. */
function otherFacts(spec: RunSpec): Fact[] {
  const others = Object.entries(settingsOf(spec)).filter(([name]) => !told.has(name as keyof RunSettings));
  return others.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}

const numbersOf = (choice: object) => choice as Readonly<Record<string, number>>;

/** The options that the optimizer takes, by their letters. */
function optionWords(settings: RunSpec): string {
  const { takes } = optimizerRow(settings.optimizer);
  const letters: Record<keyof OptimizerOptions, string> = {
    beta: "β =",
    betas: "β =",
    eps: "ε =",
    // a momentum that is 0 unless given is an extra of the rule
    momentum: takes.momentum === 0 ? "momentum" : "μ =",
  };
  return (Object.keys(letters) as (keyof OptimizerOptions)[])
    .filter((name) => takes[name] !== undefined)
    .filter((name) => name !== "momentum" || takes.momentum !== 0 || settings.momentum > 0)
    .map((name) => `${letters[name]} ${[settings[name]].flat().join(", ")}`)
    .join(", ");
}

function originFacts({ started, device, build, threads, versions, machine }: RunAbout): Fact[] {
  const { platform, release, arch, cpu, cores, memoryBytes, v8 } = machine;
  return [
    ["started", `${started.slice(0, 19).replace("T", " ")} UTC`],
    ["chainrule", versions.chainrule],
    ["device", device],
    ...(build === undefined ? [] : [["kernels", kernels(build)] as Fact]),
    ...(threads === undefined ? [] : [["threads", String(threads)] as Fact]),
    ["Node", `${versions.node}, V8 ${v8}`],
    ["system", `${platform} ${release}, ${arch}`],
    ["processor", `${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}`],
    ["memory", `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`],
  ];
}

/** What `--strict` decides, by the name of the build. */
function kernels(build: string): string {
  return build.startsWith("strict") ? `${build}, without fused multiply-add` : build;
}
