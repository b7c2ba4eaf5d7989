/**
 * Builds the fast kernels: packages/chainrule/kernels (AssemblyScript) becomes four WebAssembly modules, committed as
 * text in src/devices/wasm/kernels/builds/, and the catalog of kernels that tapes are written with.
 *
 *     npm run kernels
 *
 * A kernel is any exported function without a result in one of the families' files. From their signatures this
 * script writes the tape interpreter's dispatcher (read by the compiler, never on disk) and the catalog.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { main as compile } from "assemblyscript/asc";
import { root } from "./command.ts";

const sources = join(root, "packages/chainrule/kernels");
const generated = join(root, "packages/chainrule/src/devices/wasm/kernels");

/** Files that hold no kernels of a family. */
const machinery = ["memory.ts", "barrier.ts", "tape.ts", "lanes.ts", "packing.ts", "tile.ts", "epilogue.ts"];

export const builds = ["relaxed", "strict", "relaxed-shared", "strict-shared"] as const;
export type BuildName = (typeof builds)[number];

interface Parameter {
  readonly name: string;
  readonly type: string;
}
export interface Kernel {
  readonly family: string;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Whether threads share its work. */
  readonly shared: boolean;
}

const types = ["usize", "i32", "f64"];

/** The kernels in order of file and place; the order is the opcode. */
export function readKernels(): Kernel[] {
  const files = readdirSync(sources).filter((file) => file.endsWith(".ts") && !machinery.includes(file));
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(sources, file), "utf8");
    const sharing = sharingFunctions(text);
    return [...text.matchAll(/^export function (\w+)\(([^)]*)\): void/gm)].map(([, name, list]) => ({
      family: file.slice(0, -3),
      name,
      shared: sharing.has(name),
      parameters: list
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "")
        .map((item) => {
          const [parameter, type] = item.split(/:\s*/);
          if (!types.includes(type))
            throw new Error(`${file}: ${name} takes ${item}; a tape holds ${types.join(", ")}`);
          return { name: parameter, type };
        }),
    }));
  });
}

/** The functions of a file that ask for their thread's share, themselves or in a function that they call. */
function sharingFunctions(text: string): Set<string> {
  const bodies = new Map(
    text
      .split(/^(?:export )?function /m)
      .slice(1)
      .map((body) => [/^\w+/.exec(body)![0], body]),
  );
  const sharing = new Set(["shareFrom"]);
  for (let before = 0; before < sharing.size;) {
    before = sharing.size;
    for (const [name, body] of bodies)
      if ([...sharing].some((callee) => new RegExp(`\\b${callee}[<(]`).test(body))) sharing.add(name);
  }
  return sharing;
}

/** The arguments that `executeBlock` of a group can pass; a kernel without other parameters can be part of a group. */
const blockParameters = ["out", "a", "b", "c", "n", "da", "db", "dc", "p0", "p1"];
export function isBlock({ parameters }: Kernel): boolean {
  const names = parameters.map((parameter) => parameter.name);
  return names.includes("n") && names.includes("a") && names.every((name) => blockParameters.includes(name));
}

/** How the interpreter reads a kernel's arguments from the tape, and the words that they take there. */
function call({ name, parameters }: Kernel): { text: string; words: number } {
  let at = 0;
  const values = parameters.map(({ type }) => {
    const value = `load<${type}>(p, ${at})`;
    at += type === "f64" ? 8 : 4;
    return value;
  });
  return { text: `${name}(${values.join(", ")})`, words: at / 4 };
}

function dispatcher(kernels: readonly Kernel[]): string {
  const families = [...new Set(kernels.map((kernel) => kernel.family))];
  const imports = families.map((family) => {
    const names = kernels.filter((kernel) => kernel.family === family).map((kernel) => kernel.name);
    return `import { ${names.join(", ")} } from "./${family}";`;
  });
  const cases = kernels.map((kernel, opcode) => `case ${opcode}: ${call(kernel).text}; break;`);
  const blocks = kernels.flatMap((kernel, opcode) => {
    const names = kernel.parameters.map((parameter) => parameter.name).join(", ");
    return isBlock(kernel) ? [`case ${opcode}: ${kernel.name}(${names}); break;`] : [];
  });
  return `${imports.join("\n")}
export function execute(opcode: i32, p: usize): void {
  switch (opcode) {
    ${cases.join("\n    ")}
  }
}
export function executeBlock(
  opcode: i32, out: usize, a: usize, b: usize, c: usize, n: i32, da: i32, db: i32, dc: i32, p0: f64, p1: f64,
): void {
  switch (opcode) {
    ${blocks.join("\n    ")}
  }
}
`;
}

function entry(kernels: readonly Kernel[]): string {
  const families = [...new Set(kernels.map((kernel) => kernel.family))];
  return `${families.map((family) => `export * from "./${family}";`).join("\n")}
export { run, serve, dismiss } from "./tape";
export { changes, setSleep, PATIENCE } from "./barrier";
export { setThread } from "./memory";
export {
  EXP_TABLE, LOG_TABLE, TRIG_TABLE, DIGITS_TABLE, ERF_TABLE, POWERS_TABLE, CONTROL, FAULT, HEAP, PACKED_BYTES, SLOT_BYTES, SLOTS,
  MOST_THREADS,
} from "./memory";
`;
}

/** The bytes of one build; `edit` changes the sources on the way, for tests that plant faults. */
export async function buildKernels(
  build: BuildName,
  kernels: readonly Kernel[] = readKernels(),
  edit?: (file: string, text: string) => string,
): Promise<Uint8Array> {
  const virtual: Record<string, string> = { "dispatch.ts": dispatcher(kernels), "index.ts": entry(kernels) };
  const shared = build.endsWith("shared");
  const features = ["simd", "bulk-memory", ...(build.startsWith("relaxed") ? ["relaxed-simd"] : [])];
  if (shared) features.push("threads");
  let bytes: Uint8Array | undefined;
  const messages: string[] = [];
  const { error } = await compile(
    [
      "index.ts",
      ...(edit ? ["-O1"] : ["-O3", "--converge"]),
      "--noAssert",
      "--runtime",
      "stub",
      "--importMemory",
      "--noExportMemory",
      "--initialMemory",
      "48",
      "--memoryBase",
      "28672",
      "--maximumMemory",
      "65536",
      ...(shared ? ["--sharedMemory"] : []),
      ...features.flatMap((feature) => ["--enable", feature]),
      "--use",
      "abort=",
      "--outFile",
      "kernels.wasm",
      "--baseDir",
      sources,
    ],
    {
      readFile(name) {
        if (name in virtual) return virtual[name];
        try {
          const text = readFileSync(join(sources, name), "utf8");
          return edit?.(name, text) ?? text;
        } catch {
          return null;
        }
      },
      writeFile(name, contents) {
        if (name === "kernels.wasm") bytes = contents as Uint8Array;
      },
      listFiles: () => [],
      stderr: { write: (text) => messages.push(String(text)) },
    },
  );
  if (error !== null || bytes === undefined)
    throw new Error(`${build} does not compile:\n${error?.message}\n${messages.join("")}`);
  return bytes;
}

/** The catalog as TypeScript: a row for neighbouring kernels with the same parameters, in the order of the opcodes. */
export function catalog(kernels: readonly Kernel[]): string {
  const rows: { parameters: string; shared: boolean; names: string[] }[] = [];
  for (const { name, parameters: given, shared } of kernels) {
    const parameters = given.map(({ name: word, type }) => (type === "f64" ? `${word}:f64` : word)).join(" ");
    const last = rows.at(-1);
    if (last?.parameters === parameters && last.shared === shared) last.names.push(name);
    else rows.push({ parameters, shared, names: [name] });
  }
  const lines = rows.map(
    ({ parameters, shared, names }) =>
      `  { kernels: "${names.join(" ")}", parameters: "${parameters}", shared: ${shared} },`,
  );
  return `/**
 * The kernels and their parameters, in the order of their opcodes. Threads share the work of \`shared\` kernels. Written by
 * scripts/kernels.ts.
 */
export const catalog = [
${lines.join("\n")}
] as const;
`;
}

/** The id of the sources: a hash of their names and texts. */
export function hashOfSources(): string {
  const hash = createHash("sha256");
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(sources, file)));
  return hash.digest("hex").slice(0, 16);
}

/** A build as a module: deflated, in base64. */
function moduleText(bytes: Uint8Array): string {
  return `/** Written by scripts/kernels.ts from sources ${hashOfSources()}: a WebAssembly module, deflated, in base64. */
export const wasm =
  "${deflateRawSync(bytes, { level: 9 }).toString("base64")}";
`;
}

if (import.meta.main) {
  const kernels = readKernels();
  for (const build of builds) {
    const bytes = await buildKernels(build, kernels);
    writeFileSync(join(generated, "builds", `${build}.ts`), moduleText(bytes));
    console.log(`${build}: ${bytes.length} bytes, ${deflateRawSync(bytes, { level: 9 }).length} deflated`);
  }
  writeFileSync(join(generated, "catalog.ts"), catalog(kernels));
  console.log(`${kernels.length} kernels`);
}
